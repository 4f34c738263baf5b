//! The agent: process 1 of the workstation, and under other names the programs in it that ask for
//! something outside.
//!
//! Its stdin and stdout are the link home, a yamux connection in which it is the server. What the
//! streams carry is in [`wire`]. It opens the terminals itself, so every byte passes through it; it
//! learns the command lines from the shells through a named pipe; it dials into the network; and it
//! hands on what `deployctl`, `edgectl` and `oncall` are asked. It decides nothing.
//!
//! One thread: a keystroke crosses no other, and no state needs a lock that waits.
//!
//! Whatever this program prints, and what its file holds, is seen by the people in the workstation.

pub mod client;
pub mod first;
pub mod login;

mod calls;
mod clock;
mod context;
mod dial;
mod docker;
mod error;
mod lines;
mod link;
mod plain_text;
mod reaper;
mod stdio;
mod streams;
mod terminal;
mod watched;

pub use error::AgentError;
