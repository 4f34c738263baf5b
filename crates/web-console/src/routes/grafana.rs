//! A real Grafana, where the session has one: whether it is there, and what lies below it. What passes
//! is decided elsewhere.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::Json;
use crate::grafana::{PLACE, pass};
use crate::problem::Problem;
use crate::who::{Candidate, by_cookie};
use crate::words::Role;

/// A session's Grafana.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrafanaInfo {
    pub state: GrafanaState,
    /// Why it does not work; `null` when it does.
    pub problem: Option<String>,
}

/// How far it is. It stands at `grafana/`, beside the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GrafanaState {
    /// The session has none.
    None,
    Starting,
    Ready,
    Failed,
}

/// Whether there is a Grafana, and whether it answers.
#[utoipa::path(get, path = "/api/grafana", operation_id = "grafana_info",
    tag = "dashboards",
    responses((status = 200, body = GrafanaInfo), (status = 409, body = Problem)))]
pub(crate) async fn info(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<Json<GrafanaInfo>, Problem> {
    use orchestrator::grafana::State;
    let doors = console.doors()?;
    let state = doors.grafana.as_ref().map(orchestrator::grafana::Grafana::state);
    let (state, problem) = match state {
        None => (GrafanaState::None, None),
        Some(State::Starting) => (GrafanaState::Starting, None),
        Some(State::Ready) => (GrafanaState::Ready, None),
        Some(State::Failed(reason)) => (GrafanaState::Failed, Some(reason)),
    };
    Ok(Json(GrafanaInfo { state, problem }))
}

/// Whatever is asked below it. The candidate's alone; its rate is its own, since a page of it is many
/// files.
pub(crate) async fn below(
    State(console): State<Console>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    match by_cookie(request.headers(), &console) {
        None => return Err(Problem::stranger()),
        Some(Role::Interviewer) => return Err(Problem::not_yours()),
        Some(Role::Candidate) => {}
    }
    if !console.window().allows() {
        let detail = "wait a moment and try again";
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many at once", detail));
    }
    let path = request.uri().path().to_owned();
    match path.strip_prefix(PLACE) {
        // Grafana finds its files below itself, so its address ends with a slash.
        Some("") => {
            let whole = format!("{}{PLACE}/", console.address().page().trim_end_matches('/'));
            Ok((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, whole)]).into_response())
        }
        Some(below) => pass(&console, below, request).await,
        None => Err(Problem::not_found("nothing is here")),
    }
}
