//! The logs of all services, kept for the session: a container that is replaced takes its own log
//! with it, so the lines are followed from its start and kept here, the newest [`KEPT`] a service.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use lab::lab::{System, is_of};
pub use testbed::LogLine;
use testbed::Testbed;

use crate::asked::clock::EngineClock;
use crate::asked::lines::RecordLines;
use crate::boxed;

/// Lines kept for each container. At 15 requests a second that is some twenty minutes.
pub const KEPT: usize = 20_000;
/// A stranger's pattern may look through them for so long.
const SEARCH: Duration = Duration::from_secs(3);

/// Cheap to clone; all clones are the same store.
#[derive(Clone, Default)]
pub struct Logs {
    store: Arc<Mutex<Store>>,
    /// What is left out.
    record: RecordLines,
    /// Each line sets it.
    clock: EngineClock,
    /// Held by the search that is under way.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Whether a line is wanted.
pub type Fits = Box<dyn Fn(&str) -> bool + Send>;

/// A pattern that takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the pattern was not through with the log after {} s; make it simpler", SEARCH.as_secs())]
pub struct TooLong;

/// The lines, by container.
#[derive(Default)]
struct Store {
    /// The cursor of the next line.
    next: u64,
    rings: BTreeMap<String, VecDeque<Arc<Kept>>>,
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
        Logs { record: RecordLines::of(system), clock, ..Logs::default() }
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
        ring.push_back(Arc::new(Kept { cursor, container: container.to_owned(), line }));
    }

    /// As [`Logs::find`] for a pattern of a stranger's: on a thread of its own, one at a time.
    ///
    /// # Errors
    /// When it is not through with the log in time.
    #[boxed]
    pub async fn search(
        &self,
        service: &str,
        window: Window,
        most: usize,
        matches: Fits,
    ) -> Result<Found, TooLong> {
        self.search_for(SEARCH, service, window, most, matches).await
    }

    async fn search_for(
        &self,
        limit: Duration,
        service: &str,
        window: Window,
        most: usize,
        matches: Fits,
    ) -> Result<Found, TooLong> {
        // Held to the end, also when whoever asked has gone away meanwhile.
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let (logs, service) = (self.clone(), service.to_owned());
        let searching = tokio::task::spawn_blocking(move || {
            let (_turn, begun, late) = (turn, Instant::now(), Cell::new(false));
            let found = logs.find(&service, window, most, |kept| {
                late.set(late.get() || begun.elapsed() > limit);
                !late.get() && matches(&kept.line.text)
            });
            if late.get() { Err(TooLong) } else { Ok(found) }
        });
        // A search that panics has found nothing, and says so where panics are told.
        searching.await.unwrap_or(Err(TooLong))
    }

    /// At most `most` lines that `matches`, of one container or of all replicas of a service (whose
    /// names are `service` and a number), in order of time. Which they are goes by the order in which they came.
    pub fn find(
        &self,
        service: &str,
        window: Window,
        most: usize,
        matches: impl Fn(&Kept) -> bool,
    ) -> Found {
        let (rings, mut next) = self.within(service, window);
        let fits = |kept: &&Arc<Kept>| matches(kept);
        // One more of each than is wanted, to know whether there are more.
        let wanted = |ring: &Vec<Arc<Kept>>| -> Vec<Arc<Kept>> {
            let lines = ring.iter();
            match window {
                Window::After(_) => lines.filter(fits).take(most + 1).cloned().collect(),
                Window::Newest | Window::Before(_) => {
                    lines.rev().filter(fits).take(most + 1).cloned().collect()
                }
            }
        };
        let mut lines: Vec<Arc<Kept>> = rings.iter().flat_map(wanted).collect();
        let more = lines.len() > most;
        // Chosen in the order in which they came, as whoever goes on asks by it: a line that came late would
        // be in neither of two windows that were cut by time.
        lines.sort_by_key(|kept| kept.cursor);
        if let Window::After(_) = window {
            lines.truncate(most);
            next = lines.last().filter(|_| more).map_or(next, |last| last.cursor);
        }
        let mut lines = lines.split_off(lines.len().saturating_sub(most));
        lines.sort_by_key(|kept| (kept.line.at_unix_ms, kept.cursor));
        Found { lines: lines.into_iter().map(Arc::unwrap_or_clone).collect(), more, next }
    }

    /// All lines in a window, oldest first, by container, and the newest cursor of all. They are looked
    /// through without the lock, which those who write need.
    fn within(&self, service: &str, window: Window) -> (Vec<Vec<Arc<Kept>>>, u64) {
        let store = self.lock();
        let rings = store.rings.iter().filter(|(name, _)| is_of(name, service));
        let within = |ring: &VecDeque<Arc<Kept>>| match window {
            Window::Newest => ring.iter().cloned().collect(),
            Window::Before(cursor) => {
                let until = ring.partition_point(|kept| kept.cursor < cursor);
                ring.range(..until).cloned().collect()
            }
            Window::After(cursor) => {
                let from = ring.partition_point(|kept| kept.cursor <= cursor);
                ring.range(from..).cloned().collect()
            }
        };
        (rings.map(|(_, ring)| within(ring)).collect(), store.next.saturating_sub(1))
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: i64, text: &str) -> LogLine {
        LogLine {
            at_unix_ms: at,
            service: String::new(),
            stderr: false,
            text: text.to_owned(),
            goes_on: false,
        }
    }

    #[test]
    fn replicas_are_read_together_in_order_of_time() {
        let logs = Logs::default();
        logs.push("payments-1", line(1, "a"));
        logs.push("payments-2", line(2, "b"));
        logs.push("payments-1", line(3, "c"));
        logs.push("postgres", line(2, "x"));
        let read = |service, last| -> Vec<String> {
            let found = logs.find(service, Window::Newest, last, |_| true);
            found.lines.into_iter().map(|kept| kept.line.text).collect()
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
        let all = logs.find("edge", Window::Newest, KEPT * 2, |_| true);
        assert_eq!(all.lines.len(), KEPT);
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
        let newest = logs.find("payments", Window::Newest, 4, |_| true);
        assert_eq!((cursors(&newest), newest.more, newest.next), (vec![6, 7, 8, 9], true, 9));
        let older = logs.find("payments", Window::Before(6), 4, |_| true);
        assert_eq!((cursors(&older), older.more), (vec![2, 3, 4, 5], true));
        let first = logs.find("payments", Window::After(2), 3, |_| true);
        assert_eq!((cursors(&first), first.more, first.next), (vec![3, 4, 5], true, 5));
        let rest = logs.find("payments", Window::After(5), 9, |kept| kept.line.text == "b");
        assert_eq!((cursors(&rest), rest.more, rest.next), (vec![7, 9], false, 9));
    }

    #[test]
    fn a_line_that_came_late_is_in_one_of_two_windows_beside_each_other() {
        let logs = Logs::default();
        for (container, at) in [(1, 10), (1, 20), (1, 30), (2, 15), (2, 25)] {
            logs.push(&format!("payments-{container}"), line(at, &at.to_string()));
        }
        let read = |window| -> (Vec<i64>, Option<u64>) {
            let lines = logs.find("payments", window, 3, |_| true).lines;
            let first = lines.iter().map(|kept| kept.cursor).min();
            (lines.into_iter().map(|kept| kept.line.at_unix_ms).collect(), first)
        };
        let (newest, first) = read(Window::Newest);
        let (older, _) = read(Window::Before(first.unwrap()));
        assert_eq!((older, newest), (vec![10, 20], vec![15, 25, 30]));
    }

    #[tokio::test]
    async fn a_pattern_that_takes_too_long_is_given_up_and_says_so() {
        let logs = Logs::default();
        logs.push("edge", line(1, "x"));
        let search =
            |limit| logs.search_for(limit, "edge", Window::Newest, 9, Box::new(|text| text == "x"));
        assert_eq!(search(SEARCH).await.unwrap().lines.len(), 1);
        let refused = search(Duration::ZERO).await.unwrap_err().to_string();
        assert!(refused.ends_with("make it simpler"), "{refused}");
    }
}
