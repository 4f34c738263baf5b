//! What the parser found wrong, in words that help to write it right.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, UserMessageFormatter};

use crate::problem::Problem;
use crate::raw::at::bytes;
use crate::rule::Rule;
use crate::source::{Source, words};

/// A problem of `source` from an error of the parser.
pub(super) fn problem(source: &Source, error: &Error) -> Problem {
    let error = innermost(error);
    let said = say(error);
    let mut problem = source.problem(said.rule, span(source, error), said.message);
    problem.help = said.help;
    problem
}

fn innermost(error: &Error) -> &Error {
    if let Error::WithSnippet { error, .. } | Error::AliasError { error, .. } = error {
        return innermost(error);
    }
    error
}

fn span(source: &Source, error: &Error) -> std::ops::Range<usize> {
    let Some(location) = error.location() else { return 0..0 };
    bytes(location).unwrap_or_else(|| {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let start = source.offset(number(location.line()), number(location.column()));
        start..start + 1
    })
}

struct Said {
    rule: Rule,
    message: String,
    help: Option<String>,
}

fn say(error: &Error) -> Said {
    let said = |rule, message: String, help: String| Said { rule, message, help: Some(help) };
    if let Error::SerdeUnknownField { field, expected, .. } = error {
        let message = format!("unknown key `{field}`");
        return said(Rule::UnknownKey, message, allowed(field, expected));
    }
    if let Error::SerdeUnknownVariant { variant, expected, .. } = error {
        let message = format!("unknown word `{variant}`");
        return said(Rule::UnknownWord, message, allowed(variant, expected));
    }
    if let Error::SerdeMissingField { field, .. } = error {
        let message = format!("`{field}` is missing");
        return said(Rule::MissingKey, message, format!("add `{field}:` beside this key"));
    }
    if let Error::DuplicateMappingKey { key, .. } = error {
        let message = match key {
            Some(key) => format!("`{key}` stands here for the second time"),
            None => "this key stands here for the second time".to_owned(),
        };
        return said(Rule::DuplicateKey, message, "keep one of them".to_owned());
    }
    if is_second_document(error) {
        let message = "a second document begins here".to_owned();
        return said(Rule::Syntax, message, "keep one document in a file".to_owned());
    }
    if is_too_much(error) {
        let message = "this is nested, repeated or referenced more than any lab needs".to_owned();
        let help = "at most 32 levels, 50000 values and 200 aliases are read".to_owned();
        return said(Rule::TooComplex, message, help);
    }
    if let Error::NonFiniteFloat { value, .. } = error {
        let message = format!("`{value}` is not a finite number");
        return said(Rule::Number, message, "write a number".to_owned());
    }
    if let Some((message, help)) = wrong_type(error) {
        return said(Rule::WrongType, message, help);
    }
    Said { rule: Rule::Syntax, message: formatted(error), help: None }
}

fn is_second_document(error: &Error) -> bool {
    matches!(
        error,
        Error::MultipleDocuments { .. }
            | Error::Budget { breach: BudgetBreach::Documents { .. }, .. }
    )
}

fn is_too_much(error: &Error) -> bool {
    matches!(
        error,
        Error::Budget { .. }
            | Error::AliasReplayLimitExceeded { .. }
            | Error::AliasExpansionLimitExceeded { .. }
            | Error::AliasReplayStackDepthExceeded { .. }
            | Error::AliasReplayCounterOverflow { .. }
            | Error::RecursiveReferencesRequireWeakTypes { .. }
    ) || formatted(error) == "recursion limit exceeded"
}

fn wrong_type(error: &Error) -> Option<(String, String)> {
    if let Error::Unexpected { expected, .. } = error {
        let (wanted, help) = match *expected {
            "mapping start" => ("keys with values", "write `key: value` lines, indented"),
            "sequence start" => ("a list", "write `- …` lines, or `[…]`"),
            "string scalar" => ("a single value", "write one text or number"),
            other => (other, "write what is expected"),
        };
        return Some((format!("expected {wanted} here"), help.to_owned()));
    }
    if let Error::InvalidScalar { ty, .. } = error {
        let wanted = match *ty {
            "bool" => "`true` or `false`",
            "f64" | "f32" => "a number",
            "i64" | "i32" => "a whole number",
            "u64" | "u32" | "u16" | "u8" => "a whole number that is not negative",
            other => other,
        };
        return Some((format!("expected {wanted} here"), format!("write {wanted}")));
    }
    if matches!(error, Error::InvalidBooleanStrict { .. }) {
        return Some(("expected `true` or `false` here".into(), "write `true` or `false`".into()));
    }
    if matches!(error, Error::NullIntoString { .. }) {
        return Some(("nothing stands here".into(), "write a value after the colon".into()));
    }
    if matches!(error, Error::Eof { .. }) {
        return Some(("the file is empty".into(), "write it, or take it away".into()));
    }
    if let Error::SerdeInvalidType { expected, .. }
    | Error::SerdeInvalidValue { expected, .. }
    | Error::SerdeInvalidLength { expected, .. } = error
    {
        let wanted = expected.replace("a tuple of size 2", "two values");
        return Some((format!("expected {wanted} here"), format!("write {wanted}")));
    }
    None
}

/// The parser's own words, without the position, which stands elsewhere.
fn formatted(error: &Error) -> String {
    let mut text = error.render_with_formatter(&UserMessageFormatter);
    if let Some(at) = text.rfind(" at line ") {
        text.truncate(at);
    }
    text
}

fn allowed(found: &str, expected: &[&'static str]) -> String {
    let list = words(expected.iter().copied());
    match nearest(found, expected) {
        Some(near) => format!("did you mean `{near}`? Allowed here: {list}"),
        None => format!("allowed here: {list}"),
    }
}

/// The allowed word that is meant, when the found one is a slip of it.
fn nearest<'a>(found: &str, expected: &[&'a str]) -> Option<&'a str> {
    let found = found.replace('_', "-").to_lowercase();
    expected
        .iter()
        .map(|word| (strsim::osa_distance(&found, word), *word))
        .filter(|(distance, word)| *distance <= word.len() / 3)
        .min()
        .map(|(_, word)| word)
}
