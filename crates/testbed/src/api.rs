//! The engine's API as it is, for whoever stands between it and a stranger. Sends what it is given
//! and judges nothing: the caller answers for every byte.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, HOST};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use crate::boxed;
use crate::{Engine, Refusal};

impl Engine {
    /// Sends one request on a connection of its own. The answer may be an upgrade, or go on for as
    /// long as somebody reads it; dropping it ends the connection.
    ///
    /// # Errors
    /// [`Refusal::Unreachable`] when there is no answer. An answer that says no is none.
    #[boxed]
    pub async fn ask(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Refusal> {
        request.headers_mut().insert(HOST, hyper::header::HeaderValue::from_static("docker"));
        let host = self.host();
        let unreachable = |error: std::io::Error| Refusal::Unreachable(Box::new(error));
        if let Some(path) = host.strip_prefix("unix://") {
            return over(UnixStream::connect(path).await.map_err(unreachable)?, request).await;
        }
        let address = host.split_once("://").map_or(host, |(_, address)| address);
        let stream = TcpStream::connect(address.trim_end_matches('/')).await;
        let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
        over(stream.map_err(unreachable)?, request).await
    }
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, Refusal> {
    let broken = |error: hyper::Error| Refusal::Unreachable(Box::new(error));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    tokio::spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%error, "a connection to the engine ended");
        }
    });
    debug_assert!(!request.headers().contains_key(CONTENT_LENGTH), "hyper counts by itself");
    sender.send_request(request).await.map_err(broken)
}
