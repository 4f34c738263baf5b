//! The only crate that knows Docker: images, the network, containers, the link into them.
//!
//! It starts what a [`lab::lab::Lab`] describes, carries bytes in and out, and removes everything
//! again. It does not know what is being tried: no cause, no fault, no readiness, no timeline.
//!
//! # Layout
//! - [`Engine`]: the connection to Docker, and what is wrong when there is none
//! - [`images`]: what must be there before a lab can start, built from source when it is not
//! - [`Engine::ask`]: the engine's API as it is, for a gate in front of it
//! - [`Testbed`]: one running system: provision, replace, scale, exec, logs, deaths, teardown
//! - [`Link`]: the multiplexed stream to the workstation's PID 1, and HTTP through it
//! - [`advisory`]: engines with known ways out, and ones that hang
//! - [`clean`]: what an earlier run left behind
//!
//! # Invariants
//! 1. No type of the Docker client library appears in a public signature.
//! 2. Every resource bears the labels of its session and its home; nothing without our label is
//!    touched, and without being asked for it nothing of another home.
//! 3. A container is never privileged, never keeps a capability that the lab did not name, and
//!    never sees the host: no bind mount, no published port, no route out of its network.

pub mod advisory;
mod api;
pub mod clean;
mod detach;
mod engine;
pub mod images;
mod label;
mod link;
mod progress;
mod refusal;
mod system;

pub use clean::Removed;
pub use engine::{Engine, EngineError, EngineVersion};
pub use images::{ImageError, ImagePlan, Images};
pub use label::Owner;
pub use link::{AnswerBody, HttpAnswer, Incoming, Link, LinkError, LinkStream};
pub use progress::{Built, Progress, Silent};
pub use refusal::Refusal;
pub use system::{
    Beside, Container, Death, Ending, ExecOutput, Limits, LogLine, ProvisionError, SpawnedExec,
    Testbed, TestbedError, environment,
};

/// What every public asynchronous function without a type parameter bears: it gives a boxed future. Without, the
/// function and all that it awaits is compiled again into each crate that awaits it.
pub(crate) use async_recursion::async_recursion as boxed;
