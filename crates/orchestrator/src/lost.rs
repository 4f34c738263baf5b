//! Sessions whose orchestrator was killed: their journals get an explicit end, never a repair.
//!
//! Whoever notices first closes them: the session's guard, the next start, or `checkride clean`.

use std::fs::{self, File};
use std::io;

use jiff::Timestamp;
use session::journal::{self, Header, JournalError, Problem, Recovery, State};

use crate::home::{Home, HomeError, SessionFolder};
use crate::journal::{JournalFile, JournalFileError, head_beside};
use crate::report::{self, ReportError};

/// Why a journal could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("the journal of {session} cannot be closed; see whose its folder is, or move it away")]
    Close {
        session: String,
        #[source]
        why: CloseError,
    },
}

/// Why one journal could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    #[error("it cannot be gone on with")]
    Recover(#[from] JournalError),
    #[error(transparent)]
    Write(#[from] JournalFileError),
}

/// What became of the journals that ended in the middle.
#[derive(Debug, Default)]
pub struct Closing {
    /// How many were closed.
    pub closed: usize,
    /// Why others could not be.
    pub left: Vec<LostError>,
}

/// Closes the journals of all sessions that ended without doing so themselves. A journal that is
/// broken is left as it is: `verify` says where. One that cannot be closed keeps no other from it.
///
/// # Errors
/// When the data directory cannot be read.
pub fn close(home: &Home) -> Result<Closing, LostError> {
    let mut closing = Closing::default();
    for folder in home.sessions()? {
        match close_one(home, &folder) {
            Ok(closed) => closing.closed += usize::from(closed),
            Err(error) => closing.left.push(error),
        }
    }
    Ok(closing)
}

/// Closes the journal of one session if nobody runs it and it did not end in order; whether it was so.
///
/// # Errors
/// When it cannot be read or written.
pub fn close_one(home: &Home, folder: &SessionFolder) -> Result<bool, LostError> {
    if folder.is_live() || !folder.journal().is_file() {
        return Ok(false);
    }
    // Most sessions ended in order; what was sealed stays so, and takes no lock.
    if is_over(home, folder)? {
        return Ok(false);
    }
    let failed = |why| LostError::Close { session: folder.id.clone(), why };
    let closing = folder.closing().map_err(|source| failed(source.into()))?;
    // Somebody else may have closed it while this one waited for the lock.
    let closes = !is_over(home, folder)?;
    if closes {
        append_end(home, folder).map_err(failed)?;
    }
    drop(closing);
    Ok(closes)
}

/// The sessions that were closed since somebody was last told, oldest first; each is told once.
///
/// # Errors
/// When the data directory cannot be read or written.
pub fn tell(home: &Home) -> Result<Vec<String>, LostError> {
    let mut told = Vec::new();
    for folder in home.sessions()?.into_iter().rev() {
        match fs::remove_file(folder.untold()) {
            Ok(()) => told.push(folder.id),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(LostError::Close { session: folder.id, why: source.into() });
            }
        }
    }
    Ok(told)
}

/// Whether there is nothing (more) to close. A journal without a whole header was killed before
/// its first event; that can be closed.
fn is_over(home: &Home, folder: &SessionFolder) -> Result<bool, LostError> {
    let verdict = report::verify(home, &folder.journal())?;
    Ok(match verdict.state {
        State::Unsealed | State::Torn => false,
        State::Sealed => true,
        State::Broken => !(never_began(folder) && has_no_header(&verdict)),
    })
}

fn has_no_header(verdict: &journal::Verdict) -> bool {
    verdict.broken.is_some_and(|broken| broken.problem == Problem::NoHeader)
}

/// Whether not even one line was written to its end.
fn never_began(folder: &SessionFolder) -> bool {
    // What cannot be read is not taken for empty; and where a head is, there was more once.
    let bytes = fs::read(folder.journal());
    bytes.is_ok_and(|bytes| !bytes.contains(&b'\n')) && head_beside(&folder.journal()).is_none()
}

/// Appends what happened to a journal that ends in the middle, and seals it.
fn append_end(home: &Home, folder: &SessionFolder) -> Result<(), CloseError> {
    let path = folder.journal();
    let key = home.key()?;
    if never_began(folder) {
        fs::remove_file(&path)?;
        let header = Header::new(&folder.id, "unknown", &key);
        JournalFile::create(&path, &folder.head(), &header, &key)?.commit()?.keep()?;
    }
    let bytes = fs::read(&path)?;
    let head = head_beside(&path);
    let public = journal::public_key(&key);
    let wall = format!("{:.3}", Timestamp::now());
    let recovery = journal::recover(&bytes, head.as_deref(), Some(&public), &wall)?;
    let Recovery::GoOn(go_on) = recovery else { return Ok(()) };
    let mut journal = JournalFile::resume(&path, &folder.head(), &go_on, &key)?;
    for event in &go_on.append {
        journal.append(event)?;
    }
    journal.seal()?;
    File::create(folder.untold())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;
    use crate::recorder::Recorder;
    use session::event::{Kind, Outcome, Phase};

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path()).unwrap();
        (folder, home)
    }

    /// A session that was killed after so much of its journal was written.
    fn killed(home: &Home, keep: impl Fn(&[u8]) -> usize) -> SessionFolder {
        let held = home.create(Timestamp::now()).unwrap();
        let recorder = Recorder::begin(&held.folder, "payments", &home.key().unwrap()).unwrap();
        recorder.truth(Kind::PhaseEntered { phase: Phase::Provision });
        recorder.truth(Kind::PhaseEntered { phase: Phase::Baseline });
        let path = held.folder.journal();
        let bytes = fs::read(&path).unwrap();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        let keep = keep(&bytes);
        file.set_len(keep as u64).unwrap();
        if keep < bytes.len() {
            fs::remove_file(held.folder.head()).unwrap();
        }
        held.folder
    }

    fn outcome(folder: &SessionFolder) -> Option<Outcome> {
        let events = report::events(&folder.journal()).unwrap();
        events.iter().rev().find_map(|event| {
            let Kind::SessionEnded { outcome, .. } = &event.kind else { return None };
            Some(*outcome)
        })
    }

    #[tokio::test]
    async fn a_journal_killed_at_any_byte_is_closed_once_and_says_that_it_was_lost() {
        let (_folder, home) = home();
        let whole = fs::read(killed(&home, <[u8]>::len).journal()).unwrap().len();
        for keep in (0..=whole).step_by(7) {
            let folder = killed(&home, |_| keep);
            close_one(&home, &folder).unwrap();
            let verdict = report::verify(&home, &folder.journal()).unwrap();
            assert_eq!(verdict.state, State::Sealed, "{keep}: {}", verdict.sentence);
            assert_eq!(outcome(&folder), Some(Outcome::Lost), "{keep}");
            let closed = fs::read(folder.journal()).unwrap();
            close_one(&home, &folder).unwrap();
            assert_eq!(fs::read(folder.journal()).unwrap(), closed, "closed twice");
        }
    }

    #[tokio::test]
    async fn a_journal_that_cannot_be_closed_keeps_no_other_from_it() {
        let (_folder, home) = home();
        let (one, other) = (killed(&home, <[u8]>::len), killed(&home, <[u8]>::len));
        // In the place of the file that says that it was closed.
        fs::create_dir(one.untold()).unwrap();
        let closing = close(&home).unwrap();
        assert_eq!((closing.closed, closing.left.len()), (1, 1));
        let said = crate::reasons::in_words(&closing.left[0]);
        assert!(said.contains(&one.id) && said.contains("move it away"), "{said}");
        assert_eq!(outcome(&other), Some(Outcome::Lost));
    }

    #[tokio::test]
    async fn a_lost_session_is_told_once_and_one_that_runs_is_left_alone() {
        let (_folder, home) = home();
        let lost = killed(&home, <[u8]>::len);
        let live = home.create(Timestamp::now()).unwrap();
        let _recorder = Recorder::begin(&live.folder, "payments", &home.key().unwrap()).unwrap();
        close(&home).unwrap();
        assert_eq!(tell(&home).unwrap(), [lost.id]);
        assert_eq!(tell(&home).unwrap(), [] as [&str; 0]);
        assert_eq!(outcome(&live.folder), None);
    }
}
