//! Somebody who practises by themselves: at this machine's terminal, in the browser, or in both at
//! once. Both are the same session; what either shows and takes is someone else's.

use std::sync::Arc;

use orchestrator::player::{Beginning, PlayError, Player, Ready, Seat};
use web_console::player::Visitor;

use crate::attach::Person;
use crate::print;
use crate::progress::Show;

/// One person, with or without a terminal.
pub struct Practitioner {
    person: Option<Person>,
    visitor: Visitor,
    link: String,
    show: Arc<Show>,
}

// === impl Practitioner ===

impl Practitioner {
    /// `person`: at this machine's terminal, if they sit at one. `link`: how they come to the console.
    pub fn new(
        person: Option<Person>,
        visitor: Visitor,
        link: String,
        show: Arc<Show>,
    ) -> Practitioner {
        Practitioner { person, visitor, link, show }
    }
}

impl Player for Practitioner {
    fn size(&self) -> (u16, u16) {
        self.person.as_ref().map_or(self.visitor.size(), Player::size)
    }

    fn begin(&self, beginning: &Beginning<'_>) {
        self.visitor.begin(beginning);
    }

    /// Whoever sits at a terminal began by sitting down; in the browser they say so.
    async fn ready(&self) -> Result<Ready, PlayError> {
        if self.person.is_none() {
            return self.visitor.ready().await;
        }
        self.visitor.begins_elsewhere();
        Ok(Ready::AtOnce)
    }

    async fn play(&self, seat: Seat) -> Result<(), PlayError> {
        let Some(person) = &self.person else { return self.visitor.play(seat).await };
        self.show.clear();
        print::note(&format!("In the browser too: {}", self.link));
        let _open = self.visitor.open_beside(&seat);
        person.play(seat).await
    }

    /// Who never opened the console is not made to.
    async fn debrief(&self) {
        if self.person.is_some() && !self.visitor.has_come() {
            return;
        }
        self.show.clear();
        print::note(
            "The incident is over. Write your debrief in the browser and read the answer there; Ctrl-C \
             here ends the session.",
        );
        self.visitor.debrief().await;
    }
}
