//! What a lab author may write: labs, causes, personas, answers and the Compose subset.
//!
//! This crate reads text and gives back values that cannot be invalid, or errors with file, line,
//! column and the allowed words. It starts nothing, reads no clock and no network; files are
//! handed in through [`files::Files`].
//!
//! # Layout
//! - [`lab`]: `lab.yaml`, the system, its traffic, steady state, page and evidence
//! - [`cause`]: `causes/<id>.yaml`, the faults, the chain, what tells it apart, what cures it
//! - `draw`: which cause a session gets for which nobody named one
//! - [`fault`]: the closed set of injectable changes
//! - [`inject`]: what an interviewer may let happen during the incident
//! - [`persona`]: `personas/<id>.yaml`, scripted participants and what is expected of them
//! - [`answers`]: `answers.yaml`, what teammates say when asked
//! - [`compose`]: the documented subset of the Compose specification
//! - [`rubric`]: `rubric.yaml`, beside the labs: what is judged
//! - [`load`]: from a folder to a [`lab::Lab`], with positions in every error
//! - [`problem`], [`rule`]: what can be wrong with a lab, and how it is told
//! - [`files`]: where the text comes from
//! - [`schema`]: JSON Schema for editors
//!
//! Inside, a file goes from its text (`yaml`) to a private type of its shape (`raw`) and from
//! there to the domain type (`read`).

pub mod answers;
pub mod cause;
pub mod compose;
mod draw;
pub mod fault;
pub mod files;
pub mod inject;
pub mod lab;
pub mod load;
pub mod persona;
pub mod problem;
mod raw;
mod read;
pub mod rubric;
pub mod rule;
pub mod schema;
mod snippet;
mod source;
mod yaml;
