//! The marks that a shell prints around what a command prints (OSC 133; `C`, the shell's process
//! number and the line's number; `D` and the process number): found in the stream of bytes, however
//! it is cut. Whoever forges one changes which bytes count as a command's output, and nothing else.

/// What every mark begins with.
const PREFIX: &[u8] = b"\x1b]133;";
/// The longest mark: prefix, letter, twice a semicolon and ten digits, BEL.
const LONGEST: usize = 30;

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A command begins to print.
    Begin { shell: u32, number: u32 },
    /// The shell is back at its prompt.
    End { shell: u32 },
}

/// What a stretch of bytes is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Bytes(&'a [u8]),
    Mark(Mark),
}

/// Remembers the beginning of a mark that the last bytes may have held.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    held: Vec<u8>,
}

impl Scanner {
    /// Hands the bytes on in pieces. What may be half a mark comes with the next call.
    pub(super) fn feed(&mut self, bytes: &[u8], mut hand_on: impl FnMut(Piece<'_>)) {
        if self.held.is_empty() {
            self.scan(bytes, &mut hand_on);
        } else {
            let mut joined = std::mem::take(&mut self.held);
            joined.extend_from_slice(bytes);
            self.scan(&joined, &mut hand_on);
        }
    }

    fn scan(&mut self, bytes: &[u8], hand_on: &mut impl FnMut(Piece<'_>)) {
        let mut rest = bytes;
        let mut from = 0;
        while let Some(at) = memchr::memchr(0x1b, rest.get(from..).unwrap_or_default()) {
            let (before, tail) = rest.split_at(from + at);
            match parse(tail) {
                Parsed::Mark(mark, length) => {
                    if !before.is_empty() {
                        hand_on(Piece::Bytes(before));
                    }
                    hand_on(Piece::Mark(mark));
                    rest = tail.get(length..).unwrap_or_default();
                    from = 0;
                }
                Parsed::Unfinished => {
                    self.held = tail.to_vec();
                    rest = before;
                    break;
                }
                Parsed::Other => from += at + 1,
            }
        }
        if !rest.is_empty() {
            hand_on(Piece::Bytes(rest));
        }
    }
}

enum Parsed {
    /// And its length.
    Mark(Mark, usize),
    /// More bytes will tell.
    Unfinished,
    Other,
}

/// Reads the mark at the beginning of `bytes`.
fn parse(bytes: &[u8]) -> Parsed {
    let Some(after) = bytes.strip_prefix(PREFIX) else {
        return if PREFIX.starts_with(bytes) { Parsed::Unfinished } else { Parsed::Other };
    };
    let window = after.get(..LONGEST - PREFIX.len()).unwrap_or(after);
    let Some(end) = memchr::memchr(0x07, window) else {
        return if window.len() < after.len() || window.len() == LONGEST - PREFIX.len() {
            Parsed::Other
        } else {
            Parsed::Unfinished
        };
    };
    let body = std::str::from_utf8(window.get(..end).unwrap_or_default()).unwrap_or_default();
    named(body).map_or(Parsed::Other, |mark| Parsed::Mark(mark, PREFIX.len() + end + 1))
}

/// The mark with this body.
fn named(body: &str) -> Option<Mark> {
    match body.split_once(';')? {
        ("C", numbers) => {
            let (shell, number) = numbers.split_once(';')?;
            Some(Mark::Begin { shell: shell.parse().ok()?, number: number.parse().ok()? })
        }
        ("D", shell) => Some(Mark::End { shell: shell.parse().ok()? }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, Piece, Scanner};

    /// The bytes and marks in `chunks`, with neighbouring bytes joined.
    fn found(chunks: &[&[u8]]) -> (String, Vec<Mark>) {
        let (mut text, mut marks) = (Vec::new(), Vec::new());
        let mut scanner = Scanner::default();
        for chunk in chunks {
            scanner.feed(chunk, |piece| match piece {
                Piece::Bytes(bytes) => text.extend_from_slice(bytes),
                Piece::Mark(mark) => {
                    text.push(b'|');
                    marks.push(mark);
                }
            });
        }
        (String::from_utf8_lossy(&text).into_owned(), marks)
    }

    #[test]
    fn marks_are_taken_out_and_all_else_is_handed_on() {
        let (text, marks) =
            found(&[b"$ ls\r\n\x1b]133;C;7;3\x07\x1b[1mfile\x1b[0m\r\n\x1b]133;D;7\x07$ "]);
        assert_eq!(text, "$ ls\r\n|\x1b[1mfile\x1b[0m\r\n|$ ");
        assert_eq!(marks, [Mark::Begin { shell: 7, number: 3 }, Mark::End { shell: 7 }]);
    }

    #[test]
    fn a_mark_may_come_in_any_number_of_parts() {
        let whole = b"a\x1b]133;C;4294967295;4294967295\x07b\x1b]133;D;1\x07c";
        for cut in 1..whole.len() {
            let parts: Vec<&[u8]> = whole.chunks(cut).collect();
            let (text, marks) = found(&parts);
            assert_eq!(text, "a|b|c", "cut every {cut} bytes");
            assert_eq!(marks.len(), 2);
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_bytes() {
        for text in [
            "\x1b]133;C;\x07x",
            "\x1b]133;A\x07x",
            "\x1b]133;C;7\x07x",
            "\x1b]133;C;123456789012345678901234567890",
            "\x1b\x1b]x",
        ] {
            assert_eq!(found(&[text.as_bytes()]), (text.to_owned(), vec![]));
        }
    }
}
