//! What the commands in one terminal printed: the beginning of it, and how much it was. Which
//! command line that belongs to is found out by [`crate::lines`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::timeout;

use super::marks::{Mark, Piece, Scanner};
use crate::plain_text::plain_text;
use crate::reaper::lock;

/// As text, in bytes.
const SHOWN: usize = 16 * 1024;
/// With escape sequences, in bytes: more, so that a colourful program still fills the text.
const KEPT: usize = 4 * SHOWN;

/// More lines than this are not under way in one terminal. Of more marks, forged ones, the oldest gives
/// way, and before it those of which no shell has told.
const AT_ONCE: usize = 64;

/// Of a line, the shell's process number (shells can be nested) and the line's number in it.
type Key = (u32, u32);

/// What one command printed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) bytes: u64,
    pub(crate) text: String,
    /// It is not known, and that is still to be said.
    pub(crate) is_lost: bool,
}

/// One terminal's.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    state: Mutex<State>,
    /// A command came to its end.
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    scanner: Scanner,
    captures: BTreeMap<Key, Capture>,
    /// Lines that a shell has told of, past the terminal, and that were not taken yet.
    told: BTreeSet<Key>,
    /// A capture gave way to another one.
    crowded: bool,
    /// That one was missing was said, and none was there since.
    said: bool,
    /// No byte follows.
    closed: bool,
}

#[derive(Debug)]
struct Capture {
    begun: Instant,
    bytes: u64,
    kept: Vec<u8>,
    ended: bool,
}

impl Printed {
    /// Takes the next bytes of the terminal.
    pub(crate) fn feed(&self, bytes: &[u8]) {
        let mut any_ended = false;
        let state = &mut *lock(&self.state);
        let State { scanner, captures, told, crowded, .. } = state;
        scanner.feed(bytes, |piece| match piece {
            Piece::Bytes(bytes) => captures.values_mut().for_each(|capture| capture.add(bytes)),
            Piece::Mark(Mark::Begin { shell, number }) => {
                any_ended |= end_all(captures, shell);
                captures.insert((shell, number), Capture::new());
                *crowded |= make_room(captures, told, (shell, number));
            }
            Piece::Mark(Mark::End { shell }) => {
                any_ended |= end_all(captures, shell);
            }
        });
        if any_ended {
            self.ended.notify_waiters();
        }
    }

    /// A shell has told of a line, which is then no forged one's.
    pub(crate) fn told(&self, shell: u32, number: u32) {
        lock(&self.state).told.insert((shell, number));
    }

    /// A shell is at its prompt: what other shells were said to print, so long ago that they would have
    /// told of it, is nobody's.
    pub(crate) fn forget_strangers(&self, shell: u32, after: Duration) {
        let State { captures, told, .. } = &mut *lock(&self.state);
        captures.retain(|key, capture| {
            key.0 == shell || told.contains(key) || capture.begun.elapsed() < after
        });
    }

    /// No byte follows: every command has printed what it ever will.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.ended.notify_waiters();
    }

    /// What a shell's line printed, once all of it has come by, or what has come by when the
    /// patience is over (somebody took the marks away). Lines before it are forgotten.
    pub(crate) async fn take(&self, shell: u32, number: u32, patience: Duration) -> Excerpt {
        let ended = async {
            loop {
                let notified = self.ended.notified();
                tokio::pin!(notified);
                notified.as_mut().enable();
                if self.is_ended(shell, number) {
                    return;
                }
                notified.await;
            }
        };
        // Out of patience is no failure: what is there is given.
        let _ = timeout(patience, ended).await;
        let state = &mut *lock(&self.state);
        let capture = state.captures.remove(&(shell, number));
        let is_later = |key: &Key| key.0 != shell || key.1 > number;
        state.captures.retain(|key, _| is_later(key));
        state.told.retain(is_later);
        let excerpt = match capture {
            Some(capture) => {
                state.said = false;
                capture.excerpt()
            }
            None => {
                let is_lost = state.crowded && !std::mem::replace(&mut state.said, state.crowded);
                Excerpt { is_lost, ..Excerpt::default() }
            }
        };
        state.crowded &= !state.captures.is_empty();
        excerpt
    }

    fn is_ended(&self, shell: u32, number: u32) -> bool {
        let state = lock(&self.state);
        state.closed || state.captures.get(&(shell, number)).is_some_and(|capture| capture.ended)
    }
}

/// Puts one out when there are too many, but for the newest. Whether there were.
fn make_room(captures: &mut BTreeMap<Key, Capture>, told: &BTreeSet<Key>, newest: Key) -> bool {
    if captures.len() <= AT_ONCE {
        return false;
    }
    let age = |(key, capture): &(&Key, &Capture)| (told.contains(*key), capture.begun);
    let others = captures.iter().filter(|(key, _)| **key != newest);
    let oldest = others.min_by_key(age).map(|(key, _)| *key);
    oldest.and_then(|oldest| captures.remove(&oldest)).is_some()
}

/// A shell prints for one line at a time. Whether there was one.
fn end_all(captures: &mut BTreeMap<Key, Capture>, shell: u32) -> bool {
    let mut any = false;
    for (_, capture) in captures.range_mut((shell, 0)..=(shell, u32::MAX)) {
        capture.ended = true;
        any = true;
    }
    any
}

impl Capture {
    fn new() -> Capture {
        Capture { begun: Instant::now(), bytes: 0, kept: Vec::new(), ended: false }
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.ended {
            return;
        }
        self.bytes += bytes.len() as u64;
        let room = KEPT - self.kept.len().min(KEPT);
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn excerpt(self) -> Excerpt {
        Excerpt { bytes: self.bytes, text: plain_text(&self.kept, SHOWN), is_lost: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What shell 7 is said to have printed when the terminal carried `bytes`.
    async fn taken(bytes: &[u8]) -> Excerpt {
        let printed = Printed::default();
        printed.feed(bytes);
        printed.take(7, 3, Duration::from_millis(10)).await
    }

    #[tokio::test]
    async fn only_what_is_between_the_marks_counts() {
        let excerpt =
            taken(b"$ ls\r\n\x1b]133;C;7;3\x07\x1b[1ma\x1b[0m\r\n\x1b]133;D;7\x07$ ").await;
        assert_eq!(excerpt, Excerpt { bytes: 11, text: "a\n".into(), is_lost: false });
    }

    #[tokio::test]
    async fn a_nested_shell_counts_for_the_outer_one_too() {
        let bytes = b"\x1b]133;C;7;3\x07\x1b]133;C;8;0\x07in\x1b]133;D;8\x07\x1b]133;D;7\x07";
        assert_eq!(taken(bytes).await.text, "in");
    }

    #[tokio::test]
    async fn a_flood_is_counted_and_its_beginning_kept() {
        let mut bytes = b"\x1b]133;C;7;3\x07".to_vec();
        bytes.resize(bytes.len() + 1_000_000, b'y');
        bytes.extend_from_slice(b"\x1b]133;D;7\x07");
        let excerpt = taken(&bytes).await;
        assert_eq!((excerpt.bytes, excerpt.text.len()), (1_000_000, SHOWN));
    }

    #[tokio::test]
    async fn a_command_without_its_last_mark_gives_what_has_come() {
        assert_eq!(taken(b"\x1b]133;C;7;3\x07half").await.text, "half");
    }

    #[tokio::test]
    async fn a_shell_that_never_marked_gives_nothing() {
        assert_eq!(taken(b"anything").await, Excerpt::default());
    }

    #[tokio::test]
    async fn lines_typed_ahead_are_kept_apart() {
        let printed = Printed::default();
        printed.feed(b"\x1b]133;C;7;1\x07a\x1b]133;D;7\x07\x1b]133;C;7;2\x07b\x1b]133;D;7\x07");
        assert_eq!(printed.take(7, 1, Duration::ZERO).await.text, "a");
        assert_eq!(printed.take(7, 2, Duration::ZERO).await.text, "b");
    }

    #[tokio::test]
    async fn what_comes_late_is_waited_for() {
        let printed = Printed::default();
        printed.feed(b"\x1b]133;C;7;3\x07one ");
        let late = async {
            tokio::task::yield_now().await;
            printed.feed(b"two\x1b]133;D;7\x07");
        };
        let (excerpt, ()) = tokio::join!(printed.take(7, 3, Duration::from_secs(60)), late);
        assert_eq!(excerpt.text, "one two");
    }

    /// Begin marks of shells that are not there.
    fn forged(count: u32) -> Vec<u8> {
        (0..count).flat_map(|it| format!("\x1b]133;C;{};0\x07", 1000 + it).into_bytes()).collect()
    }

    #[tokio::test]
    async fn forged_marks_keep_no_later_line_from_being_captured() {
        let printed = Printed::default();
        printed.feed(&forged(200));
        printed.feed(b"\x1b]133;C;7;3\x07out\x1b]133;D;7\x07");
        printed.told(7, 3);
        assert_eq!(printed.take(7, 3, Duration::ZERO).await.text, "out");
        assert!(lock(&printed.state).captures.len() <= AT_ONCE);
    }

    #[tokio::test]
    async fn a_line_of_which_its_shell_has_told_gives_way_to_no_forged_mark() {
        let printed = Printed::default();
        printed.told(7, 3);
        printed.feed(b"\x1b]133;C;7;3\x07");
        printed.feed(&forged(200));
        printed.feed(b"out\x1b]133;D;7\x07");
        assert_eq!(printed.take(7, 3, Duration::ZERO).await.text, "out");
    }

    #[tokio::test]
    async fn what_could_not_be_captured_is_said_once() {
        let printed = Printed::default();
        for (number, is_said) in [(3, true), (4, false)] {
            printed.feed(format!("\x1b]133;C;7;{number}\x07").as_bytes());
            printed.feed(&forged(200));
            printed.told(7, number);
            let excerpt = printed.take(7, number, Duration::ZERO).await;
            assert_eq!((excerpt.text.as_str(), excerpt.is_lost), ("", is_said), "{number}");
        }
        printed.feed(b"\x1b]133;C;7;5\x07out\x1b]133;D;7\x07");
        let excerpt = printed.take(7, 5, Duration::ZERO).await;
        assert_eq!((excerpt.text.as_str(), excerpt.is_lost), ("out", false));
    }

    #[tokio::test]
    async fn at_the_prompt_what_no_shell_has_told_of_is_forgotten() {
        let printed = Printed::default();
        printed.feed(&forged(9));
        printed.feed(b"\x1b]133;C;8;1\x07in\x1b]133;C;7;4\x07next");
        printed.told(8, 1);
        printed.forget_strangers(7, Duration::from_secs(60));
        assert_eq!(lock(&printed.state).captures.len(), 11);
        printed.forget_strangers(7, Duration::ZERO);
        let left: Vec<Key> = lock(&printed.state).captures.keys().copied().collect();
        assert_eq!(left, [(7, 4), (8, 1)]);
    }
}
