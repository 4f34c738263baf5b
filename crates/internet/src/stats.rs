//! What was sent and what became of it.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was an answer with this status.
    Answered(u16),
    /// There was none in time.
    TimedOut,
    /// The connection could not be made, or broke.
    Broken,
}

impl Outcome {
    /// True for what a merchant sends again: no answer, or one that says it is not their doing.
    pub fn is_failure(self) -> bool {
        match self {
            Outcome::Answered(status) => status >= 500,
            Outcome::TimedOut | Outcome::Broken => true,
        }
    }
}

/// The figures, as `internet stats` prints them. All but the rates count from the start.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Since the first arrival, in seconds.
    pub elapsed_s: f64,
    /// Arrivals a second that are asked for now, surges included.
    pub rate: f64,
    /// Arrivals.
    pub offered: u64,
    /// Attempts that went out; a retry is one more.
    pub sent: u64,
    /// Attempts for which there was no room.
    pub not_sent: u64,
    /// Attempts that wait for an answer now.
    pub in_flight: u64,
    /// Attempts after the first.
    pub retries: u64,
    /// Attempts without an answer in time.
    pub timeouts: u64,
    /// Attempts whose connection could not be made, or broke.
    pub broken: u64,
    /// Answers by class.
    pub status: Classes,
    /// Of the 4xx: the bank declined the card (402).
    pub declined: u64,
    /// Of the 4xx: too many requests (429).
    pub limited: u64,
}

/// Answers by their status' first digit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Classes {
    /// It worked.
    #[serde(rename = "2xx")]
    pub ok: u64,
    /// Look elsewhere, which nobody says here.
    #[serde(rename = "3xx")]
    pub elsewhere: u64,
    /// The merchant's doing.
    #[serde(rename = "4xx")]
    pub refused: u64,
    /// The service's doing.
    #[serde(rename = "5xx")]
    pub failed: u64,
}

/// Counts while traffic is sent. It stays on the one thread that sends.
#[derive(Debug, Default)]
pub struct Stats {
    figures: RefCell<Figures>,
    started: Cell<Option<Instant>>,
}

impl Stats {
    /// The clock of `elapsed_s` starts.
    pub fn start(&self) {
        self.started.set(Some(Instant::now()));
    }

    /// A request was due.
    pub fn offered(&self) {
        self.change(|figures| figures.offered += 1);
    }

    /// There was no room for an attempt.
    pub fn not_sent(&self) {
        self.change(|figures| figures.not_sent += 1);
    }

    /// An attempt is a repetition.
    pub fn retried(&self) {
        self.change(|figures| figures.retries += 1);
    }

    /// An attempt goes out.
    pub fn sent(&self) {
        self.change(|figures| {
            figures.sent += 1;
            figures.in_flight += 1;
        });
    }

    /// An attempt has ended.
    pub fn ended(&self, outcome: Outcome) {
        self.change(|figures| {
            figures.in_flight -= 1;
            match outcome {
                Outcome::Answered(status) => figures.answered(status),
                Outcome::TimedOut => figures.timeouts += 1,
                Outcome::Broken => figures.broken += 1,
            }
        });
    }

    /// How many attempts wait for an answer.
    pub fn in_flight(&self) -> u64 {
        self.figures.borrow().in_flight
    }

    /// The figures now, with the rate that is asked for now.
    pub fn figures(&self, rate: f64) -> Figures {
        let elapsed = self.started.get().map_or(Duration::ZERO, |started| started.elapsed());
        let elapsed_s = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        Figures { elapsed_s, rate, ..self.figures.borrow().clone() }
    }

    fn change(&self, change: impl FnOnce(&mut Figures)) {
        change(&mut self.figures.borrow_mut());
    }
}

impl Figures {
    fn answered(&mut self, status: u16) {
        match status / 100 {
            2 => self.status.ok += 1,
            3 => self.status.elsewhere += 1,
            4 => self.status.refused += 1,
            _ => self.status.failed += 1,
        }
        match status {
            402 => self.declined += 1,
            429 => self.limited += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_that_was_sent_is_accounted_for() {
        let stats = Stats::default();
        let outcomes = [200, 201, 402, 429, 404, 500, 503].map(Outcome::Answered);
        let outcomes = outcomes.into_iter().chain([Outcome::TimedOut, Outcome::Broken]);
        for outcome in outcomes {
            stats.sent();
            assert_eq!(stats.in_flight(), 1);
            stats.ended(outcome);
        }
        let figures = stats.figures(60.0);
        let Classes { ok, elsewhere, refused, failed } = figures.status;
        assert_eq!((ok, elsewhere, refused, failed), (2, 0, 3, 2));
        assert_eq!((figures.declined, figures.limited), (1, 1));
        assert_eq!((figures.timeouts, figures.broken), (1, 1));
        assert_eq!(figures.sent, ok + elsewhere + refused + failed + 2);
    }

    #[test]
    fn only_what_is_not_the_merchants_doing_is_a_failure() {
        assert!(Outcome::Answered(503).is_failure());
        assert!(Outcome::TimedOut.is_failure());
        assert!(!Outcome::Answered(402).is_failure());
        assert!(!Outcome::Answered(429).is_failure());
    }
}
