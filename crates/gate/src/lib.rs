//! The policy of the gates in front of the Docker API and of a Grafana: what a call means, whether it
//! may pass, and what its answer may say.
//!
//! Nothing that a client sends is ever handed on as it came. A request is read into a [`Call`], or
//! refused; what goes to the engine is written anew from the `Call`. An answer is built from the
//! fields that are known to be harmless, so that one that a later engine adds stays inside.
//!
//! Pure: no runtime, no clock, no network. It serves nothing and asks nobody.
//!
//! # Layout
//! - [`allowed`]: the list of calls that pass, and why the others do not
//! - [`Target`]: a request's path and query, taken apart strictly
//! - [`Call`]: what is asked for; [`read`] is the only way to one
//! - [`Scope`]: which containers there are to whoever asks, and under which names
//! - [`filter`]: what an answer may say
//! - [`Exec`]: a program to be run in a container, and whether it only reads
//! - [`frames`]: the engine's two streams in one
//! - [`Refusal`]: an answer in Docker's own form for an error
//! - [`grafana`]: the same for what a browser asks of a Grafana

pub mod allowed;
pub mod filter;
pub mod frames;
pub mod grafana;

mod body;
mod call;
mod exec;
mod filters;
mod ps;
mod query;
mod read;
mod reads;
mod refusal;
mod scope;
mod target;

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod read_tests;

pub use body::Limits;
pub use call::{Call, Change, Ending, Logs, Path, Stats};
pub use exec::{Exec, Start};
pub use filters::Filters;
pub use read::{Request, read};
pub use refusal::Refusal;
pub use scope::{Container, Scope};
pub use target::{Target, Version};
