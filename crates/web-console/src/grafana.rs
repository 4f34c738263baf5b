//! A real Grafana passed through to the candidate: what of its answers reaches the browser, and what of
//! the questions is recorded. Which questions pass is [`gate::grafana`]'s, and where it runs the
//! orchestrator's.

mod noted;
mod policy;
mod seen;

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use gate::grafana::{Call, Headers, Passed};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http_body_util::Limited;
use orchestrator::doors::Doors;
use orchestrator::grafana::{Grafana, State};
use orchestrator::reasons::in_words;

use crate::console::Console;
use crate::problem::Problem;

pub(crate) use noted::note_rest;
use seen::Seen;

/// Where it stands in a session's path.
pub(crate) const PLACE: &str = "/grafana";
/// Requests in a second, and at once. A page of Grafana is some two hundred files.
const RATE: (NonZeroU32, NonZeroU32) =
    (NonZeroU32::new(100).unwrap(), NonZeroU32::new(1500).unwrap());
/// The longest body that is passed on, in bytes.
const QUESTION: usize = 64 << 10;
/// The longest answer that is read for the record, in bytes.
const ANSWER: usize = 16 << 20;
/// The longest file that is passed back, in bytes.
const FILE: usize = 64 << 20;
/// What of a browser's request goes on.
const SENT: [header::HeaderName; 4] =
    [header::ACCEPT, header::ACCEPT_LANGUAGE, header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE];
/// What of an answer comes back. No cookie: the console has its own.
const BACK: [header::HeaderName; 4] =
    [header::CONTENT_TYPE, header::ETAG, header::LAST_MODIFIED, header::CACHE_CONTROL];

/// What a console keeps for it.
pub(crate) struct Window {
    rate: DefaultDirectRateLimiter,
    seen: Mutex<Seen>,
}

// === impl Window ===

impl Default for Window {
    fn default() -> Window {
        let rate = RateLimiter::direct(Quota::per_second(RATE.0).allow_burst(RATE.1));
        Window { rate, seen: Mutex::default() }
    }
}

impl Window {
    /// Whether one more request may pass now.
    pub(crate) fn allows(&self) -> bool {
        self.rate.check().is_ok()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes a request of the candidate on, and the answer back. `path` is below [`PLACE`].
///
/// # Errors
/// When there is no Grafana, it is not ready, or the request is not one that may pass.
pub(crate) async fn pass(
    console: &Console,
    path: &str,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let doors = console.doors()?;
    let grafana = ready(&doors)?;
    let (head, body) = request.into_parts();
    let body = to_bytes(body, QUESTION).await.map_err(|_| {
        let detail = format!("a question has up to {QUESTION} bytes; ask for less");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too long", detail)
    })?;
    let passed = gate::grafana::read(gate::grafana::Request {
        method: head.method.as_str(),
        path,
        query: head.uri.query().unwrap_or_default(),
        headers: named(&head.headers),
        body: &body,
    });
    let passed = passed.map_err(|refusal| {
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
        Problem::new(status, "not passed on to Grafana", refusal.message)
    })?;
    let asked = grafana.ask(written(&head.method, &head.headers, &passed)?).await;
    let answer = asked.map_err(|error| unreachable(&in_words(&error)))?;
    let (mut head, body) = answer.into_parts();
    head.headers = dressed(&head.headers, grafana.path());
    head.extensions.clear();
    let body = match &passed.call {
        Call::Own => Body::new(Limited::new(body, FILE)),
        Call::Dashboard { uid } => {
            if head.status.is_success() {
                noted::opened(console, &doors, uid);
            }
            Body::new(Limited::new(body, FILE))
        }
        Call::Queries(queries) => {
            let answer = whole(body).await?;
            noted::queries(console, &doors, queries, head.status.as_u16(), &answer);
            Body::from(answer)
        }
        Call::Question(question) => {
            let answer = whole(body).await?;
            noted::question(console, &doors, question, head.status.as_u16(), &answer);
            Body::from(answer)
        }
    };
    Ok(Response::from_parts(head, body))
}

/// The session's Grafana, once it answers.
fn ready(doors: &Doors) -> Result<&Grafana, Problem> {
    let none = || Problem::not_found("this session has no Grafana; see Dashboards");
    let grafana = doors.grafana.as_ref().ok_or_else(none)?;
    match grafana.state() {
        State::Ready => Ok(grafana),
        State::Starting => Err(Problem::not_now("Grafana is starting; try again in a moment")),
        State::Failed(reason) => Err(unreachable(&reason)),
    }
}

fn unreachable(reason: &str) -> Problem {
    let detail = format!("{reason}; Dashboards shows the same panels");
    Problem::new(StatusCode::BAD_GATEWAY, "Grafana does not answer", detail)
}

/// The headers that name a panel.
fn named(headers: &HeaderMap) -> Headers<'_> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Headers { dashboard: text("x-dashboard-uid"), panel: text("x-panel-id") }
}

/// What goes on, written anew.
fn written(
    method: &axum::http::Method,
    given: &HeaderMap,
    passed: &Passed,
) -> Result<Request<Bytes>, Problem> {
    let target = match passed.query.as_str() {
        "" => passed.path.clone(),
        query => format!("{}?{query}", passed.path),
    };
    let mut request = Request::builder().method(method.clone()).uri(target);
    for name in SENT {
        if let Some(value) = given.get(&name) {
            request = request.header(name, value);
        }
    }
    if let Some(kind) = passed.content_type {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    let request = request.body(Bytes::from(passed.body.clone()));
    request.map_err(|error| Problem::bad(error.to_string()))
}

/// What comes back: only what is known, and a policy of our own. A way to elsewhere leads nowhere.
fn dressed(given: &HeaderMap, path: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in BACK {
        if let Some(value) = given.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    let location = given.get(header::LOCATION);
    if let Some(location) = location.filter(|it| stays_below(it.to_str().unwrap_or(""), path)) {
        headers.insert(header::LOCATION, location.clone());
    }
    policy::put(given, &mut headers);
    headers
}

/// Whether an address is one of the path's, whatever a browser makes of it.
fn stays_below(location: &str, path: &str) -> bool {
    let below = location.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    below && !location.contains(['\\', '\t', '\n', '\r']) && !location.contains("..")
}

async fn whole<B>(body: B) -> Result<Bytes, Problem>
where
    B: axum::body::HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let read = to_bytes(Body::new(body), ANSWER).await;
    read.map_err(|_| unreachable("its answer broke off, or is too long; ask for less"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_to_elsewhere_leads_nowhere() {
        let path = "/s/4f1e/grafana";
        assert!(stays_below("/s/4f1e/grafana/d/pool", path));
        for elsewhere in [
            "/",
            "/login",
            "//evil.example/s/4f1e/grafana/",
            "https://evil.example/",
            "/s/4f1e/grafana",
            "/s/4f1e/grafanax/",
            "/s/4f1e/grafana/../api/me",
            "/s/4f1e/grafana/\\evil.example",
        ] {
            assert!(!stays_below(elsewhere, path), "{elsewhere}");
        }
    }

    #[test]
    fn of_an_answers_headers_only_the_known_come_back() {
        let mut given = HeaderMap::new();
        for (name, value) in [
            ("content-type", "text/html"),
            ("set-cookie", "grafana_session=1"),
            ("location", "https://evil.example/"),
            ("connection", "close"),
            ("transfer-encoding", "chunked"),
            ("access-control-allow-origin", "*"),
            ("content-security-policy", "script-src *"),
        ] {
            given.insert(name, value.parse().unwrap());
        }
        let headers = dressed(&given, "/s/4f1e/grafana");
        let mut names: Vec<_> = headers.keys().map(header::HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-security-policy", "content-type", "x-frame-options"]);
        assert!(!headers["content-security-policy"].to_str().unwrap().contains('*'));
    }
}
