//! The engine's time in terms of the session's. Reads no log: whoever follows one says what came.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// No line has come yet.
const UNKNOWN: i64 = i64::MAX;

/// The session's time less the engine's, by the least delayed line so far of all logs that are followed. On a busy
/// machine a single log is quiet for long and each of its lines late; of all of them some line is not. Cheap to
/// clone; all clones are the same clock.
#[derive(Debug, Clone)]
pub(crate) struct EngineClock {
    /// The session's beginning.
    started: Instant,
    /// In microseconds.
    offset: Arc<AtomicI64>,
}

// === impl EngineClock ===

impl EngineClock {
    /// Of a session that began at this moment.
    pub(crate) fn since(started: Instant) -> EngineClock {
        EngineClock { started, offset: Arc::new(AtomicI64::new(UNKNOWN)) }
    }

    /// A line arrives now that the engine had received at this time of its own.
    pub(crate) fn heard(&self, at_unix_ms: i64) {
        self.arrived(at_unix_ms, self.started.elapsed());
    }

    fn arrived(&self, at_unix_ms: i64, now: Duration) {
        let now = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        let offset = now.saturating_sub(at_unix_ms.saturating_mul(1000));
        self.offset.fetch_min(offset, Ordering::Relaxed);
    }

    /// The engine's time in seconds since the session's start, not below 0. That is 0 while no line has come.
    pub(crate) fn session_s(&self, at_unix_ms: i64) -> f64 {
        let offset = self.offset.load(Ordering::Relaxed);
        if offset == UNKNOWN {
            return 0.0;
        }
        let us = at_unix_ms.saturating_mul(1000).saturating_add(offset);
        Duration::from_micros(u64::try_from(us).unwrap_or(0)).as_secs_f64()
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

    #[test]
    fn the_least_delayed_line_of_any_log_sets_the_time_of_all() {
        let clock = EngineClock::since(Instant::now());
        let of_another_log = clock.clone();
        let ms = Duration::from_millis;
        clock.arrived(1_000_000, ms(5_300));
        assert!((clock.session_s(1_000_000) - 5.3).abs() < 1e-9, "nothing better is known");
        of_another_log.arrived(1_000_500, ms(5_502));
        assert!((clock.session_s(1_000_000) - 5.002).abs() < 1e-9);
        of_another_log.arrived(1_000_900, ms(6_200));
        assert!((clock.session_s(1_000_900) - 5.902).abs() < 1e-9, "a late one changes nothing");
        assert_eq!(clock.session_s(900_000), 0.0, "before the session");
    }
}
