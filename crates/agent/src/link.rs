//! The link home: one yamux connection over stdin and stdout, driven by one task. What the streams
//! carry is not its business.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::ErrorKind;
use std::task::Poll;

use futures::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};
use yamux::{Config, Connection, ConnectionError, Mode};

use crate::AgentError;

/// One stream of the link, for tokio.
pub(crate) type Stream = Compat<yamux::Stream>;

/// Opens streams; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    wanted: mpsc::Sender<oneshot::Sender<Stream>>,
}

impl Link {
    /// A new stream. The other side hears of it with the first bytes.
    ///
    /// # Errors
    /// [`AgentError::Down`] when the link is gone.
    pub(crate) async fn open(&self) -> Result<Stream, AgentError> {
        let (sender, receiver) = oneshot::channel();
        self.wanted.send(sender).await.map_err(|_| AgentError::Down)?;
        receiver.await.map_err(|_| AgentError::Down)
    }
}

/// The half that must be driven for anything to move.
pub(crate) struct Driver<T> {
    connection: Connection<T>,
    wanted: mpsc::Receiver<oneshot::Sender<Stream>>,
    /// Those who wait for a stream.
    waiting: VecDeque<oneshot::Sender<Stream>>,
}

/// Whether the other side is gone. It need not say goodbye: its death shows in whatever is tried next.
fn is_end(error: &ConnectionError) -> bool {
    if let ConnectionError::Io(error) = error {
        return matches!(
            error.kind(),
            ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof
        );
    }
    matches!(error, ConnectionError::Closed)
}

/// Lays a connection over `io`. Nothing moves before [`Driver::run`].
pub(crate) fn over<T: AsyncRead + AsyncWrite + Unpin>(io: T) -> (Link, Driver<T>) {
    let (sender, wanted) = mpsc::channel(16);
    let connection = Connection::new(io, Config::default(), Mode::Server);
    (Link { wanted: sender }, Driver { connection, wanted, waiting: VecDeque::new() })
}

impl<T: AsyncRead + AsyncWrite + Unpin> Driver<T> {
    /// Moves bytes until the other side is gone, and hands each stream that it opens to `inbound`.
    ///
    /// # Errors
    /// [`AgentError::Link`] when the connection broke instead of ending.
    pub(crate) async fn run(mut self, mut inbound: impl FnMut(Stream)) -> Result<(), AgentError> {
        poll_fn(|cx| {
            loop {
                while let Poll::Ready(Some(sender)) = self.wanted.poll_recv(cx) {
                    self.waiting.push_back(sender);
                }
                if !self.waiting.is_empty()
                    && let Poll::Ready(stream) = self.connection.poll_new_outbound(cx)
                {
                    let stream = stream?;
                    if let Some(sender) = self.waiting.pop_front() {
                        // Whoever asked may have given up; the stream is then dropped unopened.
                        let _ = sender.send(stream.compat());
                    }
                    continue;
                }
                match self.connection.poll_next_inbound(cx) {
                    Poll::Ready(Some(Ok(stream))) => inbound(stream.compat()),
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
        .or_else(|source| if is_end(&source) { Ok(()) } else { Err(AgentError::Link { source }) })
    }
}
