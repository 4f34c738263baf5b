//! Lines of a log as a dashboard's panel shows them. It only finds them; that they were in view is
//! recorded by whoever knows, with [`Doors::note_panel_lines`].

use dashboard::{LogQuery, Panel, Range, Variable};

use super::Doors;
use super::logs::{Reading, all_lines};
use crate::logs::{Found, Kept, Window};

/// Lines of one query at most, the newest of those that fit.
const MOST: usize = 100;

/// What one query of a panel found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelLines {
    /// The service as the panel names it.
    pub service: String,
    /// What was wanted of a line, in words.
    pub grep: Option<String>,
    /// Oldest first.
    pub lines: Vec<Kept>,
    /// Whether more fit.
    pub more: bool,
}

// === impl PanelLines ===

impl PanelLines {
    /// Leaves out all but the newest `most` lines.
    pub(super) fn keep_newest(&mut self, most: usize) {
        let older = self.lines.len().saturating_sub(most);
        self.lines.drain(..older);
        self.more |= older > 0;
    }

    /// The lines as one text, each with its container in front.
    pub fn text(&self) -> String {
        let line = |kept: &Kept| format!("{} | {}\n", kept.container, kept.line.text);
        self.lines.iter().map(line).collect()
    }
}

// === impl Doors ===

impl Doors {
    /// The lines that a panel of logs shows for `range`, query by query; none for other kinds.
    ///
    /// # Errors
    /// When a query is not understood, or names what has no log; the message is for the person.
    pub fn panel_lines(
        &self,
        panel: &Panel,
        range: &Range,
        variables: &[Variable],
    ) -> Result<Vec<PanelLines>, String> {
        let queries = panel.log_queries(range, variables).map_err(|error| error.to_string())?;
        queries.iter().map(|query| self.lines_of(query, range)).collect()
    }

    fn lines_of(&self, query: &LogQuery, range: &Range) -> Result<PanelLines, String> {
        self.may_read_logs(&query.service).map_err(|error| error.to_string())?;
        let (from_ms, to_ms) = (range.from * 1000.0, range.to * 1000.0);
        let fits = |kept: &Kept| {
            let at_ms = kept.line.at_unix_ms as f64;
            (from_ms..=to_ms).contains(&at_ms) && query.fits(&kept.container, &kept.line.text)
        };
        let Found { lines, more, .. } = self.logs.find(&query.service, Window::Newest, MOST, fits);
        Ok(PanelLines { service: query.service.clone(), grep: query.in_words(), lines, more })
    }

    /// Records that the lines of a panel were read. `continued`: more of what was read before.
    pub fn note_panel_lines(&self, read: &PanelLines, continued: bool) {
        self.note_logs_read(Reading {
            service: &read.service,
            grep: read.grep.as_deref(),
            lines: read.lines.len() as u64,
            shown: all_lines(&read.text()),
            continued,
        });
    }
}
