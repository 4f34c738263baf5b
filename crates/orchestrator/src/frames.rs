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

    /// The next message; `None` at the stream's end, which is an error inside a message. Safe to drop
    /// between two bytes: what was read stays in the decoder.
    pub(crate) async fn next<M: Message>(&mut self) -> io::Result<Option<M>> {
        loop {
            if let Some(message) = self.decoder.next::<M>().map_err(io::Error::other)? {
                return Ok(Some(message));
            }
            let count = self.stream.read(&mut self.chunk).await?;
            if count == 0 {
                self.decoder.finish().map_err(io::Error::other)?;
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

#[cfg(test)]
mod tests {
    use wire::FromTerminal;

    use super::*;

    #[tokio::test]
    async fn a_stream_that_ends_inside_a_message_does_not_end_well() {
        let whole = FromTerminal::Output(b"$ ".to_vec()).to_frame().unwrap();
        for cut in 0..whole.len() {
            let bytes = [&whole, &whole[..cut]].concat();
            let mut frames = FrameReader::new(bytes.as_slice());
            assert!(frames.next::<FromTerminal>().await.unwrap().is_some());
            let end = frames.next::<FromTerminal>().await;
            assert_eq!(end.is_err(), cut > 0, "after {cut} bytes: {end:?}");
            assert!(!matches!(end, Ok(Some(_))), "after {cut} bytes: {end:?}");
        }
    }
}
