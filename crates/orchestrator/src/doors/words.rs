//! What is read and written in words: the page, the briefing, the wiki, the channel, the notebook.

use std::sync::Arc;

use session::event::{Attached, Door, Effect, Event, Kind, Standing};

use super::notebook::Full;
use super::{Doors, PageText, answer};

/// What a teammate said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub who: String,
    pub says: String,
}

/// An entry of the notebook. The same words again are a change of the same hypothesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub text: String,
    /// Percent.
    pub confidence: Option<u8>,
    pub standing: Standing,
    pub disprove: Option<String>,
    pub evidence: Vec<Attached>,
}

// === impl Doors ===

impl Doors {
    /// Reads the page; `None` before it has gone out.
    pub fn read_page(&self) -> Option<PageText> {
        let page = self.page.borrow().clone()?;
        self.record(Door::Page, Effect::Look, Kind::PageRead);
        Some(page)
    }

    /// Reads the briefing.
    pub fn read_brief(&self) -> &str {
        self.record(Door::Page, Effect::Look, Kind::BriefRead);
        &self.lab.briefing
    }

    /// Reads a page of the wiki; `None` when there is none of this name.
    pub fn read_wiki(&self, page: &str) -> Option<&str> {
        let text = self.lab.wiki.get(page)?;
        self.record(Door::Wiki, Effect::Look, Kind::WikiRead { page: page.to_owned() });
        Some(text)
    }

    /// Asks the teammates.
    pub fn ask(&self, question: &str) -> Answered {
        let found = answer::find(&self.lab.answers, question);
        let (who, says) = match found {
            Some(answer) => (answer.who.as_str(), answer::says(answer, &self.cause)),
            None => ("the channel", answer::NOBODY),
        };
        self.record(
            Door::Channel,
            Effect::Look,
            Kind::Asked {
                question: question.to_owned(),
                answer_id: found.map(|answer| answer.id.clone()),
                who: who.to_owned(),
                answer: says.to_owned(),
            },
        );
        Answered { who: who.to_owned(), says: says.trim().to_owned() }
    }

    /// Posts a status update.
    pub fn say(&self, text: String) {
        self.record(Door::Channel, Effect::Say, Kind::Said { text });
    }

    /// Writes into the notebook.
    ///
    /// # Errors
    /// When it is full, and this is none of what stands in it.
    pub fn note(&self, entry: Entry) -> Result<Arc<Event>, Full> {
        self.notebook.hold(&entry.text)?;
        let Entry { text, confidence, standing: status, disprove, evidence } = entry;
        let kind = Kind::Hypothesis { text, confidence, status, disprove, evidence };
        Ok(self.record(Door::Notebook, Effect::Think, kind))
    }

    /// Says that one is done, which ends the session.
    pub fn say_done(&self) {
        self.record(Door::Page, Effect::Say, Kind::Done);
        self.done.send_replace(true);
    }
}
