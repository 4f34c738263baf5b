//! What was seen and done so far, while a session goes on: the part of [`crate::assessment`] that a
//! person wants to watch, kept up event by event instead of computed anew.
//!
//! At every moment it agrees with the assessment of the same events.

use std::collections::BTreeMap;
use std::sync::Arc;

use lab::cause::Cause;
use lab::lab::Lab;

use crate::assessment::{Act, Acts};
use crate::event::{Event, Kind, Participant};
use crate::evidence::{Seen, seen_in};

/// What was seen and done so far.
pub struct Board {
    lab: Arc<Lab>,
    cause: Cause,
    /// Whether the healthy system has ended; a sighting before tells nothing apart.
    begun: bool,
    paged_at_s: Option<f64>,
    acts: Acts,
    /// By id of the evidence.
    seen: BTreeMap<String, Sightings>,
}

/// How one piece of evidence was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Sightings {
    pub first: Seen,
    pub times: u32,
}

/// One declared piece of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// Why it tells this cause from its siblings; `None` when it does not.
    pub because: Option<&'a str>,
    /// Whether it was seen before the first action.
    pub before_action: bool,
    pub seen: Option<&'a Sightings>,
}

// === impl Board ===

impl Board {
    /// The board of a session that has not begun.
    pub fn new(lab: Arc<Lab>, cause: Cause) -> Board {
        let (acts, seen) = (Acts::default(), BTreeMap::new());
        Board { lab, cause, begun: false, paged_at_s: None, acts, seen }
    }

    /// Takes the next event; whether that changed anything.
    pub fn take(&mut self, event: &Event) -> bool {
        if let Kind::FaultInjected { .. } = &event.kind {
            self.begun = true;
        } else if let Kind::Paged { .. } = &event.kind {
            self.begun = true;
            self.paged_at_s = self.paged_at_s.or(Some(event.at_s()));
        }
        self.begun && event.participant == Participant::Candidate && self.by_candidate(event)
    }

    fn by_candidate(&mut self, event: &Event) -> bool {
        // Before the page nothing that somebody does is an action.
        let mut changed =
            self.paged_at_s.is_some() && self.acts.take(&self.cause, self.paged_at_s, event);
        for seen in seen_in(&self.lab, &self.cause, event) {
            changed = true;
            let id = seen.evidence.clone();
            self.seen
                .entry(id)
                .and_modify(|sightings| sightings.times += 1)
                .or_insert(Sightings { first: seen, times: 1 });
        }
        changed
    }

    /// The first act of the candidate after the page that was carried out, or is under way.
    pub fn first_action(&self) -> Option<&Act> {
        self.acts.first()
    }

    /// Every declared piece of evidence: first those that tell this cause apart, in the order of a
    /// good search, then the others in the lab's order.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let tells = &self.cause.tells;
        let because = |id: &str| tells.iter().find(|tell| tell.evidence == id);
        let declared = &self.lab.evidence;
        let told =
            tells.iter().filter_map(|tell| declared.iter().find(|it| it.id == tell.evidence));
        let others = declared.iter().filter(|it| because(&it.id).is_none());
        let limit = self.first_action().map_or(u64::MAX, |act| act.seq);
        told.chain(others)
            .map(|evidence| {
                let seen = self.seen.get(&evidence.id);
                Row {
                    id: &evidence.id,
                    title: &evidence.title,
                    because: because(&evidence.id).map(|tell| tell.because.as_str()),
                    before_action: seen.is_some_and(|seen| seen.first.seq < limit),
                    seen,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::assess;
    use crate::fixture::{all_quiet, jumper, leaky_release, methodical, payments, quiet};

    /// After each event of a session the board says what an assessment of all events so far says.
    fn check(cause: &Cause, events: &[Event]) -> bool {
        let lab = Arc::new(payments());
        let mut board = Board::new(Arc::clone(&lab), cause.clone());
        for (index, event) in events.iter().enumerate() {
            board.take(event);
            let facts = assess(&lab, cause, &events[..=index]);
            assert_eq!(board.first_action(), facts.first_action.as_ref(), "event {index}");
            let rows: Vec<_> = board
                .rows()
                .iter()
                .map(|row| {
                    let first = row.seen.map(|seen| seen.first.seq);
                    (row.id.to_owned(), row.before_action, first, row.seen.map_or(0, |it| it.times))
                })
                .collect();
            let wanted: Vec<_> = facts
                .evidence
                .iter()
                .map(|record| {
                    let first = record.seen.first().map(|seen| seen.seq);
                    let times = u32::try_from(record.seen.len()).unwrap();
                    (record.id.clone(), record.before_action, first, times)
                })
                .collect();
            assert_eq!(rows, wanted, "event {index}");
        }
        board.rows().iter().any(|row| row.seen.is_some())
    }

    #[test]
    fn it_agrees_with_the_assessment_at_every_moment() {
        assert!(check(&leaky_release(), &methodical()), "nothing was seen at all");
        check(&leaky_release(), &jumper());
        check(&all_quiet(), &quiet());
    }
}
