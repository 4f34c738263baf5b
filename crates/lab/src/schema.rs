//! JSON Schema of each file format, for editors. It is made from the very types that the files are
//! parsed into; what only [`crate::load`] can check (references, limits) is not in it.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use crate::raw;

/// `lab.yaml`.
pub fn lab() -> Value {
    of::<raw::lab::Lab>()
}

/// `causes/<id>.yaml`.
pub fn cause() -> Value {
    of::<raw::cause::Cause>()
}

/// `personas/<id>.yaml`.
pub fn persona() -> Value {
    of::<raw::persona::Persona>()
}

/// `answers.yaml`.
pub fn answers() -> Value {
    of::<raw::answers::Answers>()
}

/// `rubric.yaml`.
pub fn rubric() -> Value {
    of::<raw::rubric::Rubric>()
}

/// The subset of the Compose specification.
pub fn compose() -> Value {
    of::<raw::compose::Compose>()
}

fn of<T: JsonSchema>() -> Value {
    // Draft 7 is what the YAML language servers of editors read best.
    SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value()
}
