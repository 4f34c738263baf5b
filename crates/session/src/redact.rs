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

/// What stands in a secret's place.
pub const REDACTED: &str = "[redacted]";

/// The shapes of secrets. In each, `keep` (before) and `tail` (behind) stay where they are named.
const SHAPES: [&str; 9] = [
    // PGPASSWORD=…, api-token: …, "client_secret": "…"
    r#"(?i)(?P<keep>\b[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key)['"]?\s*[=:]\s*['"]?)(?:[^\s'"&;|,)}\[]+)"#,
    // --password …, --token …
    r"(?P<keep>(?:^|\s)--?[\w-]*(?:password|secret|token)\s+)(?:[^\s-]\S*)",
    // Authorization: Bearer …
    r"(?i)(?P<keep>authorization['\x22]?\s*[:=]\s*['\x22]?(?:bearer|basic|token)\s+)(?:[^\s'\x22]+)",
    // postgres://user:…@host
    r"(?P<keep>[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]+:)(?:[^\s@/]+)(?P<tail>@)",
    // ALTER ROLE … PASSWORD '…'
    r"(?i)(?P<keep>\bpassword\s+')(?:[^']*)(?P<tail>')",
    // curl -u user:…
    r"(?P<keep>\bcurl\b[^\n|;]*?\s(?:-u|--user)[\s=]*['\x22]?[^\s:'\x22]+:)(?:[^\s'\x22]+)",
    // A private key, whole or cut.
    r"(?P<keep>-----BEGIN [A-Z ]*PRIVATE KEY-----)(?:[^-]*)",
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
        let replaced = shape.replace_all(&clean, |found: &regex::Captures<'_>| {
            let part = |name| found.name(name).map_or("", |part| part.as_str());
            format!("{}{REDACTED}{}", part("keep"), part("tail"))
        });
        if let Cow::Owned(replaced) = replaced {
            clean = Cow::Owned(replaced);
        }
    }
    clean
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_the_word_before_announces_is_taken_out() {
        let is_cleaned = |words: &[&str], expected: &[&str]| {
            let mut value = Value::from(words);
            clean(&mut value);
            assert_eq!(value, Value::from(expected));
        };
        is_cleaned(
            &["curl", "-u", "ada:hunter2", "edge"],
            &["curl", "-u", "ada:[redacted]", "edge"],
        );
        is_cleaned(
            &["x", "--token", "hunter2", "--", "y"],
            &["x", "--token", "[redacted]", "--", "y"],
        );
        is_cleaned(&["psql", "-c", "select 1"], &["psql", "-c", "select 1"]);
    }

    #[test]
    fn secrets_are_taken_out_and_what_they_are_for_stays() {
        let cases = [
            ("PGPASSWORD=hunter2 psql", "PGPASSWORD=[redacted] psql"),
            ("export API_TOKEN='canary 1'", "export API_TOKEN='[redacted] 1'"),
            (r#"{"client_secret": "canary"}"#, r#"{"client_secret": "[redacted]"}"#),
            ("mysql --password hunter2 -h x", "mysql --password [redacted] -h x"),
            (
                "curl -H 'Authorization: Bearer abc.def' http://x",
                "curl -H 'Authorization: Bearer [redacted]' http://x",
            ),
            (
                "psql postgres://oncall:hunter2@postgres/payments",
                "psql postgres://oncall:[redacted]@postgres/payments",
            ),
            ("alter role x password 'hunter2'", "alter role x password '[redacted]'"),
            ("curl -s -u admin:hunter2 http://x", "curl -s -u admin:[redacted] http://x"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END",
                "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END",
            ),
            ("key AKIAABCDEFGHIJKLMNOP!", "key [redacted]!"),
            ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSM", "[redacted]"),
        ];
        for (told, clean) in cases {
            assert_eq!(text(told), clean);
        }
    }

    #[test]
    fn what_only_speaks_of_secrets_stays_as_it_is() {
        let innocent = [
            "grep -i token /var/log/x",
            "the password is wrong",
            "http://prometheus:9090/api/v1/query?query=up",
            "select * from pg_roles where rolpassword is null",
            "https://wiki/tokens#rotation",
            "cat ~/.ssh/config --user me",
            "idempotency key 7f3a already used",
            "12:30:01 payments@edge 200",
        ];
        for words in innocent {
            assert_eq!(text(words), words);
        }
    }

    #[test]
    fn every_text_of_an_event_is_cleaned_and_the_rest_stays() {
        let dirty = Kind::LineEnded {
            terminal: "terminal-1".to_owned(),
            line_id: 7,
            line: "PGPASSWORD=canary psql".to_owned(),
            cwd: "/".to_owned(),
            started_s: 1.5,
            duration_s: 0.25,
            exit: Some(2),
            printed_bytes: 9,
            printed: "token=canary".to_owned(),
        };
        let text = serde_json::to_string(&kind(dirty)).unwrap();
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains(r#""started_s":1.5,"duration_s":0.25,"exit":2"#), "{text}");
    }
}
