//! The terminals that there are, and one more. What they carry goes over [`crate::sockets`].

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::TerminalInfo;
use crate::extract::Json;
use crate::problem::Problem;
use crate::who::{Candidate, Who};

/// The size of a new terminal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTerminal {
    /// 20 to 500.
    pub columns: u16,
    /// 5 to 200.
    pub rows: u16,
}

/// The candidate's terminals, in the order in which they were opened.
#[utoipa::path(get, path = "/api/terminals", operation_id = "terminals_list",
    tag = "terminals",
    responses((status = 200, body = Vec<TerminalInfo>)))]
pub(crate) async fn list(_who: Who, State(console): State<Console>) -> Json<Vec<TerminalInfo>> {
    Json(console.screens().list())
}

/// Opens one more terminal.
#[utoipa::path(post, path = "/api/terminals", operation_id = "terminals_open",
    tag = "terminals",
    responses((status = 200, body = TerminalInfo), (status = 409, body = Problem)))]
pub(crate) async fn open(
    _who: Candidate,
    State(console): State<Console>,
    Json(new): Json<NewTerminal>,
) -> Result<Json<TerminalInfo>, Problem> {
    console.open_terminal(new.columns, new.rows).await.map(Json)
}
