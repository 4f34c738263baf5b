//! What the interviewer may let happen: the lab's injects, listed, used and taken back.

use axum::extract::State;
use axum::http::StatusCode;
use lab::fault::Fault;
use lab::inject::Does;
use orchestrator::injects::{InjectError, can_take_back};
use orchestrator::reasons;
use serde::Serialize;
use tokio::task::JoinError;
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::who::Interviewer;

/// Something that the interviewer may let happen.
#[derive(Debug, Serialize, ToSchema)]
pub struct InjectInfo {
    pub id: String,
    pub title: String,
    pub does: InjectDoes,
    /// What is said, or what changes in the system.
    pub words: String,
    /// Whether it may be used more than once.
    pub repeat: bool,
    /// When it was used, in seconds since the session's start.
    pub used_at_s: Vec<f64>,
    /// When its fault was taken back.
    pub taken_back_at_s: Vec<f64>,
    /// Whether a fault of it is on that can be taken back.
    pub can_take_back: bool,
}

/// What an inject does.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InjectDoes {
    /// Somebody speaks in the channel.
    Message,
    /// A fault goes in beside the cause's.
    Fault,
}

/// All injects of the lab, and when they were used.
#[utoipa::path(get, path = "/api/injects", operation_id = "injects_list",
    tag = "interviewer",
    responses((status = 200, body = Vec<InjectInfo>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    _who: Interviewer,
    State(console): State<Console>,
) -> Json<Vec<InjectInfo>> {
    let (used, taken_back) = {
        let chronicle = console.chronicle();
        (chronicle.injects.clone(), chronicle.taken_back.clone())
    };
    let of = |all: &[(String, f64)], id: &str| -> Vec<f64> {
        all.iter().filter(|it| it.0 == id).map(|it| it.1).collect()
    };
    let infos = console.interview().lab.injects.iter().map(|inject| {
        let (used_at_s, taken_back_at_s) = (of(&used, &inject.id), of(&taken_back, &inject.id));
        let (does, words) = match &inject.does {
            Does::Message { who, text, .. } => (InjectDoes::Message, format!("{who}: {text}")),
            Does::Fault(fault) => (InjectDoes::Fault, in_words(fault)),
        };
        InjectInfo {
            id: inject.id.clone(),
            title: inject.title.clone(),
            does,
            words,
            repeat: inject.repeat,
            can_take_back: can_take_back(inject) && used_at_s.len() > taken_back_at_s.len(),
            used_at_s,
            taken_back_at_s,
        }
    });
    Json(infos.collect())
}

/// Uses one. The answer comes when it is in.
#[utoipa::path(post, path = "/api/injects/{id}", operation_id = "injects_use",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn make(
    _who: Interviewer,
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let injects = console.injects()?;
    // On its own, so that a page that goes away leaves nothing half done.
    told(tokio::spawn(async move { injects.make(&id).await }).await)
}

/// Takes its fault back, before the session ends it. The answer comes when it is out.
#[utoipa::path(delete, path = "/api/injects/{id}", operation_id = "injects_take_back",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn take_back(
    _who: Interviewer,
    State(console): State<Console>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let injects = console.injects()?;
    told(tokio::spawn(async move { injects.take_back(&id).await }).await)
}

/// What became of it, for a page.
fn told(did: Result<Result<(), InjectError>, JoinError>) -> Result<StatusCode, Problem> {
    let refused = |error: InjectError| match error {
        InjectError::Unknown { .. } => Problem::not_found(error.to_string()),
        InjectError::Used { .. }
        | InjectError::Over
        | InjectError::NotOn { .. }
        | InjectError::Stays { .. } => Problem::not_now(error.to_string()),
        InjectError::Fault { .. } | InjectError::Stuck { .. } => {
            let detail = reasons::in_words(&error);
            Problem::new(StatusCode::BAD_GATEWAY, "the system did not do it", detail)
        }
    };
    match did {
        Ok(did) => did.map(|()| StatusCode::NO_CONTENT).map_err(refused),
        Err(_) => Err(Problem::not_now("the session is ending")),
    }
}

/// Such as `m-1017 sends 20 requests a second more`.
fn in_words(fault: &Fault) -> String {
    match fault {
        Fault::Deploy { deployment, release, .. } => format!("{deployment} is rolled to {release}"),
        Fault::Config { deployment, key, value, .. } => {
            format!("{key} of {deployment} is set to {value}")
        }
        Fault::Traffic { merchant, rate, .. } => {
            format!("{merchant} sends {rate} requests a second more")
        }
        Fault::Sql { service, application, hold, .. } => {
            let seconds = hold.as_secs();
            format!("{application} holds a transaction open in {service} for {seconds} s")
        }
    }
}
