//! What goes to the other side of a terminal: whole frames, however often their sending is given up.

use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::AgentError;

/// The stream, and the frames that are on their way. Whoever gives up while it sends leaves the rest of
/// them here, to be sent before anything else: within half a frame the next one could not be read.
#[derive(Debug)]
pub(super) struct Outgoing<W> {
    to: W,
    frames: Vec<u8>,
    sent: usize,
}

impl<W: AsyncWrite + Unpin> Outgoing<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, frames: Vec::new(), sent: 0 }
    }

    /// Where whole frames are added that [`Outgoing::send`] is to send.
    pub(super) fn frames(&mut self) -> &mut Vec<u8> {
        &mut self.frames
    }

    /// Sends what there is. May be dropped at any time.
    pub(super) async fn send(&mut self) -> Result<(), AgentError> {
        while let Some(rest) = self.frames.get(self.sent..).filter(|rest| !rest.is_empty()) {
            let sent = self.to.write(rest).await.map_err(AgentError::stream)?;
            if sent == 0 {
                return Err(AgentError::stream(std::io::ErrorKind::WriteZero.into()));
            }
            self.sent += sent;
        }
        self.frames.clear();
        self.sent = 0;
        Ok(())
    }

    /// Sends what there is, and says that nothing follows.
    pub(super) async fn end(&mut self) -> Result<(), AgentError> {
        self.send().await?;
        self.to.shutdown().await.map_err(AgentError::stream)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt;
    use tokio::time::timeout;
    use wire::FromTerminal;
    use wire::frame::{Decoder, Message, encode_output};

    use super::*;

    #[tokio::test]
    async fn a_frame_that_was_given_up_half_way_is_whole_before_the_next() {
        let (near, mut far) = tokio::io::duplex(100);
        let mut outgoing = Outgoing::new(near);
        encode_output(&[b'y'; 5000], outgoing.frames());
        let given_up = timeout(Duration::from_millis(10), outgoing.send()).await;
        assert!(given_up.is_err(), "nobody reads");
        FromTerminal::Exited(Some(7)).encode(outgoing.frames()).unwrap();
        let mut seen = Vec::new();
        let (sent, read) = tokio::join!(outgoing.end(), far.read_to_end(&mut seen));
        sent.unwrap();
        read.unwrap();
        let mut decoder = Decoder::new();
        decoder.push(&seen);
        assert_eq!(decoder.next().unwrap(), Some(FromTerminal::Output(vec![b'y'; 5000])));
        assert_eq!(decoder.next().unwrap(), Some(FromTerminal::Exited(Some(7))));
        decoder.finish().unwrap();
    }
}
