//! How long an answer takes.

use std::time::Duration;

use rand_distr::{Distribution, LogNormal};

/// No answer takes longer than this, however far out the draw is: the bank has a limit too.
const LONGEST: Duration = Duration::from_secs(1);

/// A log-normal distribution of answer times, cut off at [`LONGEST`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Latency(LogNormal<f64>);

impl Latency {
    /// With this mean in milliseconds (what is cut off takes a little of it), and this standard
    /// deviation of the logarithm. Nothing if there is no such distribution.
    pub(crate) fn new(mean_ms: f64, sigma: f64) -> Option<Latency> {
        if !(mean_ms > 0.0 && mean_ms.is_finite() && sigma >= 0.0 && sigma.is_finite()) {
            return None;
        }
        // The mean of a log-normal distribution is exp(mu + sigma²/2).
        let mu = mean_ms.ln() - sigma * sigma / 2.0;
        LogNormal::new(mu, sigma).ok().map(Latency)
    }

    /// The time of one answer.
    pub(crate) fn draw(&self) -> Duration {
        let milliseconds: f64 = self.0.sample(&mut rand::rng());
        Duration::from_secs_f64(milliseconds / 1000.0).min(LONGEST)
    }
}
