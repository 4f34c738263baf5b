//! From raw types to domain types. Each reader takes a raw value and the [`Findings`] of its file,
//! says all that is wrong, and gives back a value in any case; a stand-in where it was wrong.
//!
//! [`Findings`]: crate::source::Findings

pub(crate) mod act;
pub(crate) mod alerts;
pub(crate) mod answers;
pub(crate) mod cause;
pub(crate) mod compose;
pub(crate) mod compose_image;
pub(crate) mod compose_keys;
pub(crate) mod compose_values;
pub(crate) mod dashboards;
pub(crate) mod deployment;
pub(crate) mod evidence;
pub(crate) mod fault;
pub(crate) mod folder;
pub(crate) mod hints;
pub(crate) mod inject;
pub(crate) mod persona;
pub(crate) mod probe;
pub(crate) mod rubric;
pub(crate) mod scalar;
pub(crate) mod siblings;
pub(crate) mod steady;
pub(crate) mod system;
