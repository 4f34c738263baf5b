//! What a call showed as it went on: its beginning and its end are kept, and go into the record
//! while it lasts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use session::event::Effect;

use super::notes::{Note, Notes};

/// What is kept of the beginning and of the end, in bytes.
const HEAD: usize = 4 << 10;
const TAIL: usize = 12 << 10;
/// The first part is recorded after this, if the call has not ended by then.
const FIRST: Duration = Duration::from_secs(1);

/// The beginning and the end of a text.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    head: Vec<u8>,
    tail: Vec<u8>,
    cut: u64,
}

impl Excerpt {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        // Now and then, so that a flood of small pieces costs no more than its bytes.
        if self.tail.len() > 2 * TAIL {
            let excess = self.tail.len() - TAIL;
            self.tail.drain(..excess);
            self.cut += excess as u64;
        }
    }

    /// The text so far, without escape sequences; then nothing is kept any more.
    pub(super) fn take(&mut self) -> String {
        let Excerpt { mut head, mut tail, mut cut } = std::mem::take(self);
        if tail.len() > TAIL {
            let excess = tail.len() - TAIL;
            tail.drain(..excess);
            cut += excess as u64;
        }
        if cut > 0 {
            head.extend_from_slice(format!("\n[{cut} bytes left out]\n").as_bytes());
        }
        head.extend_from_slice(&tail);
        let plain = strip_ansi_escapes::strip(head);
        String::from_utf8_lossy(&plain).into_owned()
    }

    fn is_empty(&self) -> bool {
        self.head.is_empty()
    }
}

/// Takes what a call shows and records it: after a second, then at times, and at its end, which is
/// when this is dropped.
pub(super) struct Shown {
    inner: Arc<Inner>,
}

struct Inner {
    notes: Notes,
    note: Note,
    state: Mutex<State>,
}

struct State {
    excerpt: Excerpt,
    /// Some of the call is in the record.
    recorded: bool,
    /// Put to the last part, such as how a program ended.
    ending: Option<String>,
}

impl Shown {
    /// `recorded`: the call has an event already, and what follows continues it.
    pub(super) fn start(notes: &Notes, note: Note, recorded: bool, every: Duration) -> Shown {
        let state = State { excerpt: Excerpt::default(), recorded, ending: None };
        let inner = Arc::new(Inner { notes: notes.clone(), note, state: Mutex::new(state) });
        let weak = Arc::downgrade(&inner);
        tokio::spawn(async move {
            let mut pause = FIRST;
            loop {
                tokio::time::sleep(pause).await;
                let Some(inner) = weak.upgrade() else { return };
                if !inner.lock().excerpt.is_empty() {
                    inner.record();
                    pause = every;
                }
            }
        });
        Shown { inner }
    }

    pub(super) fn push(&self, bytes: &[u8]) {
        self.inner.lock().excerpt.push(bytes);
    }

    /// How it ended, as part of what was asked.
    pub(super) fn ended(&self, how: String) {
        self.inner.lock().ending = Some(how);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        let is_due = {
            let state = self.inner.lock();
            !state.recorded || !state.excerpt.is_empty() || state.ending.is_some()
        };
        if is_due {
            self.inner.record();
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self) {
        let (shown, continued, ending) = {
            let mut state = self.lock();
            let continued = std::mem::replace(&mut state.recorded, true);
            (state.excerpt.take(), continued, state.ending.take())
        };
        let mut note = self.note.clone();
        if let Some(ending) = ending {
            note.detail = format!("{} ({ending})", note.detail);
        }
        self.notes.record(Effect::Look, note.look(shown, continued));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        let mut excerpt = Excerpt::default();
        for number in 0..100_000 {
            excerpt.push(format!("line {number}\n").as_bytes());
        }
        let text = excerpt.take();
        assert!(text.starts_with("line 0\nline 1\n"), "{text}");
        assert!(text.ends_with("line 99999\n"));
        assert!(text.contains("bytes left out]"));
        assert!(text.len() < HEAD + TAIL + 64, "{}", text.len());
    }

    #[test]
    fn a_short_text_is_kept_whole_and_without_escape_sequences() {
        let mut excerpt = Excerpt::default();
        excerpt.push(b"\x1b[1mready\x1b[0m\n");
        assert_eq!(excerpt.take(), "ready\n");
        assert_eq!(excerpt.take(), "");
    }
}
