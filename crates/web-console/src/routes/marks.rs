//! The moments that a dashboard marks in its charts. They are drawn without words; a look is recorded
//! when somebody points at the mark of a change, with the report of what was in view.

use axum::extract::State;
use dashboard::Range;
use orchestrator::doors::annotations::Marked;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::dashboards;
use super::panels::{range_of, variables};
use crate::console::Console;
use crate::contract::Chosen;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::who::Candidate;

/// The stretch of time that the charts show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarksQuestion {
    /// Unix time in seconds.
    pub from: f64,
    /// Unix time in seconds.
    pub to: f64,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    pub variables: Chosen,
}

/// What is marked.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardMarks {
    /// In the order of time.
    pub marks: Vec<DashboardMark>,
    /// Why some may be missing.
    pub problem: Option<String>,
}

/// A moment that all charts of a dashboard mark.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct DashboardMark {
    /// Unix time in seconds.
    pub at: f64,
    /// What kind of moments it is one of, such as `Alerts`.
    pub annotation: String,
    /// One of Grafana's colours or `#rrggbb`; may be empty.
    pub colour: String,
    pub title: String,
    pub text: String,
    /// The `id` in the list of changes, where it is one of them.
    pub change: Option<u64>,
}

/// The moments that a dashboard marks.
#[utoipa::path(post, path = "/api/dashboards/{uid}/marks", operation_id = "dashboards_marks",
    tag = "dashboards",
    responses((status = 200, body = DashboardMarks), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn marks(
    _who: Candidate,
    State(console): State<Console>,
    Path(uid): Path<String>,
    Json(question): Json<MarksQuestion>,
) -> Result<Json<DashboardMarks>, Problem> {
    let doors = console.doors()?;
    let dashboard = dashboards::find(&doors, &uid)?;
    let range: Range = range_of(question.from, question.to, None)?;
    let variables = variables(dashboard, &question.variables)?;
    let (marked, problem) = doors.marked(dashboard, &range, &variables).await;
    Ok(Json(DashboardMarks { marks: marked.into_iter().map(told).collect(), problem }))
}

fn told(marked: Marked) -> DashboardMark {
    let Marked { annotation, colour, moment, change } = marked;
    let (at, title, text) = (moment.at, moment.title, moment.text);
    let title = if title.trim().is_empty() { annotation.clone() } else { title };
    DashboardMark { at, annotation, colour, title, text, change }
}
