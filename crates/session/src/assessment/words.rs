//! What was believed, said, asked and missed.

use serde::{Deserialize, Serialize};

use super::Clock;
use crate::event::{Door, Event, Kind, Participant, Standing};

/// A hypothesis through time: entries with the same words (case and space apart) are one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    pub text: String,
    /// How it stood at the end.
    pub status: Standing,
    pub entries: Vec<HypothesisEntry>,
}

/// One entry of the notebook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HypothesisEntry {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    /// Percent; `None` when none was given.
    pub confidence: Option<u8>,
    pub status: Standing,
}

/// A status update.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    pub text: String,
}

/// A question, and what a teammate said to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    pub seq: u64,
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    pub question: String,
    pub who: String,
    pub answer: String,
}

/// The recorder missed something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GapNote {
    pub seq: u64,
    pub at_s: f64,
    pub door: Door,
    pub reason: String,
}

/// Something of the lab broke that no fault broke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TroubleNote {
    pub seq: u64,
    pub at_s: f64,
    pub what: String,
    pub remedy: String,
}

fn by_candidate(events: &[Event]) -> impl Iterator<Item = &Event> {
    events.iter().filter(|event| event.participant == Participant::Candidate)
}

pub(super) fn hypotheses(clock: Clock, events: &[Event]) -> Vec<Hypothesis> {
    let mut hypotheses: Vec<Hypothesis> = Vec::new();
    for event in by_candidate(events) {
        let Kind::Hypothesis { text, confidence, status, .. } = &event.kind else { continue };
        let entry = HypothesisEntry {
            seq: event.seq,
            at_s: event.at_s(),
            since_page_s: clock.since_page(event.at_s()),
            confidence: *confidence,
            status: *status,
        };
        match hypotheses.iter_mut().find(|known| same_words(&known.text) == same_words(text)) {
            Some(known) => {
                known.status = *status;
                known.entries.push(entry);
            }
            None => hypotheses.push(Hypothesis {
                text: text.clone(),
                status: *status,
                entries: vec![entry],
            }),
        }
    }
    hypotheses
}

/// What two ways of writing one hypothesis have in common: who notes it again need not copy it.
pub fn same_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

pub(super) fn said(clock: Clock, events: &[Event]) -> Vec<Update> {
    let update = |event: &Event| {
        let Kind::Said { text } = &event.kind else { return None };
        let (seq, at_s) = (event.seq, event.at_s());
        Some(Update { seq, at_s, since_page_s: clock.since_page(at_s), text: text.clone() })
    };
    by_candidate(events).filter_map(update).collect()
}

pub(super) fn asked(clock: Clock, events: &[Event]) -> Vec<Answered> {
    let answered = |event: &Event| {
        let Kind::Asked { question, answer_id: _, who, answer } = &event.kind else { return None };
        Some(Answered {
            seq: event.seq,
            at_s: event.at_s(),
            since_page_s: clock.since_page(event.at_s()),
            question: question.clone(),
            who: who.clone(),
            answer: answer.clone(),
        })
    };
    by_candidate(events).filter_map(answered).collect()
}

pub(super) fn done(events: &[Event]) -> Option<f64> {
    by_candidate(events).find(|event| matches!(event.kind, Kind::Done)).map(Event::at_s)
}

pub(super) fn gaps(events: &[Event]) -> Vec<GapNote> {
    let gap = |event: &Event| {
        let (door, reason) = if let Kind::Gap { door, reason } = &event.kind {
            (*door, reason.clone())
        } else if let Kind::ProgramsMissed { .. }
        | Kind::Truncated { .. }
        | Kind::RecordedAgain { .. } = &event.kind
        {
            (event.door, crate::report::headline::headline(&event.kind))
        } else {
            return None;
        };
        Some(GapNote { seq: event.seq, at_s: event.at_s(), door, reason })
    };
    events.iter().filter_map(gap).collect()
}

pub(super) fn troubles(events: &[Event]) -> Vec<TroubleNote> {
    let trouble = |event: &Event| {
        let Kind::Trouble { what, remedy } = &event.kind else { return None };
        let (seq, at_s) = (event.seq, event.at_s());
        Some(TroubleNote { seq, at_s, what: what.clone(), remedy: remedy.clone() })
    };
    events.iter().filter_map(trouble).collect()
}
