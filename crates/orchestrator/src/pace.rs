//! How fast a person may go through a door: many times at once, then as fast as the record can bear. Whether whoever
//! is faster waits or goes unrecorded is the door's to say. It knows no door and records nothing.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Calls that may come at once, and how many more a second; nobody types as fast.
const BURST: f64 = 400.0;
const A_SECOND: f64 = 20.0;
/// So many bytes in the record count as one call more.
const BYTES: f64 = 4096.0;

/// The pace of one door.
#[derive(Debug)]
pub(crate) struct Pace {
    left: Mutex<(f64, Instant)>,
}

// === impl Pace ===

impl Pace {
    /// Waits for a call's turn.
    pub(crate) async fn turn(&self) {
        while let Some(wait) = self.take(1.0, Instant::now()) {
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether a call has its turn now; then it is taken.
    pub(crate) fn has_room(&self) -> bool {
        self.take(1.0, Instant::now()).is_none()
    }

    /// So much was shown; who comes next waits for it.
    pub(crate) fn shown(&self, bytes: usize) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.0 -= f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / BYTES;
    }

    /// Takes what a call costs, or says when there may be so much.
    fn take(&self, cost: f64, now: Instant) -> Option<Duration> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(left.1).as_secs_f64();
        *left = ((left.0 + passed * A_SECOND).min(BURST), now);
        if left.0 >= cost {
            left.0 -= cost;
            return None;
        }
        Some(Duration::from_secs_f64((cost - left.0) / A_SECOND))
    }
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { left: Mutex::new((BURST, Instant::now())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_calls_at_once_have_their_turn_and_more_wait() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert!((0..400).all(|_| pace.take(1.0, now).is_none()));
        assert_eq!(pace.take(1.0, now), Some(Duration::from_millis(50)));
        assert_eq!(pace.take(1.0, now + Duration::from_millis(51)), None);
    }

    #[test]
    fn what_is_shown_counts_and_no_more_is_saved_than_a_burst() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.shown(500 * 4096);
        let wait = pace.take(1.0, now).unwrap();
        assert!((4.9..5.2).contains(&wait.as_secs_f64()), "{wait:?}");
        let later = now + Duration::from_secs(3600);
        assert!((0..400).all(|_| pace.take(1.0, later).is_none()));
        assert!(pace.take(1.0, later).is_some());
    }
}
