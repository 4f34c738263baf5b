//! One stream of the link.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};
use wire::frame::{LIMIT, Message};

use super::LinkError;

/// A byte stream to or from the agent. Dropping it resets the stream; shutting it down ends our
/// half only.
#[derive(Debug)]
pub struct LinkStream(Compat<yamux::Stream>);

impl LinkStream {
    pub(super) fn new(stream: yamux::Stream) -> LinkStream {
        LinkStream(stream.compat())
    }

    /// Reads one message and not a byte more, so that raw bytes may follow.
    ///
    /// # Errors
    /// When the stream ends, or carries something else than such a message.
    pub async fn receive<M: Message>(&mut self) -> Result<M, LinkError> {
        let length = self.0.read_u32().await? as usize;
        if length == 0 || length > LIMIT + 1 {
            let text = format!("a frame of {length} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text).into());
        }
        let mut frame = vec![0; length];
        self.0.read_exact(&mut frame).await?;
        Ok(M::decode(frame[0], &frame[1..])?)
    }
}

impl AsyncRead for LinkStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for LinkStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
