//! The text of one file, places in it, and the problems that were found in it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::problem::Problem;
use crate::raw::at::At;
use crate::rule::{Rule, Severity};

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) file: PathBuf,
    pub(crate) text: String,
}

impl Source {
    /// A problem at `span`, with the lines around it.
    pub(crate) fn problem(&self, rule: Rule, span: Range<usize>, message: String) -> Problem {
        let span = self.clamp(span);
        let (line, column) = self.position(span.start);
        Problem {
            rule,
            severity: Severity::Error,
            file: self.file.clone(),
            line,
            column,
            snippet: Some(crate::snippet::draw(&self.text, line, column, &span)),
            span: Some(span),
            message,
            help: None,
        }
    }

    /// The byte at which a line and column (from 1, in characters) begin.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let before = self.before(line);
        let rest = self.text.get(before..).unwrap_or("");
        before + rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum::<usize>()
    }

    /// The byte at a line and column (from 1, in bytes), which is never beyond the line.
    pub(crate) fn offset_in_bytes(&self, line: usize, column: usize) -> usize {
        let before = self.before(line);
        let rest = self.text.get(before..).unwrap_or("");
        before + column.saturating_sub(1).min(rest.lines().next().unwrap_or("").len())
    }

    /// The bytes before a line (from 1).
    fn before(&self, line: usize) -> usize {
        self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line, before.get(line_start..).unwrap_or("").chars().count() + 1)
    }

    /// Within the text and on character boundaries.
    fn clamp(&self, span: Range<usize>) -> Range<usize> {
        let floor = |at: usize| self.text.floor_char_boundary(at.min(self.text.len()));
        floor(span.start)..floor(span.end.max(span.start))
    }
}

/// A problem that concerns a file as a whole.
pub(crate) fn whole_file(rule: Rule, file: &Path, message: impl Into<String>) -> Problem {
    Problem {
        rule,
        severity: Severity::Error,
        file: file.to_path_buf(),
        line: 1,
        column: 1,
        span: None,
        message: message.into(),
        help: None,
        snippet: None,
    }
}

/// Collects what is wrong in one file while it is turned into domain types. Readers go on after a
/// problem with a stand-in value, so that all problems are found at once; the stand-ins are never
/// seen, because a lab with errors is not given out.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    pub(crate) source: &'a Source,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(source: &'a Source) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// An error at a value.
    pub(crate) fn error<T>(
        &mut self,
        rule: Rule,
        at: &At<T>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let mut problem = self.source.problem(rule, at.span.clone(), message.into());
        problem.help = Some(help.into());
        self.problems.push(problem);
    }

    /// A warning at a value.
    pub(crate) fn warn<T>(
        &mut self,
        rule: Rule,
        at: &At<T>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.error(rule, at, message, help);
        if let Some(problem) = self.problems.last_mut() {
            problem.severity = Severity::Warning;
        }
    }
}

/// `a`, `b` and `c` in backticks, for a help text; at most two dozen.
pub(crate) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let mut shown: Vec<String> = words.iter().take(24).map(|word| format!("`{word}`")).collect();
    if words.len() > shown.len() {
        shown.push("…".to_owned());
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}
