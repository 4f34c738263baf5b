//! The recording of one terminal: what was printed and typed, with the session's clock. It decides
//! what is kept and how; when, is decided by the terminal.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use session::redact;

use super::budget::{Budget, Turn};

/// What is typed has this part of what is printed.
pub(super) const TYPED_SHARE: u64 = 4;

/// An asciicast file, version 2: a header line, then `[seconds, "o" | "i" | "r", text]` a line.
/// The clock is the session's, so that it lines up with the journal.
pub(crate) struct Recording {
    file: BufWriter<File>,
    started: Instant,
    printed: Utf8,
    typed: Utf8,
    /// Sent towards the terminal and not taken yet.
    sent: VecDeque<u8>,
    /// For what is printed, and for what is typed.
    room: Budget,
    room_typed: Budget,
    /// Nothing is written any more, and that was said.
    pub(crate) broken: bool,
}

// === impl Recording ===

impl Recording {
    /// `limit`: in bytes; a flood of output is cut there, and what is typed at a quarter of it: a paste
    /// without an end fills no disk, and a flood of output takes no key's place.
    pub(crate) fn create(
        path: &Path,
        columns: u16,
        rows: u16,
        started: Instant,
        limit: u64,
    ) -> io::Result<Recording> {
        let mut file = BufWriter::new(File::create_new(path)?);
        let header = serde_json::json!({ "version": 2, "width": columns, "height": rows });
        writeln!(file, "{header}")?;
        file.flush()?;
        let (printed, typed, sent) = (Utf8::default(), Utf8::default(), VecDeque::new());
        let now = Instant::now();
        let (room, room_typed) = (Budget::new(limit, now), Budget::new(limit / TYPED_SHARE, now));
        Ok(Recording { file, started, printed, typed, sent, room, room_typed, broken: false })
    }

    /// What was printed. Tells when no more of it is kept, and when it is again.
    pub(crate) fn output(&mut self, bytes: &[u8]) -> io::Result<Option<Turn>> {
        let Ok(again) = self.room.ask(bytes.len(), Instant::now()) else { return Ok(None) };
        self.mark(again, "printed")?;
        let text = self.printed.take(bytes);
        let size = self.line("o", &text)?;
        let full = self.room.spend(size);
        self.mark(full, "printed")?;
        Ok(full.or(again))
    }

    /// A marker, so that whoever plays it sees where something is missing.
    fn mark(&mut self, turn: Option<Turn>, what: &str) -> io::Result<()> {
        let text = match turn {
            None => return Ok(()),
            Some(Turn::Full) => {
                format!("the recording is full: what is {what} from here on is not kept")
            }
            Some(Turn::Again { lost }) => {
                format!("what is {what} is kept again: {lost} bytes before this are missing")
            }
        };
        self.line("m", &text)?;
        Ok(())
    }

    /// What goes to the terminal. It is written down when it arrives there.
    pub(crate) fn sent(&mut self, bytes: &[u8]) -> io::Result<Option<Turn>> {
        self.sent.extend(bytes);
        Ok(None)
    }

    /// The terminal has taken so many bytes of what was sent, in the open or unseen. Tells when no
    /// more of it is kept, and when it is again.
    pub(crate) fn took(&mut self, bytes: u32, masked: bool) -> io::Result<Option<Turn>> {
        let count = self.sent.len().min(bytes as usize);
        let taken: Vec<u8> = self.sent.drain(..count).collect();
        let Ok(again) = self.room_typed.ask(count, Instant::now()) else { return Ok(None) };
        self.mark(again, "typed")?;
        let text = self.typed.take(&taken);
        let text = if masked { mask(&text) } else { text };
        let size = self.line("i", &text)?;
        let full = self.room_typed.spend(size);
        self.mark(full, "typed")?;
        Ok(full.or(again))
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<Option<Turn>> {
        self.line("r", &format!("{columns}x{rows}"))?;
        Ok(None)
    }

    /// Gives the size of what was written, in bytes.
    fn line(&mut self, code: &str, text: &str) -> io::Result<u64> {
        if text.is_empty() {
            return Ok(0);
        }
        let at = self.started.elapsed().as_micros() as f64 / 1e6;
        let mut line = serde_json::to_vec(&(at, code, redact::text(text)))?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.flush()?;
        Ok(line.len() as u64)
    }
}

/// Keys that make no character stay: when somebody confirmed or gave up is no secret.
fn mask(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c } else { '•' }).collect()
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
        let mut recording = Recording::create(&path, 80, 24, Instant::now(), 1000).unwrap();
        recording.output(b"\x1b[1mhi\r\n").unwrap();
        recording.resize(100, 30).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], r#"{"height":24,"version":2,"width":80}"#);
        assert!(lines[1].ends_with(r#","o","\u001b[1mhi\r\n"]"#), "{}", lines[1]);
        assert!(lines[2].ends_with(r#","r","100x30"]"#), "{}", lines[2]);
    }

    fn lines(path: &Path) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(path).unwrap();
        let line = |line: &str| {
            let (_, code, text): (f64, String, String) = serde_json::from_str(line).unwrap();
            (code, text)
        };
        text.lines().skip(1).map(line).collect()
    }

    #[test]
    fn what_is_typed_unseen_is_masked_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut recording = Recording::create(&path, 80, 24, Instant::now(), 1000).unwrap();
        recording.sent("login\rpäss\rls".as_bytes()).unwrap();
        recording.took(6, false).unwrap();
        recording.took(6, true).unwrap();
        recording.took(u32::MAX, true).unwrap();
        let typed = [("i", "login\r"), ("i", "••••\r"), ("i", "••")];
        assert_eq!(lines(&path), typed.map(|(code, text)| (code.to_owned(), text.to_owned())));
    }

    #[test]
    fn a_full_recording_keeps_what_is_typed_and_says_once_that_it_is_full() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut recording = Recording::create(&path, 80, 24, Instant::now(), 4096).unwrap();
        let turns: Vec<Turn> =
            (0..100).filter_map(|_| recording.output(&[b'y'; 1000]).unwrap()).collect();
        assert_eq!(turns, [Turn::Full]);
        recording.sent(b"\x03").unwrap();
        recording.took(1, false).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 4096 + 1500);
        let lines = lines(&path);
        assert_eq!(lines.last().unwrap(), &("i".to_owned(), "\u{3}".to_owned()));
        assert_eq!(lines.iter().filter(|(code, _)| code == "m").count(), 1);
    }

    #[test]
    fn a_paste_without_an_end_is_cut_and_what_is_printed_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut recording = Recording::create(&path, 80, 24, Instant::now(), 8192).unwrap();
        let turns: Vec<Turn> = (0..100)
            .filter_map(|_| {
                recording.sent(&[b'x'; 1000]).unwrap();
                recording.took(1000, false).unwrap()
            })
            .collect();
        assert_eq!(turns, [Turn::Full]);
        recording.output(b"still here").unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 2048 + 1500);
        assert_eq!(lines(&path).last().unwrap(), &("o".to_owned(), "still here".to_owned()));
    }
}
