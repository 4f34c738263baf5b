//! Is the system well? Probes the steady state and tells relief from mitigation.

use std::collections::BTreeMap;
use std::time::Duration;

use lab::lab::{Probe, SteadyState};

/// The steady-state probes at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// Since the session's start.
    pub at: Duration,
    /// Values by the probe's name; `None` where it gave no series or no answer.
    pub values: BTreeMap<String, Option<f64>>,
    /// Why Prometheus refused to answer some, by the probe's name.
    pub refused: BTreeMap<String, String>,
    /// Whether all of them keep their bounds.
    pub steady: bool,
}

impl Health {
    /// Judges the values of all probes.
    pub fn judge(at: Duration, probes: &[Probe], values: BTreeMap<String, Option<f64>>) -> Health {
        let steady =
            probes.iter().all(|probe| probe.holds(values.get(&probe.name).copied().flatten()));
        Health { at, values, refused: BTreeMap::new(), steady }
    }

    /// The probes that do not hold, in words.
    pub fn failing(&self, probes: &[Probe]) -> String {
        let failing: Vec<String> = probes
            .iter()
            .map(|probe| (probe, self.values.get(&probe.name).copied().flatten()))
            .filter(|(probe, value)| !probe.holds(*value))
            .map(|(probe, value)| match (value, self.refused.get(&probe.name)) {
                (Some(value), _) => format!("{} is {value:.3}", probe.name),
                (None, Some(refused)) => format!("{} has no value: {refused}", probe.name),
                (None, None) => format!("{} has no value", probe.name),
            })
            .collect();
        failing.join(", ")
    }
}

/// What a new moment of health means for the story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// Steady long enough to feel better, and then lost again.
    Relief { from: Duration, until: Duration },
    /// Steady for the whole window; it began at `since`.
    Mitigated { since: Duration },
}

/// Follows health from the page on.
#[derive(Debug)]
pub struct Recovery {
    relief: Duration,
    sustain: Duration,
    steady_since: Option<Duration>,
    mitigated: bool,
}

// === impl Recovery ===

impl Recovery {
    /// Nothing is known yet.
    pub fn new(bounds: &SteadyState) -> Recovery {
        Recovery {
            relief: bounds.relief,
            sustain: bounds.sustain,
            steady_since: None,
            mitigated: false,
        }
    }

    /// Whether the steady state was sustained and has not been lost since.
    pub fn mitigated(&self) -> bool {
        self.mitigated
    }

    /// Takes the next moment in. A system that fails again after mitigation has to sustain anew.
    pub fn observe(&mut self, health: &Health) -> Option<Turn> {
        if !health.steady {
            let lost = self.steady_since.take()?;
            self.mitigated = false;
            let held = health.at.saturating_sub(lost);
            return (held >= self.relief).then_some(Turn::Relief { from: lost, until: health.at });
        }
        let since = *self.steady_since.get_or_insert(health.at);
        if self.mitigated || health.at.saturating_sub(since) < self.sustain {
            return None;
        }
        self.mitigated = true;
        Some(Turn::Mitigated { since })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_prometheus_refused_says_why() {
        let probe = |name: &str| Probe {
            name: name.to_owned(),
            title: name.to_owned(),
            promql: name.to_owned(),
            at_least: Some(1.0),
            at_most: None,
            unit: "count".to_owned(),
        };
        let probes = ["up", "down", "odd"].map(probe);
        let values = [("up", Some(1.0)), ("down", Some(0.0)), ("odd", None)];
        let values = values.map(|(name, value)| (name.to_owned(), value)).into();
        let health = Health {
            refused: [("odd".to_owned(), "two series for one".to_owned())].into(),
            ..Health::judge(Duration::ZERO, &probes, values)
        };
        let failing = health.failing(&probes);
        assert_eq!(failing, "down is 0.000, odd has no value: two series for one");
    }

    /// One character a second: `+` steady, `-` not.
    fn turns(script: &str) -> Vec<Turn> {
        let mut recovery = Recovery {
            relief: Duration::from_secs(2),
            sustain: Duration::from_secs(5),
            steady_since: None,
            mitigated: false,
        };
        let health = |(second, mark)| Health {
            at: Duration::from_secs(second),
            values: BTreeMap::new(),
            refused: BTreeMap::new(),
            steady: mark == '+',
        };
        (0..).zip(script.chars()).map(health).filter_map(|it| recovery.observe(&it)).collect()
    }

    fn relief(from: u64, until: u64) -> Turn {
        Turn::Relief { from: Duration::from_secs(from), until: Duration::from_secs(until) }
    }

    fn mitigated(since: u64) -> Turn {
        Turn::Mitigated { since: Duration::from_secs(since) }
    }

    #[test]
    fn a_dip_that_is_shorter_than_relief_is_nothing() {
        assert_eq!(turns("--+---"), []);
    }

    #[test]
    fn a_recovery_that_does_not_last_is_relief() {
        assert_eq!(turns("--+++--"), [relief(2, 5)]);
    }

    #[test]
    fn a_recovery_that_lasts_is_mitigation_since_its_beginning() {
        assert_eq!(turns("-++++++++"), [mitigated(1)]);
    }

    #[test]
    fn relief_and_then_mitigation_are_told_apart() {
        assert_eq!(turns("-+++-++++++"), [relief(1, 4), mitigated(5)]);
    }

    #[test]
    fn a_mitigation_that_is_lost_was_relief_after_all() {
        assert_eq!(turns("++++++++-"), [mitigated(0), relief(0, 8)]);
    }
}
