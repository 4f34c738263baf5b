//! The record of a session as its pages read it: it grows while the session runs, and is all there
//! when it was read back from a journal. What may be added to it is decided by the console.

use std::sync::Arc;

use orchestrator::recorder::Recorder;
use session::event::Event;
use session::journal::Verdict;

/// The events of one session. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Record {
    /// Of a session that this program runs, or ran.
    Growing(Recorder),
    /// Of one that was over before: as its journal tells it.
    ReadBack { events: Arc<[Event]>, verdict: Arc<Verdict> },
}

// === impl Record ===

impl Record {
    /// All events so far.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.some_since(0, usize::MAX)
    }

    /// At most `most` events from sequence `seq` on.
    pub(crate) fn some_since(&self, seq: u64, most: usize) -> Vec<Event> {
        match self {
            Record::Growing(recorder) => recorder.some_since(seq, most),
            Record::ReadBack { events, .. } => {
                let from = events.partition_point(|event| event.seq < seq);
                events[from..].iter().take(most).cloned().collect()
            }
        }
    }

    /// Seconds since the session's start; of one that is over, at its last event.
    pub(crate) fn now_s(&self) -> f64 {
        match self {
            Record::Growing(recorder) => recorder.now().as_secs_f64(),
            Record::ReadBack { events, .. } => events.last().map_or(0.0, Event::at_s),
        }
    }

    /// What can be said about the journal; `None` while it is written.
    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        match self {
            Record::Growing(_) => None,
            Record::ReadBack { verdict, .. } => Some(verdict),
        }
    }
}
