//! The engine's two streams in one: a header of eight bytes before each piece. Reads along and
//! keeps nothing but an unfinished header.

/// Which stream a piece belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Out,
    Err,
}

/// Takes a stream apart as its bytes come by.
#[derive(Debug, Default)]
pub struct Demultiplexer {
    header: Vec<u8>,
    /// Bytes of the piece that are still to come, and whose they are.
    open: Option<(Side, usize)>,
    /// The bytes are no frames; from then on they are taken as they are.
    raw: bool,
}

const HEADER: usize = 8;

/// A piece with its header, as the engine writes it.
pub fn frame(side: Side, piece: &[u8]) -> Vec<u8> {
    let stream = match side {
        Side::Out => 1,
        Side::Err => 2,
    };
    let length = u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes();
    let header = [stream, 0, 0, 0, length[0], length[1], length[2], length[3]];
    [&header[..], piece].concat()
}

impl Demultiplexer {
    /// One for a terminal, whose bytes have no headers.
    pub fn raw() -> Demultiplexer {
        Demultiplexer { raw: true, ..Demultiplexer::default() }
    }

    /// Hands every piece of text in `bytes` to `take`. Never fails: bytes that are no frames are
    /// handed over as they are.
    pub fn push<'a>(&mut self, mut bytes: &'a [u8], mut take: impl FnMut(Side, &'a [u8])) {
        while !bytes.is_empty() {
            if self.raw {
                return take(Side::Out, bytes);
            }
            match self.open {
                Some((side, left)) => {
                    let (piece, rest) = bytes.split_at(left.min(bytes.len()));
                    take(side, piece);
                    self.open = Some((side, left - piece.len())).filter(|(_, left)| *left > 0);
                    bytes = rest;
                }
                None => {
                    let (part, rest) =
                        bytes.split_at((HEADER - self.header.len()).min(bytes.len()));
                    self.header.extend_from_slice(part);
                    bytes = rest;
                    if self.header.len() == HEADER {
                        self.begin();
                    }
                }
            }
        }
    }

    fn begin(&mut self) {
        let header = std::mem::take(&mut self.header);
        let Ok([stream, 0, 0, 0, a, b, c, d]) = <[u8; HEADER]>::try_from(header) else {
            self.raw = true;
            return;
        };
        let side = match stream {
            0 | 1 => Side::Out,
            2 | 3 => Side::Err,
            _ => {
                self.raw = true;
                return;
            }
        };
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        self.open = Some((side, length)).filter(|(_, length)| *length > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(stream: u8, text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[stream, 0, 0, 0], length.as_slice(), text.as_bytes()].concat()
    }

    #[test]
    fn pieces_are_told_apart_however_they_are_cut() {
        let whole =
            [frame(1, "one\n"), frame(2, "oops\n"), frame(1, ""), frame(1, "two\n")].concat();
        for size in 1..=whole.len() {
            let mut demultiplexer = Demultiplexer::default();
            let (mut out, mut err) = (Vec::new(), Vec::new());
            for chunk in whole.chunks(size) {
                demultiplexer.push(chunk, |side, piece| match side {
                    Side::Out => out.extend_from_slice(piece),
                    Side::Err => err.extend_from_slice(piece),
                });
            }
            assert_eq!((out.as_slice(), err.as_slice()), (&b"one\ntwo\n"[..], &b"oops\n"[..]));
        }
    }

    #[test]
    fn bytes_without_headers_are_taken_as_they_are() {
        let mut all = Vec::new();
        Demultiplexer::raw().push(b"\x01\x00\x00\x00plain", |_, piece| all.extend(piece));
        assert_eq!(all, b"\x01\x00\x00\x00plain");
        let mut raw = Demultiplexer::default();
        raw.push(b"no frame at all", |_, piece| all.extend(piece));
        assert!(all.ends_with(b" at all"));
    }
}
