//! The lines that a dashboard's panel of logs shows. Asking is not yet looking; that the panel was in
//! view makes it one, at the dashboard and at the log.

use axum::extract::State;
use orchestrator::doors::lines::PanelLines;
use serde::Serialize;
use utoipa::ToSchema;

use super::logs::LogEntry;
use super::panels::{self, PanelQuestion};
use crate::console::Console;
use crate::extract::Json;
use crate::looked::Answered;
use crate::problem::Problem;
use crate::who::Candidate;

/// What a panel of logs shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelLog {
    /// Whose lines they are, as the panel names it.
    pub services: Vec<String>,
    /// Oldest first.
    pub lines: Vec<LogEntry>,
    /// Whether more fit than are here.
    pub more: bool,
}

/// The lines of a panel of logs.
#[utoipa::path(post, path = "/api/panels/lines", operation_id = "panels_lines",
    tag = "dashboards",
    responses((status = 200, body = PanelLog), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn lines(
    _who: Candidate,
    State(console): State<Console>,
    Json(question): Json<PanelQuestion>,
) -> Result<Json<PanelLog>, Problem> {
    let doors = console.doors()?;
    let asked = panels::Wanted::of(&doors, &question)?;
    let found = doors.panel_lines(asked.panel, &asked.range, &asked.variables);
    let found = found.map_err(Problem::bad)?;
    let answer = Answered {
        title: asked.panel.title.clone(),
        promql: Vec::new(),
        shown: in_words(&asked.panel.title, &found),
        lines: found.clone(),
    };
    panels::note_answer(&console, &question, answer);
    let services = found.iter().map(|one| one.service.clone()).collect();
    let more = found.iter().any(|one| one.more);
    let mut lines: Vec<LogEntry> =
        found.into_iter().flat_map(|one| one.lines).map(LogEntry::from).collect();
    lines.sort_by_key(|line| (line.at_ms, line.cursor));
    Ok(Json(PanelLog { services, lines, more }))
}

/// At most so many characters of the lines stand in the event of the dashboard; that of the log has more.
const SHOWN: usize = 2000;

fn in_words(title: &str, found: &[PanelLines]) -> String {
    let text: String = found.iter().map(PanelLines::text).collect();
    if text.is_empty() {
        return format!("{title}: no line fits");
    }
    // The newest are at the end, where the eye is.
    let before = text.chars().count().saturating_sub(SHOWN);
    text.chars().skip(before).collect()
}
