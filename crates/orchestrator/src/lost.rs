//! Sessions whose orchestrator was killed: their journals get an explicit end, never a repair.

use std::fs::{self, OpenOptions};
use std::io;

use jiff::Timestamp;
use session::journal::{self, Recovery, State, Writer};

use crate::home::{Home, HomeError, SessionFolder};
use crate::report::{self, ReportError};

/// Why a journal could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum LostError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error("the journal of {session} cannot be closed")]
    Write { session: String, source: io::Error },
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
        let failed = |source| LostError::Write { session: folder.id.clone(), source };
        if close_one(home, &folder).map_err(failed)? {
            closed.push(folder.id.clone());
        }
    }
    Ok(closed)
}

/// Appends what happened to a journal that ends in the middle, and seals it.
fn close_one(home: &Home, folder: &SessionFolder) -> io::Result<bool> {
    let path = folder.journal();
    let key = home.key().map_err(io::Error::other)?;
    let bytes = fs::read(&path)?;
    // No head beside the journal is for the recovery to judge.
    let head = fs::read(folder.head()).ok();
    let public = journal::public_key(&key);
    let wall = format!("{:.3}", Timestamp::now());
    let recovery = journal::recover(&bytes, head.as_deref(), Some(&public), &wall)
        .map_err(io::Error::other)?;
    let Recovery::GoOn(go_on) = recovery else { return Ok(false) };
    let file = OpenOptions::new().append(true).open(&path)?;
    file.set_len(go_on.keep_bytes)?;
    let mut writer = Writer::resume(file, &go_on, &key).map_err(io::Error::other)?;
    for event in &go_on.append {
        writer.append(event).map_err(io::Error::other)?;
    }
    let head = writer.seal().map_err(io::Error::other)?;
    writer.get_ref().sync_data()?;
    fs::write(folder.head(), head.to_bytes())?;
    Ok(true)
}
