//! One event of the engine's, if it is one for whoever asks.

use serde_json::{Value, json};

use super::{keep, scrub, text};
use crate::{Filters, Scope};

/// Attributes that say what happened; the others are labels.
const ATTRIBUTES: [&str; 4] = ["exitCode", "signal", "execID", "execDuration"];

/// The event as it may be told, and as text; `None` for one that is not for them: of another
/// container, of a program that the lab itself ran, or not asked for. `is_own` says whether an exec
/// was made through the gate.
pub fn event(
    scope: &Scope,
    engine: &Value,
    filters: &Filters,
    is_own: impl Fn(&str) -> bool,
) -> Option<(Value, String)> {
    let attributes = &engine["Actor"]["Attributes"];
    let name = scope.name(text(attributes, "name"))?;
    let action = text(engine, "Action");
    let plain = action.split(':').next().unwrap_or_default();
    if plain.starts_with("exec_") && !is_own(text(attributes, "execID")) || plain == "attach" {
        return None;
    }
    let image = scope.image(text(attributes, "image"), name);
    let id = text(&engine["Actor"], "ID");
    let fits = text(engine, "Type") == "container"
        && filters.has("type", "container")
        && filters.any("event", |wanted| wanted == plain)
        && filters.any("image", |wanted| wanted == image)
        && filters.any("container", |wanted| wanted == name || id.starts_with(wanted));
    if !fits {
        return None;
    }
    let mut kept_attributes = keep(attributes, &ATTRIBUTES);
    kept_attributes.insert("name".to_owned(), json!(name));
    kept_attributes.insert("image".to_owned(), json!(image));
    let mut kept = keep(engine, &["status", "id", "Type", "Action", "scope", "time", "timeNano"]);
    kept.insert("from".to_owned(), json!(image));
    kept.insert("Actor".to_owned(), json!({ "ID": id, "Attributes": kept_attributes }));
    let mut kept = Value::Object(kept);
    scrub(scope, &mut kept);
    let code = attributes.get("exitCode").and_then(Value::as_str);
    let code = code.map(|code| format!(" (exit {code})")).unwrap_or_default();
    Some((kept, format!("{action} {name} ({image}){code}\n")))
}
