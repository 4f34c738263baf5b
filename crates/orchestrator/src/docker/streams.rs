//! The calls whose answers may go on, or begin before they are known: logs, statistics, events, the
//! wait for an end.

use std::time::Duration;

use bytes::Bytes;
use gate::frames::Demultiplexer;
use gate::{Filters, Logs, Refusal, filter};
use http_body_util::BodyExt;
use hyper::header::CONTENT_TYPE;
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::answers::Asked;
use super::body::{self, Body};
use super::changes::NO_BODY;
use super::shown::Shown;
use super::{Gate, Upstream};

/// How often what goes on is recorded. Numbers say little that their first ones did not.
const LINES_EVERY: Duration = Duration::from_secs(3);
const NUMBERS_EVERY: Duration = Duration::from_secs(30);

impl<U: Upstream> Gate<U> {
    pub(super) async fn logs(
        &self,
        asked: &Asked,
        reference: &str,
        _: &Logs,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let response = self.asked(asked, &asked.call, &container.id, NO_BODY).await?;
        let content = response.headers().get(CONTENT_TYPE).cloned();
        let shown = Shown::start(&self.notes, asked.note(&container.name), false, LINES_EVERY);
        // No container of a lab has a terminal, so the lines are always framed.
        let mut frames = Demultiplexer::default();
        let body = response.into_body().map_frame(move |frame| {
            if let Some(bytes) = frame.data_ref() {
                frames.push(bytes, |_, piece| shown.push(piece));
            }
            frame
        });
        let mut answer =
            body::answer(StatusCode::OK, "application/octet-stream", body.boxed_unsync());
        if let Some(content) = content {
            answer.headers_mut().insert(CONTENT_TYPE, content);
        }
        Ok(answer)
    }

    pub(super) async fn stats(
        &self,
        asked: &Asked,
        reference: &str,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?.clone();
        let response = self.asked(asked, &asked.call, &container.id, NO_BODY).await?;
        let shown = Shown::start(&self.notes, asked.note(&container.name), false, NUMBERS_EVERY);
        let scope = asked.scope.clone();
        let body = body::lines(response.into_body(), move |line| {
            let engine: Value = serde_json::from_slice(line).ok()?;
            let (value, text) = filter::stats(&scope, &container, &engine);
            shown.push(text.as_bytes());
            Some(line_of(&value))
        });
        Ok(body::answer(StatusCode::OK, "application/json", body))
    }

    /// Clients go on when the answer's head is there, long before its body is.
    pub(super) async fn wait(
        &self,
        asked: &Asked,
        reference: &str,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let response = self.asked(asked, &asked.call, &container.id, NO_BODY).await?;
        let shown = Shown::start(&self.notes, asked.note(&container.name), false, LINES_EVERY);
        let body = body::lines(response.into_body(), move |line| {
            let engine: Value = serde_json::from_slice(line).ok()?;
            shown.push(format!("exit {}", engine["StatusCode"]).as_bytes());
            Some(line_of(&filter::wait(&engine)))
        });
        Ok(body::answer(StatusCode::OK, "application/json", body))
    }

    pub(super) async fn events(
        &self,
        asked: &Asked,
        filters: &Filters,
    ) -> Result<Response<Body>, Refusal> {
        let response = self.asked(asked, &asked.call, "", NO_BODY).await?;
        let shown = Shown::start(&self.notes, asked.note(""), false, LINES_EVERY);
        let (filters, programs, scope) =
            (filters.clone(), self.programs.clone(), asked.scope.clone());
        let body = body::lines(response.into_body(), move |line| {
            let engine: Value = serde_json::from_slice(line).ok()?;
            let is_own = |id: &str| programs.has(id);
            let (value, text) = filter::event(&scope, &engine, &filters, is_own)?;
            shown.push(text.as_bytes());
            Some(line_of(&value))
        });
        Ok(body::answer(StatusCode::OK, "application/json", body))
    }
}

fn line_of(value: &Value) -> Vec<u8> {
    let mut line = Bytes::from(value.to_string()).to_vec();
    line.push(b'\n');
    line
}
