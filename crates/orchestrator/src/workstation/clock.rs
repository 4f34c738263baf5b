//! The agent's clock in terms of the session's. Reads no clock: it is told what each of them shows.

use std::collections::VecDeque;
use std::time::Duration;

/// Corrections that are remembered. What is told later than so many of them is put where the oldest says.
const KEPT: usize = 64;

/// The smallest difference seen between the two is the one with the least delay on the way. Each smaller one
/// corrects the times from then on, and they are let run at half their speed until it is worked off: of two
/// moments in the workstation the later one stays the later one, however the link behaved.
#[derive(Default)]
pub(super) struct Clock {
    corrections: VecDeque<Correction>,
}

/// From a moment on, how much is added to the agent's time. All are microseconds.
struct Correction {
    from: i64,
    /// What the session's clock shows at that moment.
    session: i64,
    offset: i64,
}

// === impl Clock ===

impl Clock {
    /// The agent's clock showed `agent_us`, microseconds; this arrived when the session's showed `session`.
    pub(super) fn observe(&mut self, agent_us: u64, session: Duration) {
        let (from, session) = (micros(agent_us), micros(session.as_micros()));
        let offset = session - from;
        let session = match self.corrections.back() {
            None => session,
            Some(last) if offset < last.offset && from > last.from => last.session(from),
            Some(_) => return,
        };
        if self.corrections.len() == KEPT {
            self.corrections.pop_front();
        }
        self.corrections.push_back(Correction { from, session, offset });
    }

    /// The session's time at a moment of the agent's, microseconds. Zero for one before the session.
    pub(super) fn session(&self, agent_us: u64) -> Duration {
        let at = micros(agent_us);
        let next = self.corrections.partition_point(|correction| correction.from <= at);
        let session = match self.corrections.get(next.saturating_sub(1)) {
            Some(first) if next == 0 => at + first.offset,
            Some(correction) => correction.session(at),
            None => at,
        };
        Duration::from_micros(u64::try_from(session).unwrap_or(0))
    }
}

// === impl Correction ===

impl Correction {
    fn session(&self, at: i64) -> i64 {
        (at + self.offset).max(self.session + (at - self.from) / 2)
    }
}

/// Far from what overflows when two of them are added, whatever is told.
fn micros<T: TryInto<i64>>(micros: T) -> i64 {
    micros.try_into().unwrap_or(i64::MAX).min(i64::MAX / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000;

    fn clock(observed: &[(u64, u64)]) -> Clock {
        let mut clock = Clock::default();
        for &(agent_ms, session_ms) in observed {
            clock.observe(agent_ms * MS, Duration::from_millis(session_ms));
        }
        clock
    }

    #[test]
    fn the_least_delayed_observation_sets_the_clock() {
        let clock = clock(&[(1_000, 3_005), (2_000, 4_001), (3_000, 5_200)]);
        assert_eq!(clock.session(2_500 * MS), Duration::from_millis(4_501));
    }

    #[test]
    fn a_correction_puts_no_later_moment_before_an_earlier_one() {
        let clock = clock(&[(1_000, 3_900), (2_000, 4_001), (2_100, 4_100), (3_000, 4_999)]);
        let shown: Vec<Duration> = (0..5_000).map(|ms| clock.session(ms * MS)).collect();
        assert!(shown.is_sorted_by(|one, next| one < next));
        assert_eq!(shown[4_000], Duration::from_millis(5_999));
    }

    #[test]
    fn what_was_before_a_correction_keeps_the_time_that_it_was_given() {
        let mut clock = clock(&[(1_000, 3_005)]);
        let given = clock.session(1_999 * MS);
        clock.observe(2_000 * MS, Duration::from_millis(4_001));
        assert_eq!(clock.session(1_999 * MS), given);
    }

    #[test]
    fn whatever_is_told_breaks_nothing() {
        let mut clock = Clock::default();
        assert_eq!(clock.session(5), Duration::from_micros(5));
        for told in [u64::MAX, 0, 7, u64::MAX / 2, 1] {
            clock.observe(told, Duration::from_secs(1));
            clock.observe(told, Duration::MAX);
            for asked in [0, 1, u64::MAX] {
                clock.session(asked);
            }
        }
        for second in 0..1_000 {
            clock.observe(second * 1_000 * MS, Duration::from_millis(second));
        }
        assert!(clock.corrections.len() <= KEPT);
    }
}
