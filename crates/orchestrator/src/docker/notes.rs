//! The record of calls: each is an event, and a flood of looks is bounded.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use session::event::{Certainty, Door, Effect, Kind, Participant};

use crate::pace::Pace;
use crate::recorder::{Gathers, Recorder};

/// At most so often it is said that some were not recorded.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Cheap to clone; all clones share the flood's measure.
#[derive(Clone)]
pub(super) struct Notes {
    recorder: Recorder,
    pace: Arc<Pace>,
    flood: Arc<Mutex<Flood>>,
}

/// What was not recorded.
#[derive(Default)]
struct Flood {
    dropped: u64,
    said: Option<Instant>,
}

/// A call in words, before anything was shown.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) verb: String,
    pub(super) target: String,
    pub(super) detail: String,
}

impl Note {
    /// The look that it was.
    pub(super) fn look(&self, shown: String, continued: bool) -> Kind {
        self.kind(true, continued, shown)
    }

    /// What it would have been.
    pub(super) fn refused(&self, words: &str) -> Kind {
        self.kind(false, false, words.to_owned())
    }

    fn kind(&self, ok: bool, continued: bool, shown: String) -> Kind {
        Kind::Docker {
            verb: self.verb.clone(),
            target: self.target.clone(),
            detail: self.detail.clone(),
            before: None,
            after: None,
            ok,
            certainty: Certainty::Observed,
            continued,
            shown,
            began: None,
        }
    }
}

impl Notes {
    pub(super) fn new(recorder: Recorder) -> Notes {
        Notes { recorder, pace: Arc::default(), flood: Arc::default() }
    }

    /// Records an event of the candidate's. Acts always; of a flood of looks only how many there
    /// were.
    pub(super) fn record(&self, effect: Effect, kind: Kind) {
        // One that began is in the record and needs its end.
        let done = matches!(kind, Kind::Docker { ok, began, .. } if ok || began.is_some());
        if (effect == Effect::Act && done) || self.has_room() {
            self.recorder.record(Participant::Candidate, Door::Docker, effect, kind);
        }
    }

    /// Records that the candidate sets about an act; its sequence, unless a flood of refused ones
    /// left no room for it. Its end is recorded either way when it was carried out.
    pub(super) fn act_started(&self, verb: &str, target: &str, detail: &str) -> Option<u64> {
        let [verb, target, detail] = [verb, target, detail].map(str::to_owned);
        let kind = Kind::ActStarted { verb, target, detail };
        let record =
            || self.recorder.record(Participant::Candidate, Door::Docker, Effect::Act, kind);
        self.has_room().then(record).map(|event| event.seq)
    }

    /// What gathers is told before each act.
    pub(super) fn gathers(&self, gathers: Weak<dyn Gathers>) {
        self.recorder.gathers(gathers);
    }

    /// The recorder missed something.
    pub(super) fn gap(&self, reason: String) {
        let kind = Kind::Gap { door: Door::Docker, reason };
        self.recorder.record(Participant::Lab, Door::Docker, Effect::Truth, kind);
    }

    fn has_room(&self) -> bool {
        if self.pace.has_room() {
            return true;
        }
        let now = Instant::now();
        let mut flood = self.flood.lock().unwrap_or_else(PoisonError::into_inner);
        flood.dropped += 1;
        if flood.said.is_none_or(|said| now.duration_since(said) >= SAY_EVERY) {
            flood.said = Some(now);
            let dropped = std::mem::take(&mut flood.dropped);
            drop(flood);
            self.gap(format!(
                "{dropped} or more calls of the Docker API came too fast to be recorded one by one"
            ));
        }
        false
    }
}
