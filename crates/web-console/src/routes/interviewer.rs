//! What only the interviewer sees and does.

use axum::extract::State;
use axum::http::StatusCode;
use lab::cause::{ActPattern, Cause, Remedy, Trap};
use serde::{Deserialize, Serialize};
use session::event::{Door, Effect, Kind, Participant};
use utoipa::{IntoParams, ToSchema};

use crate::console::Console;
use crate::contract::{Board, Note, TimelineEvent};
use crate::extract::{Json, Query, text};
use crate::live;
use crate::problem::Problem;
use crate::record::Record;
use crate::who::{Interviewer, Reader};
use crate::words::Role;

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The first sequence number that is wanted; 0 when left out.
    #[serde(default)]
    pub from: u64,
}

/// A part of the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Timeline {
    pub events: Vec<TimelineEvent>,
    /// Give it as `from` to go on.
    pub next: u64,
}

/// What is wrong with the system, and how it comes about.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseInfo {
    pub id: String,
    pub title: String,
    /// From cause to symptom, one sentence a link.
    pub chain: Vec<String>,
    /// What cures it, such as `rollback payments`; empty when nothing is to be changed.
    pub remedies: Vec<String>,
    /// Tempting and not curing.
    pub traps: Vec<TrapInfo>,
    pub follow_ups: Vec<String>,
}

/// A tempting act, and why it does not cure.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrapInfo {
    pub act: String,
    pub because: String,
}

/// A private note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// At most 4000 characters.
    pub text: String,
    /// The moment that it is about, in seconds since the session's start; now when left out.
    #[serde(default)]
    pub about_s: Option<f64>,
}

/// More time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// 1 to 120.
    pub minutes: u32,
}

/// A new link.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewLink {
    pub url: String,
}

/// The timeline from an event on.
#[utoipa::path(get, path = "/api/timeline", operation_id = "interviewer_timeline",
    tag = "interviewer", params(From),
    responses((status = 200, body = Timeline), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn timeline(
    _who: Reader,
    State(console): State<Console>,
    Query(from): Query<From>,
) -> Json<Timeline> {
    let events = console.so_far().map(|record| live::timeline(record, from.from, AT_ONCE));
    let events = events.unwrap_or_default();
    let next = events.last().map_or(from.from, |last| last.seq + 1);
    Json(Timeline { events, next })
}

/// What was seen and what not yet.
#[utoipa::path(get, path = "/api/evidence", operation_id = "interviewer_evidence",
    tag = "interviewer",
    responses((status = 200, body = Board), (status = 403, body = Problem)))]
pub(crate) async fn evidence(_who: Interviewer, State(console): State<Console>) -> Json<Board> {
    Json(live::board(&console.chronicle().board))
}

/// What is wrong with the system.
#[utoipa::path(get, path = "/api/cause", operation_id = "interviewer_cause",
    tag = "interviewer",
    responses((status = 200, body = CauseInfo), (status = 403, body = Problem)))]
pub(crate) async fn cause(_who: Interviewer, State(console): State<Console>) -> Json<CauseInfo> {
    Json(told(&console.interview().cause))
}

/// A cause, in words.
pub(crate) fn told(cause: &Cause) -> CauseInfo {
    let remedies = match &cause.remedy {
        Remedy::Acts(acts) => acts.iter().map(in_words).collect(),
        Remedy::Nothing => Vec::new(),
    };
    let trap = |it: &Trap| TrapInfo { act: in_words(&it.act), because: it.because.clone() };
    CauseInfo {
        id: cause.id.clone(),
        title: cause.title.clone(),
        chain: cause.chain.clone(),
        remedies,
        traps: cause.traps.iter().map(trap).collect(),
        follow_ups: cause.follow_ups.clone(),
    }
}

/// All private notes, oldest first.
#[utoipa::path(get, path = "/api/notes", operation_id = "interviewer_notes",
    tag = "interviewer",
    responses((status = 200, body = Vec<Note>), (status = 403, body = Problem)))]
pub(crate) async fn notes(_who: Interviewer, State(console): State<Console>) -> Json<Vec<Note>> {
    Json(console.chronicle().notes.list.clone())
}

/// Writes a private note.
#[utoipa::path(post, path = "/api/notes", operation_id = "interviewer_note",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn note(
    _who: Interviewer,
    State(console): State<Console>,
    Json(note): Json<NewNote>,
) -> Result<StatusCode, Problem> {
    let text = text("the note", &note.text, 4000)?;
    let now_s = console.so_far().map_or(0.0, Record::now_s);
    let about_s = note.about_s.unwrap_or(now_s);
    if !(0.0..=now_s).contains(&about_s) {
        return Err(Problem::bad("a note is about a moment of the session, up to now"));
    }
    let by = (Participant::Interviewer, Door::Notebook, Effect::Think);
    console.record(by, Kind::Noted { text, about_s })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the candidate more time.
#[utoipa::path(post, path = "/api/extend", operation_id = "interviewer_extend",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn extend(
    _who: Interviewer,
    State(console): State<Console>,
    Json(more): Json<More>,
) -> Result<StatusCode, Problem> {
    if !(1..=120).contains(&more.minutes) {
        return Err(Problem::bad("1 to 120 more minutes can be given"));
    }
    not_over(&console)?;
    let by = (Participant::Interviewer, Door::Session, Effect::Truth);
    console.record(by, Kind::Extended { minutes: more.minutes })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session.
#[utoipa::path(post, path = "/api/end", operation_id = "interviewer_end",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn end(
    _who: Interviewer,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    not_over(&console)?;
    let by = (Participant::Interviewer, Door::Session, Effect::Say);
    console.record(by, Kind::CalledOff)?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_over(console: &Console) -> Result<(), Problem> {
    match console.chronicle().ended {
        Some(_) => Err(Problem::not_now("the session is over")),
        None => Ok(()),
    }
}

/// Such as `config-set payments pool-size`.
fn in_words(act: &ActPattern) -> String {
    let parts = [Some(&act.verb), act.target.as_ref(), act.detail.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Events of one answer.
const AT_ONCE: usize = 5000;

/// A new link for the candidate; whoever came by the old one is signed out.
#[utoipa::path(post, path = "/api/links/candidate", operation_id = "interviewer_new_link",
    tag = "interviewer",
    responses((status = 200, body = NewLink), (status = 403, body = Problem)))]
pub(crate) async fn new_link(_who: Interviewer, State(console): State<Console>) -> Json<NewLink> {
    console.sign_out(Role::Candidate);
    Json(NewLink { url: console.new_link(Role::Candidate) })
}
