//! What an answer may say. Every function builds a new answer from the fields that are known to be
//! harmless, and says in plain text what it shows, for the record.

mod container;
mod engine;
mod event;
mod stats;

pub use container::{exec, inspect, list, state, top, wait};
pub use engine::{EngineFacts, info, version};
pub use event::event;
pub use stats::stats;

use serde_json::{Map, Value};

use crate::Scope;

/// The only network that people see.
const NETWORK: &str = "internal";

/// The named fields of an object, as far as they are there.
fn keep(from: &Value, keys: &[&str]) -> Map<String, Value> {
    let field = |key: &&str| Some(((*key).to_owned(), from.get(*key)?.clone()));
    keys.iter().filter_map(field).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The last look at an answer: a text that tells what must not be told is emptied.
fn scrub(scope: &Scope, value: &mut Value) {
    match value {
        Value::String(text) if scope.tells(text) => text.clear(),
        Value::Array(all) => all.iter_mut().for_each(|value| scrub(scope, value)),
        Value::Object(all) => {
            all.retain(|key, _| !scope.tells(key));
            all.values_mut().for_each(|value| scrub(scope, value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
