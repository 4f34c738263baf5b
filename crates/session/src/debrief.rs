//! What was written and judged after the incident: the candidate's debrief and the interviewer's
//! levels, as the events tell them. It compares neither with anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{DebriefPart, Event, Kind, Participant};

/// The candidate's debrief so far. Times are seconds since the session's start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Debrief {
    /// Each part as it was last written; one that was never written is not there.
    pub written: BTreeMap<DebriefPart, String>,
    /// When it was handed in; what was written without that stays as it was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at_s: Option<f64>,
    /// When somebody closed the record, or the time for it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at_s: Option<f64>,
}

/// The level that the interviewer chose in one dimension, as it was chosen last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    pub seq: u64,
    pub at_s: f64,
    /// The dimension's id in the rubric.
    pub dimension: String,
    pub level: u8,
    /// What they saw; empty where they gave no reason.
    pub because: String,
}

// === impl Debrief ===

impl Debrief {
    /// The debrief as all these events leave it.
    pub fn of(events: &[Event]) -> Debrief {
        let mut debrief = Debrief::default();
        for event in events {
            debrief.take(event);
        }
        debrief
    }

    /// Takes the next event; says whether it changed anything.
    pub fn take(&mut self, event: &Event) -> bool {
        if let Kind::DebriefWritten { part, text } = &event.kind {
            self.written.insert(*part, text.clone());
        } else if let Kind::DebriefSubmitted = &event.kind {
            self.submitted_at_s.get_or_insert(event.at_s());
        } else if let Kind::RecordClosed | Kind::DebriefOver { .. } = &event.kind {
            self.closed_at_s.get_or_insert(event.at_s());
        } else {
            return false;
        }
        true
    }

    /// A part as it was last written; empty where it was not.
    pub fn part(&self, part: DebriefPart) -> &str {
        self.written.get(&part).map_or("", String::as_str)
    }

    /// Whether there is anything to read.
    pub fn is_blank(&self) -> bool {
        self.written.values().all(|text| text.trim().is_empty())
    }
}

/// The interviewer's levels, one a dimension, in the order in which the dimensions were first rated.
pub fn ratings(events: &[Event]) -> Vec<Rating> {
    let mut ratings: Vec<Rating> = Vec::new();
    for event in events.iter().filter(|event| event.participant == Participant::Interviewer) {
        let Kind::Rated { dimension, level, because } = &event.kind else { continue };
        let rating = Rating {
            seq: event.seq,
            at_s: event.at_s(),
            dimension: dimension.clone(),
            level: *level,
            because: because.clone(),
        };
        match ratings.iter_mut().find(|known| known.dimension == *dimension) {
            Some(known) => *known = rating,
            None => ratings.push(rating),
        }
    }
    ratings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Door, Effect};
    use crate::fixture::Script;

    #[test]
    fn each_part_is_as_it_was_left_and_a_level_as_it_was_chosen_last() {
        let mut script = Script::new(|_| true);
        let write = |part, text: &str| Kind::DebriefWritten { part, text: text.to_owned() };
        for (at, kind) in [
            (1.0, write(DebriefPart::Cause, "a leak")),
            (2.0, write(DebriefPart::Timeline, "09:30 paged")),
            (3.0, write(DebriefPart::Cause, "a leak of connections in 2.4.0")),
            (4.0, Kind::DebriefSubmitted),
        ] {
            script.at(at).candidate(Door::Notebook, Effect::Think, kind);
        }
        for (at, level) in [(5.0, 2), (6.0, 3)] {
            let because = format!("level {level}");
            let kind = Kind::Rated { dimension: "systems-thinking".to_owned(), level, because };
            let by = Participant::Interviewer;
            script.at(at).happen(by, Door::Session, Effect::Think, kind);
        }
        let events = script.into_events();
        let debrief = Debrief::of(&events);
        assert_eq!(debrief.part(DebriefPart::Cause), "a leak of connections in 2.4.0");
        assert_eq!(debrief.part(DebriefPart::FollowUps), "");
        assert_eq!((debrief.submitted_at_s, debrief.closed_at_s), (Some(4.0), None));
        assert!(!debrief.is_blank());
        let levels: Vec<_> =
            ratings(&events).into_iter().map(|it| (it.level, it.because)).collect();
        assert_eq!(levels, [(3, "level 3".to_owned())]);
    }
}
