//! What is wrong with a lab, for the person who writes it: where, what, and what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use crate::rule::{Rule, Severity};

/// One thing that is wrong, or looks wrong, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub rule: Rule,
    pub severity: Severity,
    pub file: PathBuf,
    /// From 1; 1 also where the whole file is meant.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// Bytes of the file's text; `None` where the whole file is meant.
    pub span: Option<Range<usize>>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The allowed words, or what to do.
    pub help: Option<String>,
    /// The lines around, with the place marked; ends without a line break.
    pub snippet: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(out, "{severity}: {} [{}]", self.message, self.rule)?;
        let file = self.file.display();
        match self.span {
            Some(_) => write!(out, "  --> {file}:{}:{}", self.line, self.column)?,
            None => write!(out, "  --> {file}")?,
        }
        if let Some(snippet) = &self.snippet {
            write!(out, "\n{snippet}")?;
        }
        if let Some(help) = &self.help {
            write!(out, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// All that is wrong with what was read, in the order of files and lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether something makes the lab unusable.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many make the lab unusable.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// How many only look wrong.
    pub fn warnings(&self) -> usize {
        self.0.len() - self.errors()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    pub(crate) fn sort(&mut self) {
        self.0.sort_by(|a, b| {
            (&a.file, a.line, a.column, a.rule).cmp(&(&b.file, b.line, b.column, b.rule))
        });
        self.0.dedup();
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(out, "{problem}\n")?;
        }
        let count = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        match (self.errors(), self.warnings()) {
            (errors, 0) => write!(out, "{}", count(errors, "error")),
            (0, warnings) => write!(out, "{}", count(warnings, "warning")),
            (errors, warnings) => {
                write!(out, "{}, {}", count(errors, "error"), count(warnings, "warning"))
            }
        }
    }
}
