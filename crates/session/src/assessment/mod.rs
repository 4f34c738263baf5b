//! What can be said about a session from its events and its lab: the first action, the evidence
//! seen before it, and what became of the system.
//!
//! It states and counts; it gives no score and draws no conclusion about a person. What is decided
//! here is decided by what a door did on the server's side, never by guessing from command text.

mod acts;
mod bearing;
mod expectations;
mod interviewer;
mod looks;
mod steady;
mod words;
mod wrapping;

use std::collections::BTreeMap;

use lab::cause::{Cause, Remedy};
use lab::lab::Lab;
use serde::{Deserialize, Serialize};

pub(crate) use acts::Acts;
pub use acts::{Act, ActIs, is_instance};
pub use bearing::{Bearing, Fact, Moment, bearings};
pub use expectations::{Expectation, expectations};
pub use interviewer::{Hint, Inject, More, Pause};
pub use steady::Relief;
pub use words::{Answered, GapNote, Hypothesis, HypothesisEntry, TroubleNote, Update, same_words};
pub(crate) use wrapping::wrapping_lines;

use crate::event::{Door, Event, Kind, Phase};
use crate::evidence::{Seen, sightings};

/// The facts of a session. Times named `at_s` are seconds since the session's start, those named
/// `since_page_s` seconds since the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// When the candidate's clock started; `None` when no page was sent.
    pub paged_at_s: Option<f64>,
    /// The last event's time.
    pub ended_at_s: f64,
    /// The first act on the system after the page that was carried out, or was under way at the end.
    pub first_action: Option<Act>,
    /// Whether nothing was right to do and nothing was done.
    pub restraint: bool,
    /// Whether what cures was done with none of the cause's evidence seen before.
    pub by_luck: bool,
    /// All evidence seen before the first action (before the end, when there was none), by id, in
    /// the order in which it was first seen.
    pub evidence_before_action: Vec<String>,
    /// The evidence that tells this cause from its siblings and was not seen by then.
    pub evidence_missing: Vec<String>,
    /// Every declared piece of evidence: first those that tell this cause apart, in the order of a
    /// good search, then the others in the lab's order.
    pub evidence: Vec<EvidenceRecord>,
    /// Looks between the page and the first action (or the end), by door. A command line that only
    /// went through another door is counted there.
    pub looks_before_action: BTreeMap<Door, u64>,
    /// Everything that changed the system after the page, in order.
    pub acts: Vec<Act>,
    /// Acts that were asked for and not carried out.
    pub refused: Vec<Act>,
    /// Times in which the symptom went and came back, also after it had been gone for long.
    pub relief: Vec<Relief>,
    /// Whether the steady state came back, was sustained, and was not lost again.
    pub mitigated: bool,
    /// When it came back.
    pub mitigated_since_s: Option<f64>,
    /// When it had been sustained long enough to say so.
    pub mitigated_at_s: Option<f64>,
    pub hypotheses: Vec<Hypothesis>,
    /// Status updates.
    pub said: Vec<Update>,
    /// From the page to the first status update.
    pub first_said_since_page_s: Option<f64>,
    pub asked: Vec<Answered>,
    /// Hints that the interviewer gave.
    pub hints: Vec<Hint>,
    /// What the interviewer let happen.
    pub injects: Vec<Inject>,
    /// When the interviewer had stopped the clock.
    pub pauses: Vec<Pause>,
    /// Time that the interviewer gave on top.
    pub extended: Vec<More>,
    /// How much of the time from the page to the first action (or the end) the clock stood still.
    pub paused_before_action_s: f64,
    /// When the person said that they were done.
    pub done_at_s: Option<f64>,
    /// Where the recorder missed something.
    pub gaps: Vec<GapNote>,
    /// What broke that no fault broke.
    pub troubles: Vec<TroubleNote>,
}

/// One declared piece of evidence, and whether it was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    pub id: String,
    pub title: String,
    /// Why it tells this cause from its siblings; `None` when it does not.
    pub because: Option<String>,
    /// Whether it was seen before the first action (or the end, when there was none).
    pub before_action: bool,
    /// All sightings from the fault on; empty when it was never seen.
    pub seen: Vec<Seen>,
}

/// Assesses a session of `lab` with `cause` by its events.
///
/// A sighting from before the fault does not count: what looks the same in a healthy system tells
/// nothing apart.
pub fn assess(lab: &Lab, cause: &Cause, events: &[Event]) -> Assessment {
    let paged = events.iter().find(|event| matches!(event.kind, Kind::Paged { .. }));
    let clock = Clock { paged_at_s: paged.map(Event::at_s) };
    let after_page = paged.map_or(&[][..], |page| from_seq(events, page.seq));
    let mut acts = Acts::default();
    for event in after_page {
        acts.take(cause, clock.paged_at_s, event);
    }
    let (acts, refused) = acts.parted();
    let limit = acts.first().map_or(u64::MAX, |act| act.seq);
    let seen: Vec<Seen> = sightings(lab, cause, from_seq(events, fault_seq(events)));
    let evidence = evidence(lab, cause, &seen, limit);
    let said = words::said(clock, events);
    let ended_at_s = events.last().map_or(0.0, Event::at_s);
    let injects = interviewer::injects(clock, events, limit);
    let relief = steady::relief(events, &injects);
    // The last one: a second fault may have come after the first was mitigated.
    let mitigated = steady::lasting(events, &relief).next_back();
    let pauses = interviewer::pauses(incident(events));
    let until_s = acts.first().map_or(ended_at_s, |act| act.at_s);
    Assessment {
        paged_at_s: clock.paged_at_s,
        ended_at_s,
        restraint: matches!(cause.remedy, Remedy::Nothing) && acts.is_empty() && paged.is_some(),
        by_luck: by_luck(cause, &acts, &seen),
        evidence_before_action: before(&seen, limit),
        evidence_missing: missing(&evidence),
        evidence,
        looks_before_action: looks::by_door(after_page, limit),
        mitigated: mitigated.is_some(),
        mitigated_since_s: mitigated.map(|(_, since_s)| since_s),
        mitigated_at_s: mitigated.map(|(event, _)| event.at_s()),
        relief,
        hypotheses: words::hypotheses(clock, events),
        first_said_since_page_s: said.first().and_then(|update| update.since_page_s),
        said,
        asked: words::asked(clock, events),
        hints: interviewer::hints(clock, events, limit),
        injects,
        paused_before_action_s: interviewer::paused_until(&pauses, until_s),
        pauses,
        extended: interviewer::extended(clock, events),
        done_at_s: words::done(events),
        gaps: words::gaps(events),
        troubles: words::troubles(events),
        first_action: acts.first().cloned(),
        acts,
        refused,
    }
}

/// Relates the session's time to the page's.
#[derive(Debug, Clone, Copy)]
struct Clock {
    paged_at_s: Option<f64>,
}

impl Clock {
    fn since_page(self, at_s: f64) -> Option<f64> {
        // Differences of microseconds as floats: rounded back to what was measured.
        self.paged_at_s.map(|paged_at_s| ((at_s - paged_at_s) * 1e6).round() / 1e6)
    }
}

/// The events from sequence `seq` on.
fn from_seq(events: &[Event], seq: u64) -> &[Event] {
    &events[events.partition_point(|event| event.seq < seq)..]
}

/// Where the healthy system ends: the first fault, or the page.
fn fault_seq(events: &[Event]) -> u64 {
    let begins = |kind: &Kind| matches!(kind, Kind::FaultInjected { .. } | Kind::Paged { .. });
    events.iter().find(|event| begins(&event.kind)).map_or(0, |event| event.seq)
}

/// The events before the lab ends the session. What it then costs the steady state to take the faults
/// back is nobody's relief.
fn before_the_end(events: &[Event]) -> &[Event] {
    let ends = |event: &Event| is_end(&event.kind);
    &events[..events.iter().position(ends).unwrap_or(events.len())]
}

fn is_end(kind: &Kind) -> bool {
    matches!(kind, Kind::PhaseEntered { phase: Phase::Debrief | Phase::Aborted })
}

/// The events until the incident was over for the candidate, with the one that ended it. The lab may watch on
/// for a while, and a debrief goes on for up to hours.
fn incident(events: &[Event]) -> &[Event] {
    let ends = |event: &Event| {
        matches!(event.kind, Kind::Done | Kind::TimeOver { .. } | Kind::CalledOff)
            || is_end(&event.kind)
    };
    &events[..events.iter().position(ends).map_or(events.len(), |at| at + 1)]
}

fn before(seen: &[Seen], limit: u64) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for seen in seen.iter().filter(|seen| seen.seq < limit) {
        if !ids.contains(&seen.evidence) {
            ids.push(seen.evidence.clone());
        }
    }
    ids
}

fn evidence(lab: &Lab, cause: &Cause, seen: &[Seen], limit: u64) -> Vec<EvidenceRecord> {
    let because = |id: &str| cause.tells.iter().find(|tell| tell.evidence == id);
    let record = |evidence: &lab::lab::Evidence| EvidenceRecord {
        id: evidence.id.clone(),
        title: evidence.title.clone(),
        because: because(&evidence.id).map(|tell| tell.because.clone()),
        before_action: seen.iter().any(|seen| seen.evidence == evidence.id && seen.seq < limit),
        seen: seen.iter().filter(|seen| seen.evidence == evidence.id).cloned().collect(),
    };
    let told = cause
        .tells
        .iter()
        .filter_map(|tell| lab.evidence.iter().find(|evidence| evidence.id == tell.evidence));
    let others = lab.evidence.iter().filter(|evidence| because(&evidence.id).is_none());
    told.chain(others).map(record).collect()
}

fn missing(evidence: &[EvidenceRecord]) -> Vec<String> {
    let missed = |record: &&EvidenceRecord| record.because.is_some() && !record.before_action;
    evidence.iter().filter(missed).map(|record| record.id.clone()).collect()
}

fn by_luck(cause: &Cause, acts: &[Act], seen: &[Seen]) -> bool {
    let Some(remedy) = acts.iter().find(|act| act.is == ActIs::Remedy) else { return false };
    let tells = |id: &str| cause.tells.iter().any(|tell| tell.evidence == id);
    !cause.tells.is_empty()
        && !seen.iter().any(|seen| seen.seq < remedy.seq && tells(&seen.evidence))
}

#[cfg(test)]
mod tests;
