//! Stands in front of Prometheus in its container: passes on what may be asked and writes each
//! request down, one line of JSON on standard output.
//!
//! Prometheus itself listens on the loopback only, so there is no way around. The orchestrator's
//! own questions come with a pass and are not written down; the scribe knows the pass by its hash,
//! which tells nobody what it is.
//!
//! # Layout
//! - [`routes`]: what may be asked, by method and exact path
//! - [`proxy`]: connections, requests and their limits
//! - [`record`]: the line that is written, and the beginning of an answer
//! - [`child`]: Prometheus as a child of the container's first process

pub mod child;
pub mod proxy;
pub mod record;
pub mod routes;
