//! A real engine, real containers, the real agent. Needs Docker; run with `--test engine`.
//!
//! Every test has a session of its own and removes it, and nothing else, also when it fails.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails fails its test")]

mod clean;
mod ground;
mod images;
mod network;
mod releases;
mod system;
