//! The `filters` of a list or of events: which there are, and what fits them. All are applied here,
//! on the names that people see; none goes to the engine.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use serde_json::Value;

use crate::Refusal;

/// The most values of one filter.
const VALUES: usize = 32;
/// A pattern for a name is no longer, in bytes.
const PATTERN: usize = 128;

/// Values by filter; any value of each has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    /// Reads `{"status":["running"]}` or the older `{"status":{"running":true}}`.
    pub(crate) fn parse(text: Option<&str>, known: &[&str]) -> Result<Filters, Refusal> {
        let Some(text) = text else { return Ok(Filters::default()) };
        let odd = || Refusal::malformed("the filters make no sense");
        let given: Value = serde_json::from_str(text).map_err(|_| odd())?;
        let mut filters = BTreeMap::new();
        for (key, values) in given.as_object().ok_or_else(odd)? {
            if !known.contains(&key.as_str()) {
                let known = known.join(", ");
                let message =
                    format!("the filter `{key}` is not available here; there are {known}");
                return Err(Refusal::forbidden(message));
            }
            let values: Option<Vec<String>> = match values {
                Value::Array(all) => all.iter().map(|it| it.as_str().map(str::to_owned)).collect(),
                Value::Object(all) => Some(all.keys().cloned().collect()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            let values = values.filter(|values| values.len() <= VALUES).ok_or_else(odd)?;
            filters.insert(key.clone(), values);
        }
        Ok(Filters(filters))
    }

    /// Whether a text is one of the values, or nobody asked.
    pub(crate) fn has(&self, key: &str, text: &str) -> bool {
        self.any(key, |value| value == text)
    }

    /// Whether one of the values fits, or nobody asked.
    pub(crate) fn any(&self, key: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.0.get(key).is_none_or(|values| values.iter().any(|value| fits(value)))
    }

    /// Whether a name fits one of the patterns, as the engine understands them.
    pub(crate) fn name_fits(&self, key: &str, name: &str) -> bool {
        self.any(key, |pattern| {
            let pattern = pattern.trim_start_matches('/');
            if pattern.len() > PATTERN {
                return false;
            }
            let built = RegexBuilder::new(pattern).size_limit(1 << 16).build();
            built.map_or(pattern == name, |regex| regex.is_match(name))
        })
    }

    /// Whether the list is one of all containers, not only of those that run.
    pub(crate) fn wants_stopped(&self) -> bool {
        self.0.contains_key("status") || self.0.contains_key("exited")
    }

    /// Such as `status=exited`, several separated by blanks.
    pub fn words(&self) -> String {
        let one = |(key, values): (&String, &Vec<String>)| format!("{key}={}", values.join(","));
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}
