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
                if inner.record(State::has_more) {
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
        self.inner.record(|state| !state.recorded || state.has_more() || state.ending.is_some());
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records what has been shown since the last time if that `is_due`, and whether it was. One after another, so
    /// that its parts are in the record in their order, and none twice.
    fn record(&self, is_due: impl Fn(&State) -> bool) -> bool {
        let mut state = self.lock();
        if !is_due(&state) {
            return false;
        }
        let continued = std::mem::replace(&mut state.recorded, true);
        let mut note = self.note.clone();
        if let Some(ending) = state.ending.take() {
            note.detail = format!("{} ({ending})", note.detail);
        }
        let shown = state.excerpt.take();
        self.notes.record(Effect::Look, note.look(shown, continued));
        true
    }
}

impl State {
    fn has_more(&self) -> bool {
        !self.excerpt.is_empty()
    }
}

impl Gathers for Inner {
    fn record_now(&self) {
        self.record(State::has_more);
    }
}
