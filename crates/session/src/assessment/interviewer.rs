//! What the interviewer did to the session: hints, injects, pauses, more time. States when, and what
//! became of the steady state; whether it changed anything for the candidate is for a person to say.

use serde::{Deserialize, Serialize};

use super::Clock;
use crate::event::{Event, InjectDid, Kind, Participant};
use crate::report::headline::what_it_did;

/// A hint that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hint {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    /// From 1.
    pub number: u32,
    /// How many the ladder has.
    pub of: u32,
    pub who: String,
    pub text: String,
    /// Whether it came before the first action (or before the end, when there was none).
    pub before_action: bool,
}

/// An inject that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inject {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    pub id: String,
    pub title: String,
    /// What it did, in one line.
    pub what: String,
    pub is_fault: bool,
    /// Whether it came before the first action (or before the end, when there was none).
    pub before_action: bool,
    /// For a fault: whether the steady state held when it went in; `None` when nobody had looked.
    pub steady_at: Option<bool>,
    /// For a fault that went into a steady system: when the steady state was lost next, seconds
    /// since the session's start.
    pub lost_at_s: Option<f64>,
    /// For a fault that the interviewer took back before the end: when, seconds since the session's
    /// start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back_at_s: Option<f64>,
}

/// The clock stood still.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    pub seq: u64,
    pub from_s: f64,
    /// When the incident was over, where it was not resumed before.
    pub until_s: f64,
}

/// More time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct More {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    pub minutes: u32,
}

/// `limit` is the sequence of the first action.
pub(super) fn hints(clock: Clock, events: &[Event], limit: u64) -> Vec<Hint> {
    let hint = |event: &Event| {
        let Kind::HintGiven { number, of, who, text } = &event.kind else { return None };
        Some(Hint {
            seq: event.seq,
            at_s: event.at_s(),
            since_page_s: clock.since_page(event.at_s()),
            number: *number,
            of: *of,
            who: who.clone(),
            text: text.clone(),
            before_action: event.seq < limit,
        })
    };
    events.iter().filter_map(hint).collect()
}

/// `limit` is the sequence of the first action.
pub(super) fn injects(clock: Clock, events: &[Event], limit: u64) -> Vec<Inject> {
    let inject = |(index, event): (usize, &Event)| {
        let Kind::InjectUsed { inject, title, did, began_s } = &event.kind else { return None };
        let at_s = began_s.unwrap_or(event.at_s());
        // What was seen of the system while it went in is its doing.
        let began = events[..index].partition_point(|event| event.at_s() < at_s);
        let is_fault = matches!(did, InjectDid::Injected { .. });
        let steady_at = is_fault.then(|| events[..began].iter().rev().find_map(steady)).flatten();
        let lost = |event: &&Event| steady(event) == Some(false);
        let lost_at_s = steady_at
            .filter(|steady| *steady)
            .and_then(|_| events[began..].iter().find(lost).map(Event::at_s));
        Some(Inject {
            seq: event.seq,
            at_s,
            since_page_s: clock.since_page(at_s),
            id: inject.clone(),
            title: title.clone(),
            what: what_it_did(did),
            is_fault,
            before_action: event.seq < limit,
            steady_at,
            lost_at_s,
            taken_back_at_s: taken_back(inject, &events[index..]),
        })
    };
    events.iter().enumerate().filter_map(inject).collect()
}

/// All faults of an inject are taken back at once, so the next time is for each that was used before.
fn taken_back(id: &str, later: &[Event]) -> Option<f64> {
    let is_it = |event: &&Event| {
        event.participant == Participant::Interviewer
            && matches!(&event.kind, Kind::FaultRecovered { inject: Some(it), .. } if it == id)
    };
    later.iter().find(is_it).map(Event::at_s)
}

fn steady(event: &Event) -> Option<bool> {
    let Kind::Health { steady, .. } = event.kind else { return None };
    Some(steady)
}

/// A pause without an end lasts as long as the incident.
pub(super) fn pauses(incident: &[Event]) -> Vec<Pause> {
    let over_at_s = incident.last().map_or(0.0, Event::at_s);
    let mut pauses: Vec<Pause> = Vec::new();
    let mut open = false;
    for event in incident {
        if let Kind::Paused = event.kind
            && !open
        {
            open = true;
            pauses.push(Pause { seq: event.seq, from_s: event.at_s(), until_s: over_at_s });
        } else if let Kind::Resumed = event.kind
            && open
            && let Some(pause) = pauses.last_mut()
        {
            open = false;
            pause.until_s = event.at_s();
        }
    }
    pauses
}

/// How long the clock had stood still by a moment, in seconds.
pub(super) fn paused_until(pauses: &[Pause], at_s: f64) -> f64 {
    let stood: f64 = pauses.iter().map(|it| (it.until_s.min(at_s) - it.from_s).max(0.0)).sum();
    // Differences of microseconds as floats: rounded back to what was measured. No time is not `-0`.
    (stood * 1e6).round() / 1e6 + 0.0
}

pub(super) fn extended(clock: Clock, events: &[Event]) -> Vec<More> {
    let more = |event: &Event| {
        let Kind::Extended { minutes } = event.kind else { return None };
        let (seq, at_s) = (event.seq, event.at_s());
        Some(More { seq, at_s, since_page_s: clock.since_page(at_s), minutes })
    };
    events.iter().filter_map(more).collect()
}
