//! Template variables: what stands for `$instance` in a query.

use std::time::Duration;

use serde_json::Value;

use crate::{Range, grafana};

/// How often the system's Prometheus scrapes, unless the panel names a smallest step of its own.
/// The datasource that `grafana/` provisions says the same.
const SCRAPE: Duration = Duration::from_secs(1);

/// Stands for all values of a variable.
pub const ALL: &str = "$__all";

/// A template variable with its current value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// What a person reads; the name where the file has no other.
    pub label: String,
    /// `query`, `custom`, `constant`, `interval`, `textbox`, …
    pub kind: String,
    /// The values that are chosen. One, for most variables; empty when all are.
    pub chosen: Vec<String>,
    /// What stands for "all": the variable's own choice, else `.*`.
    pub all: String,
    /// Several values may be chosen, or all, so that values are written as a regular expression.
    pub many: bool,
    /// Whether several values may be chosen one by one.
    pub multi: bool,
    /// Whether all values may be chosen at once.
    pub has_all: bool,
    /// What there is to choose from.
    pub choices: Choices,
}

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// Values that stand in the file.
    Listed(Vec<String>),
    /// `label_values(selector, label)`: the values that a label has, on all series or on those that
    /// a selector fits.
    LabelValues { selector: Option<String>, label: String },
    /// Something else, which only Grafana can ask.
    Unknown,
}

// === impl Variable ===

impl Variable {
    pub(crate) fn from_file(file: grafana::Variable) -> Variable {
        let multi = file.multi == Some(true);
        let many = multi || file.include_all == Some(true);
        let current = file.current.and_then(|current| current.value);
        let mut chosen = texts(current.as_ref());
        if chosen.is_empty() {
            chosen = default_of(&file.kind, file.query.as_ref());
        }
        chosen.retain(|value| !value.is_empty());
        if chosen.iter().any(|value| value == ALL || value == "All") {
            chosen.clear();
        }
        let all = file.all_value.filter(|all| !all.is_empty());
        let all = all.unwrap_or_else(|| ".*".to_owned());
        Variable {
            label: file.label.filter(|it| !it.is_empty()).unwrap_or_else(|| file.name.clone()),
            choices: Choices::of(&file.kind, file.query.as_ref()),
            has_all: file.include_all == Some(true),
            name: file.name,
            kind: file.kind,
            chosen,
            all,
            many,
            multi,
        }
    }

    /// The same variable with other values chosen; `$__all` stands for all.
    pub fn choose(&self, values: &[String]) -> Variable {
        let all = values.iter().any(|value| value == ALL);
        let chosen = if all { Vec::new() } else { values.to_vec() };
        Variable { chosen, ..self.clone() }
    }

    /// The text for a query, in one of Grafana's formats (`${name:format}`).
    fn text(&self, format: Option<&str>) -> String {
        if self.chosen.is_empty() {
            return self.all.clone();
        }
        match format {
            Some("csv" | "raw") => self.chosen.join(","),
            Some("pipe") => self.chosen.join("|"),
            Some("regex") => regex(&self.chosen, true),
            Some("glob") if self.chosen.len() > 1 => format!("{{{}}}", self.chosen.join(",")),
            _ => regex(&self.chosen, self.many),
        }
    }
}

// === impl Choices ===

impl Choices {
    fn of(kind: &str, query: Option<&Value>) -> Choices {
        let text = match query {
            Some(Value::Object(query)) => query.get("query").and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        };
        let text = text.unwrap_or_default();
        match kind {
            "custom" | "interval" => {
                // `text : value`
                let value = |it: &str| it.rsplit(" : ").next().unwrap_or(it).trim().to_owned();
                Choices::Listed(text.split(',').map(value).filter(|it| !it.is_empty()).collect())
            }
            "constant" | "textbox" => Choices::Listed(vec![text.to_owned()]),
            _ => Choices::label_values(text).unwrap_or(Choices::Unknown),
        }
    }

    fn label_values(text: &str) -> Option<Choices> {
        let inside = text.trim().strip_prefix("label_values(")?.strip_suffix(')')?;
        let (selector, label) = match inside.rsplit_once(',') {
            Some((selector, label)) => (Some(selector.trim().to_owned()), label.trim()),
            None => (None, inside.trim()),
        };
        is_name(label).then(|| Choices::LabelValues { selector, label: label.to_owned() })
    }
}

/// The value that Grafana would choose when the file holds none.
fn default_of(kind: &str, query: Option<&Value>) -> Vec<String> {
    let query = query.and_then(Value::as_str).unwrap_or_default();
    match kind {
        "constant" | "textbox" => vec![query.to_owned()],
        "custom" | "interval" => {
            let first = query.split(',').next().unwrap_or_default().trim();
            // `text : value`
            vec![first.rsplit(" : ").next().unwrap_or(first).trim().to_owned()]
        }
        _ => Vec::new(),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null | Value::Object(_)) => Vec::new(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all.iter().flat_map(|one| texts(Some(one))).collect(),
        Some(other @ (Value::Bool(_) | Value::Number(_))) => vec![other.to_string()],
    }
}

/// One value as it is, several as `(a|b)`; escaped when they stand in a regular expression.
fn regex(values: &[String], escaped: bool) -> String {
    let escape = |value: &String| match escaped {
        true => escape(value),
        false => value.clone(),
    };
    match values {
        [one] => escape(one),
        many => format!("({})", many.iter().map(escape).collect::<Vec<_>>().join("|")),
    }
}

/// Escapes for a regular expression inside a PromQL string, where a backslash stands doubled.
fn escape(value: &str) -> String {
    value.chars().fold(String::new(), |mut out, letter| {
        // As Grafana does for Prometheus, where an apostrophe may end a text.
        if "\\^$*+?.()|[]{}'".contains(letter) {
            out.push_str("\\\\");
        }
        out.push(letter);
        out
    })
}

/// Puts values for `$name`, `${name}`, `${name:format}` and `[[name]]` into `text`. A name that is
/// no variable stays as it stands, as in Grafana.
pub(crate) fn substitute(
    text: &str,
    variables: &[Variable],
    range: &Range,
    scrape: Option<Duration>,
) -> String {
    let scrape = scrape.unwrap_or(SCRAPE);
    let value = |name: &str, format: Option<&str>| {
        let own = variables.iter().find(|variable| variable.name == name);
        own.map(|variable| variable.text(format)).or_else(|| built_in(name, range, scrape))
    };
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['$', '[']) {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let reference = reference(from);
        let found = reference.and_then(|it| Some((value(it.name, it.format)?, it.length)));
        let length = match found {
            Some((value, length)) => {
                filled.push_str(&value);
                length
            }
            None => {
                filled.push_str(&from[..1]);
                1
            }
        };
        rest = &from[length..];
    }
    filled.push_str(rest);
    // An interval variable may stand for `$__auto`. Only built-in ones are filled in this time, so
    // that variables which name each other come to an end.
    match filled.contains("$__") && filled != text {
        true => substitute(&filled, &[], range, Some(scrape)),
        false => filled,
    }
}

/// A reference to a variable at the start of a text, `length` bytes long.
struct Reference<'a> {
    name: &'a str,
    format: Option<&'a str>,
    length: usize,
}

fn reference(text: &str) -> Option<Reference<'_>> {
    let closed = |open: &str, close: &str| {
        let (inside, _) = text.strip_prefix(open)?.split_once(close)?;
        let (name, format) = match inside.split_once(':') {
            Some((name, format)) => (name, Some(format)),
            None => (inside, None),
        };
        is_name(name).then_some(Reference {
            name,
            format,
            length: open.len() + inside.len() + close.len(),
        })
    };
    closed("${", "}").or_else(|| closed("[[", "]]")).or_else(|| {
        let name = text.strip_prefix('$')?;
        let end = name.find(|it: char| !is_letter(it)).unwrap_or(name.len());
        is_name(&name[..end]).then_some(Reference {
            name: &name[..end],
            format: None,
            length: 1 + end,
        })
    })
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_letter)
}

/// Grafana's own variables, those that make sense in a query.
fn built_in(name: &str, range: &Range, scrape: Duration) -> Option<String> {
    let seconds = range.seconds().round().max(1.0);
    let step = range.step.max(scrape);
    let milliseconds = |seconds: f64| format!("{:.0}", seconds * 1000.0);
    Some(match name {
        // Grafana's rule: four scrapes, so that a rate survives one that is lost.
        "__rate_interval" => prometheus_duration((step + scrape).max(scrape * 4)),
        "__interval" | "__auto" => prometheus_duration(step),
        "__interval_ms" => step.as_millis().to_string(),
        "__range" => format!("{seconds:.0}s"),
        "__range_s" => format!("{seconds:.0}"),
        "__range_ms" => milliseconds(seconds),
        "__from" => milliseconds(range.from),
        "__to" => milliseconds(range.to),
        _ if name.starts_with("__auto_interval") => prometheus_duration(step),
        _ => return None,
    })
}

fn prometheus_duration(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", duration.as_millis()),
    }
}

/// Reads `1s`, `500ms`, `1m`, also with Grafana's `>` in front.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim_start_matches('>').trim();
    let end = text.find(|it: char| !it.is_ascii_digit())?;
    let number: u64 = text[..end].parse().ok()?;
    let milliseconds = match &text[end..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(milliseconds)?))
}

#[cfg(test)]
mod tests;
