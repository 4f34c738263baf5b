//! Bodies and answers of HTTP.

use std::io;

use bytes::Bytes;
use futures::stream;
use gate::{Refusal, Scope};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

/// The body of an answer, whole or going on.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The longest whole answer of the engine, in bytes.
const LONGEST: usize = 8 << 20;
/// The longest line of an answer that goes on, in bytes.
const LONGEST_LINE: usize = 1 << 20;

pub(super) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An answer with the headers that every answer of an engine has.
pub(super) fn answer(status: StatusCode, content: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content));
    headers.insert(HeaderName::from_static("ostype"), HeaderValue::from_static("linux"));
    headers
        .insert(HeaderName::from_static("docker-experimental"), HeaderValue::from_static("false"));
    response
}

pub(super) fn json(value: &Value) -> Response<Body> {
    answer(StatusCode::OK, "application/json", full(value.to_string()))
}

pub(super) fn nothing() -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(super) fn refusal(refusal: &Refusal) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
    answer(status, "application/json", full(refusal.body()))
}

/// The engine's answer if it is a good one, else what it said, in names that people see.
pub(super) async fn good(
    response: Response<Body>,
    scope: &Scope,
) -> Result<Response<Body>, Refusal> {
    let status = response.status();
    if status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS {
        return Ok(response);
    }
    let status = status.as_u16();
    let said = whole(response).await.unwrap_or_default();
    let said = said.get("message").and_then(Value::as_str).unwrap_or("the engine refused");
    Err(Refusal { status, message: scope.clean(said) })
}

/// All of an answer, as JSON.
pub(super) async fn whole(response: Response<Body>) -> Result<Value, Refusal> {
    let body = Limited::new(response.into_body(), LONGEST).collect().await;
    let bytes = body.map_err(|_| broken())?.to_bytes();
    serde_json::from_slice(&bytes).map_err(|_| broken())
}

pub(super) fn broken() -> Refusal {
    Refusal { status: 500, message: "the engine's answer broke off".to_owned() }
}

/// Hands each line of a body to `map`; what it gives is what goes on.
pub(super) fn lines<F>(body: Body, map: F) -> Body
where
    F: FnMut(&[u8]) -> Option<Vec<u8>> + Send + 'static,
{
    let state = Lines { body, buffer: Vec::new(), map, ended: false };
    let pieces = stream::unfold(state, |mut state| async {
        let piece = state.next().await?;
        Some((piece.map(Frame::data), state))
    });
    StreamBody::new(pieces).boxed_unsync()
}

struct Lines<F> {
    body: Body,
    buffer: Vec<u8>,
    map: F,
    ended: bool,
}

impl<F: FnMut(&[u8]) -> Option<Vec<u8>>> Lines<F> {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                if let Some(mapped) = (self.map)(line.trim_ascii()) {
                    return Some(Ok(mapped.into()));
                }
            }
            if self.ended {
                let rest = std::mem::take(&mut self.buffer);
                return (self.map)(rest.trim_ascii()).map(|mapped| Ok(mapped.into()));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    self.buffer.extend_from_slice(frame.data_ref().map_or(&[][..], Bytes::as_ref));
                    if self.buffer.len() > LONGEST_LINE {
                        return None;
                    }
                }
                Some(Err(error)) => {
                    self.ended = true;
                    self.buffer.clear();
                    return Some(Err(error));
                }
                None => self.ended = true,
            }
        }
    }
}
