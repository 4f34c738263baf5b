//! What a session was, in one line, read from its journal alone. It judges nothing; that is the
//! report's.

use serde::Serialize;
use session::event::{Event, Kind, Outcome};

use crate::home::SessionFolder;
use crate::report;

/// A session in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub session: String,
    pub standing: Standing,
    pub lab: String,
    pub cause: String,
    /// `practice`, `rehearsal` or `interview`; empty when the journal does not say.
    pub mode: String,
    pub persona: Option<String>,
    pub candidate: Option<String>,
    /// Wall time of its start, RFC 3339.
    pub started: String,
    /// Why it ended so; empty where the word says all.
    pub detail: String,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Running,
    Done,
    /// Ended by the interviewer before the incident began.
    CalledOff,
    Interrupted,
    Failed,
    /// Killed, and closed by its guard or the next start.
    Lost,
    /// Killed, and not closed yet.
    Unsealed,
    Unreadable,
}

// === impl Summary ===

impl Summary {
    /// Reads a session's journal. One that cannot be read is told as such.
    pub fn of(folder: &SessionFolder) -> Summary {
        // Asked first: one that nobody held before its journal was read is read to its end.
        let live = folder.is_live();
        let events = report::events(&folder.journal());
        let mut summary = Summary::told_by(folder, events.as_deref().unwrap_or_default());
        if live {
            // Also when its end is written already: the journal is sealed and let go after that.
            summary.standing = Standing::Running;
        } else if events.is_err() {
            summary.standing = Standing::Unreadable;
        }
        summary
    }

    /// The same of a session that nobody holds, from its journal that was read already.
    pub fn told_by(folder: &SessionFolder, events: &[Event]) -> Summary {
        let mut summary = Summary {
            session: folder.id.clone(),
            standing: Standing::Unsealed,
            lab: String::new(),
            cause: String::new(),
            mode: String::new(),
            persona: None,
            candidate: None,
            started: String::new(),
            detail: String::new(),
        };
        for event in events {
            summary.take(&event.kind, &event.wall);
        }
        summary
    }

    /// Whether reading it again would tell the same.
    pub fn is_final(&self) -> bool {
        !matches!(self.standing, Standing::Running | Standing::Unsealed | Standing::Unreadable)
    }

    fn take(&mut self, kind: &Kind, wall: &str) {
        if let Kind::SessionStarted { lab, cause, mode, persona, candidate, .. } = kind {
            (self.lab, self.cause, self.mode) = (lab.clone(), cause.clone(), mode.clone());
            (self.persona, self.candidate) = (persona.clone(), candidate.clone());
            wall.clone_into(&mut self.started);
        } else if let Kind::SessionEnded { outcome, detail } = kind {
            detail.clone_into(&mut self.detail);
            self.standing = match outcome {
                Outcome::Done => Standing::Done,
                Outcome::CalledOff => Standing::CalledOff,
                Outcome::Interrupted => Standing::Interrupted,
                Outcome::Failed => Standing::Failed,
                Outcome::Lost => Standing::Lost,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Home;
    use crate::lost;
    use crate::recorder::Recorder;

    #[tokio::test]
    async fn a_session_runs_until_its_journal_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let held = home.create(jiff::Timestamp::now()).unwrap();
        let session = held.folder.clone();
        let recorder = Recorder::begin(&session, "payments", &home.key().unwrap()).unwrap();
        let detail = "all was said".to_owned();
        recorder.truth(Kind::SessionEnded { outcome: Outcome::Done, detail: detail.clone() });
        recorder.seal().unwrap();
        assert_eq!(Summary::of(&session).standing, Standing::Running);
        drop(held);
        let done = Summary::of(&session);
        assert_eq!((done.standing, done.detail), (Standing::Done, detail));
    }

    #[tokio::test]
    async fn a_session_is_told_while_it_runs_when_it_was_killed_and_when_that_was_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let held = home.create(jiff::Timestamp::now()).unwrap();
        let recorder = Recorder::begin(&held.folder, "payments", &home.key().unwrap()).unwrap();
        recorder.truth(Kind::SessionStarted {
            session: held.folder.id.clone(),
            lab: "payments".to_owned(),
            title: String::new(),
            cause: "leaky-release".to_owned(),
            mode: "interview".to_owned(),
            persona: None,
            candidate: Some("Ada".to_owned()),
            seed: 1,
            checkride: String::new(),
            engine: String::new(),
        });
        let session = held.folder.clone();
        let running = Summary::of(&session);
        assert_eq!((running.standing, running.is_final()), (Standing::Running, false));
        assert_eq!(running.candidate.as_deref(), Some("Ada"));
        drop((recorder, held));
        assert_eq!(Summary::of(&session).standing, Standing::Unsealed);
        lost::close(&home).unwrap();
        let lost = Summary::of(&session);
        assert_eq!((lost.standing, lost.is_final()), (Standing::Lost, true));
        std::fs::remove_file(session.journal()).unwrap();
        assert_eq!(Summary::of(&session).standing, Standing::Unreadable);
    }
}
