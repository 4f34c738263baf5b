//! The debrief after the incident: written part by part, handed in once, and the record closed.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use session::event::{self, Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::Debrief;
use crate::extract::{Json, Path, perhaps};
use crate::problem::Problem;
use crate::who::{Candidate, Who};
use crate::words::{DebriefPart, Role};

/// Characters of one part.
const LONGEST: usize = 4000;

/// A part of the debrief, the whole of it as it stands now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    /// At most 4000 characters; may be empty.
    pub text: String,
}

/// What has been written so far.
#[utoipa::path(get, path = "/api/debrief", operation_id = "debrief_read",
    tag = "debrief",
    responses((status = 200, body = Debrief)))]
pub(crate) async fn read(_who: Who, State(console): State<Console>) -> Json<Debrief> {
    Json((&console.chronicle().debrief).into())
}

/// Keeps a part as it stands. The page sends it as the candidate writes, so that nothing is lost.
#[utoipa::path(put, path = "/api/debrief/{part}", operation_id = "debrief_write",
    tag = "debrief", params(("part" = DebriefPart, Path)),
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn write(
    _who: Candidate,
    State(console): State<Console>,
    Path(part): Path<DebriefPart>,
    Json(written): Json<NewText>,
) -> Result<StatusCode, Problem> {
    let part = event::DebriefPart::from(part);
    let text = perhaps("this part", &written.text, LONGEST)?;
    is_open(&console)?;
    let is_new = console.chronicle().debrief.part(part) != text;
    if is_new {
        record(&console, Kind::DebriefWritten { part, text })?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Hands the debrief in. After that it stays as it is.
#[utoipa::path(post, path = "/api/debrief", operation_id = "debrief_submit",
    tag = "debrief",
    responses((status = 204), (status = 409, body = Problem)))]
pub(crate) async fn submit(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    is_open(&console)?;
    record(&console, Kind::DebriefSubmitted)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Closes the record: the journal is sealed, and the session ends. It is for the interviewer, and for
/// somebody who practises alone.
#[utoipa::path(post, path = "/api/seal", operation_id = "debrief_seal",
    tag = "debrief",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn seal(who: Who, State(console): State<Console>) -> Result<StatusCode, Problem> {
    let participant = match who.role {
        Role::Interviewer => Participant::Interviewer,
        Role::Candidate if console.interview().alone => Participant::Candidate,
        Role::Candidate => return Err(Problem::not_yours()),
    };
    is_over(&console)?;
    console.record((participant, Door::Session, Effect::Say), Kind::RecordClosed)?;
    Ok(StatusCode::NO_CONTENT)
}

fn record(console: &Console, kind: Kind) -> Result<(), Problem> {
    let by = (Participant::Candidate, Door::Notebook, Effect::Think);
    console.record(by, kind).map(|_| ())
}

/// Whether the debrief can be written.
fn is_open(console: &Console) -> Result<(), Problem> {
    is_over(console)?;
    match console.chronicle().debrief.submitted_at_s {
        Some(_) => Err(Problem::not_now("your debrief is handed in, and stays as it is")),
        None => Ok(()),
    }
}

fn is_over(console: &Console) -> Result<(), Problem> {
    match console.chronicle().ended {
        Some(_) => Ok(()),
        None => Err(Problem::not_now("the incident is still on; the debrief comes after it")),
    }
}
