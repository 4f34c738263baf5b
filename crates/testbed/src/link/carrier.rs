//! The byte stream under the link: the input and output of a container's PID 1, by way of attach.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures::{AsyncRead, AsyncWrite, Stream};

/// What is kept of the agent's standard error, in bytes.
const KEPT: usize = 4 << 10;

/// A piece of what PID 1 wrote.
pub(crate) enum Piece {
    Stdout(Bytes),
    Stderr(Bytes),
}

type Output = Pin<Box<dyn Stream<Item = io::Result<Piece>> + Send>>;
type Input = Pin<Box<dyn tokio::io::AsyncWrite + Send>>;

/// Standard output to read, standard input to write. Standard error goes to our own log, and its
/// end is kept to say why the link broke.
pub(crate) struct Carrier {
    output: Output,
    input: Input,
    unread: Bytes,
    said: Said,
}

/// The end of what PID 1 wrote to its standard error.
#[derive(Clone, Default)]
pub(crate) struct Said(Arc<Mutex<VecDeque<u8>>>);

impl Carrier {
    pub(crate) fn new(output: Output, input: Input) -> Carrier {
        Carrier { output, input, unread: Bytes::new(), said: Said::default() }
    }

    pub(crate) fn said(&self) -> Said {
        self.said.clone()
    }
}

impl Said {
    fn push(&self, bytes: &[u8]) {
        tracing::debug!(target: "workstation", "{}", String::from_utf8_lossy(bytes).trim_end());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }

    pub(crate) fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

impl AsyncRead for Carrier {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        while self.unread.is_empty() {
            match ready!(self.output.as_mut().poll_next(cx)) {
                None => return Poll::Ready(Ok(0)),
                Some(Err(error)) => return Poll::Ready(Err(error)),
                Some(Ok(Piece::Stdout(bytes))) => self.unread = bytes,
                Some(Ok(Piece::Stderr(bytes))) => self.said.push(&bytes),
            }
        }
        let count = into.len().min(self.unread.len());
        self.unread.copy_to_slice(&mut into[..count]);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.input.as_mut().poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input.as_mut().poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input.as_mut().poll_shutdown(cx)
    }
}
