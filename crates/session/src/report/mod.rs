//! The evidence of a session, linked to moments of its recording: as JSON, Markdown and HTML.
//!
//! A report is built from the events and the lab alone, so that it can be rebuilt from a journal
//! at any time. It says what was looked at before something was changed, and what became of the
//! system. It gives no score, compares nobody and recommends nothing: a person sets the level.

pub(crate) mod commands;
pub mod headline;
mod health;
pub mod html;
mod interviewer;
pub mod json;
pub mod markdown;
pub(crate) mod text;
pub(crate) mod words;

use std::collections::HashSet;

use lab::cause::{ActPattern, Cause, Remedy};
use lab::lab::Lab;
use serde::Serialize;
use serde_json::{Value, json};

use crate::assessment::{Assessment, Bearing, assess, bearings};
use crate::debrief::{self, Debrief, Rating};
use crate::event::{Door, Effect, Event, Kind, Outcome, Participant, Phase};
use crate::journal::Verdict;
pub use commands::{Command, LineVerdict, ProgramFacts};
pub use health::{Health, Mark, MarkKind, Series, Span};
pub use words::{Lead, act_meaning, lead, looks, outcome};

/// What no report of Checkride says, in words for the report itself.
pub const NOT_JUDGED: &str = "This report shows what was recorded. It does not score, rank or \
    compare people, and it does not say whether to hire anybody. Not everything that a person \
    notices leaves a trace: something that was not recorded as seen may still have been known. A \
    person reads the evidence, asks about it, and sets the level.";

/// Characters of one paragraph that somebody wrote at leisure; no form takes longer ones.
const PROSE: usize = 4_000;

/// Everything a report shows. Its JSON form is stable: fields are added, not changed.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The version of this form: 1.
    pub version: u32,
    pub session: SessionFacts,
    pub cause: CauseFacts,
    pub page: Option<PageFacts>,
    /// The fields of [`Assessment`], at the top level.
    #[serde(flatten)]
    pub assessment: Assessment,
    /// What the candidate wrote after the incident; blank where nobody did.
    #[serde(skip_serializing_if = "Debrief::is_blank")]
    pub debrief: Debrief,
    /// The levels that the interviewer chose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ratings: Vec<Rating>,
    /// What the record has that bears on each dimension of the rubric. Facts, no score.
    pub bearings: Vec<Bearing>,
    /// When the incident was over and the debrief began, seconds since the session's start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debrief_from_s: Option<f64>,
    pub health: Health,
    /// Every command line with the programs that ran under it, and those that ran under none.
    pub commands: Vec<Command>,
    /// Every event of the session in order.
    pub timeline: Vec<Entry>,
    /// What `verify` found of the journal; `None` when it was not asked.
    pub integrity: Option<Verdict>,
    /// What the report does not judge.
    pub not_judged: &'static str,
}

/// Which session this is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SessionFacts {
    pub id: String,
    pub lab: String,
    pub title: String,
    /// `practice`, `rehearsal`, `interview`.
    pub mode: String,
    pub persona: Option<String>,
    /// The name of an interview's candidate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    pub seed: u64,
    /// The version of Checkride that recorded it.
    pub checkride: String,
    /// The container engine that it ran on.
    pub engine: String,
    /// Wall time of the first event, RFC 3339 in UTC.
    pub started: String,
    /// From the first event to the last, seconds.
    pub lasted_s: f64,
    pub outcome: Option<Outcome>,
    pub outcome_detail: String,
}

/// What was wrong with the system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseFacts {
    pub id: String,
    pub title: String,
    /// From cause to symptom, one sentence a link.
    pub chain: Vec<String>,
    /// Any one of these restores the steady state, such as `rollback payments`; empty when nothing
    /// needed to be changed.
    pub remedies: Vec<String>,
    pub follow_ups: Vec<String>,
}

/// The page, as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageFacts {
    pub at_s: f64,
    pub alert: String,
    pub severity: String,
    pub summary: String,
    pub promql: String,
}

/// One event of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    pub seq: u64,
    /// Seconds since the session's start.
    pub at_s: f64,
    /// Seconds since the page; negative before it, `None` without one.
    pub since_page_s: Option<f64>,
    /// RFC 3339 in UTC.
    pub wall: String,
    pub participant: Participant,
    pub door: Door,
    pub effect: Effect,
    /// The kind's name, such as `line-ended`.
    pub kind: String,
    /// The kind's own fields; an empty object when it has none.
    pub data: Value,
    /// Ids of the evidence that this event showed.
    pub evidence: Vec<String>,
    /// For the two events of a command line: whether it went through another door, whose own event
    /// says more.
    pub wraps: bool,
    /// The event itself, for the other forms of the report.
    #[serde(skip)]
    pub event: Kind,
}

impl Entry {
    /// Whether it only went through another door, so that the door's event says all that there is to
    /// see. A line that bears evidence itself shows more than that event does.
    fn is_left_to_its_door(&self) -> bool {
        self.wraps && self.evidence.is_empty()
    }
}

/// Builds the report of a session of `lab` with `cause` from its events.
pub fn build(lab: &Lab, cause: &Cause, events: &[Event], integrity: Option<Verdict>) -> Report {
    let assessment = assess(lab, cause, events);
    let page = events.iter().find_map(page_facts);
    Report {
        version: 1,
        session: session_facts(events),
        cause: cause_facts(cause),
        debrief: Debrief::of(events),
        ratings: debrief::ratings(events),
        bearings: bearings(&assessment, events),
        debrief_from_s: debrief_from(events),
        health: health::health(lab, events, &assessment),
        commands: commands::commands(events),
        timeline: timeline(events, &assessment),
        page,
        assessment,
        integrity,
        not_judged: NOT_JUDGED,
    }
}

fn debrief_from(events: &[Event]) -> Option<f64> {
    let begins = |kind: &Kind| matches!(kind, Kind::PhaseEntered { phase: Phase::Debrief });
    events.iter().find(|event| begins(&event.kind)).map(Event::at_s)
}

fn session_facts(events: &[Event]) -> SessionFacts {
    let mut facts = SessionFacts::default();
    if let (Some(first), Some(last)) = (events.first(), events.last()) {
        facts.started.clone_from(&first.wall);
        facts.lasted_s = ((last.at_s() - first.at_s()) * 1e6).round() / 1e6;
    }
    for event in events {
        if let Kind::SessionStarted {
            session,
            lab,
            title,
            cause: _,
            mode,
            persona,
            candidate,
            seed,
            checkride,
            engine,
        } = &event.kind
        {
            facts.id.clone_from(session);
            facts.lab.clone_from(lab);
            facts.title.clone_from(title);
            facts.mode.clone_from(mode);
            facts.persona.clone_from(persona);
            facts.candidate.clone_from(candidate);
            facts.seed = *seed;
            facts.checkride.clone_from(checkride);
            facts.engine.clone_from(engine);
        }
        if let Kind::SessionEnded { outcome, detail } = &event.kind {
            facts.outcome = Some(*outcome);
            facts.outcome_detail.clone_from(detail);
        }
    }
    facts
}

fn cause_facts(cause: &Cause) -> CauseFacts {
    let remedies = match &cause.remedy {
        Remedy::Acts(patterns) => patterns.iter().map(pattern_words).collect(),
        Remedy::Nothing => Vec::new(),
    };
    CauseFacts {
        id: cause.id.clone(),
        title: cause.title.clone(),
        chain: cause.chain.clone(),
        remedies,
        follow_ups: cause.follow_ups.clone(),
    }
}

fn pattern_words(pattern: &ActPattern) -> String {
    let parts = [Some(&pattern.verb), pattern.target.as_ref(), pattern.detail.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn page_facts(event: &Event) -> Option<PageFacts> {
    let Kind::Paged { alert, severity, summary, promql, since: _ } = &event.kind else {
        return None;
    };
    Some(PageFacts {
        at_s: event.at_s(),
        alert: alert.clone(),
        severity: severity.clone(),
        summary: summary.clone(),
        promql: promql.clone(),
    })
}

fn timeline(events: &[Event], assessment: &Assessment) -> Vec<Entry> {
    let wrapping = crate::assessment::wrapping_lines(events);
    let shown_by = |seq: u64| {
        let records = assessment.evidence.iter();
        let shows = records.filter(|record| record.seen.iter().any(|seen| seen.seq == seq));
        shows.map(|record| record.id.clone()).collect()
    };
    let entry = |event: &Event| {
        let mut kind = serde_json::to_value(&event.kind).unwrap_or_default();
        let data = kind.get_mut("data").map_or_else(|| json!({}), Value::take);
        Entry {
            seq: event.seq,
            at_s: event.at_s(),
            since_page_s: assessment
                .paged_at_s
                .map(|paged_at_s| ((event.at_s() - paged_at_s) * 1e6).round() / 1e6),
            wall: event.wall.clone(),
            participant: event.participant,
            door: event.door,
            effect: event.effect,
            kind: event.kind.name(),
            data,
            evidence: shown_by(event.seq),
            wraps: wrapping.contains(&event.seq),
            event: event.kind.clone(),
        }
    };
    events.iter().map(entry).collect()
}

/// The events that people want to read one by one; the others are drawn, or said by these.
///
/// A command line that only went through another door is left to that door's event.
fn listed(report: &Report) -> impl Iterator<Item = &Entry> {
    let line = |kind: &Kind| {
        let Kind::LineEnded { terminal, line_id, .. } = kind else { return None };
        Some((terminal.clone(), *line_id))
    };
    let ended: HashSet<_> = report.timeline.iter().filter_map(|entry| line(&entry.event)).collect();
    report.timeline.iter().filter(move |entry| {
        let has_end = matches!(&entry.event, Kind::LineStarted { terminal, line_id, .. }
            if ended.contains(&(terminal.clone(), *line_id)));
        !entry.is_left_to_its_door() && words::is_listed(&entry.event, has_end)
    })
}

#[cfg(test)]
mod tests;
