//! Secrets that a person lets slip into a command line, a query or a message, taken out before the
//! event has a place in the timeline. Works by the shape of the text: a secret that looks like an
//! ordinary word stays.
//!
//! What is typed with the echo off never gets here; that is the terminal's part.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde_json::Value;

use crate::event::Kind;

#[cfg(test)]
mod tests;

/// What stands in a secret's place begins so. How many bytes were taken follows: whoever makes something
/// else look like a secret does not do so unseen.
const REDACTED: &str = "[redacted";

/// At most so much is taken in one place, in bytes: more than the largest private key in use has.
const MOST: usize = 8 << 10;

/// The shapes of secrets. In each, `keep` (before) and `tail` (behind) stay where they are named. None
/// takes more than a word, what is quoted within a line, or the lines of a key: nobody may take the rest
/// of their command out of the record by writing the beginning of a secret before it.
const SHAPES: [&str; 9] = [
    // PGPASSWORD=…, api-token: …, "client_secret": "…"
    r#"(?i)(?P<keep>\b[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key)['"]?\s*[=:]\s*['"]?)(?:[^\s'"&;|,)}\[]+)"#,
    // --password …, --token …
    r"(?P<keep>(?:^|\s)--?[\w-]*(?:password|secret|token)\s+)(?:[^\s-]\S*)",
    // Authorization: Bearer …
    r"(?i)(?P<keep>authorization['\x22]?\s*[:=]\s*['\x22]?(?:bearer|basic|token)\s+)(?:[^\s'\x22]+)",
    // postgres://user:…@host
    r"(?P<keep>[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]+:)(?:[^\s@/]+)(?P<tail>@)",
    // ALTER ROLE … PASSWORD '…', whole or cut; a quote within is written twice.
    r"(?i)(?P<keep>\bpassword\s+')(?:[^'\r\n;|]|''){1,128}",
    // curl -u user:…
    r"(?P<keep>\bcurl\b[^\n|;]*?\s(?:-u|--user)[\s=]*['\x22]?[^\s:'\x22]+:)(?:[^\s'\x22]+)",
    // A private key, whole or cut: long lines of base64, parted by what parts them in a file or in a
    // shell's words, and a short one before the end.
    concat!(
        r"(?P<keep>-----BEGIN [A-Z ]*PRIVATE KEY-----)",
        r"(?:(?:\s|\\[nr])*(?:Proc-Type|DEK-Info): [\w,-]+)*",
        r"(?:(?:\s|\\[nr])*[A-Za-z0-9+/]{40,}={0,2})*",
        r"(?:(?:\s|\\[nr])*[A-Za-z0-9+/]{0,39}={0,2}(?:\s|\\[nr])*(?P<tail>-----END))?",
    ),
    // Keys that are known by their beginning.
    r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,})\b",
    // A signed token: three parts in base64.
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
];

/// Whether any of the shapes can be there at all: one pass over what most events are without.
static MAYBE: LazyLock<RegexSet> = LazyLock::new(|| {
    let words = [
        r"(?i)passw|passphrase|secret|token|api[_-]?key|authorization|private key",
        r"://[^\s/@]*:[^\s/]*@",
        r#"[\s"](?:-u|--user)"#,
        r"\b(?:AKIA|ASIA|gh[pousr]_|glpat-|xox[abprs]-|eyJ)",
    ];
    compiled(RegexSet::new(words))
});

static FOUND: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SHAPES.iter().map(|shape| compiled(Regex::new(shape))).collect());

#[expect(clippy::expect_used, reason = "the patterns are the constants above, and tested")]
fn compiled<T>(pattern: Result<T, regex::Error>) -> T {
    pattern.expect("a shape of secrets is a regular expression")
}

/// The text without secrets; the same text when there is none.
pub fn text(text: &str) -> Cow<'_, str> {
    let mut clean = Cow::Borrowed(text);
    if !MAYBE.is_match(text) {
        return clean;
    }
    for shape in FOUND.iter() {
        let replaced = shape.replace_all(&clean, replacement);
        if let Cow::Owned(replaced) = replaced {
            clean = Cow::Owned(replaced);
        }
    }
    clean
}

/// What stands in the place of a shape that was found.
fn replacement(found: &regex::Captures<'_>) -> String {
    let part = |name| found.name(name).map_or("", |part| part.as_str());
    let (whole, keep, tail) = (&found[0], part("keep"), part("tail"));
    let taken = &whole[keep.len()..whole.len() - tail.len()];
    // The beginning of a key alone, or what was taken out before.
    if taken.is_empty() || taken.starts_with(REDACTED) {
        return whole.to_owned();
    }
    let mut end = taken.len().min(MOST);
    while !taken.is_char_boundary(end) {
        end -= 1;
    }
    format!("{keep}{REDACTED} {end} bytes]{}{tail}", &taken[end..])
}

/// What happened, without secrets in any of its texts.
pub fn kind(kind: Kind) -> Kind {
    // All kinds have a JSON form; were one without, it would have no place in a journal either.
    let Ok(whole) = serde_json::to_string(&kind) else { return kind };
    if !MAYBE.is_match(&whole) {
        return kind;
    }
    let cleaned = serde_json::from_str(&whole).map(|mut value| {
        clean(&mut value);
        value
    });
    // Only texts were changed, so it is still of its kind.
    cleaned.and_then(serde_json::from_value).unwrap_or(kind)
}

fn clean(value: &mut Value) {
    match value {
        Value::String(string) => {
            if let Cow::Owned(cleaned) = text(string) {
                *string = cleaned;
            }
        }
        Value::Array(values) => {
            values.iter_mut().for_each(clean);
            clean_words(values);
        }
        Value::Object(fields) => fields.values_mut().for_each(clean),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Stands between the words of a program where they are looked at together: a space to the shapes,
/// and in no word that anybody types.
const BETWEEN: &str = "\u{2028}";

/// A program's words: what one of them announces (`--password`, `curl -u`) stands in the next.
fn clean_words(values: &mut [Value]) {
    let Some(words) = values.iter().map(Value::as_str).collect::<Option<Vec<_>>>() else { return };
    let joined = words.join(BETWEEN);
    let Cow::Owned(cleaned) = text(&joined) else { return };
    let cleaned: Vec<&str> = cleaned.split(BETWEEN).collect();
    if cleaned.len() == values.len() {
        let cleaned: Vec<Value> = cleaned.into_iter().map(Value::from).collect();
        values.clone_from_slice(&cleaned);
    }
}
