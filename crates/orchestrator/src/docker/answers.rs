//! The calls with one whole answer, and where each call goes.

use bytes::Bytes;
use gate::{Call, Container, Filters, Refusal, Scope, Target, filter};
use http_body_util::Full;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Response, StatusCode};
use serde_json::Value;
use session::event::Effect;

use super::body::{self, Body};
use super::notes::Note;
use super::serve::{Client, note};
use super::{Gate, Upstream};

/// So much of an answer goes into the record, in bytes; the longest `inspect` has about 3 KiB.
const SHOWN: usize = 16 << 10;

/// A call with what it needs to be carried out.
pub(super) struct Asked {
    pub(super) target: Target,
    pub(super) call: Call,
    pub(super) scope: Scope,
}

impl Asked {
    /// The event that it becomes.
    pub(super) fn note(&self, container: &str) -> Note {
        note(self.call.verb(), container, &self.call.detail())
    }
}

impl<U: Upstream> Gate<U> {
    /// Carries a call out, or refuses it now that the containers are known; both are recorded.
    pub(super) async fn carry_out(
        &self,
        client: &Client,
        request: Request<()>,
        target: Target,
        call: Call,
    ) -> Response<Body> {
        let asked = Asked { target, call, scope: self.upstream.scope() };
        let reference = reference(&asked.call).to_owned();
        let done = match &asked.call {
            Call::Ping => {
                return body::answer(StatusCode::OK, "text/plain; charset=utf-8", ping(&request));
            }
            Call::ExecCreate { container, exec } => {
                self.create_program(&asked, container, exec).await
            }
            Call::ExecStart { exec, start } => {
                self.start_program(request, &asked, exec, start).await
            }
            Call::ExecResize { exec, rows, columns } => {
                self.resize_program(&asked, exec, (*rows, *columns)).await
            }
            Call::ExecInspect { exec } => self.inspect_program(&asked, exec).await,
            Call::Logs { container, logs } => self.logs(&asked, container, logs).await,
            Call::Stats { container, .. } => self.stats(&asked, container).await,
            Call::Wait { container, .. } => self.wait(&asked, container).await,
            Call::Events { filters, .. } => self.events(&asked, filters).await,
            Call::Change { container, change } => {
                // Recorded by itself, refused or not: an act is one even when nobody waits.
                return self.change(&asked.scope, container, change).await;
            }
            Call::Version => Ok(self.version(&asked)),
            Call::Info => self.info(&asked).await,
            Call::List { all, limit, filters } => self.list(&asked, *all, *limit, filters).await,
            Call::Inspect { container } => self.inspect(client, &asked, container).await,
            Call::Top { container, .. } => self.top(&asked, container).await,
        };
        done.unwrap_or_else(|refusal| {
            self.notes.record(Effect::Look, asked.note(&reference).refused(&refusal.message));
            body::refusal(&refusal)
        })
    }

    fn version(&self, asked: &Asked) -> Response<Body> {
        let facts = self.upstream.facts();
        self.looked(asked, "", facts.engine.clone());
        body::json(&filter::version(&facts))
    }

    async fn info(&self, asked: &Asked) -> Result<Response<Body>, Refusal> {
        let all = Filters::default();
        let list = Call::List { all: true, limit: None, filters: all.clone() };
        let engine = self.asked_whole(asked, &list, "").await?;
        let (listed, shown) = filter::list(&asked.scope, &engine, true, None, &all);
        self.looked(asked, "", shown);
        Ok(body::json(&filter::info(&self.upstream.facts(), &listed)))
    }

    async fn list(
        &self,
        asked: &Asked,
        all: bool,
        limit: Option<u32>,
        filters: &Filters,
    ) -> Result<Response<Body>, Refusal> {
        let engine = self.asked_whole(asked, &asked.call, "").await?;
        let (listed, shown) = filter::list(&asked.scope, &engine, all, limit, filters);
        self.looked(asked, "", shown);
        Ok(body::json(&listed))
    }

    async fn inspect(
        &self,
        client: &Client,
        asked: &Asked,
        reference: &str,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let engine = self.asked_whole(asked, &asked.call, &container.id).await?;
        let value = filter::inspect(&asked.scope, container, &engine);
        let shown = serde_json::to_string_pretty(&value).unwrap_or_default();
        client.keep_back(self, asked.note(&container.name), cut(shown).into());
        Ok(body::json(&value))
    }

    async fn top(&self, asked: &Asked, reference: &str) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let engine = self.asked_whole(asked, &asked.call, &container.id).await?;
        let (value, shown) = filter::top(&asked.scope, &engine);
        self.looked(asked, &container.name, shown);
        Ok(body::json(&value))
    }

    fn looked(&self, asked: &Asked, container: &str, shown: String) {
        self.notes.record(Effect::Look, asked.note(container).look(cut(shown), false));
    }

    /// Asks the engine and takes its whole answer.
    async fn asked_whole(&self, asked: &Asked, call: &Call, id: &str) -> Result<Value, Refusal> {
        body::whole(self.asked(asked, call, id, Bytes::new()).await?).await
    }

    /// Asks the engine; what it refuses is said in names that people see.
    pub(super) async fn asked(
        &self,
        asked: &Asked,
        call: &Call,
        id: &str,
        told: impl Into<Bytes>,
    ) -> Result<Response<Body>, Refusal> {
        let request = written(asked, call, id, told.into())?;
        body::good(self.upstream.ask(request).await?, &asked.scope).await
    }

    /// How a container is right now, for the record of a change: its state and its limits.
    pub(super) async fn state(&self, container: &Container) -> Option<(String, String)> {
        let path = format!("/containers/{}/json", container.id);
        let request = Request::get(path).body(Full::default()).ok()?;
        let response = self.upstream.ask(request).await.ok()?;
        let inspected = body::whole(response).await.ok()?;
        Some(filter::state(&inspected))
    }
}

/// The request to the engine, every byte of it the gate's own.
pub(super) fn written(
    asked: &Asked,
    call: &Call,
    id: &str,
    told: Bytes,
) -> Result<Request<Full<Bytes>>, Refusal> {
    let unwritable = || Refusal::malformed("this call cannot be handed on");
    let path = call.path(asked.target.version, id, &asked.scope.session).ok_or_else(unwritable)?;
    let mut request = Request::builder().method(path.method).uri(path.path);
    if !told.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(Full::new(told)).map_err(|_| unwritable())
}

/// The container or exec that a call names.
fn reference(call: &Call) -> &str {
    match call {
        Call::Inspect { container }
        | Call::Logs { container, .. }
        | Call::Stats { container, .. }
        | Call::Top { container, .. }
        | Call::Wait { container, .. }
        | Call::Change { container, .. }
        | Call::ExecCreate { container, .. } => container,
        Call::ExecStart { exec, .. }
        | Call::ExecResize { exec, .. }
        | Call::ExecInspect { exec } => exec,
        Call::Ping | Call::Version | Call::Info | Call::List { .. } | Call::Events { .. } => "",
    }
}

fn ping(request: &Request<()>) -> Body {
    body::full(if request.method() == hyper::Method::HEAD { "" } else { "OK" })
}

/// The beginning of a text, cut at a character.
fn cut(mut text: String) -> String {
    let mut end = text.len().min(SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
