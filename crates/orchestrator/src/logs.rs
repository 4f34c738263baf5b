//! The logs of all services, kept for the session: a container that is replaced takes its own log
//! with it, so the lines are followed from its start and kept here, the newest [`KEPT`] a service.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::StreamExt;
use lab::lab::System;
pub use testbed::LogLine;
use testbed::Testbed;

use crate::asked::clock::EngineClock;
use crate::asked::lines::RecordLines;

/// Lines kept for each container. At 15 requests a second that is some twenty minutes.
pub const KEPT: usize = 20_000;

/// Cheap to clone; all clones are the same store.
#[derive(Clone, Default)]
pub struct Logs {
    store: Arc<Mutex<Store>>,
    /// What is left out.
    record: RecordLines,
    /// Each line sets it.
    clock: EngineClock,
}

/// The lines, by container.
#[derive(Default)]
struct Store {
    /// The cursor of the next line.
    next: u64,
    rings: BTreeMap<String, VecDeque<Kept>>,
}

/// A line with its place among all that were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Larger than that of any line that was kept before.
    pub cursor: u64,
    pub container: String,
    pub line: LogLine,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest.
    Newest,
    /// The newest of those before this cursor.
    Before(u64),
    /// The oldest of those after this cursor.
    After(u64),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Oldest first.
    pub lines: Vec<Kept>,
    /// Whether more fit than were wanted.
    pub more: bool,
    /// Where to follow from.
    pub next: u64,
}

impl Logs {
    /// A store that leaves out what is only written for the record.
    pub(crate) fn of(system: &System, clock: EngineClock) -> Logs {
        Logs { store: Arc::default(), record: RecordLines::of(system), clock }
    }

    /// Follows a container until it is removed. Call it again after a replacement.
    pub fn follow(&self, testbed: &Testbed, container: &str) {
        let mut stream = Box::pin(testbed.logs(container));
        let (logs, name) = (self.clone(), container.to_owned());
        tokio::spawn(async move {
            while let Some(line) = stream.next().await {
                logs.clock.heard(line.at_unix_ms);
                logs.push(&name, line);
            }
        });
    }

    fn push(&self, container: &str, line: LogLine) {
        if self.record.is_one(container, &line.text) {
            return;
        }
        let mut store = self.lock();
        let cursor = store.next;
        store.next += 1;
        let ring = store.rings.entry(container.to_owned()).or_default();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(Kept { cursor, container: container.to_owned(), line });
    }

    /// The newest `last` lines that `matches`, oldest first, of one container or of all whose name
    /// is `service` or a replica of it, in order of time.
    pub fn read(
        &self,
        service: &str,
        last: usize,
        matches: impl Fn(&str) -> bool,
    ) -> Vec<(String, LogLine)> {
        let found = self.window(service, Window::Newest, last, matches);
        found.lines.into_iter().map(|kept| (kept.container, kept.line)).collect()
    }

    /// At most `most` lines that `matches`, of one container or of all replicas of a service.
    pub fn window(
        &self,
        service: &str,
        window: Window,
        most: usize,
        matches: impl Fn(&str) -> bool,
    ) -> Found {
        self.find(service, window, most, |kept| matches(&kept.line.text))
    }

    /// As [`Logs::window`], for whom the container or the time of a line matters too.
    pub fn find(
        &self,
        service: &str,
        window: Window,
        most: usize,
        matches: impl Fn(&Kept) -> bool,
    ) -> Found {
        let store = self.lock();
        let rings = store.rings.iter().filter(|(name, _)| is_of(name, service));
        let rings = rings.map(|(_, ring)| ring);
        let fits = |kept: &&Kept| matches(kept);
        // One more of each than is wanted, to know whether there are more.
        let mut lines: Vec<Kept> = match window {
            Window::Newest => {
                rings.flat_map(|it| it.iter().rev().filter(fits).take(most + 1)).cloned().collect()
            }
            Window::Before(cursor) => rings
                .flat_map(|it| {
                    let older = it.iter().rev().filter(|kept| kept.cursor < cursor);
                    older.filter(fits).take(most + 1)
                })
                .cloned()
                .collect(),
            Window::After(cursor) => rings
                .flat_map(|it| {
                    let newer = it.partition_point(|kept| kept.cursor <= cursor);
                    it.range(newer..).filter(fits).take(most + 1)
                })
                .cloned()
                .collect(),
        };
        let more = lines.len() > most;
        let mut next = store.next.saturating_sub(1);
        if let Window::After(_) = window {
            lines.sort_by_key(|kept| kept.cursor);
            lines.truncate(most);
            next = lines.last().filter(|_| more).map_or(next, |last| last.cursor);
        }
        lines.sort_by_key(|kept| (kept.line.at_unix_ms, kept.cursor));
        let lines = lines.split_off(lines.len().saturating_sub(most));
        Found { lines, more, next }
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_log_is_followed_without_missing_or_repeating_a_line() {
        let logs = Logs::default();
        for n in 0..5 {
            logs.push("payments-1", line(n, "a"));
            logs.push("payments-2", line(n, "b"));
        }
        let cursors =
            |found: &Found| -> Vec<u64> { found.lines.iter().map(|kept| kept.cursor).collect() };
        let newest = logs.window("payments", Window::Newest, 4, |_| true);
        assert_eq!((cursors(&newest), newest.more, newest.next), (vec![6, 7, 8, 9], true, 9));
        let older = logs.window("payments", Window::Before(6), 4, |_| true);
        assert_eq!((cursors(&older), older.more), (vec![2, 3, 4, 5], true));
        let first = logs.window("payments", Window::After(2), 3, |_| true);
        assert_eq!((cursors(&first), first.more, first.next), (vec![3, 4, 5], true, 5));
        let rest = logs.window("payments", Window::After(5), 9, |text| text == "b");
        assert_eq!((cursors(&rest), rest.more, rest.next), (vec![7, 9], false, 9));
    }
}
