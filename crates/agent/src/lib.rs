//! The agent: process 1 of the workstation, and under other names the programs in it that ask for
//! something outside.
//!
//! Its stdin and stdout are the link home, a yamux connection in which it is the server. What the
//! streams carry is in [`wire`]. It opens the terminals itself, so every byte passes through it; it
//! learns the command lines from the shells through a named pipe, and the programs that really run
//! from the kernel; it dials into the network; and it hands on what `deployctl`, `edgectl` and
//! `oncall` are asked. It decides nothing.
//!
//! One thread does all of that, so a keystroke crosses no other. Each terminal has one more, which
//! does nothing but answer the kernel when a program is about to start.
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
mod programs;
mod reaper;
mod stdio;
mod streams;
mod terminal;
mod watched;

pub use error::AgentError;
