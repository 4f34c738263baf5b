//! What the person asks of Prometheus, from the lines that the scribe in front of it writes.
//!
//! The orchestrator's own questions carry a pass and have no line.

mod promql;

#[cfg(test)]
mod tests;

use futures::{Stream, StreamExt};
use serde::Deserialize;
use session::event::{Door, Effect, Kind};
use testbed::LogLine;

use super::record::Record;

/// The first part of an expression that is kept, in bytes.
const EXPRESSION: usize = 4 << 10;

/// A line of the scribe.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    scribe: u8,
    path: String,
    route: String,
    question: String,
    status: u16,
    refused: Option<String>,
    ms: f64,
    shown: String,
}

/// Whether a line of a container's log is the scribe's, which nobody looks for in a log.
pub fn is_scribes(text: &str) -> bool {
    text.starts_with("{\"scribe\":")
}

/// Records what is asked, until the log ends.
pub(crate) async fn follow(mut lines: impl Stream<Item = LogLine> + Unpin, mut record: Record) {
    while let Some(line) = lines.next().await {
        if !is_scribes(&line.text) {
            continue;
        }
        record.heard(line.at_unix_ms);
        match serde_json::from_str::<Line>(&line.text) {
            Ok(asked) if asked.scribe == 1 => {
                // The line is written when the answer is over.
                let began_s = (record.session_s(line.at_unix_ms) - asked.ms / 1e3).max(0.0);
                record.write(Door::Metrics, Effect::Look, kind(asked, began_s));
            }
            Ok(_) | Err(_) => record.gap(
                Door::Metrics,
                "a line of the scribe cannot be read; rebuild the image of prometheus".to_owned(),
            ),
        }
    }
}

/// A question that the orchestrator asked for a person in the console.
pub(crate) struct Asked<'a> {
    pub(crate) route: &'a str,
    pub(crate) path: &'a str,
    /// As it stands in the address.
    pub(crate) question: &'a str,
    pub(crate) status: u16,
    /// The beginning of the answer.
    pub(crate) shown: &'a str,
}

/// Such a question as an event of the session.
pub(crate) fn in_the_console(asked: &Asked<'_>, started_s: f64) -> Kind {
    let line = Line {
        scribe: 1,
        path: asked.path.to_owned(),
        route: asked.route.to_owned(),
        question: asked.question.to_owned(),
        status: asked.status,
        refused: None,
        ms: 0.0,
        shown: asked.shown.to_owned(),
    };
    kind(line, started_s)
}

/// A line as an event of the session.
fn kind(asked: Line, started_s: f64) -> Kind {
    let reading = promql::read(&asked.route, &asked.path, &asked.question);
    Kind::MetricsAsked {
        route: if asked.route.is_empty() { asked.path } else { asked.route },
        expression: cut(&reading.expression, EXPRESSION),
        metrics: reading.metrics,
        labels: reading.labels,
        range_s: reading.range_s,
        started_s,
        status: asked.status,
        refused: asked.refused,
        shown: asked.shown,
    }
}

fn cut(text: &str, limit: usize) -> String {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
