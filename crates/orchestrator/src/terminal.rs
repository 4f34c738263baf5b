//! Terminals of the workstation: opened over the link, recorded byte by byte, handed on.
//!
//! Output is written to the recording before anybody sees it. A reader that does not keep up holds
//! the terminal back (the link has flow control), so nothing is dropped and Ctrl-C answers at once.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use session::event::{Door, Effect, Kind, Participant};
use testbed::{Link, LinkError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use wire::{FromTerminal, Open, ToTerminal};

use crate::frames::{FrameReader, send};
use crate::home::SessionFolder;
use crate::recorder::Recorder;

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
    pub async fn open(&self, columns: u16, rows: u16) -> Result<Terminal, TerminalError> {
        let number = self.opened.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("terminal-{number}");
        let path = self.folder.recording(&id);
        let recording = Recording::create(&path, columns, rows, self.recorder.started())
            .map_err(|source| TerminalError::Recording { terminal: id.clone(), source })?;
        let recording = Arc::new(Mutex::new(recording));
        let open = Open::Terminal { terminal: id.clone(), columns, rows };
        let stream = self.link.open(&open).await?;
        self.record(Effect::Truth, Kind::TerminalOpened { terminal: id.clone(), columns, rows });
        let (from, to) = tokio::io::split(stream);
        let (input, keys) = mpsc::channel(WAITING);
        let (printed, output) = mpsc::channel(WAITING);
        tokio::spawn(self.clone().write(id.clone(), keys, to, Arc::clone(&recording)));
        tokio::spawn(self.clone().read(id.clone(), from, printed, recording));
        Ok(Terminal { id, input, output })
    }

    /// Takes what the shell prints; ends with the shell.
    async fn read(
        self,
        terminal: String,
        from: impl AsyncRead + Unpin,
        printed: mpsc::Sender<Vec<u8>>,
        recording: Arc<Mutex<Recording>>,
    ) {
        let mut frames = FrameReader::new(from);
        let exit = loop {
            match frames.next::<FromTerminal>().await {
                Ok(Some(FromTerminal::Output(bytes))) => {
                    self.keep(&terminal, &recording, |recording| recording.output(&bytes));
                    // A reader that went away no longer shows; the shell goes on and is recorded.
                    let _ = printed.send(bytes).await;
                }
                Ok(Some(FromTerminal::Exited(exit))) => break exit,
                Ok(None) => break None,
                Err(error) => {
                    self.gap(&terminal, &error);
                    break None;
                }
            }
        };
        self.record(Effect::Truth, Kind::TerminalClosed { terminal, exit });
    }

    /// Brings keys and sizes to the shell; ends when nobody types any more.
    async fn write(
        self,
        terminal: String,
        mut keys: mpsc::Receiver<ToTerminal>,
        mut to: impl AsyncWrite + Unpin,
        recording: Arc<Mutex<Recording>>,
    ) {
        while let Some(message) = keys.recv().await {
            match &message {
                ToTerminal::Input(bytes) => {
                    self.keep(&terminal, &recording, |recording| recording.input(bytes));
                }
                ToTerminal::Resize { columns, rows } => {
                    let (columns, rows) = (*columns, *rows);
                    self.keep(&terminal, &recording, |it| it.resize(columns, rows));
                    let terminal = terminal.clone();
                    self.record(Effect::Truth, Kind::TerminalResized { terminal, columns, rows });
                }
                ToTerminal::Close => {}
            }
            if send(&mut to, &message).await.is_err() {
                return; // The reading half sees the same end and records it.
            }
        }
        // The shell may be gone already, which is what hanging up is for.
        let _ = send(&mut to, &ToTerminal::Close).await;
    }

    fn keep(
        &self,
        terminal: &str,
        recording: &Mutex<Recording>,
        write: impl FnOnce(&mut Recording) -> io::Result<()>,
    ) {
        let mut recording = recording.lock().unwrap_or_else(PoisonError::into_inner);
        if recording.broken {
            return; // Said once, below.
        }
        if let Err(error) = write(&mut recording) {
            recording.broken = true;
            self.gap(terminal, &error);
        }
    }

    fn gap(&self, terminal: &str, error: &io::Error) {
        let reason = format!("the recording of {terminal} ends early: {error}");
        self.record(Effect::Truth, Kind::Gap { door: Door::Terminal, reason });
    }

    fn record(&self, effect: Effect, kind: Kind) {
        self.recorder.record(Participant::Candidate, Door::Terminal, effect, kind);
    }
}

/// An asciicast file, version 2: a header line, then `[seconds, "o" | "i" | "r", text]` a line.
/// The clock is the session's, so that it lines up with the journal.
pub(crate) struct Recording {
    file: BufWriter<File>,
    started: Instant,
    printed: Utf8,
    typed: Utf8,
    broken: bool,
}

// === impl Recording ===

impl Recording {
    pub(crate) fn create(
        path: &std::path::Path,
        columns: u16,
        rows: u16,
        started: Instant,
    ) -> io::Result<Recording> {
        let mut file = BufWriter::new(File::create_new(path)?);
        let header = serde_json::json!({ "version": 2, "width": columns, "height": rows });
        writeln!(file, "{header}")?;
        file.flush()?;
        let (printed, typed) = (Utf8::default(), Utf8::default());
        Ok(Recording { file, started, printed, typed, broken: false })
    }

    pub(crate) fn output(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = self.printed.take(bytes);
        self.line("o", &text)
    }

    pub(crate) fn input(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = self.typed.take(bytes);
        self.line("i", &text)
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.line("r", &format!("{columns}x{rows}"))
    }

    fn line(&mut self, code: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let at = self.started.elapsed().as_micros() as f64 / 1e6;
        serde_json::to_writer(&mut self.file, &(at, code, text))?;
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}

/// Bytes to text where a character may be cut in two by a chunk's end. Bytes that are no UTF-8
/// become U+FFFD.
#[derive(Default)]
struct Utf8 {
    rest: Vec<u8>,
}

impl Utf8 {
    fn take(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let keep = cut(&self.rest);
        let rest = self.rest.split_off(self.rest.len() - keep);
        let whole = std::mem::replace(&mut self.rest, rest);
        String::from_utf8_lossy(&whole).into_owned()
    }
}

/// How many bytes at the end are the beginning of a character: 0 to 3.
fn cut(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needs = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => return 0,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_cut_in_two_is_put_together_again() {
        let mut utf8 = Utf8::default();
        let euro = "€".as_bytes();
        assert_eq!(utf8.take(&[b'a', euro[0]]), "a");
        assert_eq!(utf8.take(&euro[1..2]), "");
        assert_eq!(utf8.take(&[euro[2], b'b']), "€b");
    }

    #[test]
    fn bytes_that_are_no_text_are_marked_and_hold_nothing_up() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.take(b"\xff\xfe ok"), "\u{fffd}\u{fffd} ok");
        assert_eq!(utf8.take(b"\x80\x80\x80\x80"), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_recording_is_asciicast_with_the_sessions_clock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut recording = Recording::create(&path, 80, 24, Instant::now()).unwrap();
        recording.output(b"\x1b[1mhi\r\n").unwrap();
        recording.resize(100, 30).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], r#"{"height":24,"version":2,"width":80}"#);
        assert!(lines[1].ends_with(r#","o","\u001b[1mhi\r\n"]"#), "{}", lines[1]);
        assert!(lines[2].ends_with(r#","r","100x30"]"#), "{}", lines[2]);
    }
}
