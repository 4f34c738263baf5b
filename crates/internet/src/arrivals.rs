//! When requests come: the n-th one comes at start + n / rate, whatever has happened until then.
//!
//! A timer that fires late, or a moment in which nothing could be done, is made up for at once:
//! everything that was due meanwhile is due now.

use std::time::Duration;

use tokio::time::Instant;

/// More a second than this one thread could send, so a higher rate would only be a slip.
const MAX_RATE: f64 = 5000.0;

/// A schedule of arrivals.
#[derive(Debug, Clone)]
pub struct Arrivals {
    start: Instant,
    rate: f64,
    count: u64,
}

impl Arrivals {
    /// Arrivals from `start` on, `rate` a second.
    pub fn new(start: Instant, rate: f64) -> Arrivals {
        Arrivals { start, rate, count: 0 }
    }

    /// When the next one is due.
    pub fn next_at(&self) -> Instant {
        // From the start each time: adding up intervals would add up their rounding.
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 arrivals")]
        let seconds = self.count as f64 / self.rate;
        self.start + Duration::from_secs_f64(seconds)
    }

    /// Completes when the next one is due, at once if it is overdue, and counts it.
    ///
    /// Cancel safe: an arrival is counted only when it is returned.
    pub async fn next(&mut self) {
        let at = self.next_at();
        if at > Instant::now() {
            tokio::time::sleep_until(at).await;
        }
        self.count += 1;
    }
}

/// Reads a rate.
///
/// # Errors
/// When it is no number above 0 and up to 5000.
pub fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= MAX_RATE => Ok(rate),
        Ok(_) => Err(format!("must be above 0 and at most {MAX_RATE} requests a second")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn arrivals_keep_their_times_to_the_end() {
        let start = Instant::now() - HOUR;
        let mut arrivals = Arrivals::new(start, 60.0);
        for _ in 0..60_000 {
            arrivals.next().await;
        }
        // The 60 001st arrival is due exactly 1000 s after the first.
        assert_eq!(arrivals.next_at() - start, Duration::from_secs(1000));
    }

    #[tokio::test]
    async fn what_was_missed_comes_at_once_and_what_was_not_comes_at_its_time() {
        // One an hour, and a start half an hour more than five hours ago.
        let mut arrivals = Arrivals::new(Instant::now() - HOUR * 11 / 2, 1.0 / 3600.0);
        for missed in 0..=5 {
            assert!(arrivals.next().now_or_never().is_some(), "{missed}");
        }
        assert!(arrivals.next().now_or_never().is_none());
        assert!(
            arrivals.next_at() > Instant::now() + HOUR / 3,
            "nothing is counted that did not come"
        );
    }

    #[tokio::test]
    async fn an_arrival_waits_until_it_is_due() {
        let start = Instant::now();
        let mut arrivals = Arrivals::new(start, 100.0);
        arrivals.next().await;
        arrivals.next().await;
        assert!(start.elapsed() >= Duration::from_millis(10));
    }

    #[test]
    fn only_a_rate_that_can_be_sent_is_taken() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for wrong in ["0", "-1", "NaN", "inf", "5001", "many"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
