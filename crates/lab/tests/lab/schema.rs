//! The JSON Schema is for editors: it must be closed, and say what each key is.

use lab::schema;
use serde_json::Value;

fn all() -> [(&'static str, Value); 6] {
    [
        ("lab", schema::lab()),
        ("cause", schema::cause()),
        ("persona", schema::persona()),
        ("answers", schema::answers()),
        ("compose", schema::compose()),
        ("rubric", schema::rubric()),
    ]
}

/// Calls `visit` with every object of a schema and the path to it.
fn walk(path: &str, value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| walk(&format!("{path}/{key}"), value, visit));
        }
        Value::Array(values) => values.iter().for_each(|value| walk(path, value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn no_mapping_with_known_keys_takes_others() {
    for (name, schema) in all() {
        walk(name, &schema, &mut |path, value| {
            if value.get("properties").is_some_and(Value::is_object)
                && !path.ends_with("properties")
            {
                assert_eq!(value["additionalProperties"], Value::Bool(false), "{path}");
            }
        });
    }
}

#[test]
fn every_format_says_what_it_is_and_what_it_needs() {
    for (name, schema) in all() {
        assert!(schema["description"].is_string() || name == "compose", "{name}");
        let required = schema["required"].as_array().expect("required keys");
        assert!(!required.is_empty(), "{name}");
    }
}

#[test]
fn the_version_is_the_one_that_is_read() {
    for (name, schema) in all().into_iter().filter(|(name, _)| *name != "compose") {
        assert_eq!(schema["properties"]["version"]["const"], 1, "{name}");
    }
}

#[test]
fn durations_and_patterns_are_texts_with_a_description() {
    let schema = schema::lab();
    for name in ["Time", "Regex", "Id"] {
        let definition = &schema["definitions"][name];
        assert_eq!(definition["type"], "string", "{name}");
        assert!(definition["description"].is_string(), "{name}");
    }
}

#[test]
fn words_of_a_closed_list_stand_in_the_schema() {
    let text = schema::cause().to_string();
    for word in ["config-set", "undrain", "per-second", "traffic", "nothing"] {
        assert!(text.contains(&format!("\"{word}\"")), "{word}");
    }
}
