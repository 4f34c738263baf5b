//! The engine's time in terms of the session's. Reads no log: whoever follows one says what came.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A line counts for one to two of these. The engine's clock may be set anew, and of 15 requests a second hundreds of
/// lines come within each.
const WINDOW: Duration = Duration::from_secs(30);

/// The session's time less the engine's, by the least delayed line of late of all logs that are followed. On a busy
/// machine a single log is quiet for long and each of its lines late; of all of them some line is not. The agent's
/// clock, which nobody sets, has a rule of its own (`workstation::clock`): its moments keep their order. Cheap to
/// clone; all clones are the same clock.
#[derive(Debug, Clone)]
pub(crate) struct EngineClock {
    /// The session's beginning.
    started: Instant,
    least: Arc<Mutex<Least>>,
}

/// The smallest differences, in microseconds; none before the first line.
#[derive(Debug, Default)]
struct Least {
    /// Of this window, which began then.
    now: Option<i64>,
    since: Duration,
    /// Of the one before it.
    before: Option<i64>,
}

// === impl EngineClock ===

impl EngineClock {
    /// Of a session that began at this moment.
    pub(crate) fn since(started: Instant) -> EngineClock {
        EngineClock { started, least: Arc::default() }
    }

    /// A line arrives now that the engine had received at this time of its own.
    pub(crate) fn heard(&self, at_unix_ms: i64) {
        self.arrived(at_unix_ms, self.started.elapsed());
    }

    fn arrived(&self, at_unix_ms: i64, now: Duration) {
        let micros = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        let offset = micros.saturating_sub(at_unix_ms.saturating_mul(1000));
        let mut least = self.lock();
        if now.saturating_sub(least.since) > WINDOW {
            *least = Least { now: None, since: now, before: least.now };
        }
        least.now = Some(least.now.map_or(offset, |known| known.min(offset)));
    }

    /// The engine's time in seconds since the session's start, not below 0. That is 0 while no line has come.
    pub(crate) fn session_s(&self, at_unix_ms: i64) -> f64 {
        let least = self.lock();
        let Some(offset) = least.now.into_iter().chain(least.before).min() else { return 0.0 };
        let us = at_unix_ms.saturating_mul(1000).saturating_add(offset);
        Duration::from_micros(u64::try_from(us).unwrap_or(0)).as_secs_f64()
    }

    fn lock(&self) -> MutexGuard<'_, Least> {
        self.least.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for EngineClock {
    /// Of a session that begins now.
    fn default() -> EngineClock {
        EngineClock::since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn the_least_delayed_line_of_any_log_sets_the_time_of_all() {
        let clock = EngineClock::default();
        let of_another_log = clock.clone();
        clock.arrived(1_000_000, MS(5_300));
        assert!(close(clock.session_s(1_000_000), 5.3), "nothing better is known");
        of_another_log.arrived(1_000_500, MS(5_502));
        assert!(close(clock.session_s(1_000_000), 5.002));
        of_another_log.arrived(1_000_900, MS(6_200));
        assert!(close(clock.session_s(1_000_900), 5.902), "a late one changes nothing");
        assert!(close(clock.session_s(900_000), 0.0), "before the session");
    }

    #[test]
    fn a_clock_that_is_set_anew_is_followed() {
        let clock = EngineClock::default();
        clock.arrived(1_000_000, MS(5_001));
        // Forward at once, back within two windows.
        clock.arrived(1_009_000, MS(6_001));
        assert!(close(clock.session_s(1_009_000), 6.001));
        for second in 7..80_u32 {
            clock.arrived(1_000_000 + i64::from(second) * 1000, MS(u64::from(second) * 1000));
        }
        assert!(close(clock.session_s(1_079_000), 79.0), "{}", clock.session_s(1_079_000));
    }
}
