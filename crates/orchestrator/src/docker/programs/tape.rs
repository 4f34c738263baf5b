//! The recording of one program: an asciicast file beside those of the terminals. It says in the
//! record when it cannot go on, and holds nothing up.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::recorder::Recorder;
use crate::terminal::{RECORDING_LIMIT, Recording, Turn};

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
        self.tell("prints", self.keep(|recording| recording.output(bytes)));
    }

    pub(super) fn input(&self, bytes: &[u8]) {
        // Whether it was meant to be seen is known in the container only.
        let taken = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let turns = self.keep(|recording| {
            recording.sent(bytes);
            recording.took(taken, false)
        });
        self.tell("is sent", turns);
    }

    pub(super) fn resize(&self, columns: u16, rows: u16) {
        self.keep(|recording| recording.resize(columns, rows));
    }

    /// Says where the recording stops holding what the program does, and where it goes on.
    fn tell(&self, does: &str, turns: Vec<Turn>) {
        let container = &self.container;
        for turn in turns {
            self.notes.gap(match turn {
                Turn::Full => format!(
                    "the recording of a program in {container} is full; what it {does} from here on \
                     is not kept"
                ),
                Turn::Again { lost } => format!(
                    "what a program in {container} {does} is kept again; {lost} bytes before are \
                     missing"
                ),
            });
        }
    }

    /// Writes into the recording; nothing comes of it once it could not be written.
    fn keep<T: Default>(&self, write: impl FnOnce(&mut Recording) -> io::Result<T>) -> T {
        let mut recording = self.lock();
        let Some(open) = recording.as_mut() else { return T::default() };
        write(open).unwrap_or_else(|error| {
            *recording = None;
            drop(recording);
            self.lost(&error);
            T::default()
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
