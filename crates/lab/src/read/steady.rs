//! What is normal, and the page that says that it is not so.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::probe::probe;
use crate::lab::{Page, SteadyState};
use crate::raw;
use crate::rule::Rule;
use crate::source::Findings;

/// A window that a session waits for: long enough to be measured, short enough to be waited for.
const WINDOW: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(600);

/// Reads the steady state.
pub(crate) fn steady_state(raw: &raw::lab::SteadyState, found: &mut Findings) -> SteadyState {
    found.filled(&raw.probes, "probes", "add the probes that hold when the system is well");
    let mut names = BTreeSet::new();
    for probe in &raw.probes.value {
        if !names.insert(&probe.name.value) {
            let message = format!("a second probe is called `{}`", probe.name.value);
            found.error(Rule::DuplicateId, &probe.name, message, "give it another name");
        }
    }
    let steady_state = SteadyState {
        settle: found.duration(&raw.settle, &WINDOW),
        sustain: found.duration(&raw.sustain, &WINDOW),
        relief: found.duration(&raw.relief, &WINDOW),
        probes: raw.probes.value.iter().map(|raw| probe(raw, found)).collect(),
    };
    if steady_state.relief >= steady_state.sustain {
        let message = "relief takes as long as mitigation, so it could never be told from it";
        found.error(
            Rule::SteadyState,
            &raw.relief,
            message,
            "let `relief` be shorter than `sustain`",
        );
    }
    steady_state
}

/// Reads the page.
pub(crate) fn page(raw: &raw::lab::Page, found: &mut Findings) -> Page {
    Page {
        alert: found.line(&raw.alert),
        severity: found.line(&raw.severity),
        summary: found.line(&raw.summary),
        within: found.duration(&raw.within, &WINDOW),
    }
}
