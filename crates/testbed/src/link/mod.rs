//! The link to the workstation's PID 1: many streams over the one that Docker carries.
//!
//! What is said on a stream is [`wire`]'s; this module opens streams, takes those that the agent
//! opens, and speaks HTTP through them.

mod carrier;
mod carry;
mod driver;
mod http;
mod stream;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot, watch};
use wire::frame::Message;
use wire::{Dialled, Open};

use crate::boxed;

pub(crate) use carrier::{Carrier, Piece};
pub use carry::AnswerBody;
pub use http::HttpAnswer;
pub use stream::LinkStream;

/// Streams of the agent that nobody has taken yet; more have to wait.
const WAITING_STREAMS: usize = 64;
/// A dial inside the network that takes longer than this has failed.
const DIAL_WITHIN: Duration = Duration::from_secs(5);

/// The streams that the agent opens, each with what it is for.
pub type Incoming = mpsc::Receiver<(Open, LinkStream)>;

/// Opens streams to the agent. Cheap to clone; ends when the workstation does.
#[derive(Clone)]
pub struct Link {
    opens: mpsc::Sender<oneshot::Sender<Result<yamux::Stream, yamux::ConnectionError>>>,
    incoming: Arc<Mutex<Option<Incoming>>>,
    /// Holds the reason once the link has ended.
    ended: watch::Receiver<Option<String>>,
    /// Whether the agent has opened a stream yet.
    spoken: watch::Receiver<bool>,
    idle: http::Idle,
}

/// Why something could not be done over the link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("the link to the workstation has ended: {reason}")]
    Ended { reason: String },
    #[error("could not open a stream to the workstation")]
    Open(#[source] yamux::ConnectionError),
    #[error("`{host}:{port}` does not answer inside the system: {reason}")]
    Refused { host: String, port: u16, reason: String },
    #[error("`{host}:{port}` did not answer within {within:?}")]
    TimedOut { host: String, port: u16, within: Duration },
    #[error("the stream to the workstation broke")]
    Broken(#[from] std::io::Error),
    #[error("the workstation sent something that is not of the protocol")]
    Frame(#[from] wire::frame::WireError),
    #[error("`{host}:{port}` did not speak HTTP properly")]
    Http {
        host: String,
        port: u16,
        #[source]
        source: hyper::Error,
    },
    #[error("`{path}` is no path that HTTP allows")]
    Path { path: String },
    #[error("the answer of `{host}:{port}` is longer than {limit} bytes")]
    TooLong { host: String, port: u16, limit: usize },
}

impl Link {
    /// Lays the protocol over a carrier and drives it in a task of its own.
    pub(crate) fn over(carrier: Carrier) -> Link {
        let (opens, requests) = mpsc::channel(16);
        let (accepted, incoming) = mpsc::channel(WAITING_STREAMS);
        let (end, ended) = watch::channel(None);
        let (speak, spoken) = watch::channel(false);
        let accept = driver::Accept { streams: accepted, spoken: speak };
        tokio::spawn(driver::drive(carrier, requests, accept, end));
        Link {
            opens,
            incoming: Arc::new(Mutex::new(Some(incoming))),
            ended,
            spoken,
            idle: http::Idle::default(),
        }
    }

    /// Opens a stream and says what it is for.
    ///
    /// # Errors
    /// When the link has ended.
    #[boxed]
    pub async fn open(&self, open: &Open) -> Result<LinkStream, LinkError> {
        let (reply, answer) = oneshot::channel();
        if self.opens.send(reply).await.is_err() {
            return Err(self.over_because().await);
        }
        let stream = match answer.await {
            Ok(stream) => stream.map_err(LinkError::Open)?,
            Err(_) => return Err(self.over_because().await),
        };
        let mut stream = LinkStream::new(stream);
        stream.write_all(&open.to_frame()?).await?;
        stream.flush().await?;
        Ok(stream)
    }

    /// Connects to a TCP port inside the system's network, within 5 s.
    ///
    /// # Errors
    /// When nobody answers there, or the link has ended.
    #[boxed]
    pub async fn dial(&self, host: &str, port: u16) -> Result<LinkStream, LinkError> {
        let dialling = async {
            let mut stream = self.open(&Open::Dial { host: host.to_owned(), port }).await?;
            match stream.receive().await? {
                Dialled::Connected => Ok(stream),
                Dialled::Refused { reason } => {
                    Err(LinkError::Refused { host: host.to_owned(), port, reason })
                }
            }
        };
        let within = DIAL_WITHIN;
        match tokio::time::timeout(within, dialling).await {
            Ok(stream) => stream,
            Err(_) => Err(LinkError::TimedOut { host: host.to_owned(), port, within }),
        }
    }

    /// The streams that the agent opens, each with what it is for. There is one receiver; `None`
    /// for whoever asks second.
    pub fn incoming(&self) -> Option<Incoming> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits until the agent has opened its first stream; for ever when the link ends before.
    pub(crate) async fn spoken(&self) {
        let mut spoken = self.spoken.clone();
        if spoken.wait_for(|spoken| *spoken).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the link has ended; gives the reason.
    #[boxed]
    pub async fn ended(&self) -> String {
        let mut ended = self.ended.clone();
        let reason = ended.wait_for(Option::is_some).await;
        reason.ok().and_then(|reason| reason.clone()).unwrap_or_else(|| "closed".to_owned())
    }

    async fn over_because(&self) -> LinkError {
        LinkError::Ended { reason: self.ended().await }
    }
}

#[cfg(test)]
mod tests;
