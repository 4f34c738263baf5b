//! The calls whose answers may go on, or begin before they are known: logs, statistics, events, the
//! wait for an end.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use gate::frames::Demultiplexer;
use gate::{Call, Container, Filters, Logs, Refusal, filter};
use http_body_util::BodyExt;
use hyper::header::CONTENT_TYPE;
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::answers::Asked;
use super::body::{self, Body};
use super::changes::NO_BODY;
use super::shown::Shown;
use super::sieve::Sieve;
use super::{Gate, Upstream};

/// How often what goes on is recorded. Numbers say little that their first ones did not.
const LINES_EVERY: Duration = Duration::from_secs(3);
const NUMBERS_EVERY: Duration = Duration::from_secs(30);

impl<U: Upstream> Gate<U> {
    pub(super) async fn logs(
        &self,
        asked: &Asked,
        reference: &str,
        logs: &Logs,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let call = self.less_the_record(asked, container, logs).await?;
        let response = self.asked(asked, &call, &container.id, NO_BODY).await?;
        let content = response.headers().get(CONTENT_TYPE).cloned();
        let shown = Shown::start(&self.notes, asked.note(&container.name), false, LINES_EVERY);
        // No container of a lab has a terminal, so the lines are always framed.
        let body = match self.upstream.record_lines(&container.name) {
            None => {
                let mut frames = Demultiplexer::default();
                let body = response.into_body().map_frame(move |frame| {
                    if let Some(bytes) = frame.data_ref() {
                        frames.push(bytes, |_, piece| shown.push(piece));
                    }
                    frame
                });
                body.boxed_unsync()
            }
            Some(lines) => {
                let mut sieve = Sieve::new(logs.timestamps, lines.kept(&container.name));
                let body = response.into_body().map_frame(move |frame| {
                    frame.map_data(|bytes| sieve.framed(&bytes, |line| shown.push(line)).into())
                });
                body.boxed_unsync()
            }
        };
        let mut answer = body::answer(StatusCode::OK, "application/octet-stream", body);
        if let Some(content) = content {
            answer.headers_mut().insert(CONTENT_TYPE, content);
        }
        Ok(answer)
    }

    /// What the engine is asked for. It counts the last lines of a log before those of the record
    /// are taken out, so they are counted here, and the engine is asked for all since the first.
    async fn less_the_record(
        &self,
        asked: &Asked,
        container: &Container,
        logs: &Logs,
    ) -> Result<Call, Refusal> {
        let Some(tail) = logs.tail.filter(|tail| *tail > 0) else { return Ok(asked.call.clone()) };
        let Some(lines) = self.upstream.record_lines(&container.name) else {
            return Ok(asked.call.clone());
        };
        let all = Logs { follow: false, timestamps: true, tail: None, ..logs.clone() };
        let call = |logs| Call::Logs { container: container.name.clone(), logs };
        let response = self.asked(asked, &call(all), &container.id, NO_BODY).await?;
        let since = last_times(response, tail, lines.kept(&container.name)).await?;
        Ok(call(match since {
            Some(since) => Logs { since: Some(since), tail: None, ..logs.clone() },
            None => Logs { tail: Some(0), ..logs.clone() },
        }))
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

/// When the first of the last `tail` lines was written, in the engine's form: seconds and nanoseconds.
async fn last_times(
    response: Response<Body>,
    tail: u32,
    keeps: impl Fn(&str) -> bool,
) -> Result<Option<String>, Refusal> {
    let tail = usize::try_from(tail).unwrap_or(usize::MAX);
    let mut sieve = Sieve::new(true, keeps);
    let mut times = VecDeque::new();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| body::broken())?;
        let Some(bytes) = frame.data_ref() else { continue };
        sieve.push(bytes, |_, line| {
            times.push_back(time_of(line));
            if times.len() > tail {
                times.pop_front();
            }
        });
    }
    Ok(times.front().cloned().flatten())
}

fn time_of(line: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(line);
    let at: jiff::Timestamp = text.split(' ').next()?.parse().ok()?;
    Some(format!("{}.{:09}", at.as_second(), at.subsec_nanosecond()))
}

fn line_of(value: &Value) -> Vec<u8> {
    let mut line = Bytes::from(value.to_string()).to_vec();
    line.push(b'\n');
    line
}
