//! Causes: faults, the chain, what tells, what cures and what only seems to.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::act::{act, overlap};
use super::fault::fault;
use super::hints;
use super::probe::probe;
use crate::cause::{Cause, Remedy, Tell, Trap};
use crate::fault::Fault;
use crate::inject::Does;
use crate::lab::Lab;
use crate::raw::at::At;
use crate::raw::cause as raw;
use crate::rule::Rule;
use crate::source::{Findings, words};

const BITES_WITHIN: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(300);

/// Reads a cause of `lab`; `name` is that of its file.
pub(crate) fn cause(
    raw: &raw::Cause,
    name: Option<&str>,
    lab: &Lab,
    found: &mut Findings,
) -> Cause {
    found.filled(&raw.inject, "inject", "add at least one fault");
    if raw.chain.value.len() < 2 {
        let help = "write the links from the cause to the symptom, one sentence each";
        found.error(Rule::ShortChain, &raw.chain, "the chain has fewer than two links", help);
    }
    let cause = Cause {
        id: found.id_named(&raw.id, name, "file"),
        title: found.line(&raw.title),
        inject: raw.inject.value.iter().map(|raw| fault(raw, &lab.system, found)).collect(),
        bites: probe(&raw.bites, found),
        bites_within: found.duration(&raw.bites_within, &BITES_WITHIN),
        chain: raw.chain.value.iter().map(|link| found.line(link)).collect(),
        tells: tells(&raw.tells, lab, found),
        remedy: remedy(&raw.remedy, lab, found),
        traps: raw.traps.iter().map(|raw| trap(raw, lab, found)).collect(),
        follow_ups: raw.follow_ups.iter().map(|one| found.line(one)).collect(),
        hints: Vec::new(),
    };
    remedies_are_no_traps(raw, &cause, found);
    surges_are_apart(raw, &cause, found);
    injects_are_no_causes(raw, &cause, lab, found);
    let hints = raw.hints.as_ref().map(|raw| hints::hints(raw, &cause, found));
    Cause { hints: hints.unwrap_or_default(), ..cause }
}

fn tells(raw: &At<Vec<raw::Tell>>, lab: &Lab, found: &mut Findings) -> Vec<Tell> {
    found.filled(raw, "tells", "add the evidence that tells this cause from its siblings");
    let mut seen = BTreeSet::new();
    let mut tells = Vec::new();
    for one in &raw.value {
        if !seen.insert(&one.evidence.value) {
            let message = format!("`{}` tells here twice", one.evidence.value);
            found.error(Rule::DuplicateId, &one.evidence, message, "keep one of them");
        }
        known_evidence(&one.evidence, lab, found);
        let evidence = lab.evidence.iter().find(|known| known.id == one.evidence.value);
        if one.shows && evidence.is_some_and(|evidence| evidence.shows.is_none()) {
            let message = format!("`{}` has no probe that could show", one.evidence.value);
            let help = "give the evidence `shows` in lab.yaml, or leave `shows: true` out here";
            found.error(Rule::NoProbe, &one.evidence, message, help);
        }
        tells.push(Tell {
            evidence: one.evidence.value.clone(),
            because: found.text(&one.because),
            shows: one.shows,
        });
    }
    tells
}

/// Says so when evidence is not in `lab.yaml`.
pub(crate) fn known_evidence(at: &At<String>, lab: &Lab, found: &mut Findings) {
    if !lab.evidence.iter().any(|evidence| evidence.id == at.value) {
        let message = format!("the lab has no evidence `{}`", at.value);
        let ids = lab.evidence.iter().map(|evidence| evidence.id.as_str());
        found.error(Rule::UnknownEvidence, at, message, format!("its evidence: {}", words(ids)));
    }
}

fn remedy(raw: &raw::Remedy, lab: &Lab, found: &mut Findings) -> Remedy {
    match raw {
        raw::Remedy::Nothing => Remedy::Nothing,
        raw::Remedy::Acts(acts) => {
            found.filled(acts, "acts", "add an act that cures, or write `remedy: nothing`");
            Remedy::Acts(acts.value.iter().map(|raw| act(raw, &lab.system, found)).collect())
        }
    }
}

fn trap(raw: &raw::Trap, lab: &Lab, found: &mut Findings) -> Trap {
    Trap { act: act(&raw.act, &lab.system, found), because: found.text(&raw.because) }
}

/// The program that sends the traffic holds one surge for each merchant, the latest.
fn surges_are_apart(raw: &raw::Cause, cause: &Cause, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (fault, raw) in cause.inject.iter().zip(&raw.inject.value) {
        let Fault::Traffic { merchant, .. } = fault else { continue };
        if !seen.insert(merchant) {
            let message = format!("this takes the place of the traffic of `{merchant}` above");
            let help = "keep one of them, or name another merchant; they do not add up";
            found.error(Rule::FaultWithoutEffect, raw, message, help);
        }
    }
}

/// An inject that is also a cause would put that cause beside another one. One that changes what a
/// cause has changed could weaken or cure it, whatever the person does.
fn injects_are_no_causes(raw: &raw::Cause, cause: &Cause, lab: &Lab, found: &mut Findings) {
    for (fault, raw) in cause.inject.iter().zip(&raw.inject.value) {
        for inject in &lab.injects {
            let Does::Fault(other) = &inject.does else { continue };
            if let Some((message, help)) = in_the_way(fault, &inject.id, other) {
                found.error(Rule::InjectIsCause, raw, message, help);
            }
        }
    }
}

/// What is wrong with the inject `id`, which does `other`, beside this fault of a cause; and what
/// to do about it.
fn in_the_way(fault: &Fault, id: &str, other: &Fault) -> Option<(String, &'static str)> {
    if fault == other {
        let help = "let the inject in lab.yaml do something that is no cause of the lab";
        return Some((format!("this is also what the inject `{id}` does"), help));
    }
    match (fault, other) {
        (Fault::Traffic { merchant, .. }, Fault::Traffic { merchant: same, .. })
            if merchant == same =>
        {
            let message =
                format!("the inject `{id}` would take the place of this traffic of `{merchant}`");
            Some((message, "let the inject in lab.yaml send the traffic of another merchant"))
        }
        (Fault::Deploy { deployment, .. }, Fault::Deploy { deployment: same, .. })
            if deployment == same =>
        {
            let message = format!("the inject `{id}` would deploy `{deployment}` once more");
            Some((message, "let the inject in lab.yaml change something else"))
        }
        (
            Fault::Config { deployment, key, .. },
            Fault::Config { deployment: same, key: too, .. },
        ) if deployment == same && key == too => {
            let message =
                format!("the inject `{id}` would change `{key}` of `{deployment}` once more");
            Some((message, "let the inject in lab.yaml change another setting"))
        }
        _ => None,
    }
}

fn remedies_are_no_traps(raw: &raw::Cause, cause: &Cause, found: &mut Findings) {
    let Remedy::Acts(remedies) = &cause.remedy else { return };
    for (trap, raw) in cause.traps.iter().zip(&raw.traps) {
        if remedies.iter().any(|remedy| overlap(remedy, &trap.act)) {
            let message = format!("`{}` is a trap here, and a remedy above", trap.act.verb);
            let help = "take one of them away, or tell them apart by `target` and `detail`";
            found.error(Rule::RemedyIsTrap, &raw.act.verb, message, help);
        }
    }
}
