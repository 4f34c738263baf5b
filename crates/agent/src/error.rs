//! What can go wrong in the agent. What can go wrong in a frame is [`wire::frame::WireError`].

use std::io;
use std::path::PathBuf;

use wire::frame::WireError;

/// Why the agent, or one stream of it, cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Stdin or stdout is something that cannot be waited for.
    #[error("{name} is not a pipe or a socket; start this with its stdin and stdout connected")]
    Stdio { name: &'static str, source: io::Error },

    /// A file or folder under `/run` could not be made.
    #[error("cannot make {}; is a tmpfs mounted on /run?", path.display())]
    Run { path: PathBuf, source: io::Error },

    /// A pseudo-terminal could not be opened.
    #[error("cannot open a terminal")]
    Pty { source: io::Error },

    /// A shell could not be started.
    #[error("cannot start a shell")]
    Shell { source: io::Error },

    /// The operating system refused something that always works.
    #[error("cannot {what}")]
    System { what: &'static str, source: io::Error },

    /// A stream broke.
    #[error("a stream of the link broke")]
    Stream { source: io::Error },

    /// The connection as a whole broke.
    #[error("the link broke")]
    Link { source: yamux::ConnectionError },

    /// The link is gone.
    #[error("the link is down")]
    Down,

    /// The other side sent something that does not belong where it came.
    #[error("a message makes no sense")]
    Wire(#[from] WireError),
}

impl AgentError {
    /// For `map_err` on a system call.
    pub(crate) fn system<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { what, source: source.into() }
    }

    /// For `map_err` on a stream of the link.
    pub(crate) fn stream(source: io::Error) -> Self {
        Self::Stream { source }
    }
}
