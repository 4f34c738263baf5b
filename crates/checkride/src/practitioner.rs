//! Somebody who practises by themselves: at this machine's terminal, in the browser, or in both at
//! once. Both are the same session; what either shows and takes is someone else's.

use orchestrator::player::{Beginning, PlayError, Player, Ready, Seat};
use web_console::player::Visitor;

use crate::attach::Person;
use crate::print;

/// One person, with or without a terminal.
pub struct Practitioner {
    person: Option<Person>,
    visitor: Visitor,
    link: String,
}

// === impl Practitioner ===

impl Practitioner {
    /// `person`: at this machine's terminal, if they sit at one. `link`: how they come to the console.
    pub fn new(person: Option<Person>, visitor: Visitor, link: String) -> Practitioner {
        Practitioner { person, visitor, link }
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
        print::note(&format!("In the browser too: {}", self.link));
        let _open = self.visitor.open_beside(&seat);
        person.play(seat).await
    }

    /// Who never opened the console is not made to.
    async fn debrief(&self) {
        if self.person.is_some() {
            if !self.visitor.has_come() {
                return;
            }
            print::note(
                "The incident is over. Write your debrief in the browser; Ctrl-C here ends the session.",
            );
        }
        self.visitor.debrief().await;
    }
}
