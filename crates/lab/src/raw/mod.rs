//! The files as they are written: one type a format, private, strict about keys.
//!
//! Nothing here is checked beyond its shape; [`crate::read`] turns it into the domain types. The
//! doc comments of fields are the descriptions in the JSON Schema, so they speak to lab authors.

pub(crate) mod act;
pub(crate) mod answers;
pub(crate) mod at;
pub(crate) mod cause;
pub(crate) mod compose;
pub(crate) mod compose_forms;
pub(crate) mod evidence;
pub(crate) mod inject;
pub(crate) mod lab;
pub(crate) mod persona;
pub(crate) mod probe;
pub(crate) mod rubric;
pub(crate) mod scalar;
pub(crate) mod system;
