//! HTTP/1.1 GET through the link, over connections that are kept for the next one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HOST;
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;

use super::{Link, LinkError};
use crate::boxed;

/// From the request to the last byte of the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 32 << 20;
/// Connections that are kept for each host and port.
const KEPT: usize = 4;

type Sender = SendRequest<Empty<Bytes>>;
type HostAndPort = (String, u16);
type Connections = HashMap<HostAndPort, Vec<Sender>>;

/// Connections that wait for another request.
#[derive(Clone, Default)]
pub(super) struct Idle(Arc<Mutex<Connections>>);

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    pub status: u16,
    pub body: Bytes,
}

impl Link {
    /// Asks `http://<host>:<port><path_and_query>` from inside the system, within 15 s and for at
    /// most 32 MiB. Any status is an answer; redirects are not followed.
    ///
    /// # Errors
    /// When nobody answers there, the answer is no HTTP or too long, or the link has ended.
    #[boxed]
    pub async fn http_get(
        &self,
        host: &str,
        port: u16,
        path_and_query: &str,
    ) -> Result<HttpAnswer, LinkError> {
        self.http_get_with(host, port, path_and_query, None).await
    }

    /// As [`Link::http_get`], with one more header, by name and value.
    ///
    /// # Errors
    /// As there; and when the header is none.
    #[boxed]
    pub async fn http_get_with(
        &self,
        host: &str,
        port: u16,
        path_and_query: &str,
        header: Option<(&'static str, &str)>,
    ) -> Result<HttpAnswer, LinkError> {
        let uri: Uri = path_and_query
            .parse()
            .ok()
            .filter(|uri: &Uri| uri.path().starts_with('/'))
            .ok_or_else(|| LinkError::Path { path: path_and_query.to_owned() })?;
        let target = Target { host, port, uri, header };
        match tokio::time::timeout(ANSWER_WITHIN, self.get(&target)).await {
            Ok(answer) => answer,
            Err(_) => {
                Err(LinkError::TimedOut { host: host.to_owned(), port, within: ANSWER_WITHIN })
            }
        }
    }

    async fn get(&self, target: &Target<'_>) -> Result<HttpAnswer, LinkError> {
        // The other side may close a kept connection at any moment; that is no failure of the
        // question, so it is asked again on a new one.
        while let Some(kept) = self.idle.take(target) {
            if let Ok(answer) = self.ask(kept, target).await {
                return Ok(answer);
            }
        }
        let stream = self.dial(target.host, target.port).await?;
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|source| target.http(source))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection through the link ended");
            }
        });
        self.ask(sender, target).await
    }

    async fn ask(&self, mut sender: Sender, target: &Target<'_>) -> Result<HttpAnswer, LinkError> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = target.uri.clone();
        request.headers_mut().insert(HOST, target.host_header()?);
        if let Some((name, value)) = target.header {
            let value = value.parse().map_err(|_| LinkError::Path { path: name.to_owned() })?;
            request.headers_mut().insert(name, value);
        }
        let answer = sender.send_request(request).await.map_err(|source| target.http(source))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LONGEST_BODY).collect().await;
        let body = body.map_err(|error| target.unreadable(error))?.to_bytes();
        self.idle.put(target, sender);
        Ok(HttpAnswer { status, body })
    }
}

struct Target<'a> {
    host: &'a str,
    port: u16,
    uri: Uri,
    header: Option<(&'static str, &'a str)>,
}

impl Target<'_> {
    fn key(&self) -> HostAndPort {
        (self.host.to_owned(), self.port)
    }

    fn host_header(&self) -> Result<hyper::header::HeaderValue, LinkError> {
        let text = format!("{}:{}", self.host, self.port);
        text.parse().map_err(|_| LinkError::Path { path: text })
    }

    fn http(&self, source: hyper::Error) -> LinkError {
        LinkError::Http { host: self.host.to_owned(), port: self.port, source }
    }

    fn unreadable(&self, error: Box<dyn std::error::Error + Send + Sync>) -> LinkError {
        let (host, port) = self.key();
        if error.is::<LengthLimitError>() {
            return LinkError::TooLong { host, port, limit: LONGEST_BODY };
        }
        match error.downcast::<hyper::Error>() {
            Ok(source) => self.http(*source),
            Err(other) => LinkError::Broken(std::io::Error::other(other)),
        }
    }
}

impl Idle {
    fn take(&self, target: &Target<'_>) -> Option<Sender> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(&target.key())?;
        // One that is not ready is closed: answers are read to their end before it is kept.
        while let Some(sender) = kept.pop() {
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        None
    }

    fn put(&self, target: &Target<'_>, sender: Sender) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.entry(target.key()).or_default();
        if kept.len() < KEPT {
            kept.push(sender);
        }
    }
}
