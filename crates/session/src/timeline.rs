//! All events of a session in order, and the one function that adds to them.
//!
//! The timeline gives every happening its place: a sequence number without a gap and a time that
//! never goes backwards. It writes nothing to disk; a sink that is told of every new event does
//! (see [`crate::journal`]).

use std::time::Duration;

use crate::event::{Event, Happening};
use crate::redact;

/// What is told of every event as it enters the timeline.
pub type Sink = Box<dyn FnMut(&Event) + Send>;

/// All events of a session in order.
#[derive(Default)]
pub struct Timeline {
    events: Vec<Event>,
    sink: Option<Sink>,
}

impl Timeline {
    /// An empty timeline that tells nobody.
    pub fn new() -> Timeline {
        Timeline::default()
    }

    /// An empty timeline that hands every new event to `sink`, before anything else can read it.
    pub fn with_sink(sink: impl FnMut(&Event) + Send + 'static) -> Timeline {
        Timeline { events: Vec::new(), sink: Some(Box::new(sink)) }
    }

    /// A timeline that goes on after `events`, which must have come from one (sequence 0, 1, …).
    pub fn resumed(events: Vec<Event>) -> Timeline {
        Timeline { events, sink: None }
    }

    /// Adds what happened. This is the only way into the timeline.
    ///
    /// `at` is monotonic time since the session's start; a value before the last event's is raised
    /// to it, so that order and time agree. It is kept in whole microseconds, as in the journal.
    /// `wall` is RFC 3339 in UTC with milliseconds. Secrets are taken out of every text, see
    /// [`redact`].
    pub fn record(&mut self, happening: Happening, at: Duration, wall: String) -> &Event {
        let at = Duration::from_micros(u64::try_from(at.as_micros()).unwrap_or(u64::MAX));
        let at = self.last().map_or(at, |last| at.max(last.at));
        let seq = self.events.len() as u64;
        let Happening { participant, door, effect, place, kind } = happening;
        let kind = redact::kind(kind);
        let event = Event { seq, at, wall, participant, door, effect, place, kind };
        if let Some(sink) = &mut self.sink {
            sink(&event);
        }
        self.events.push(event);
        &self.events[self.events.len() - 1]
    }

    /// Every event so far, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events from sequence `seq` on; empty when there are none yet.
    pub fn since(&self, seq: u64) -> &[Event] {
        let from = usize::try_from(seq).unwrap_or(usize::MAX).min(self.events.len());
        &self.events[from..]
    }

    /// The newest event.
    pub fn last(&self) -> Option<&Event> {
        self.events.last()
    }
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Timeline")
            .field("events", &self.events.len())
            .field("sink", &self.sink.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::event::{Door, Effect, Kind, Participant, Place};

    fn done() -> Happening {
        Happening {
            participant: Participant::Candidate,
            door: Door::Session,
            effect: Effect::Say,
            place: Place::Lab,
            kind: Kind::Done,
        }
    }

    #[test]
    fn sequence_has_no_gap_and_time_never_goes_backwards() {
        let mut timeline = Timeline::new();
        for millis in [5, 3, 9] {
            timeline.record(done(), Duration::from_millis(millis), String::new());
        }
        let places: Vec<_> =
            timeline.events().iter().map(|event| (event.seq, event.at.as_millis())).collect();
        assert_eq!(places, [(0, 5), (1, 5), (2, 9)]);
        assert_eq!(timeline.since(2).len(), 1);
        assert!(timeline.since(7).is_empty());
    }

    #[test]
    fn the_sink_is_told_of_every_event_once() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&told);
        let mut timeline = Timeline::with_sink(move |event| sink.lock().unwrap().push(event.seq));
        timeline.record(done(), Duration::ZERO, String::new());
        timeline.record(done(), Duration::from_secs(1), String::new());
        assert_eq!(*told.lock().unwrap(), [0, 1]);
    }

    #[test]
    fn an_event_reads_back_as_it_was_written() {
        let mut timeline = Timeline::new();
        let event = timeline.record(done(), Duration::from_nanos(1_234_567_891), "w".to_owned());
        let line = serde_json::to_string(event).unwrap();
        assert!(line.starts_with(r#"{"seq":0,"at_s":1.234567,"#), "{line}");
        assert_eq!(&serde_json::from_str::<Event>(&line).unwrap(), event);
    }
}
