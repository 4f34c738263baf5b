//! The task that owns the multiplexer: carries out opens, hands over what the agent opens.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use wire::Open;
use yamux::{Config, Connection, ConnectionError, Mode, Stream};

use super::LinkStream;
use super::carrier::{Carrier, Said};

/// An opened stream says what it is for within this time, or is dropped.
const SAY_WITHIN: Duration = Duration::from_secs(5);

type Reply = oneshot::Sender<Result<Stream, ConnectionError>>;

/// Runs until the carrier ends; then notes why.
pub(super) async fn drive(
    carrier: Carrier,
    requests: mpsc::Receiver<Reply>,
    accept: Accept,
    end: watch::Sender<Option<String>>,
) {
    let said = carrier.said();
    let connection = Connection::new(carrier, Config::default(), Mode::Client);
    let mut driver = Driver { connection, requests, waiting: None, accept };
    let result = poll_fn(|cx| driver.poll(cx)).await;
    // Nothing may be asked of a dead connection: requests fail from here on.
    drop(driver);
    end.send_replace(Some(reason(result, &said)));
}

struct Driver {
    connection: Connection<Carrier>,
    requests: mpsc::Receiver<Reply>,
    waiting: Option<Reply>,
    accept: Accept,
}

/// Where streams of the agent go.
#[derive(Clone)]
pub(super) struct Accept {
    pub(super) streams: mpsc::Sender<(Open, LinkStream)>,
    /// Set with the first of them.
    pub(super) spoken: watch::Sender<bool>,
}

impl Driver {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ConnectionError>> {
        loop {
            if self.poll_open(cx).is_ready() {
                continue;
            }
            match self.connection.poll_next_inbound(cx) {
                Poll::Ready(Some(Ok(stream))) => self.accept(stream),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Ready when a stream was opened; pending when nobody waits for one or none can be had.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_none()
            && let Poll::Ready(reply) = self.requests.poll_recv(cx)
        {
            // None: every `Link` was dropped. Streams that are open go on.
            self.waiting = reply;
        }
        let Some(reply) = self.waiting.take() else { return Poll::Pending };
        match self.connection.poll_new_outbound(cx) {
            Poll::Ready(opened) => {
                // Whoever asked may have given up; the stream is then closed by its drop.
                let _ = reply.send(opened);
                Poll::Ready(())
            }
            Poll::Pending => {
                self.waiting = Some(reply);
                Poll::Pending
            }
        }
    }

    fn accept(&self, stream: Stream) {
        let accept = self.accept.clone();
        tokio::spawn(async move {
            let mut stream = LinkStream::new(stream);
            match tokio::time::timeout(SAY_WITHIN, stream.receive::<Open>()).await {
                Ok(Ok(open)) => {
                    accept.spoken.send_replace(true);
                    // Nobody takes streams any more: the session is being taken down.
                    let _ = accept.streams.send((open, stream)).await;
                }
                Ok(Err(error)) => tracing::warn!(%error, "a stream of the workstation was refused"),
                Err(_) => tracing::warn!("a stream of the workstation did not say what it is for"),
            }
        });
    }
}

fn reason(result: Result<(), ConnectionError>, said: &Said) -> String {
    let why = match result {
        Ok(()) => "it closed its output".to_owned(),
        Err(error) => error.to_string(),
    };
    match said.text() {
        said if said.is_empty() => why,
        said => format!("{why}; it said: {said}"),
    }
}
