//! The recording of one program: an asciicast file beside those of the terminals. It says in the
//! record when it cannot go on, and holds nothing up.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::recorder::Recorder;
use crate::terminal::{RECORDING_LIMIT, Recording};

use super::super::notes::Notes;

/// Cheap to clone; all clones are the same recording.
#[derive(Clone)]
pub(in crate::docker) struct Tape {
    /// `None` once it could not be written.
    recording: Arc<Mutex<Option<Recording>>>,
    notes: Notes,
    container: String,
}

impl Tape {
    pub(super) fn create(
        path: &Path,
        (columns, rows): (u16, u16),
        recorder: &Recorder,
        notes: &Notes,
        container: &str,
    ) -> Tape {
        let tape = Tape {
            recording: Arc::default(),
            notes: notes.clone(),
            container: container.to_owned(),
        };
        match Recording::create(path, columns, rows, recorder.started(), RECORDING_LIMIT) {
            Ok(recording) => *tape.lock() = Some(recording),
            Err(error) => tape.lost(&error),
        }
        tape
    }

    pub(super) fn output(&self, bytes: &[u8]) {
        if self.keep(|recording| recording.output(bytes)) {
            let container = &self.container;
            let limit = RECORDING_LIMIT >> 20;
            self.notes.gap(format!(
                "the recording of a program in {container} is full at {limit} MiB; what it prints \
                 from here on is not kept"
            ));
        }
    }

    pub(super) fn input(&self, bytes: &[u8]) {
        // Whether it was meant to be seen is known in the container only.
        let taken = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.keep(|recording| recording.sent(bytes).and_then(|_| recording.took(taken, false)));
    }

    pub(super) fn resize(&self, columns: u16, rows: u16) {
        self.keep(|recording| recording.resize(columns, rows));
    }

    /// Writes into the recording. `true` when that has just become full.
    fn keep(&self, write: impl FnOnce(&mut Recording) -> io::Result<bool>) -> bool {
        let mut recording = self.lock();
        let Some(open) = recording.as_mut() else { return false };
        write(open).unwrap_or_else(|error| {
            *recording = None;
            drop(recording);
            self.lost(&error);
            false
        })
    }

    fn lost(&self, error: &io::Error) {
        let container = &self.container;
        self.notes.gap(format!("the recording of a program in {container} ends early: {error}"));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Recording>> {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
