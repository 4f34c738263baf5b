//! Terminals of the workstation: opened over the link, recorded byte by byte, handed on.
//!
//! Output is written to the recording before anybody sees it. A reader that does not keep up holds
//! the terminal back (the link has flow control), so nothing is dropped and Ctrl-C answers at once.
//! Input is recorded when the terminal has taken it, since only then is it known whether it was meant
//! to be seen. What no program reads is sent up to a limit, and the rest of it dropped.

mod budget;
mod recording;
mod untaken;

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use session::event::{Door, Effect, Kind, Participant};
use testbed::{Link, LinkError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use wire::{FromTerminal, Open, ToTerminal};

use crate::boxed;
use crate::frames::{FrameReader, send};
use crate::home::SessionFolder;
use crate::recorder::Recorder;
pub(crate) use budget::Turn;
pub(crate) use recording::Recording;
use untaken::Untaken;

/// What one terminal may print at once and have recorded, in bytes (256 MiB); from then on 32 KiB a
/// second. What is printed beyond is shown and not kept, and events say from when to when; what is
/// typed, and the command lines, are recorded on.
pub const RECORDING_LIMIT: u64 = 256 << 20;

/// Chunks that may wait for a reader before the terminal is held back.
const WAITING: usize = 16;

/// Opens terminals. Cheap to clone.
#[derive(Clone)]
pub struct Terminals {
    link: Link,
    recorder: Recorder,
    folder: SessionFolder,
    opened: Arc<AtomicU32>,
}

/// An open terminal. Dropping it hangs up.
pub struct Terminal {
    /// `terminal-1`, `terminal-2`, ….
    pub id: String,
    /// Keys and sizes, towards the shell.
    pub input: mpsc::Sender<ToTerminal>,
    /// What the shell printed; ends when the shell is gone.
    pub output: mpsc::Receiver<Vec<u8>>,
}

/// Why there is no terminal.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    #[error("the workstation does not answer")]
    Link(#[from] LinkError),
    #[error("cannot write the recording of {terminal}; free some space and try again")]
    Recording { terminal: String, source: io::Error },
}

// === impl Terminals ===

impl Terminals {
    pub(crate) fn new(link: Link, recorder: Recorder, folder: SessionFolder) -> Terminals {
        Terminals { link, recorder, folder, opened: Arc::default() }
    }

    /// Opens one more terminal with a login shell of the candidate's.
    ///
    /// # Errors
    /// When the workstation does not answer or the recording cannot be created.
    #[boxed]
    pub async fn open(&self, columns: u16, rows: u16) -> Result<Terminal, TerminalError> {
        let number = self.opened.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("terminal-{number}");
        let path = self.folder.recording(&id);
        let started = self.recorder.started();
        let recording = Recording::create(&path, columns, rows, started, RECORDING_LIMIT)
            .map_err(|source| TerminalError::Recording { terminal: id.clone(), source })?;
        let recording = Arc::new(Mutex::new(recording));
        let open = Open::Terminal { terminal: id.clone(), columns, rows };
        let stream = self.link.open(&open).await?;
        self.record(Effect::Truth, Kind::TerminalOpened { terminal: id.clone(), columns, rows });
        let (from, to) = tokio::io::split(stream);
        let (input, keys) = mpsc::channel(WAITING);
        let (printed, output) = mpsc::channel(WAITING);
        let typed = Arc::new(Untaken::default());
        let write = self.clone().write(id.clone(), keys, to, Arc::clone(&recording), typed.clone());
        tokio::spawn(write);
        tokio::spawn(self.clone().read(id.clone(), from, printed, recording, typed));
        Ok(Terminal { id, input, output })
    }

    fn note(&self, turns: Vec<Turn>, terminal: &str, limit_bytes: u64) {
        for turn in turns {
            let terminal = terminal.to_owned();
            let kind = match turn {
                Turn::Full => Kind::Truncated { terminal, limit_bytes },
                Turn::Again { lost } => Kind::RecordedAgain { terminal, lost_bytes: lost },
            };
            self.record(Effect::Truth, kind);
        }
    }

    /// The shell took so many bytes of what was sent, in the open or unseen.
    fn took(&self, terminal: &str, recording: &Mutex<Recording>, bytes: u32, masked: bool) {
        let turns = self.keep(terminal, recording, |it| it.took(bytes, masked));
        self.note(turns, terminal, RECORDING_LIMIT / recording::TYPED_SHARE);
    }

    /// Takes what the shell prints; ends with the shell.
    async fn read(
        self,
        terminal: String,
        from: impl AsyncRead + Unpin,
        printed: mpsc::Sender<Vec<u8>>,
        recording: Arc<Mutex<Recording>>,
        untaken: Arc<Untaken>,
    ) {
        let mut frames = FrameReader::new(from);
        let exit = loop {
            match frames.next::<FromTerminal>().await {
                Ok(Some(FromTerminal::Output(bytes))) => {
                    let turns = self.keep(&terminal, &recording, |it| it.output(&bytes));
                    self.note(turns, &terminal, RECORDING_LIMIT);
                    // A reader that went away no longer shows; the shell goes on and is recorded.
                    let _ = printed.send(bytes).await;
                }
                Ok(Some(FromTerminal::Took { bytes, masked })) => {
                    untaken.took(bytes);
                    self.took(&terminal, &recording, bytes, masked);
                }
                Ok(Some(FromTerminal::Exited(exit))) => break exit,
                Ok(None) => break None,
                Err(error) => {
                    self.gap(&terminal, &error);
                    break None;
                }
            }
        };
        untaken.took(u32::MAX);
        // What it never took was not echoed either.
        self.took(&terminal, &recording, u32::MAX, true);
        self.record(Effect::Truth, Kind::TerminalClosed { terminal, exit });
    }

    /// Brings keys and sizes to the shell; ends when nobody types any more.
    async fn write(
        self,
        terminal: String,
        mut keys: mpsc::Receiver<ToTerminal>,
        mut to: impl AsyncWrite + Unpin,
        recording: Arc<Mutex<Recording>>,
        untaken: Arc<Untaken>,
    ) {
        while let Some(message) = keys.recv().await {
            let sent = match &message {
                ToTerminal::Input(bytes) => {
                    self.type_in(&terminal, bytes, &keys, &mut to, &recording, &untaken).await
                }
                ToTerminal::Resize { columns, rows } => {
                    let (columns, rows) = (*columns, *rows);
                    self.keep(&terminal, &recording, |it| it.resize(columns, rows));
                    let terminal = terminal.clone();
                    self.record(Effect::Truth, Kind::TerminalResized { terminal, columns, rows });
                    send(&mut to, &message).await
                }
                ToTerminal::Close => send(&mut to, &message).await,
            };
            if sent.is_err() {
                return; // The reading half sees the same end and records it.
            }
        }
        // The shell may be gone already, which is what hanging up is for.
        let _ = send(&mut to, &ToTerminal::Close).await;
    }

    /// Sends what is typed, as the terminal takes it.
    async fn type_in(
        &self,
        terminal: &str,
        bytes: &[u8],
        keys: &mpsc::Receiver<ToTerminal>,
        to: &mut (impl AsyncWrite + Unpin),
        recording: &Mutex<Recording>,
        untaken: &Untaken,
    ) -> io::Result<()> {
        for piece in bytes.chunks(untaken::PIECE) {
            if !untaken.room(piece.len(), keys).await {
                // All the rest, or a command could be made of what stands on both sides of a hole.
                return Ok(());
            }
            self.keep(terminal, recording, |it| {
                it.sent(piece);
                Ok(())
            });
            send(to, &ToTerminal::Input(piece.to_vec())).await?;
        }
        Ok(())
    }

    /// Writes into the recording; nothing comes of it once it could not be written.
    fn keep<T: Default>(
        &self,
        terminal: &str,
        recording: &Mutex<Recording>,
        write: impl FnOnce(&mut Recording) -> io::Result<T>,
    ) -> T {
        let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        if recording.broken {
            return T::default(); // Said once, below.
        }
        write(&mut recording).unwrap_or_else(|error| {
            recording.broken = true;
            self.gap(terminal, &error);
            T::default()
        })
    }

    fn gap(&self, terminal: &str, error: &io::Error) {
        let reason = format!("the recording of {terminal} ends early: {error}");
        self.record(Effect::Truth, Kind::Gap { door: Door::Terminal, reason });
    }

    fn record(&self, effect: Effect, kind: Kind) {
        self.recorder.record(Participant::Candidate, Door::Terminal, effect, kind);
    }
}
