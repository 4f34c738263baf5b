//! What the pages show of a session, kept up event by event. All of it comes from the timeline, so
//! what a page shows is what the journal holds.

use std::collections::HashMap;
use std::sync::Arc;

use lab::cause::Cause;
use lab::lab::Lab;
use session::assessment::same_words;
use session::board::Board;
use session::debrief::Debrief;
use session::event::{self, Event, InjectDid, Kind, Outcome, Participant};

use crate::clock::Clock;
use crate::contract::{
    Attachment, AttachmentSource, ChannelMessage, Ending, EndingHow, Hypothesis, HypothesisEntry,
    MessageKind, Note, Page, Rating,
};

/// What the pages show of a session so far.
pub(crate) struct Chronicle {
    /// The sequence of the next event to take.
    pub(crate) next: u64,
    pub(crate) session: String,
    /// Wall time of the first event.
    pub(crate) started: Option<String>,
    pub(crate) phase: event::Phase,
    /// Whether anybody has come by a link.
    pub(crate) has_entered: bool,
    pub(crate) consented: bool,
    pub(crate) page: Option<Page>,
    pub(crate) clock: Clock,
    pub(crate) done: bool,
    pub(crate) ended: Option<Ending>,
    pub(crate) messages: Vec<ChannelMessage>,
    /// When each of the hints that were given was, in order.
    pub(crate) hints: Vec<f64>,
    /// Injects that were used, and when.
    pub(crate) injects: Vec<(String, f64)>,
    /// Faults of injects that were taken back, and when.
    pub(crate) taken_back: Vec<(String, f64)>,
    pub(crate) hypotheses: Versioned<Hypothesis>,
    pub(crate) notes: Versioned<Note>,
    pub(crate) ratings: Versioned<Rating>,
    pub(crate) debrief: Debrief,
    /// Goes up with each change of the debrief.
    pub(crate) debrief_version: u64,
    pub(crate) board: Board,
    /// Goes up with each change of the board.
    pub(crate) board_version: u64,
    /// Exit codes of terminals that closed.
    pub(crate) exits: HashMap<String, Option<i32>>,
}

/// A list, and how often it has changed.
pub(crate) struct Versioned<T> {
    pub(crate) list: Vec<T>,
    pub(crate) version: u64,
}

impl<T> Default for Versioned<T> {
    fn default() -> Versioned<T> {
        Versioned { list: Vec::new(), version: 0 }
    }
}

// === impl Chronicle ===

impl Chronicle {
    /// A session of which nothing has happened.
    pub(crate) fn new(lab: Arc<Lab>, cause: Cause) -> Chronicle {
        Chronicle {
            next: 0,
            session: String::new(),
            started: None,
            phase: event::Phase::Provision,
            has_entered: false,
            consented: false,
            page: None,
            clock: Clock::default(),
            done: false,
            ended: None,
            messages: Vec::new(),
            hints: Vec::new(),
            injects: Vec::new(),
            taken_back: Vec::new(),
            hypotheses: Versioned::default(),
            notes: Versioned::default(),
            ratings: Versioned::default(),
            debrief: Debrief::default(),
            debrief_version: 0,
            board: Board::new(lab, cause),
            board_version: 1,
            exits: HashMap::new(),
        }
    }

    /// Takes the next event.
    pub(crate) fn take(&mut self, event: &Event) {
        self.next = event.seq + 1;
        self.started.get_or_insert_with(|| event.wall.clone());
        if self.board.take(event) {
            self.board_version += 1;
        }
        if self.debrief.take(event) {
            self.debrief_version += 1;
        }
        self.clock.take(event);
        self.take_truth(event);
        self.take_words(event);
        self.take_interviewer(event);
    }

    /// Whether nothing more is added.
    pub(crate) fn is_closed(&self) -> bool {
        let over = matches!(self.phase, event::Phase::Sealed | event::Phase::Aborted);
        over || self.debrief.closed_at_s.is_some()
    }

    fn take_truth(&mut self, event: &Event) {
        if let Kind::SessionStarted { session, .. } = &event.kind {
            self.session.clone_from(session);
        } else if let Kind::PhaseEntered { phase } = &event.kind {
            self.phase = *phase;
            // Who leaves their shell with `exit` says nothing more.
            if *phase == event::Phase::Debrief {
                self.end(EndingHow::Done, "");
            }
        } else if let Kind::Paged { alert, severity, summary, promql, since } = &event.kind {
            self.page = Some(Page {
                alert: alert.clone(),
                severity: severity.clone(),
                summary: summary.clone(),
                promql: promql.clone(),
                since: since.clone(),
            });
        } else if let Kind::Entered { .. } = &event.kind {
            self.has_entered = true;
        } else if let Kind::Consented = &event.kind {
            self.consented = true;
        } else if let Kind::Done = &event.kind {
            self.done = true;
            self.end(EndingHow::Done, "");
        } else if let Kind::TimeOver { .. } = &event.kind {
            self.end(EndingHow::TimeOver, "");
        } else if let Kind::CalledOff = &event.kind {
            self.end(EndingHow::EndedByInterviewer, "");
        } else if let Kind::TerminalClosed { terminal, exit } = &event.kind {
            self.exits.insert(terminal.clone(), *exit);
        } else if let Kind::SessionEnded { outcome, detail } = &event.kind {
            match outcome {
                Outcome::Done => self.end(EndingHow::Done, ""),
                Outcome::CalledOff => self.end(EndingHow::EndedByInterviewer, ""),
                Outcome::Interrupted => self.end(EndingHow::Interrupted, detail),
                Outcome::Failed | Outcome::Lost => self.end(EndingHow::Failed, detail),
            }
        }
    }

    /// The first reason counts; what follows comes of it.
    fn end(&mut self, how: EndingHow, detail: &str) {
        self.ended.get_or_insert_with(|| Ending { how, detail: detail.to_owned() });
    }

    fn take_words(&mut self, event: &Event) {
        let (seq, at_s) = (event.seq, event.at_s());
        let message = |who: &str, text: &str, kind| {
            let (who, text) = (who.to_owned(), text.trim().to_owned());
            ChannelMessage { seq, at_s, who, text, kind }
        };
        if let Kind::Asked { question, who, answer, .. } = &event.kind {
            self.messages.push(message("you", question, MessageKind::Question));
            self.messages.push(message(who, answer, MessageKind::Answer));
        } else if let Kind::Said { text } = &event.kind {
            self.messages.push(message("you", text, MessageKind::Update));
        } else if let Kind::Told { who, text } = &event.kind {
            self.messages.push(message(who, text, MessageKind::Message));
        } else if let Kind::HintGiven { who, text, .. } = &event.kind {
            self.messages.push(message(who, text, MessageKind::Hint));
            self.hints.push(at_s);
        } else if let Kind::InjectUsed { inject, did, .. } = &event.kind {
            if let InjectDid::Said { who, text, .. } = did {
                self.messages.push(message(who, text, MessageKind::Inject));
            }
            self.injects.push((inject.clone(), at_s));
        } else if let Kind::Hypothesis { .. } = &event.kind {
            self.take_hypothesis(event);
        }
    }

    fn take_hypothesis(&mut self, event: &Event) {
        let Kind::Hypothesis { text, confidence, status, disprove, evidence } = &event.kind else {
            return;
        };
        let standing = (*status).into();
        let entry = HypothesisEntry {
            seq: event.seq,
            at_s: event.at_s(),
            confidence: *confidence,
            standing,
        };
        self.hypotheses.version += 1;
        let known =
            self.hypotheses.list.iter_mut().find(|it| same_words(&it.text) == same_words(text));
        if let Some(known) = known {
            known.standing = standing;
            known.confidence = confidence.or(known.confidence);
            if let Some(disprove) = disprove {
                known.disprove.clone_from(disprove);
            }
            // One that was typed in the terminal says nothing about what is attached.
            if !evidence.is_empty() || event.place == event::Place::Console {
                known.evidence = evidence.iter().map(attachment).collect();
            }
            known.entries.push(entry);
            return;
        }
        self.hypotheses.list.push(Hypothesis {
            id: event.seq,
            text: text.clone(),
            confidence: *confidence,
            disprove: disprove.clone().unwrap_or_default(),
            standing,
            evidence: evidence.iter().map(attachment).collect(),
            entries: vec![entry],
        });
    }

    fn take_interviewer(&mut self, event: &Event) {
        if event.participant != Participant::Interviewer {
            return;
        }
        if let Kind::FaultRecovered { inject: Some(inject), .. } = &event.kind {
            self.taken_back.push((inject.clone(), event.at_s()));
        } else if let Kind::Noted { text, about_s } = &event.kind {
            self.notes.version += 1;
            let (seq, at_s) = (event.seq, event.at_s());
            self.notes.list.push(Note { seq, at_s, about_s: *about_s, text: text.clone() });
        } else if let Kind::Rated { dimension, level, because } = &event.kind {
            self.ratings.version += 1;
            self.ratings.list.retain(|rating| rating.dimension != *dimension);
            self.ratings.list.push(Rating {
                dimension: dimension.clone(),
                level: *level,
                because: because.clone(),
                at_s: event.at_s(),
            });
        }
    }
}

fn attachment(attached: &event::Attached) -> Attachment {
    Attachment {
        source: AttachmentSource::named(&attached.source),
        title: attached.title.clone(),
        text: attached.text.clone(),
    }
}

#[cfg(test)]
mod tests;
