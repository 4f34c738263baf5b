//! The line that is written for a request, and the beginning of its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use serde::Serialize;

/// So much of an answer is kept, in bytes.
pub const SHOWN: usize = 4 << 10;
/// And so much of it as it stands in the line, where a control character takes six bytes. Whoever reads
/// the container's log cuts a line at 64 KiB, and a question takes up to half of that: each of its bytes
/// two at most, since one with control characters is refused.
const WRITTEN: usize = 16 << 10;
/// The status of a request whose asker was gone before there was an answer, as other servers call it.
pub const LEFT: u16 = 499;

/// One request, as it is written.
#[derive(Debug, Serialize)]
pub struct Line {
    /// The version of this line; what makes it one.
    scribe: u8,
    pub method: String,
    /// At most 1 KiB.
    pub path: String,
    /// The name of the route; empty when there is none.
    pub route: &'static str,
    /// What was asked, as it stood behind `?` and in the form.
    pub question: String,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// Of the answer.
    pub bytes: u64,
    /// From the request's head to the answer's last byte.
    pub ms: f64,
    /// The beginning of the answer, 4 KiB at most.
    pub shown: String,
}

impl Line {
    /// A line for a request of which nothing more is known yet.
    pub fn of(method: &str, path: &str) -> Line {
        Line {
            scribe: 1,
            method: method.chars().take(16).collect(),
            path: path.chars().take(1024).collect(),
            route: "",
            question: String::new(),
            status: LEFT,
            refused: None,
            bytes: 0,
            ms: 0.0,
            shown: String::new(),
        }
    }

    /// Writes it.
    pub fn write(&self) {
        // A line that cannot be written is a record that is lost; ending with it is better than to
        // go on unseen.
        let written = self.bytes().and_then(|line| {
            let mut out = std::io::stdout().lock();
            std::io::Write::write_all(&mut out, &line)?;
            std::io::Write::flush(&mut out)
        });
        if written.is_err() {
            std::process::exit(1);
        }
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// The beginning of a text that takes no more than [`WRITTEN`] bytes in a line.
fn fitting(mut text: String) -> String {
    let mut room = WRITTEN;
    let too_much = text.char_indices().find(|(_, letter)| {
        let takes = match letter {
            '"' | '\\' | '\u{8}' | '\t' | '\n' | '\u{c}' | '\r' => 2,
            '\0'..'\u{20}' => 6,
            _ => letter.len_utf8(),
        };
        let left = room.checked_sub(takes);
        room = left.unwrap_or(room);
        left.is_none()
    });
    if let Some((at, _)) = too_much {
        text.truncate(at);
    }
    text
}

/// Writes a line.
pub type Pen = Arc<dyn Fn(&Line) + Send + Sync>;

/// A request whose line is written when it is over, however that comes about.
pub struct Open {
    pub line: Line,
    pub began: Instant,
    shown: Vec<u8>,
    /// `None` for a request that is not written down.
    pen: Option<Pen>,
}

impl Open {
    pub fn new(line: Line, began: Instant, pen: Option<Pen>) -> Open {
        Open { line, began, shown: Vec::new(), pen }
    }

    pub fn is_written_down(&self) -> bool {
        self.pen.is_some()
    }

    fn saw(&mut self, data: &[u8]) {
        self.line.bytes += data.len() as u64;
        let room = SHOWN.saturating_sub(self.shown.len()).min(data.len());
        self.shown.extend_from_slice(&data[..room]);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(pen) = &self.pen else { return };
        self.line.ms = self.began.elapsed().as_secs_f64() * 1e3;
        self.line.shown = fitting(String::from_utf8_lossy(&self.shown).into_owned());
        pen(&self.line);
    }
}

/// An answer on its way, of which the beginning is kept.
pub struct Told {
    answer: Incoming,
    open: Open,
}

impl Told {
    pub fn new(answer: Incoming, open: Open) -> Told {
        Told { answer, open }
    }
}

impl Body for Told {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.answer).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            self.open.saw(data);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::LONGEST_TARGET;

    /// Where whoever reads the container's log cuts a line.
    const CUT: usize = 64 << 10;

    #[test]
    fn no_line_is_longer_than_its_reader_takes() {
        for answer in ["\u{1}", "\"", "\u{fffd}", "€", "x"] {
            let mut line = Line::of("POST", &"\"".repeat(2000));
            line.route = "query";
            // An address and a form.
            line.question = "\"".repeat(2 * LONGEST_TARGET);
            line.shown = fitting(answer.repeat(SHOWN));
            let bytes = line.bytes().unwrap();
            assert!(bytes.len() < CUT, "{answer:?}: {}", bytes.len());
            let again: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(again["question"].as_str().unwrap().len(), 2 * LONGEST_TARGET);
        }
    }

    #[test]
    fn what_fits_stays_whole_and_what_does_not_is_cut_where_it_is_full() {
        let json = "{\"status\":\"success\"}".repeat(190);
        assert_eq!(fitting(json.clone()), json);
        let cut = fitting("\u{1}".repeat(SHOWN));
        assert_eq!(cut.len(), WRITTEN / 6);
        assert_eq!(serde_json::to_string(&cut).unwrap().len(), WRITTEN / 6 * 6 + 2);
    }
}
