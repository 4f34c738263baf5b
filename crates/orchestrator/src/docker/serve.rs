//! One client of the Docker socket: HTTP as it should be goes on to the calls, everything else is
//! refused, recorded, and reaches nobody.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gate::{Call, Refusal, Target};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use session::event::Effect;
use tokio::io::{AsyncRead, AsyncWrite};

use super::body::{self, Body};
use super::notes::Note;
use super::{Gate, Upstream};

/// A head of a request has come by then, in whole.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// And its body.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// The longest head and body, in bytes, and the most headers.
const HEAD: usize = 16 << 10;
const BODY: usize = 64 << 10;
const HEADERS: usize = 48;
/// The CLI asks for a container before it asks for its logs or runs a program in it. What it asks
/// for by itself is no look; after this time it is taken for one.
const OWN_ACCORD: Duration = Duration::from_secs(1);

/// Headers by which some servers let a request be another one.
const OVERRIDES: [&str; 4] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-original-url"];

impl<U: Upstream> Gate<U> {
    /// Serves a client until it hangs up. What goes wrong ends this client and nothing else.
    pub async fn serve(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let client = Client::default();
        let service = service_fn(|request| {
            let (gate, client) = (self.clone(), client.clone());
            async move { Ok::<_, Infallible>(gate.answer(&client, request).await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(HEAD)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades()
            .await;
        client.settle(&self, None);
        if let Err(error) = served
            && error.is_parse()
        {
            let note = note("?", "", "");
            let words = format!("no HTTP that a Docker client speaks: {error}");
            self.notes.record(Effect::Look, note.refused(&words));
        }
    }

    async fn answer(&self, client: &Client, request: Request<Incoming>) -> Response<Body> {
        let method = request.method().as_str().to_owned();
        let target = request.uri().to_string();
        let api = self.upstream.facts().api;
        let mut response = match self.understand(request).await {
            Ok((request, parsed, call)) => {
                client.settle(self, self.goes_before(&call).as_deref());
                self.carry_out(client, request, parsed, call).await
            }
            Err(refusal) => {
                client.settle(self, None);
                // What would have changed something is an act that was not carried out.
                let is_look = matches!(method.as_str(), "GET" | "HEAD") || refusal.status != 403;
                let effect = if is_look { Effect::Look } else { Effect::Act };
                let target: String = target.chars().take(200).collect();
                self.notes.record(effect, note(&method, &target, "").refused(&refusal.message));
                body::refusal(&refusal)
            }
        };
        if let Ok(api) = HeaderValue::from_str(&api.to_string()) {
            response.headers_mut().insert("api-version", api);
        }
        response
    }

    /// Reads a request whole and understands it; nothing was done for it yet.
    async fn understand(
        &self,
        request: Request<Incoming>,
    ) -> Result<(Request<()>, Target, Call), Refusal> {
        let headers = request.headers();
        if OVERRIDES.iter().any(|name| headers.contains_key(*name)) {
            return Err(Refusal::malformed("a header asks for another request than this one"));
        }
        let (parts, incoming) = request.into_parts();
        let read = Limited::new(incoming, BODY).collect();
        let Ok(read) = tokio::time::timeout(BODY_WITHIN, read).await else {
            return Err(Refusal { status: 408, message: "the body did not come".to_owned() });
        };
        let bytes = match read {
            Ok(read) => read.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                let message = format!("the body is longer than {BODY} bytes");
                return Err(Refusal { status: 413, message });
            }
            Err(_) => return Err(Refusal::malformed("the body broke off")),
        };
        let request = Request::from_parts(parts, ());
        let target = request.uri().to_string();
        let method = request.method().as_str();
        let (target, call) = gate::read(gate::Request { method, target: &target, body: &bytes })?;
        self.check_version(&target)?;
        check_upgrade(&request, &call)?;
        Ok((request, target, call))
    }

    fn check_version(&self, target: &Target) -> Result<(), Refusal> {
        let newest = self.upstream.facts().api;
        match target.version {
            Some(asked) if asked > newest => Err(Refusal::malformed(format!(
                "client version {asked} is too new. Maximum supported API version is {newest}"
            ))),
            Some(_) | None => Ok(()),
        }
    }

    /// The container that a call is about, when the CLI looks at it first by itself.
    fn goes_before(&self, call: &Call) -> Option<String> {
        let reference = match call {
            Call::Logs { container, .. } | Call::ExecCreate { container, .. } => container,
            Call::Ping
            | Call::Version
            | Call::Info
            | Call::List { .. }
            | Call::Inspect { .. }
            | Call::Stats { .. }
            | Call::Top { .. }
            | Call::Events { .. }
            | Call::Wait { .. }
            | Call::Change { .. }
            | Call::ExecStart { .. }
            | Call::ExecResize { .. }
            | Call::ExecInspect { .. } => return None,
        };
        self.upstream.scope().find(reference).ok().map(|found| found.name.clone())
    }
}

/// Only a program's input and output go over an upgraded connection.
fn check_upgrade(request: &Request<()>, call: &Call) -> Result<(), Refusal> {
    let Some(protocol) = request.headers().get(UPGRADE) else { return Ok(()) };
    let is_program = matches!(call, Call::ExecStart { .. });
    let named = request.headers().get_all(CONNECTION).iter().any(|value| {
        value.to_str().is_ok_and(|text| {
            text.split(',').any(|word| word.trim().eq_ignore_ascii_case("upgrade"))
        })
    });
    if is_program && named && protocol.as_bytes().eq_ignore_ascii_case(b"tcp") {
        return Ok(());
    }
    Err(Refusal::malformed("this call cannot be upgraded to another protocol"))
}

pub(super) fn note(verb: &str, target: &str, detail: &str) -> Note {
    Note { verb: verb.to_owned(), target: target.to_owned(), detail: detail.to_owned() }
}

/// What is remembered of one connection: a look that may turn out to be the CLI's own.
#[derive(Clone, Default)]
pub(super) struct Client {
    waiting: Arc<Mutex<Option<Waiting>>>,
}

struct Waiting {
    container: String,
    note: Note,
    shown: Bytes,
}

impl Client {
    /// Keeps a look at a container back until the next call tells whose it was.
    pub(super) fn keep_back<U: Upstream>(&self, gate: &Gate<U>, note: Note, shown: Bytes) {
        let waiting = Waiting { container: note.target.clone(), note, shown };
        *self.lock() = Some(waiting);
        let (gate, client) = (gate.clone(), self.clone());
        tokio::spawn(async move {
            tokio::time::sleep(OWN_ACCORD).await;
            client.settle(&gate, None);
        });
    }

    /// Records the look that waits, unless it was at the container that the next call is about.
    fn settle<U: Upstream>(&self, gate: &Gate<U>, next: Option<&str>) {
        let Some(waiting) = self.lock().take() else { return };
        if next != Some(waiting.container.as_str()) {
            let shown = String::from_utf8_lossy(&waiting.shown).into_owned();
            gate.notes.record(Effect::Look, waiting.note.look(shown, false));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
