//! What the commands in one terminal printed: the beginning of it, and how much it was. Which
//! command line that belongs to is found out by [`crate::lines`].

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::marks::{Mark, Piece, Scanner};
use crate::plain_text::plain_text;
use crate::reaper::lock;

/// As text, in bytes.
const SHOWN: usize = 16 * 1024;
/// With escape sequences, in bytes: more, so that a colourful program still fills the text.
const KEPT: usize = 4 * SHOWN;

/// More lines than this are not under way in one terminal; forged marks stop here.
const AT_ONCE: usize = 64;

/// What one command printed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) bytes: u64,
    pub(crate) text: String,
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
    /// By the shell's process number (shells can be nested) and the line's number in it.
    captures: BTreeMap<(u32, u32), Capture>,
    /// No byte follows.
    closed: bool,
}

#[derive(Debug, Default)]
struct Capture {
    bytes: u64,
    kept: Vec<u8>,
    ended: bool,
}

impl Printed {
    /// Takes the next bytes of the terminal.
    pub(crate) fn feed(&self, bytes: &[u8]) {
        let mut any_ended = false;
        let state = &mut *lock(&self.state);
        let captures = &mut state.captures;
        state.scanner.feed(bytes, |piece| match piece {
            Piece::Bytes(bytes) => captures.values_mut().for_each(|capture| capture.add(bytes)),
            Piece::Mark(Mark::Begin { shell, number }) => {
                any_ended |= end_all(captures, shell);
                if captures.len() < AT_ONCE {
                    captures.insert((shell, number), Capture::default());
                }
            }
            Piece::Mark(Mark::End { shell }) => {
                any_ended |= end_all(captures, shell);
            }
        });
        if any_ended {
            self.ended.notify_waiters();
        }
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
        let captures = &mut lock(&self.state).captures;
        let capture = captures.remove(&(shell, number));
        captures.retain(|(other, earlier), _| *other != shell || *earlier > number);
        capture.map(Capture::excerpt).unwrap_or_default()
    }

    fn is_ended(&self, shell: u32, number: u32) -> bool {
        let state = lock(&self.state);
        state.closed || state.captures.get(&(shell, number)).is_some_and(|capture| capture.ended)
    }
}

/// A shell prints for one line at a time. Whether there was one.
fn end_all(captures: &mut BTreeMap<(u32, u32), Capture>, shell: u32) -> bool {
    let mut any = false;
    for (_, capture) in captures.range_mut((shell, 0)..=(shell, u32::MAX)) {
        capture.ended = true;
        any = true;
    }
    any
}

impl Capture {
    fn add(&mut self, bytes: &[u8]) {
        if self.ended {
            return;
        }
        self.bytes += bytes.len() as u64;
        let room = KEPT - self.kept.len().min(KEPT);
        self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn excerpt(self) -> Excerpt {
        Excerpt { bytes: self.bytes, text: plain_text(&self.kept, SHOWN) }
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
        assert_eq!(excerpt, Excerpt { bytes: 11, text: "a\n".into() });
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
}
