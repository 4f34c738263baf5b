//! Single values: texts, ids, durations, patterns, paths.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use crate::files::tidy;
use crate::lab::Pattern;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::Findings;

/// Memory that one pattern may take once compiled.
const LARGEST_PATTERN: usize = 1024 * 1024;

impl Findings<'_> {
    /// A text that says something, without white space around it.
    pub(crate) fn text(&mut self, at: &At<String>) -> String {
        let text = at.value.trim();
        if text.is_empty() {
            self.error(Rule::EmptyText, at, "this text is empty", "say it in a few words");
        }
        text.to_owned()
    }

    /// A text of one line that says something.
    pub(crate) fn line(&mut self, at: &At<String>) -> String {
        let text = self.text(at);
        if text.chars().any(char::is_control) {
            let help = "write one line; fold a long one with `>-`";
            self.error(Rule::Line, at, "this text has a line break or a control character", help);
        }
        text
    }

    /// A kebab-case id.
    pub(crate) fn id(&mut self, at: &At<String>) -> String {
        if !is_kebab(&at.value) {
            let message = format!("`{}` is not a kebab-case name", at.value);
            let help = format!("write `{}`, or a name like it", to_kebab(&at.value));
            self.error(Rule::IdForm, at, message, help);
        }
        at.value.clone()
    }

    /// A kebab-case id that is also the name of its file or folder.
    pub(crate) fn id_named(&mut self, at: &At<String>, name: Option<&str>, kind: &str) -> String {
        let id = self.id(at);
        if let Some(name) = name
            && name != id
        {
            let message = format!("the id is `{id}`, and the {kind} is called `{name}`");
            let help = format!("write `id: {name}`, or call the {kind} `{id}`");
            self.error(Rule::IdName, at, message, help);
        }
        id
    }

    /// A duration within limits.
    pub(crate) fn duration(
        &mut self,
        at: &At<String>,
        limits: &RangeInclusive<Duration>,
    ) -> Duration {
        let parsed = humantime::parse_duration(&at.value);
        let message = match parsed {
            Ok(duration) if limits.contains(&duration) => return duration,
            Ok(duration) if duration < *limits.start() => format!("`{}` is too short", at.value),
            Ok(_) => format!("`{}` is too long", at.value),
            Err(_) => format!("`{}` is not a duration", at.value),
        };
        let show = |duration: &Duration| humantime::format_duration(*duration).to_string();
        let help = format!(
            "write a number with a unit, from `{}` to `{}`",
            show(limits.start()),
            show(limits.end())
        );
        self.error(Rule::Duration, at, message, help);
        *limits.start()
    }

    /// A regular expression.
    pub(crate) fn pattern(&mut self, at: &At<String>) -> Pattern {
        let compiled = regex::RegexBuilder::new(&at.value).size_limit(LARGEST_PATTERN).build();
        match compiled {
            Ok(regex) => Pattern(regex),
            Err(error) => {
                let message = format!("`{}` is not a regular expression", at.value);
                self.error(Rule::Pattern, at, message, reason(&error));
                Pattern(NOTHING.clone())
            }
        }
    }

    /// An expression for Prometheus. What it finds is only known to a system that runs.
    pub(crate) fn promql(&mut self, at: &At<String>) -> String {
        let text = self.text(at);
        if !text.trim().is_empty()
            && let Err(error) = promql_parser::parser::parse(&text)
        {
            let message = format!("`{text}` is not PromQL");
            self.error(Rule::Promql, at, message, format!("what is wrong with it: {error}"));
        }
        text
    }

    /// A path relative to `folder`, resolved by its text. `None` when it is not relative: it is not
    /// even looked at then.
    pub(crate) fn path(&mut self, at: &At<String>, folder: &Path) -> Option<PathBuf> {
        let path = Path::new(&at.value);
        if at.value.is_empty() || path.is_absolute() || at.value.starts_with('~') {
            let message = format!("`{}` is not a relative path", at.value);
            let help = "write a path relative to the folder of this file";
            self.error(Rule::Path, at, message, help);
            return None;
        }
        Some(tidy(&folder.join(path)))
    }

    /// A whole number or a fraction within limits.
    pub(crate) fn number(&mut self, at: &At<f64>, limits: &RangeInclusive<f64>) -> f64 {
        if !limits.contains(&at.value) {
            let message = format!("`{}` is outside of the limits", at.value);
            let help = format!("write a number from {} to {}", limits.start(), limits.end());
            self.error(Rule::Number, at, message, help);
        }
        at.value
    }

    /// A list that holds something.
    pub(crate) fn filled<T>(&mut self, at: &At<Vec<T>>, name: &str, help: &str) {
        if at.value.is_empty() {
            self.error(Rule::EmptyList, at, format!("`{name}` is empty"), help);
        }
    }
}

/// Stands in for a pattern that did not compile.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant, and all tests compile it")]
static NOTHING: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new(r"[^\s\S]").unwrap());

/// What is wrong with a pattern, in one line.
fn reason(error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(_) = error {
        return "it would take too much memory; let it repeat less".to_owned();
    }
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    format!("what is wrong with it: {}", last.strip_prefix("error: ").unwrap_or(last))
}

/// Lower-case letters and digits in words with single hyphens between, a letter first.
pub(crate) fn is_kebab(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(word)
}

fn to_kebab(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let kebab = words.join("-");
    if is_kebab(&kebab) { kebab } else { "some-name".to_owned() }
}
