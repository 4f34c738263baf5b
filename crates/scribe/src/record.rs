//! The line that is written for a request, and the beginning of its answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use serde::Serialize;

/// So much of an answer is kept, in bytes.
pub const SHOWN: usize = 4 << 10;

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
    /// The first 4 KiB of the answer.
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
            status: 0,
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
        let written =
            serde_json::to_vec(self).map_err(std::io::Error::other).and_then(|mut line| {
                line.push(b'\n');
                let mut out = std::io::stdout().lock();
                std::io::Write::write_all(&mut out, &line)?;
                std::io::Write::flush(&mut out)
            });
        if written.is_err() {
            std::process::exit(1);
        }
    }
}

/// A request whose line is written when it is over, however that comes about.
pub struct Open {
    pub line: Line,
    pub began: Instant,
    shown: Vec<u8>,
}

impl Open {
    pub fn new(line: Line, began: Instant) -> Open {
        Open { line, began, shown: Vec::new() }
    }

    fn saw(&mut self, data: &[u8]) {
        self.line.bytes += data.len() as u64;
        let room = SHOWN.saturating_sub(self.shown.len()).min(data.len());
        self.shown.extend_from_slice(&data[..room]);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.line.ms = self.began.elapsed().as_secs_f64() * 1e3;
        self.line.shown = String::from_utf8_lossy(&self.shown).into_owned();
        self.line.write();
    }
}

/// An answer on its way, of which the beginning is kept.
pub struct Told {
    answer: Incoming,
    /// `None` for a request that is not written down.
    open: Option<Open>,
}

impl Told {
    pub fn new(answer: Incoming, open: Option<Open>) -> Told {
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
        if let (Some(Ok(frame)), Some(open)) = (&frame, &mut self.open)
            && let Some(data) = frame.data_ref()
        {
            open.saw(data);
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
