//! What a call showed as it went on: its beginning and its end are kept, and go into the record
//! while it lasts, and before each act.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use session::event::Effect;

use super::notes::{Note, Notes};
use crate::excerpt::Excerpt;
use crate::recorder::Gathers;

/// What is kept of the beginning and of the end, in bytes.
const KEPT: (usize, usize) = (4 << 10, 12 << 10);
/// The first part is recorded after this, if the call has not ended by then.
const FIRST: Duration = Duration::from_secs(1);

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
        let state = State { excerpt: Excerpt::of(KEPT), recorded, ending: None };
        let inner = Arc::new(Inner { notes: notes.clone(), note, state: Mutex::new(state) });
        let weak = Arc::downgrade(&inner);
        notes.gathers(weak.clone());
        tokio::spawn(async move {
            let mut pause = FIRST;
            loop {
                tokio::time::sleep(pause).await;
                let Some(inner) = weak.upgrade() else { return };
                if inner.has_more() {
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

    fn has_more(&self) -> bool {
        !self.lock().excerpt.is_empty()
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

impl Gathers for Inner {
    fn record_now(&self) {
        if self.has_more() {
            self.record();
        }
    }
}
