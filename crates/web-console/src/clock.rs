//! The candidate's clock: from the page to the end, less what it stood still. Times are seconds since
//! the session's start. It ends nothing; the player does.

use session::event::{Event, Kind};

/// What is known of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Clock {
    /// When the page went out; it runs from here.
    pub(crate) paged_at_s: Option<f64>,
    /// Minutes that the interviewer added.
    pub(crate) added: u32,
    /// Since when it stands still; `None` while it runs.
    pub(crate) paused_at_s: Option<f64>,
    /// How long it stood still before that, in seconds.
    pub(crate) paused_s: f64,
}

// === impl Clock ===

impl Clock {
    /// Takes the next event.
    pub(crate) fn take(&mut self, event: &Event) {
        if let Kind::Paged { .. } = &event.kind {
            self.paged_at_s = Some(event.at_s());
        } else if let Kind::Extended { minutes } = &event.kind {
            self.added += minutes;
        } else if let Kind::Paused = &event.kind {
            self.paused_at_s = self.paused_at_s.or(Some(event.at_s()));
        } else if let Kind::Resumed = &event.kind
            && let Some(since) = self.paused_at_s.take()
        {
            self.paused_s += event.at_s() - since;
        }
    }

    /// When the time is over, with so many minutes to begin with. While the clock stands still: as if
    /// it ran again from the moment at which it was stopped.
    pub(crate) fn ends_at_s(&self, minutes: u32) -> Option<f64> {
        let seconds = f64::from(minutes + self.added) * 60.0 + self.paused_s;
        self.paged_at_s.map(|paged| paged + seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use session::event::{Door, Effect, Happening, Participant, Place};
    use session::timeline::Timeline;

    use super::*;

    /// The clock after these, each at its second.
    fn clock(kinds: Vec<(u64, Kind)>) -> Clock {
        let (mut clock, mut timeline) = (Clock::default(), Timeline::new());
        for (second, kind) in kinds {
            let (door, effect) = (Door::Session, Effect::Truth);
            let (participant, place) = (Participant::Interviewer, Place::Console);
            let happening = Happening { participant, door, effect, place, kind };
            clock.take(timeline.record(happening, Duration::from_secs(second), String::new()));
        }
        clock
    }

    fn paged() -> Kind {
        let empty = String::new;
        let (alert, severity, summary) = (empty(), empty(), empty());
        Kind::Paged { alert, severity, summary, promql: empty(), since: empty() }
    }

    #[test]
    fn the_end_moves_by_as_long_as_the_clock_stood_still() {
        assert_eq!(clock(vec![]).ends_at_s(10), None);
        assert_eq!(clock(vec![(30, paged())]).ends_at_s(10), Some(630.0));
        let paused = vec![(30, paged()), (40, Kind::Paused), (100, Kind::Resumed)];
        assert_eq!(clock(paused).ends_at_s(10), Some(690.0));
        let twice = vec![
            (30, paged()),
            (40, Kind::Paused),
            (50, Kind::Paused),
            (60, Kind::Resumed),
            (70, Kind::Resumed),
            (80, Kind::Extended { minutes: 5 }),
        ];
        assert_eq!(clock(twice).ends_at_s(10), Some(950.0));
    }

    #[test]
    fn while_it_stands_still_what_is_left_stays_the_same() {
        let clock = clock(vec![(30, paged()), (40, Kind::Paused)]);
        assert_eq!((clock.paused_at_s, clock.ends_at_s(10)), (Some(40.0), Some(630.0)));
    }
}
