//! The logs of all services, kept for the session: a container that is replaced takes its own log
//! with it, so the lines are followed from its start and kept here, the newest [`KEPT`] a service.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use lab::lab::System;
use testbed::{LogLine, Testbed};

use crate::asked::lines::RecordLines;

/// Lines kept for each container. At 60 requests a second that is some five minutes.
pub const KEPT: usize = 20_000;

/// Cheap to clone; all clones are the same store.
#[derive(Clone, Default)]
pub struct Logs {
    lines: Arc<Mutex<BTreeMap<String, VecDeque<LogLine>>>>,
    /// What is left out.
    record: RecordLines,
}

impl Logs {
    /// A store that leaves out what is only written for the record.
    pub fn of(system: &System) -> Logs {
        Logs { record: RecordLines::of(system), ..Logs::default() }
    }

    /// Follows a container until it is removed. Call it again after a replacement.
    pub fn follow(&self, testbed: &Testbed, container: &str) {
        let mut stream = Box::pin(testbed.logs(container));
        let (logs, name) = (self.clone(), container.to_owned());
        tokio::spawn(async move {
            while let Some(line) = stream.next().await {
                logs.push(&name, line);
            }
        });
    }

    fn push(&self, container: &str, line: LogLine) {
        if self.record.is_one(container, &line.text) {
            return;
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = lines.entry(container.to_owned()).or_default();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(line);
    }

    /// The newest `last` lines that `matches`, oldest first, of one container or of all whose name
    /// is `service` or a replica of it, in order of time.
    pub fn read(
        &self,
        service: &str,
        last: usize,
        matches: impl Fn(&str) -> bool,
    ) -> Vec<(String, LogLine)> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<(String, LogLine)> = lines
            .iter()
            .filter(|(name, _)| is_of(name, service))
            .flat_map(|(name, ring)| {
                let newest = ring.iter().rev().filter(|line| matches(&line.text)).take(last);
                newest.map(move |line| (name.clone(), line.clone()))
            })
            .collect();
        found.sort_by_key(|(_, line)| line.at_unix_ms);
        found.split_off(found.len().saturating_sub(last))
    }
}

/// Whether a container is `service` itself or one of its replicas (`payments-2` of `payments`).
fn is_of(container: &str, service: &str) -> bool {
    container.strip_prefix(service).is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('-')
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, text: &str) -> LogLine {
        LogLine { at_unix_ms: at, service: String::new(), stderr: false, text: text.to_owned() }
    }

    #[test]
    fn replicas_are_read_together_in_order_of_time() {
        let logs = Logs::default();
        logs.push("payments-1", line(1, "a"));
        logs.push("payments-2", line(2, "b"));
        logs.push("payments-1", line(3, "c"));
        logs.push("postgres", line(2, "x"));
        let read = |service, last| -> Vec<String> {
            logs.read(service, last, |_| true).into_iter().map(|(_, line)| line.text).collect()
        };
        assert_eq!(read("payments", 10), ["a", "b", "c"]);
        assert_eq!(read("payments", 2), ["b", "c"]);
        assert_eq!(read("payments-1", 10), ["a", "c"]);
        assert_eq!(read("pay", 10), [] as [&str; 0]);
    }

    #[test]
    fn only_the_newest_lines_are_kept() {
        let logs = Logs::default();
        for n in 0..=KEPT {
            logs.push("edge", line(n as i64, "x"));
        }
        assert_eq!(logs.read("edge", KEPT * 2, |_| true).len(), KEPT);
    }
}
