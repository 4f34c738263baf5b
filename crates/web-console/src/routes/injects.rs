//! What the interviewer may let happen: the lab's injects, listed and used.

use axum::extract::State;
use axum::http::StatusCode;
use lab::fault::Fault;
use lab::inject::Does;
use orchestrator::injects::InjectError;
use orchestrator::reasons;
use serde::Serialize;
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
    let used = console.chronicle().injects.clone();
    let infos = console.interview().lab.injects.iter().map(|inject| {
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
            used_at_s: used.iter().filter(|it| it.0 == inject.id).map(|it| it.1).collect(),
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
    let made = tokio::spawn(async move { injects.make(&id).await }).await;
    let refused = |error: InjectError| match error {
        InjectError::Unknown { .. } => Problem::not_found(error.to_string()),
        InjectError::Used { .. } | InjectError::Over => Problem::not_now(error.to_string()),
        InjectError::Fault { .. } => {
            let detail = reasons::in_words(&error);
            Problem::new(StatusCode::BAD_GATEWAY, "the system did not take it", detail)
        }
    };
    match made {
        Ok(made) => made.map(|()| StatusCode::NO_CONTENT).map_err(refused),
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
