//! Any HTTP/1.1 request through the link, for whoever passes on what a stranger asks. Each has a
//! connection of its own. It judges nothing: the caller answers for every byte.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::{Link, LinkError};
use crate::boxed;

/// From the request to the head of the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The body of an answer, as it comes. Dropping it ends the connection.
pub type AnswerBody = Incoming;

impl Link {
    /// Sends a request to `host:port` inside the system; the head of the answer has to come within
    /// 30 s. The caller sets all headers but `Content-Length`, and bounds the body that comes back.
    ///
    /// # Errors
    /// When nobody answers there, the answer is no HTTP, or the link has ended. Any status is an
    /// answer.
    #[boxed]
    pub async fn carry(
        &self,
        host: &str,
        port: u16,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<AnswerBody>, LinkError> {
        let broken = |source| LinkError::Http { host: host.to_owned(), port, source };
        let asking = async {
            let stream = self.dial(host, port).await?;
            let shaken = http1::handshake(TokioIo::new(stream)).await;
            let (mut sender, connection) = shaken.map_err(broken)?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection through the link ended");
                }
            });
            sender.send_request(request).await.map_err(broken)
        };
        let late = || LinkError::TimedOut { host: host.to_owned(), port, within: ANSWER_WITHIN };
        tokio::time::timeout(ANSWER_WITHIN, asking).await.map_err(|_| late())?
    }
}
