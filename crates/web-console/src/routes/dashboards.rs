//! The dashboards: the very files of Grafana, and the values of their variables.

use axum::extract::State;
use dashboard::{ALL, Choices, Dashboard, Variable};
use orchestrator::doors::Doors;
use orchestrator::doors::metrics::Note;
use orchestrator::reasons::in_words;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::who::Candidate;

/// A dashboard in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardInfo {
    pub uid: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    /// Titles of its panels in reading order.
    pub panels: Vec<String>,
}

/// A variable of a dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariableChoices {
    pub name: String,
    pub label: String,
    /// Whether several values may be chosen.
    pub many: bool,
    /// Whether `$__all` may be chosen.
    pub all: bool,
    /// What there is to choose from, now.
    pub values: Vec<String>,
    /// What is chosen at first.
    pub chosen: Vec<String>,
}

/// All dashboards.
#[utoipa::path(get, path = "/api/dashboards", operation_id = "dashboards_list",
    tag = "dashboards",
    responses((status = 200, body = Vec<DashboardInfo>), (status = 409, body = Problem)))]
pub(crate) async fn list(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<Json<Vec<DashboardInfo>>, Problem> {
    let doors = console.doors()?;
    let info = |dashboard: &Dashboard| DashboardInfo {
        uid: dashboard.uid.clone(),
        title: dashboard.title.clone(),
        description: dashboard.description.clone(),
        tags: dashboard.tags.clone(),
        panels: dashboard.panels().iter().map(|panel| panel.title.clone()).collect(),
    };
    Ok(Json(doors.dashboards.iter().map(info).collect()))
}

/// One dashboard, as its file stands under `grafana/dashboards`.
#[utoipa::path(get, path = "/api/dashboards/{uid}", operation_id = "dashboards_file",
    tag = "dashboards",
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(crate) async fn file(
    _who: Candidate,
    State(console): State<Console>,
    Path(uid): Path<String>,
) -> Result<Json<serde_json::Value>, Problem> {
    let doors = console.doors()?;
    let file = doors.lab.dashboards.get(&uid).ok_or_else(|| no_dashboard(&doors, &uid))?;
    let file = serde_json::from_str(&file.text);
    // It was read as a dashboard before the session began.
    file.map(Json).map_err(|error| Problem::bad(error.to_string()))
}

/// The variables of a dashboard, with what there is to choose from now.
#[utoipa::path(get, path = "/api/dashboards/{uid}/variables", operation_id = "dashboards_variables",
    tag = "dashboards",
    responses((status = 200, body = Vec<VariableChoices>), (status = 404, body = Problem)))]
pub(crate) async fn variables(
    _who: Candidate,
    State(console): State<Console>,
    Path(uid): Path<String>,
) -> Result<Json<Vec<VariableChoices>>, Problem> {
    let doors = console.doors()?;
    let dashboard = find(&doors, &uid)?;
    let mut all = Vec::new();
    for variable in dashboard.variables.iter() {
        let chosen = match variable.chosen.is_empty() {
            true if variable.has_all => vec![ALL.to_owned()],
            _ => variable.chosen.clone(),
        };
        all.push(VariableChoices {
            name: variable.name.clone(),
            label: variable.label.clone(),
            many: variable.multi,
            all: variable.has_all,
            values: values(&doors, variable).await?,
            chosen,
        });
    }
    Ok(Json(all))
}

/// The dashboard of this uid.
///
/// # Errors
/// When there is none.
pub(crate) fn find<'a>(doors: &'a Doors, uid: &str) -> Result<&'a Dashboard, Problem> {
    doors.dashboards.iter().find(|it| it.uid == uid).ok_or_else(|| no_dashboard(doors, uid))
}

fn no_dashboard(doors: &Doors, uid: &str) -> Problem {
    let names: Vec<&str> = doors.dashboards.iter().map(|it| it.uid.as_str()).collect();
    Problem::not_found(format!("no dashboard `{uid}`; there are {}", names.join(", ")))
}

/// What there is to choose from now.
async fn values(doors: &Doors, variable: &Variable) -> Result<Vec<String>, Problem> {
    let (selector, label) = match &variable.choices {
        Choices::Listed(values) => return Ok(values.clone()),
        Choices::Unknown => return Ok(variable.chosen.clone()),
        Choices::LabelValues { selector, label } => (selector, label),
    };
    let question = selector.as_ref().map_or(String::new(), |selector| {
        form_urlencoded::Serializer::new(String::new()).append_pair("match[]", selector).finish()
    });
    let route = format!("label/{label}/values");
    // A list to choose from is no look at the system.
    let answer = doors.ask_metrics(&route, &question, Note::Nothing).await;
    let answer = answer.map_err(|error| Problem::no_metrics(in_words(&error)))?;
    let read: Values = serde_json::from_slice(&answer.body)
        .map_err(|_| Problem::no_metrics("it gave an answer that cannot be read"))?;
    Ok(read.data)
}

/// Prometheus' answer to a question for the values of a label.
#[derive(Deserialize)]
struct Values {
    #[serde(default)]
    data: Vec<String>,
}
