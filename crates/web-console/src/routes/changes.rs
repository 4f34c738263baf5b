//! Deployments, settings, scaling, restarts and limits in one list, with what they changed.

use axum::extract::State;
use orchestrator::control::history::Change;
use orchestrator::doors::changes::releases;
use serde::Serialize;
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::who::Candidate;

/// One change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeEntry {
    pub id: u64,
    /// RFC 3339.
    pub at: String,
    pub by: String,
    /// `deploy`, `rollback`, `config`, `scale`, `restart`, `limit`, ….
    pub verb: String,
    pub target: String,
    /// Such as `2.3.1 -> 2.3.2`.
    pub change: String,
    pub note: String,
    pub has_diff: bool,
}

/// What a change changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeDiff {
    pub id: u64,
    /// Patches as `git format-patch` writes them, one after the other.
    pub patch: String,
}

/// All changes, newest first.
#[utoipa::path(get, path = "/api/changes", operation_id = "changes_list",
    tag = "changes",
    responses((status = 200, body = Vec<ChangeEntry>), (status = 409, body = Problem)))]
pub(crate) async fn list(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<Json<Vec<ChangeEntry>>, Problem> {
    let doors = console.doors()?;
    let changes = doors.changes();
    // One that is new is a new look, however soon.
    if console.glances(&format!("changes {}", changes.len())) {
        doors.note_changes_read(&changes);
    }
    let entry = |(id, change): (u64, Change)| ChangeEntry {
        id,
        at: change.at.to_string(),
        has_diff: releases(&change).is_some(),
        by: change.by,
        verb: change.verb,
        target: change.target,
        change: change.change,
        note: change.note,
    };
    let mut entries: Vec<ChangeEntry> = (0..).zip(changes).map(entry).collect();
    entries.reverse();
    Ok(Json(entries))
}

/// What a change of release changed in the source.
#[utoipa::path(get, path = "/api/changes/{id}/diff", operation_id = "changes_diff",
    tag = "changes",
    responses((status = 200, body = ChangeDiff), (status = 404, body = Problem)))]
pub(crate) async fn diff(
    _who: Candidate,
    State(console): State<Console>,
    Path(id): Path<u64>,
) -> Result<Json<ChangeDiff>, Problem> {
    let doors = console.doors()?;
    let changes = doors.changes();
    let change = usize::try_from(id).ok().and_then(|id| changes.get(id));
    let change = change.ok_or_else(|| Problem::not_found(format!("there is no change {id}")))?;
    match doors.diff_of(change) {
        Some(Ok(patch)) => Ok(Json(ChangeDiff { id, patch })),
        Some(Err(message)) => Err(Problem::not_found(message)),
        None => Err(Problem::not_found("this change was none of a release; it says all itself")),
    }
}
