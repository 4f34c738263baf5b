//! Personas: lines that can be typed, and expectations that can be met.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::act::act;
use super::cause::known_evidence;
use crate::lab::Lab;
use crate::persona::{Expect, Persona, Rehearsal, Step, Until};
use crate::raw::act::FirstAction;
use crate::raw::persona as raw;
use crate::raw::scalar::Time;
use crate::rule::Rule;
use crate::source::{Findings, words};

const KEY_PAUSE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(2);
const USUAL_KEY_PAUSE: Duration = Duration::from_millis(15);
const WITHIN: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(900);
const USUAL_WITHIN: Duration = Duration::from_secs(20);

/// Reads a persona of `lab`; `name` is that of its file, and `causes` are those that the lab has.
pub(crate) fn persona(
    raw: &raw::Persona,
    name: Option<&str>,
    lab: &Lab,
    causes: &BTreeSet<String>,
    found: &mut Findings,
) -> Persona {
    if raw.lab.value != lab.id {
        let message = format!("this persona is for the lab `{}`", raw.lab.value);
        found.error(Rule::OtherLab, &raw.lab, message, format!("write `lab: {}`", lab.id));
    }
    let mut rehearsals = BTreeMap::new();
    for (cause, one) in &raw.rehearsals {
        // Without any cause there is one mistake to be told, not one for each script.
        if !causes.is_empty() && !causes.contains(&cause.value) {
            let message = format!("the lab has no cause `{}`", cause.value);
            let help = format!("its causes: {}", words(causes.iter().map(String::as_str)));
            found.error(Rule::UnknownCause, cause, message, help);
        }
        rehearsals.insert(cause.value.clone(), rehearsal(one, lab, found));
    }
    every_cause(raw, causes, found);
    let pause = raw.key_pause.as_ref();
    Persona {
        id: found.id_named(&raw.id, name, "file"),
        title: found.line(&raw.title),
        lab: raw.lab.value.clone(),
        key_pause: pause.map_or(USUAL_KEY_PAUSE, |raw| found.duration(raw, &KEY_PAUSE)),
        rehearsals,
    }
}

fn every_cause(raw: &raw::Persona, causes: &BTreeSet<String>, found: &mut Findings) {
    let missing: Vec<&str> = causes
        .iter()
        .filter(|cause| !raw.rehearsals.keys().any(|at| at.value == **cause))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let message = format!("`{}` has no script for {}", raw.id.value, words(missing));
        let help = "add them to `rehearsals`, so that every cause is rehearsed";
        found.warn(Rule::NoRehearsal, &raw.id, message, help);
    }
}

fn rehearsal(raw: &raw::Rehearsal, lab: &Lab, found: &mut Findings) -> Rehearsal {
    found.filled(&raw.steps, "steps", "add what is typed");
    Rehearsal {
        steps: raw.steps.value.iter().map(|raw| step(raw, found)).collect(),
        expect: expect(&raw.expect, lab, found),
    }
}

fn step(raw: &raw::Step, found: &mut Findings) -> Step {
    match raw {
        raw::Step::Type(raw) => Step::Type {
            line: found.line(&raw.line),
            shows: raw.shows.as_ref().map(|raw| found.pattern(raw)),
            within: within(raw.within.as_ref(), found),
        },
        raw::Step::Wait(raw) => {
            Step::Wait { until: until(raw.until), within: within(raw.within.as_ref(), found) }
        }
    }
}

fn within(raw: Option<&Time>, found: &mut Findings) -> Duration {
    raw.map_or(USUAL_WITHIN, |raw| found.duration(raw, &WITHIN))
}

fn until(raw: raw::Until) -> Until {
    match raw {
        raw::Until::Steady => Until::Steady,
        raw::Until::Unsteady => Until::Unsteady,
        raw::Until::Mitigated => Until::Mitigated,
        raw::Until::NotMitigated => Until::NotMitigated,
    }
}

fn expect(raw: &raw::Expect, lab: &Lab, found: &mut Findings) -> Expect {
    for at in raw.seen.iter().chain(&raw.not_seen) {
        known_evidence(at, lab, found);
    }
    for at in &raw.not_seen {
        if raw.seen.contains(at) {
            let message = format!("`{}` is expected to be seen, and not to be", at.value);
            found.error(Rule::Contradiction, at, message, "keep it in one of the two lists");
        }
    }
    let ids =
        |list: &[crate::raw::at::At<String>]| list.iter().map(|at| at.value.clone()).collect();
    Expect {
        mitigated: raw.mitigated,
        first_action: raw.first_action.as_ref().map(|first| match first {
            FirstAction::None => None,
            FirstAction::Act(raw) => Some(act(raw, &lab.system, found)),
        }),
        seen: ids(&raw.seen),
        not_seen: ids(&raw.not_seen),
        relief: raw.relief,
        said: raw.said,
        hypotheses: raw.hypotheses,
    }
}
