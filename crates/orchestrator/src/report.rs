//! From a session's folder to its report: reads the journal, checks it, finds the lab again.
//!
//! What a report says is decided in the crate `session`; this only brings the files together.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use lab::cause::Cause;
use lab::lab::Lab;
use serde::{Deserialize, Serialize};
use session::event::Event;
use session::journal::verify::{Break, Problem};
use session::journal::{self, JournalError, Verdict};
use session::report::{Report, build};

use crate::home::{Home, HomeError, SessionFolder};
use crate::journal::head_beside;

/// How often a head that cannot be right is read again.
const HEAD_READS: usize = 3;

/// Where a session's lab and cause were read from, kept beside its journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The lab's folder.
    pub lab: PathBuf,
    /// The cause's file.
    pub cause: PathBuf,
}

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("cannot read `{path}`")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write `{path}`; free some space or choose another place")]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "the journal `{path}` cannot be read as events; `checkride verify` says where it breaks"
    )]
    Journal { path: PathBuf, source: JournalError },
    #[error("`{path}` does not say where the lab is")]
    Origin { path: PathBuf, source: serde_json::Error },
    #[error(transparent)]
    Home(#[from] HomeError),
}

// === impl Origin ===

impl Origin {
    /// Keeps the origin beside the journal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, folder: &SessionFolder) -> Result<(), ReportError> {
        let path = Self::path(folder);
        let failed = |source| ReportError::Write { path: path.clone(), source };
        let json = serde_json::to_vec_pretty(self).map_err(io::Error::other).map_err(failed)?;
        fs::write(&path, json).map_err(failed)
    }

    /// Reads where a session's lab was.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(folder: &SessionFolder) -> Result<Origin, ReportError> {
        let path = Self::path(folder);
        let json =
            fs::read(&path).map_err(|source| ReportError::Read { path: path.clone(), source })?;
        serde_json::from_slice(&json).map_err(|source| ReportError::Origin { path, source })
    }

    fn path(folder: &SessionFolder) -> PathBuf {
        folder.path.join("origin.json")
    }
}

/// The events of a journal.
///
/// # Errors
/// When it cannot be read, or holds something that is no event.
pub fn events(journal: &Path) -> Result<Vec<Event>, ReportError> {
    let path = || journal.to_owned();
    let file = File::open(journal).map_err(|source| ReportError::Read { path: path(), source })?;
    journal::read(BufReader::new(file))
        .map_err(|source| ReportError::Journal { path: path(), source })
}

/// Checks a journal against its head and this user's key. Of a session that runs, the head may be
/// read while it is being overwritten; it is then read again.
///
/// # Errors
/// When the journal itself cannot be opened.
pub fn verify(home: &Home, journal: &Path) -> Result<Verdict, ReportError> {
    let mut verdict = verify_once(home, journal)?;
    for _ in 0..HEAD_READS {
        match verdict.broken {
            Some(Break { problem: Problem::BadHead, .. }) => verdict = verify_once(home, journal)?,
            Some(_) | None => break,
        }
    }
    Ok(verdict)
}

fn verify_once(home: &Home, journal: &Path) -> Result<Verdict, ReportError> {
    let file = File::open(journal)
        .map_err(|source| ReportError::Read { path: journal.to_owned(), source })?;
    let head = head_beside(journal);
    let public = journal::public_key(&home.key()?);
    Ok(journal::verify(BufReader::with_capacity(1 << 20, file), head.as_deref(), Some(&public)))
}

/// The report of a session, from its journal and its lab.
///
/// # Errors
/// When the journal cannot be read.
pub fn of(
    home: &Home,
    folder: &SessionFolder,
    lab: &Lab,
    cause: &Cause,
) -> Result<Report, ReportError> {
    let journal = folder.journal();
    let events = events(&journal)?;
    let verdict = verify(home, &journal)?;
    Ok(build(lab, cause, &events, Some(verdict)))
}
