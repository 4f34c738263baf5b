//! Tests of the whole on the real engine: rehearsals of the payments lab, and bad luck.
//!
//! They share one lock: two labs at once on two cores would measure each other.
//!
//! - [`rehearsals`]: every cause with every persona
//! - [`luck`]: Ctrl-C and SIGKILL at any moment, two sessions beside each other
//! - [`docker_door`]: the Docker CLI in the workstation, by every command
//! - [`ground`]: what they stand on
#![allow(clippy::unwrap_used, clippy::panic)]

mod docker_door;
mod ground;
mod luck;
mod rehearsals;
