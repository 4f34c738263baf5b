//! What only the operator sees and does: the sessions of the host, a new one, links, an end.

use std::time::Instant;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use orchestrator::summary;
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::refused;
use super::interviewer::NewLink;
use crate::contract::Me;
use crate::extract::{Json, Path, text};
use crate::host::Host;
use crate::keys::{LinkError, LinkStanding};
use crate::operator::{LabChoice, NewInterview, Operating, Operator, unreadable};
use crate::page;
use crate::problem::Problem;
use crate::words::Role;

/// A report is foreign text in a page without script, so a browser is allowed nothing with it.
const REPORT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The sessions of this host.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hosting {
    /// How many may run at once.
    pub most: usize,
    /// In the order in which they were started.
    pub running: Vec<Hosted>,
    /// Newest first.
    pub ended: Vec<Ended>,
    /// Older ones that are not listed.
    pub left_out: usize,
}

/// A session that runs, or that ended before it had a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hosted {
    /// Its name among those that run; a part of its links.
    pub slot: String,
    /// Where it is, as its interviewer is told.
    pub me: Me,
    /// The cause's title.
    pub cause: String,
    pub candidate_link: LinkStanding,
    pub interviewer_link: LinkStanding,
    /// Whether it is over.
    pub over: bool,
    /// Why it could not go on.
    pub trouble: Option<String>,
}

/// A session that is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ended {
    pub session: String,
    pub outcome: SessionOutcome,
    pub lab: String,
    pub cause: String,
    /// `interview`, `practice` or `rehearsal`.
    pub mode: String,
    /// The candidate's name, or the persona's.
    pub who: String,
    /// RFC 3339.
    pub started: String,
    /// Why it ended so; empty where the word says all.
    pub detail: String,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SessionOutcome {
    Done,
    /// The interviewer ended it before the incident began.
    CalledOff,
    Interrupted,
    Failed,
    /// The program was killed; the session's guard has removed the system and closed the record.
    Lost,
    /// The program was killed, and the record is still being closed.
    Unsealed,
    Unreadable,
}

/// A session that was just started, and its two links. They are told this once; nobody keeps them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Started {
    pub slot: String,
    pub candidate_url: String,
    pub interviewer_url: String,
}

/// The operator's link: exchanges its token for a cookie and goes on to the list.
#[utoipa::path(get, path = "/operator/enter/{token}", operation_id = "operator_enter",
    tag = "operator",
    responses((status = 303, description = "to the page, with a cookie"),
        (status = 410, description = "a page that says why the link does not work")))]
pub(crate) async fn enter(
    State(host): State<Host>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let Some(operator) = host.operator() else { return StatusCode::NOT_FOUND.into_response() };
    let on =
        || (StatusCode::SEE_OTHER, [(header::LOCATION, operator.address().page())]).into_response();
    if !operator.allows_entry() {
        let sentence = "Too many links were tried. Wait a moment and open yours again.";
        return page::says(StatusCode::TOO_MANY_REQUESTS, "Wait a moment", sentence);
    }
    let exchanged = operator.keys().exchange(&token, Instant::now());
    match exchanged {
        Ok((cookie, _)) => {
            let mut response = on();
            if let Ok(value) = HeaderValue::try_from(operator.address().set_cookie(&cookie)) {
                response.headers_mut().insert(header::SET_COOKIE, value);
            }
            response
        }
        Err(LinkError::Used) if operator.is_known(&headers) => on(),
        Err(error) => refused(error, "Send the program the signal USR1, and it prints a new one"),
    }
}

/// The labs of which a session may be started. Gives their causes away.
#[utoipa::path(get, path = "/operator/api/labs", operation_id = "operator_labs",
    tag = "operator",
    responses((status = 200, body = Vec<LabChoice>), (status = 401, body = Problem)))]
pub(crate) async fn labs(Operating(host): Operating) -> Result<Json<Vec<LabChoice>>, Problem> {
    apart(host, |_, operator| operator.opens().labs()).await.map(Json)
}

/// All sessions: those that run, and those that have ended.
#[utoipa::path(get, path = "/operator/api/sessions", operation_id = "operator_sessions",
    tag = "operator",
    responses((status = 200, body = Hosting), (status = 401, body = Problem)))]
pub(crate) async fn sessions(Operating(host): Operating) -> Result<Json<Hosting>, Problem> {
    apart(host, |host, operator| {
        let (ended, left_out) = operator.ended().map_err(|error| unreadable(&error))?;
        let ended: Vec<Ended> = ended.iter().filter_map(told).collect();
        let mut running = host.hosted();
        // What ended with a record stands among those that have ended.
        running.retain(|it| !it.over || ended.iter().all(|e| e.session != it.me.session));
        Ok(Hosting { most: host.most(), running, ended, left_out })
    })
    .await
    .map(Json)
}

/// Starts an interview. The links work at once; the system is up when `me.lab_ready` says so.
#[utoipa::path(post, path = "/operator/api/sessions", operation_id = "operator_start",
    tag = "operator",
    responses((status = 201, body = Started), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn start(
    Operating(host): Operating,
    Json(mut asked): Json<NewInterview>,
) -> Result<(StatusCode, Json<Started>), Problem> {
    asked.candidate =
        text("the candidate's name", &asked.candidate.replace(['\n', '\t'], " "), 100)?;
    if !(1..=480).contains(&asked.minutes) {
        return Err(Problem::bad("an interview has 1 to 480 minutes"));
    }
    let opened = apart(host, |host, operator| operator.opens().open(host, asked)).await?;
    let links = opened.links;
    let started = Started {
        slot: opened.slot,
        candidate_url: links.candidate,
        interviewer_url: links.interviewer,
    };
    Ok((StatusCode::CREATED, Json(started)))
}

/// A new link into a session; whoever came by the old one is signed out.
#[utoipa::path(post, path = "/operator/api/sessions/{slot}/links/{role}",
    operation_id = "operator_new_link", tag = "operator",
    responses((status = 200, body = NewLink), (status = 404, body = Problem)))]
pub(crate) async fn new_link(
    Operating(host): Operating,
    Path((slot, role)): Path<(String, Role)>,
) -> Result<Json<NewLink>, Problem> {
    let console = host.console(&slot)?;
    console.sign_out(role);
    Ok(Json(NewLink { url: console.new_link(role) }))
}

/// Takes a link back: it no longer works, and whoever came by it is signed out.
#[utoipa::path(delete, path = "/operator/api/sessions/{slot}/links/{role}",
    operation_id = "operator_revoke", tag = "operator",
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn revoke(
    Operating(host): Operating,
    Path((slot, role)): Path<(String, Role)>,
) -> Result<StatusCode, Problem> {
    host.console(&slot)?.sign_out(role);
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a session in order, as Ctrl-C ends `checkride interview`.
#[utoipa::path(post, path = "/operator/api/sessions/{slot}/end", operation_id = "operator_end",
    tag = "operator",
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn end(
    Operating(host): Operating,
    Path(slot): Path<String>,
) -> Result<StatusCode, Problem> {
    host.end(&slot)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The report of a session that has ended, as a page without script.
#[utoipa::path(get, path = "/operator/api/reports/{session}", operation_id = "operator_report",
    tag = "operator",
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn report(
    Operating(host): Operating,
    Path(session): Path<String>,
) -> Result<Response, Problem> {
    let page = apart(host, move |_, operator| operator.opens().report(&operator.folder(&session)?));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (HeaderName::from_static("content-security-policy"), REPORT),
    ];
    Ok((headers, page.await?).into_response())
}

/// The replay of a session that has ended, as its interviewer has it at the end: goes on to a page that
/// only reads. The session's own pages are for its roles, so the operator comes in by a link as anybody.
#[utoipa::path(get, path = "/operator/replay/{session}", operation_id = "operator_replay",
    tag = "operator",
    responses((status = 303, description = "to the page, by a link of its own"),
        (status = 404, description = "a page that says that there is no such session"),
        (status = 409, description = "a page that says why there is none yet"),
        (status = 422, description = "a page that says what cannot be read")))]
pub(crate) async fn replay(Operating(host): Operating, Path(session): Path<String>) -> Response {
    let looking = move |host: &Host, operator: &Operator| {
        let folder = operator.folder(&session)?;
        host.look_back(&folder, || operator.opens().kept(&folder))
    };
    match apart(host, looking).await {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        // A browser goes there, so it is told on a page.
        Err(problem) => page::says(problem.status, &problem.title, &problem.detail),
    }
}

/// Reads files, so it does not hold up what else is served.
async fn apart<T: Send + 'static>(
    host: Host,
    ask: impl FnOnce(&Host, &Operator) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let asked = tokio::task::spawn_blocking(move || {
        let operator = host.operator().ok_or_else(Problem::stranger)?;
        ask(&host, operator)
    });
    let broke = |_| {
        let detail = "the program's log says why";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "that went wrong", detail)
    };
    asked.await.map_err(broke)?
}

/// `None` for one that runs.
fn told(summary: &summary::Summary) -> Option<Ended> {
    use summary::Standing;
    let outcome = match summary.standing {
        Standing::Running => return None,
        Standing::Done => SessionOutcome::Done,
        Standing::CalledOff => SessionOutcome::CalledOff,
        Standing::Interrupted => SessionOutcome::Interrupted,
        Standing::Failed => SessionOutcome::Failed,
        Standing::Lost => SessionOutcome::Lost,
        Standing::Unsealed => SessionOutcome::Unsealed,
        Standing::Unreadable => SessionOutcome::Unreadable,
    };
    let who = summary.candidate.as_ref().or(summary.persona.as_ref());
    Some(Ended {
        session: summary.session.clone(),
        outcome,
        lab: summary.lab.clone(),
        cause: summary.cause.clone(),
        mode: summary.mode.clone(),
        who: who.cloned().unwrap_or_default(),
        started: summary.started.clone(),
        detail: summary.detail.clone(),
    })
}
