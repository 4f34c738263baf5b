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
    lines: Lines,
    printed: Side,
    typed: Side,
    /// Sent towards the terminal and not taken yet.
    sent: VecDeque<u8>,
    /// Nothing is written any more, and that was said.
    pub(crate) broken: bool,
}

/// What is printed, or what is typed.
struct Side {
    code: &'static str,
    /// As a marker names it.
    name: &'static str,
    text: Utf8,
    room: Budget,
}

struct Lines {
    file: BufWriter<File>,
    started: Instant,
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
        Ok(Recording {
            lines: Lines { file, started },
            printed: Side::new("o", "printed", limit),
            typed: Side::new("i", "typed", limit / TYPED_SHARE),
            sent: VecDeque::new(),
            broken: false,
        })
    }

    /// What was printed. Tells where no more of it is kept, and where it is again.
    pub(crate) fn output(&mut self, bytes: &[u8]) -> io::Result<Vec<Turn>> {
        self.printed.keep(&mut self.lines, bytes, false, Instant::now())
    }

    /// What goes to the terminal. It is written down when it arrives there.
    pub(crate) fn sent(&mut self, bytes: &[u8]) {
        self.sent.extend(bytes);
    }

    /// The terminal has taken so many bytes of what was sent, in the open or unseen. Tells where no
    /// more of it is kept, and where it is again.
    pub(crate) fn took(&mut self, bytes: u32, masked: bool) -> io::Result<Vec<Turn>> {
        let count = self.sent.len().min(bytes as usize);
        let taken: Vec<u8> = self.sent.drain(..count).collect();
        self.typed.keep(&mut self.lines, &taken, masked, Instant::now())
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.lines.put("r", &format!("{columns}x{rows}")).map(drop)
    }
}

// === impl Side ===

impl Side {
    fn new(code: &'static str, name: &'static str, limit: u64) -> Side {
        Side { code, name, text: Utf8::default(), room: Budget::new(limit, Instant::now()) }
    }

    /// A burst may end one gap and begin the next.
    fn keep(
        &mut self,
        lines: &mut Lines,
        bytes: &[u8],
        masked: bool,
        now: Instant,
    ) -> io::Result<Vec<Turn>> {
        let Ok(again) = self.room.ask(bytes.len(), now) else { return Ok(Vec::new()) };
        self.mark(lines, again)?;
        let text = self.text.take(bytes);
        let text = if masked { mask(&text) } else { text };
        let full = self.room.spend(lines.put(self.code, &text)?);
        self.mark(lines, full)?;
        Ok(again.into_iter().chain(full).collect())
    }

    /// A marker, so that whoever plays it sees where something is missing.
    fn mark(&self, lines: &mut Lines, turn: Option<Turn>) -> io::Result<()> {
        let name = self.name;
        let text = match turn {
            None => return Ok(()),
            Some(Turn::Full) => {
                format!("the recording is full: what is {name} from here on is not kept")
            }
            Some(Turn::Again { lost }) => {
                format!("what is {name} is kept again: {lost} bytes before this are missing")
            }
        };
        lines.put("m", &text).map(drop)
    }
}

// === impl Lines ===

impl Lines {
    /// Gives the size of what was written, in bytes.
    fn put(&mut self, code: &str, text: &str) -> io::Result<u64> {
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
    use std::time::Duration;

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
        recording.sent("login\rpäss\rls".as_bytes());
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
            (0..100).flat_map(|_| recording.output(&[b'y'; 1000]).unwrap()).collect();
        assert_eq!(turns, [Turn::Full]);
        recording.sent(b"\x03");
        recording.took(1, false).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 4096 + 1500);
        let lines = lines(&path);
        assert_eq!(lines.last().unwrap(), &("i".to_owned(), "\u{3}".to_owned()));
        assert_eq!(lines.iter().filter(|(code, _)| code == "m").count(), 1);
    }

    #[test]
    fn a_burst_that_ends_a_gap_and_begins_the_next_tells_of_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        // One byte of this limit comes back each second.
        let mut it = Recording::create(&path, 80, 24, Instant::now(), 8192).unwrap();
        let begun = Instant::now();
        let mut put = |bytes: usize, at_s: f64| {
            let now = begun + Duration::from_secs_f64(at_s);
            it.printed.keep(&mut it.lines, &vec![b'y'; bytes], false, now).unwrap()
        };
        assert_eq!(put(9000, 0.0), [Turn::Full]);
        assert_eq!(put(100, 0.1), []);
        assert_eq!(put(500, 2.5), [Turn::Again { lost: 100 }, Turn::Full]);
        assert_eq!(lines(&path).iter().filter(|(code, _)| code == "m").count(), 3);
    }

    #[test]
    fn a_paste_without_an_end_is_cut_and_what_is_printed_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal-1.cast");
        let mut recording = Recording::create(&path, 80, 24, Instant::now(), 8192).unwrap();
        let turns: Vec<Turn> = (0..100)
            .flat_map(|_| {
                recording.sent(&[b'x'; 1000]);
                recording.took(1000, false).unwrap()
            })
            .collect();
        assert_eq!(turns, [Turn::Full]);
        recording.output(b"still here").unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 2048 + 1500);
        assert_eq!(lines(&path).last().unwrap(), &("o".to_owned(), "still here".to_owned()));
    }
}
