//! How long work tells about itself. What is done with it (a bar, a log line) is the caller's.

use std::time::Duration;

/// Hears what is going on. Called from several tasks at once.
pub trait Progress: Send + Sync {
    /// A line about an image that is being made: a build step, a compiler's message.
    fn step(&self, image: &str, message: &str);

    /// An image is there.
    fn built(&self, image: &str, outcome: Built);

    /// A container runs (which does not mean that it is ready).
    fn started(&self, _container: &str) {}
}

/// How an image came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// It was there already, made from the same inputs.
    UpToDate,
    /// It was built, which took this long.
    Built { took: Duration },
    /// It came from a registry.
    Pulled,
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _image: &str, _message: &str) {}

    fn built(&self, _image: &str, _outcome: Built) {}
}
