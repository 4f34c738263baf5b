//! What happened in a session, and what can be said about it: events, the timeline, the journal
//! on disk, evidence, assessment and report.
//!
//! Pure: no runtime, no clock, no network. Time comes in as a value and bytes go out through
//! [`std::io::Write`]. Everything in a report can be rebuilt from the journal alone.
//!
//! # Layout
//! - [`event`]: one thing that happened; its kinds are a closed enum
//! - [`timeline`]: all events of a session in order, and the one function that adds to it
//! - [`journal`]: the timeline on disk, hash-chained, signed, sealed; writing and verifying
//! - [`evidence`]: which events match which declared observations
//! - [`board`]: what was seen so far, while the session goes on
//! - [`assessment`]: the first action, what was seen before it, relief and mitigation
//! - [`debrief`]: what was written and judged after the incident
//! - [`redact`]: secrets, taken out before anything is kept
//! - [`report`]: the assessment as JSON, Markdown and HTML

pub mod assessment;
pub mod board;
pub mod debrief;
pub mod event;
pub mod evidence;
pub mod journal;
pub mod redact;
pub mod report;
pub mod timeline;

#[cfg(test)]
mod fixture;
