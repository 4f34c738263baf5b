//! Writes down what a server of the lab says that it was asked, in the session's time, and not
//! more of it than a record can hold.

use std::time::{Duration, Instant};

use session::event::{Door, Effect, Kind, Participant};

use super::clock::EngineClock;
use crate::recorder::Recorder;

/// Looks that are recorded one by one in a second; of more only the number is.
const PER_SECOND: u32 = 50;

/// The record of one door. Acts are always recorded.
pub(crate) struct Record {
    recorder: Recorder,
    clock: EngineClock,
    second: Instant,
    looks: u32,
    /// The door of those that were left out in this second.
    flooded: Option<Door>,
}

// === impl Record ===

impl Record {
    pub(crate) fn new(recorder: Recorder, clock: EngineClock) -> Record {
        Record { recorder, clock, second: Instant::now(), looks: 0, flooded: None }
    }

    /// A line arrived that the engine had received at this time of its own.
    pub(crate) fn heard(&self, at_unix_ms: i64) {
        self.clock.heard(at_unix_ms);
    }

    /// The engine's time in seconds since the session's start.
    pub(crate) fn session_s(&self, at_unix_ms: i64) -> f64 {
        self.clock.session_s(at_unix_ms)
    }

    /// Records what the person asked.
    pub(crate) fn write(&mut self, door: Door, effect: Effect, kind: Kind) {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.tell_flood();
            (self.second, self.looks) = (Instant::now(), 0);
        }
        if effect == Effect::Look {
            self.looks += 1;
            if self.looks > PER_SECOND {
                self.flooded = Some(door);
                return;
            }
        }
        self.recorder.record(Participant::Candidate, door, effect, kind);
    }

    /// Records that the person sets about an act; where that is in the record.
    pub(crate) fn begin(&self, door: Door, kind: Kind) -> u64 {
        self.recorder.record(Participant::Candidate, door, Effect::Act, kind).seq
    }

    fn tell_flood(&mut self) {
        let Some(door) = self.flooded.take() else { return };
        let left_out = self.looks.saturating_sub(PER_SECOND);
        self.gap(
            door,
            format!("{left_out} more questions within a second were not recorded one by one"),
        );
    }

    /// Records that something was missed.
    pub(crate) fn gap(&self, door: Door, reason: String) {
        let kind = Kind::Gap { door, reason };
        self.recorder.record(Participant::Lab, door, Effect::Truth, kind);
    }
}

/// The last second has nothing after it that would tell.
impl Drop for Record {
    fn drop(&mut self) {
        self.tell_flood();
    }
}
