//! Where the session is, consent, the briefing and the page, and "I'm done".

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use session::event::{Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::{Me, Page};
use crate::extract::Json;
use crate::problem::Problem;
use crate::who::{Candidate, Who};
use crate::words::Role;

/// What the candidate is told beforehand.
#[derive(Debug, Serialize, ToSchema)]
pub struct Briefing {
    pub markdown: String,
}

/// Who one is here, and where the session is.
#[utoipa::path(get, path = "/api/me", operation_id = "session_me",
    tag = "session",
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub(crate) async fn me(who: Who, State(console): State<Console>) -> Json<Me> {
    Json(console.me(who.role))
}

/// The candidate agrees to be recorded. The incident begins after that; once is enough.
#[utoipa::path(post, path = "/api/consent", operation_id = "session_consent",
    tag = "session",
    responses((status = 204), (status = 409, body = Problem)))]
pub(crate) async fn consent(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    if !console.chronicle().consented {
        let by = (Participant::Candidate, Door::Page, Effect::Say);
        console.record(by, Kind::Consented)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What is expected of the candidate, and what there is.
#[utoipa::path(get, path = "/api/briefing", operation_id = "session_briefing",
    tag = "session",
    responses((status = 200, body = Briefing)))]
pub(crate) async fn briefing(who: Who, State(console): State<Console>) -> Json<Briefing> {
    if who.role == Role::Candidate && console.glances("briefing") {
        // Before the session has begun there is nothing to record in, and nobody who could read.
        let _ = console.record((Participant::Candidate, Door::Page, Effect::Look), Kind::BriefRead);
    }
    Json(Briefing { markdown: console.interview().lab.briefing.clone() })
}

/// The page that went out; `null` before.
#[utoipa::path(get, path = "/api/page", operation_id = "session_page",
    tag = "session",
    responses((status = 200, body = Option<Page>)))]
pub(crate) async fn page(who: Who, State(console): State<Console>) -> Json<Option<Page>> {
    let page = console.page();
    if page.is_some() && who.role == Role::Candidate && console.glances("page") {
        // As above.
        let _ = console.record((Participant::Candidate, Door::Page, Effect::Look), Kind::PageRead);
    }
    Json(page)
}

/// The candidate says that they are done. The session ends with it.
#[utoipa::path(post, path = "/api/done", operation_id = "session_done",
    tag = "session",
    responses((status = 204), (status = 409, body = Problem)))]
pub(crate) async fn done(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    console.doors()?.say_done();
    Ok(StatusCode::NO_CONTENT)
}
