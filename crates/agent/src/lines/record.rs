//! What a shell writes into the pipe: one line of text for each command line that begins and for
//! each prompt. Anybody in the container can write there, so nothing here is believed to be well
//! formed, and nothing that is ill-formed is passed over in silence.
//!
//! `B␟shell␟number␟tty␟bytes␟cwd␟history` and `P␟shell␟tty␟exit`, with ␟ for 0x1f. Line feeds inside
//! a field come as 0x1e. `history` is what bash's `history 1` prints, cut by the shell to what a pipe
//! takes in one piece; `bytes` is its length before that.

use std::borrow::Cow;

/// No record is longer: more than this is a pipe's worth of anything else.
const LONGEST: usize = 4096;

/// A command line begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Begin {
    /// Process number of the shell.
    pub(super) shell: u32,
    /// Of the line, in the shell.
    pub(super) number: u32,
    pub(super) tty: String,
    pub(super) cwd: String,
    pub(super) line: String,
}

/// A shell shows its prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) shell: u32,
    pub(super) tty: String,
    /// Of the last command.
    pub(super) exit: i32,
}

/// What a shell tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Begin(Begin),
    Prompt(Prompt),
}

/// Something that no shell of ours writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

impl Record {
    /// The terminal that the shell says it is in.
    pub(super) fn tty(&self) -> &str {
        match self {
            Self::Begin(begin) => &begin.tty,
            Self::Prompt(prompt) => &prompt.tty,
        }
    }

    /// Reads one record, without its line feed.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let fields: Vec<&[u8]> = bytes.splitn(7, |byte| *byte == 0x1f).collect();
        match fields.as_slice() {
            [b"B", shell, line_number, tty, length, cwd, history] => Ok(Self::Begin(Begin {
                shell: number(shell)?,
                number: number(line_number)?,
                tty: text(tty).into_owned(),
                cwd: with_line_feeds(cwd),
                line: line(history, number(length)?)?,
            })),
            [b"P", shell, tty, exit] => Ok(Self::Prompt(Prompt {
                shell: number(shell)?,
                tty: text(tty).into_owned(),
                exit: number(exit)?,
            })),
            _ => Err(Unreadable),
        }
    }
}

fn text(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field)
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Result<T, Unreadable> {
    text(field).parse().map_err(|_| Unreadable)
}

fn with_line_feeds(field: &[u8]) -> String {
    text(field).replace('\u{1e}', "\n")
}

/// The line itself: bash prints its number, a star if it was edited, else a space, a space, and then
/// the line as it was typed. `length`: of all that, before the shell cut it. In bytes, since that cut
/// may have gone through a character, and what stands for half a one is longer.
fn line(history: &[u8], length: usize) -> Result<String, Unreadable> {
    let padded = history.trim_ascii_start();
    let digits = padded.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let typed = padded.get(digits + 2..).ok_or(Unreadable)?;
    let mut line = with_line_feeds(typed);
    let prefix = history.len() - typed.len();
    if length > history.len() {
        let (kept, whole) = (typed.len(), length - prefix);
        line.push_str(&format!(" …[cut: the first {kept} of {whole} bytes]"));
    }
    Ok(line)
}

/// Cuts the pipe's bytes into records.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    held: Vec<u8>,
    /// Inside something too long; all up to the next line feed is skipped.
    skipping: bool,
}

impl Splitter {
    /// Hands on each record as it becomes whole.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        mut hand_on: impl FnMut(Result<Record, Unreadable>),
    ) {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (now, later) = rest.split_at(end);
            rest = later.get(1..).unwrap_or_default();
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if self.held.len() + now.len() > LONGEST {
                hand_on(Err(Unreadable));
            } else if self.held.is_empty() {
                hand_on(Record::parse(now));
            } else {
                self.held.extend_from_slice(now);
                hand_on(Record::parse(&self.held));
            }
            self.held.clear();
        }
        if self.skipping {
            return;
        }
        self.held.extend_from_slice(rest);
        if self.held.len() > LONGEST {
            self.held.clear();
            self.skipping = true;
            hand_on(Err(Unreadable));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(chunks: &[&[u8]]) -> Vec<Result<Record, Unreadable>> {
        let mut splitter = Splitter::default();
        let mut seen = Vec::new();
        for chunk in chunks {
            splitter.feed(chunk, |record| seen.push(record));
        }
        seen
    }

    fn typed(history: impl AsRef<[u8]>, length: usize) -> String {
        let before = format!("B\x1f7\x1f3\x1f0\x1f{length}\x1f/tmp\x1f");
        match Record::parse(&[before.as_bytes(), history.as_ref()].concat()).unwrap() {
            Record::Begin(begin) => begin.line,
            Record::Prompt(_) => unreachable!("it begins with B"),
        }
    }

    #[test]
    fn a_line_comes_out_as_it_was_typed() {
        for line in ["ls", " ls  -l ", "echo 5 * 3", "printf 'zwölf\u{1f}'", "5"] {
            let history = format!("   42  {line}");
            assert_eq!(typed(&history, history.len()), line);
        }
        assert_eq!(typed("10042* ls", 9), "ls");
    }

    #[test]
    fn line_feeds_come_back() {
        assert_eq!(typed("    1  for i in 1\u{1e}do\u{1e}done", 25), "for i in 1\ndo\ndone");
    }

    #[test]
    fn a_cut_line_says_so() {
        assert_eq!(typed("    1  echo aaa", 5015), "echo aaa …[cut: the first 8 of 5008 bytes]");
    }

    #[test]
    fn a_line_that_is_cut_inside_a_character_says_so_in_bytes() {
        let whole = "    1  echo €€€";
        for (cut, shown) in [(1, "€€\u{fffd}"), (2, "€€\u{fffd}"), (3, "€€"), (4, "€\u{fffd}")]
        {
            let said = format!("echo {shown} …[cut: the first {} of 14 bytes]", 14 - cut);
            assert_eq!(typed(&whole.as_bytes()[..whole.len() - cut], whole.len()), said);
        }
        assert_eq!(typed(whole, whole.len()), "echo €€€");
    }

    #[test]
    fn a_prompt_tells_the_exit_code() {
        let prompt = Prompt { shell: 9, tty: "2".into(), exit: 130 };
        assert_eq!(Record::parse(b"P\x1f9\x1f2\x1f130"), Ok(Record::Prompt(prompt)));
    }

    #[test]
    fn records_may_come_in_parts() {
        let whole = b"P\x1f9\x1f2\x1f0\nP\x1f9\x1f2\x1f1\n";
        for cut in 1..whole.len() {
            let chunks: Vec<&[u8]> = whole.chunks(cut).collect();
            assert_eq!(all(&chunks).iter().filter(|record| record.is_ok()).count(), 2);
        }
    }

    #[test]
    fn what_is_no_record_is_counted_and_the_next_one_is_read() {
        let long = vec![b'x'; LONGEST * 3];
        let seen = all(&[b"rubbish\nB\x1f\x1f\n\n", &long, b"yet more\nP\x1f9\x1f2\x1f0\n"]);
        assert_eq!(seen.iter().filter(|record| record.is_err()).count(), 4);
        assert!(seen.last().unwrap().is_ok());
    }

    #[test]
    fn a_record_that_is_too_long_is_none_even_when_it_comes_in_one_piece() {
        let of = |length: usize| {
            let begin = "B\x1f7\x1f3\x1f0\x1f9\x1f/\x1f    1  ";
            format!("{begin}{}\n", "x".repeat(length - begin.len())).into_bytes()
        };
        for chunk in [LONGEST * 3, 1000] {
            for (length, is_read) in [(LONGEST, true), (LONGEST + 1, false), (LONGEST * 2, false)] {
                let (record, after) = (of(length), of(100));
                let chunks = record.chunks(chunk).chain([&after[..]]).collect::<Vec<_>>();
                let seen: Vec<bool> = all(&chunks).iter().map(Result::is_ok).collect();
                assert_eq!(seen, [is_read, true], "{length} in {chunk}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        for first in 0..=255_u8 {
            let noise = [first, 0x1f, 0xff, 0x1f, 0x00, b'B', 0x1f, b'\n'];
            assert!(all(&[&noise]).iter().all(Result::is_err));
        }
    }
}
