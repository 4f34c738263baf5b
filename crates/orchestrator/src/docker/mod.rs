//! The Docker API as the workstation sees it: a server for each client of its Docker socket, which
//! lets through what [`gate`] allows and records each call as what it means.
//!
//! No byte of a client's request reaches the engine. A call is read, written anew, and its answer
//! built from what may be told; only the bytes of logs and of programs' input and output pass as
//! they are.
//!
//! - `serve`: HTTP, and what is no proper HTTP
//! - `upstream`: the engine, and what the lab shows of itself
//! - `answers`, `changes`, `streams`, `sieve`, `programs`: the calls
//! - `notes`, `shown`: the record

mod answers;
mod body;
mod changes;
mod notes;
mod programs;
mod serve;
mod shown;
mod sieve;
mod streams;
mod upstream;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use session::event::{Certainty, Effect, Kind};
use testbed::Death;

use crate::home::SessionFolder;
use crate::recorder::Recorder;

use notes::Notes;
use programs::Programs;

pub use body::Body;
pub use upstream::{Upstairs, Upstream};

/// The gate before a lab's engine.
pub type LabGate = Gate<Upstairs>;

/// Serves Docker clients. Cheap to clone; all clones are the same gate.
pub struct Gate<U> {
    upstream: Arc<U>,
    notes: Notes,
    programs: Programs,
}

impl<U> Clone for Gate<U> {
    fn clone(&self) -> Self {
        Gate {
            upstream: Arc::clone(&self.upstream),
            notes: self.notes.clone(),
            programs: self.programs.clone(),
        }
    }
}

impl<U: Upstream> Gate<U> {
    /// A gate that records to `recorder` and keeps recordings in `folder`.
    pub fn new(upstream: U, recorder: Recorder, folder: SessionFolder) -> Gate<U> {
        let notes = Notes::new(recorder.clone());
        Gate { upstream: Arc::new(upstream), notes, programs: Programs::new(recorder, folder) }
    }

    /// Whether a death is the candidate's doing (a program that they ran in the container, or a
    /// memory limit that they set); then it is recorded as an act of theirs.
    pub(crate) fn explains(&self, death: &Death) -> bool {
        let Some(how) = self.programs.explains(&death.name, death.oom) else { return false };
        self.notes.record(
            Effect::Act,
            Kind::Docker {
                verb: how.to_owned(),
                target: death.name.clone(),
                detail: "ended the container".to_owned(),
                before: Some("running".to_owned()),
                after: Some(format!("exited ({})", death.exit_code)),
                ok: true,
                certainty: Certainty::Observed,
                continued: true,
                shown: String::new(),
                began: None,
            },
        );
        true
    }
}
