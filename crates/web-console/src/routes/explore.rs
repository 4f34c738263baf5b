//! Prometheus' own HTTP API, as far as Explore needs it. Each question goes past the record in front
//! of Prometheus, like one from the terminal.

use axum::extract::{RawQuery, State};
use orchestrator::doors::metrics::Note;
use orchestrator::reasons::in_words;
use serde_json::Value;

use crate::console::Console;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::who::Candidate;

/// A value of now, or of `time`: Prometheus' `/api/v1/query`, same parameters, same answer.
#[utoipa::path(get, path = "/api/explore/query", operation_id = "explore_query",
    tag = "explore",
    params(("query" = String, Query), ("time" = Option<f64>, Query)),
    responses((status = 200, body = Object), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn query(
    _who: Candidate,
    State(console): State<Console>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    ask(&console, "query", question, Note::Look).await
}

/// Values over time: Prometheus' `/api/v1/query_range`, same parameters, same answer.
#[utoipa::path(get, path = "/api/explore/query_range", operation_id = "explore_query_range",
    tag = "explore",
    params(("query" = String, Query), ("start" = f64, Query), ("end" = f64, Query), ("step" = f64, Query)),
    responses((status = 200, body = Object), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn query_range(
    _who: Candidate,
    State(console): State<Console>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    ask(&console, "query_range", question, Note::Look).await
}

/// Series that fit `match[]`: Prometheus' `/api/v1/series`.
#[utoipa::path(get, path = "/api/explore/series", operation_id = "explore_series",
    tag = "explore",
    params(("match[]" = Vec<String>, Query)),
    responses((status = 200, body = Object), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn series(
    _who: Candidate,
    State(console): State<Console>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    ask(&console, "series", question, Note::Look).await
}

/// Names of labels, for completion: Prometheus' `/api/v1/labels`.
#[utoipa::path(get, path = "/api/explore/labels", operation_id = "explore_labels",
    tag = "explore",
    params(("match[]" = Option<Vec<String>>, Query)),
    responses((status = 200, body = Object), (status = 502, body = Problem)))]
pub(crate) async fn labels(
    _who: Candidate,
    State(console): State<Console>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    ask(&console, "labels", question, Note::Nothing).await
}

/// Values of a label, for completion: Prometheus' `/api/v1/label/{name}/values`. The names of all
/// metrics are those of `__name__`.
#[utoipa::path(get, path = "/api/explore/label/{name}/values", operation_id = "explore_label_values",
    tag = "explore",
    params(("match[]" = Option<Vec<String>>, Query)),
    responses((status = 200, body = Object), (status = 404, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn label_values(
    _who: Candidate,
    State(console): State<Console>,
    Path(name): Path<String>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(Problem::not_found(format!("`{name}` is no name of a label")));
    }
    // The names of metrics only help to write a question; the values of a label answer one.
    let note = if name == "__name__" { Note::Nothing } else { Note::Look };
    ask(&console, &format!("label/{name}/values"), question, note).await
}

/// Types and help of metrics, for completion: Prometheus' `/api/v1/metadata`.
#[utoipa::path(get, path = "/api/explore/metadata", operation_id = "explore_metadata",
    tag = "explore",
    responses((status = 200, body = Object), (status = 502, body = Problem)))]
pub(crate) async fn metadata(
    _who: Candidate,
    State(console): State<Console>,
    RawQuery(question): RawQuery,
) -> Result<Json<Value>, Problem> {
    ask(&console, "metadata", question, Note::Nothing).await
}

/// The longest question, in bytes.
const LONGEST: usize = 16 << 10;
/// What a page may say of a question; the rest is the server's to say.
const KNOWN: [&str; 7] = ["query", "time", "start", "end", "step", "match[]", "limit"];

async fn ask(
    console: &Console,
    route: &str,
    question: Option<String>,
    note: Note,
) -> Result<Json<Value>, Problem> {
    let doors = console.doors()?;
    let question = question.unwrap_or_default();
    if question.len() > LONGEST {
        return Err(Problem::bad(format!("the question has over {LONGEST} bytes; ask for less")));
    }
    let given = form_urlencoded::parse(question.as_bytes());
    let known = given.filter(|(name, _)| KNOWN.contains(&name.as_ref()));
    let question = form_urlencoded::Serializer::new(String::new()).extend_pairs(known).finish();
    let answer = doors.ask_metrics(route, &question, note).await;
    let answer = answer.map_err(|error| Problem::no_metrics(in_words(&error)))?;
    let read: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let said = read.as_ref().and_then(|read| read["error"].as_str()).map(str::to_owned);
    match (answer.status, read, said) {
        (200, Some(read), None) => Ok(Json(read)),
        (400..=499, _, Some(said)) => Err(Problem::bad(said)),
        (_, _, Some(said)) => Err(Problem::no_metrics(said)),
        (status, _, None) => Err(Problem::no_metrics(format!("it answered with status {status}"))),
    }
}
