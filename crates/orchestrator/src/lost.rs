//! Sessions whose orchestrator was killed: their journals get an explicit end, never a repair.

use std::fs;
use std::io;

use jiff::Timestamp;
use session::journal::{self, JournalError, Recovery, State};

use crate::home::{Home, HomeError, SessionFolder};
use crate::journal::{JournalFile, JournalFileError};
use crate::report::{self, ReportError};

/// Why a journal could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("the journal of {session} cannot be closed")]
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

/// Closes the journals of all sessions that ended without doing so themselves; gives their ids.
/// A journal that is broken is left as it is: `verify` says where.
///
/// # Errors
/// When a journal cannot be written.
pub fn close(home: &Home) -> Result<Vec<String>, LostError> {
    let mut closed = Vec::new();
    for folder in home.sessions()? {
        if folder.is_live() || !folder.journal().is_file() {
            continue;
        }
        let verdict = report::verify(home, &folder.journal())?;
        match verdict.state {
            State::Unsealed | State::Torn => {}
            State::Sealed | State::Broken => continue,
        }
        let failed = |why| LostError::Close { session: folder.id.clone(), why };
        if close_one(home, &folder).map_err(failed)? {
            closed.push(folder.id.clone());
        }
    }
    Ok(closed)
}

/// Appends what happened to a journal that ends in the middle, and seals it.
fn close_one(home: &Home, folder: &SessionFolder) -> Result<bool, CloseError> {
    let path = folder.journal();
    let key = home.key()?;
    let bytes = fs::read(&path)?;
    // No head beside the journal is for the recovery to judge.
    let head = fs::read(folder.head()).ok();
    let public = journal::public_key(&key);
    let wall = format!("{:.3}", Timestamp::now());
    let recovery = journal::recover(&bytes, head.as_deref(), Some(&public), &wall)?;
    let Recovery::GoOn(go_on) = recovery else { return Ok(false) };
    let mut journal = JournalFile::resume(&path, &folder.head(), &go_on, &key)?;
    for event in &go_on.append {
        journal.append(event)?;
    }
    journal.seal()?;
    Ok(true)
}
