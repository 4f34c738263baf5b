//! A container's log without the lines that are there for the record alone.

use gate::frames::{Demultiplexer, Side, frame};

/// A line that is longer is handed on in parts, in bytes.
const LONGEST_LINE: usize = 1 << 20;

/// Takes a framed log apart into lines and puts those that `keeps` back into frames.
pub(super) struct Sieve<F> {
    frames: Demultiplexer,
    out: Vec<u8>,
    err: Vec<u8>,
    /// A time stands before each line.
    timed: bool,
    keeps: F,
}

impl<F: Fn(&str) -> bool> Sieve<F> {
    pub(super) fn new(timed: bool, keeps: F) -> Sieve<F> {
        Sieve { frames: Demultiplexer::default(), out: Vec::new(), err: Vec::new(), timed, keeps }
    }

    /// Hands over every kept line that `bytes` completes, with its end.
    pub(super) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(Side, &[u8])) {
        let Sieve { frames, out, err, timed, keeps } = self;
        frames.push(bytes, |side, piece| {
            let line = match side {
                Side::Out => &mut *out,
                Side::Err => &mut *err,
            };
            for part in piece.split_inclusive(|byte| *byte == b'\n') {
                line.extend_from_slice(part);
                if part.ends_with(b"\n") || line.len() > LONGEST_LINE {
                    if is_kept(line, *timed, &*keeps) {
                        take(side, line);
                    }
                    line.clear();
                }
            }
        });
    }

    /// As [`Sieve::push`], framed anew.
    pub(super) fn framed(&mut self, bytes: &[u8], shown: impl Fn(&[u8])) -> Vec<u8> {
        let mut framed = Vec::with_capacity(bytes.len());
        self.push(bytes, |side, line| {
            shown(line);
            framed.extend(frame(side, line));
        });
        framed
    }
}

fn is_kept(line: &[u8], timed: bool, keeps: &impl Fn(&str) -> bool) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = if timed { text.split_once(' ').map_or("", |(_, text)| text) } else { &*text };
    keeps(text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sifted(timed: bool, pieces: &[&[u8]]) -> String {
        let mut sieve = Sieve::new(timed, |line| !line.starts_with("record"));
        let mut lines = Vec::new();
        for piece in pieces {
            sieve.push(piece, |_, line| lines.extend_from_slice(line));
        }
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn only_the_lines_of_the_record_are_left_out_however_they_are_cut() {
        let whole = [
            frame(Side::Out, b"one\nrecord of two\n"),
            frame(Side::Err, b"rec"),
            frame(Side::Out, b"three, not a record\n"),
            frame(Side::Err, b"ord of four\nfive\n"),
        ]
        .concat();
        let expected = "one\nthree, not a record\nfive\n";
        assert_eq!(sifted(false, &[&whole]), expected);
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(sifted(false, &bytes), expected);
    }

    #[test]
    fn a_time_before_the_line_hides_nothing() {
        let framed =
            frame(Side::Out, b"2026-11-24T15:16:17Z record of one\n2026-11-24T15:16:17Z two\n");
        assert_eq!(sifted(true, &[&framed]), "2026-11-24T15:16:17Z two\n");
    }
}
