//! Frames of the wire protocol over an asynchronous stream.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use wire::frame::{Decoder, Message};

/// As much as one read takes.
const CHUNK: usize = 64 * 1024;

/// Reads frames from a stream.
pub(crate) struct FrameReader<R> {
    stream: R,
    decoder: Decoder,
    chunk: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub(crate) fn new(stream: R) -> FrameReader<R> {
        FrameReader { stream, decoder: Decoder::new(), chunk: vec![0; CHUNK] }
    }

    /// The next message; `None` at the stream's end. Safe to drop between two bytes: what was
    /// read stays in the decoder.
    pub(crate) async fn next<M: Message>(&mut self) -> io::Result<Option<M>> {
        loop {
            if let Some(message) = self.decoder.next::<M>().map_err(io::Error::other)? {
                return Ok(Some(message));
            }
            let count = self.stream.read(&mut self.chunk).await?;
            if count == 0 {
                return Ok(None);
            }
            self.decoder.push(&self.chunk[..count]);
        }
    }
}

/// Writes one message and flushes it.
pub(crate) async fn send<W, M>(stream: &mut W, message: &M) -> io::Result<()>
where
    W: AsyncWrite + Unpin,
    M: Message,
{
    let bytes = message.to_frame().map_err(io::Error::other)?;
    stream.write_all(&bytes).await?;
    stream.flush().await
}
