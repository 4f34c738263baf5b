//! What a panel asks, with all variables filled in.

use std::time::Duration;

use crate::{DashboardError, Series, answer};

/// The stretch of time that a panel shows. Seconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub from: f64,
    /// What the drawing calls `now`.
    pub to: f64,
    /// Distance of two points of one series.
    pub step: Duration,
}

/// One question to Prometheus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub expr: String,
    /// The legend template, such as `{{instance}}`; empty or `__auto` for "what tells them apart".
    pub legend: String,
    /// Wants one value at the range's end, not values over the range.
    pub instant: bool,
}

/// Steps that a person finds natural, in seconds.
const STEPS: [u64; 15] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/// Points of one series that a range asks for at most. Many more than a terminal has columns, so
/// that a peak of a few seconds is not stepped over: the drawing keeps the extremes of a column.
const POINTS: f64 = 1800.0;

// === impl Range ===

impl Range {
    /// The `last` before `now` (seconds since the Unix epoch), in natural steps of a second or
    /// more that give at most 1800 points.
    pub fn last(last: Duration, now: f64) -> Range {
        let finest = last.as_secs_f64() / POINTS;
        let step = STEPS.iter().find(|step| **step as f64 >= finest).copied();
        let step = step.unwrap_or_else(|| (finest / 3600.0).ceil() as u64 * 3600);
        Range { from: now - last.as_secs_f64(), to: now, step: Duration::from_secs(step) }
    }

    /// Length in seconds; never negative.
    pub fn seconds(&self) -> f64 {
        (self.to - self.from).max(0.0)
    }
}

// === impl Query ===

impl Query {
    /// The series in `body`, the answer of `/api/v1/query_range` or `/api/v1/query`, named by this
    /// query's legend.
    ///
    /// # Errors
    /// [`DashboardError::Refused`] with Prometheus's own message when it refused the query,
    /// [`DashboardError::Answer`] when the body is no answer of Prometheus.
    pub fn read(&self, body: &[u8]) -> Result<Vec<Series>, DashboardError> {
        answer::read(&self.expr, &self.legend, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_of(last_s: u64) -> u64 {
        Range::last(Duration::from_secs(last_s), 1_700_000_000.5).step.as_secs()
    }

    #[test]
    fn the_step_is_natural_and_follows_the_length() {
        assert_eq!(step_of(60), 1);
        assert_eq!(step_of(1800), 1);
        assert_eq!(step_of(3600), 2);
        assert_eq!(step_of(6 * 3600), 15);
        assert_eq!(step_of(7 * 86_400), 600);
        assert_eq!(step_of(365 * 86_400), 5 * 3600);
    }

    #[test]
    fn the_end_is_now_and_not_before() {
        let range = Range::last(Duration::from_secs(1800), 1_700_000_011.5);
        assert_eq!(range.to, 1_700_000_011.5);
        assert_eq!(range.seconds(), 1800.0);
    }
}
