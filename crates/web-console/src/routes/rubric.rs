//! The rubric, which the candidate sees beforehand, and the interviewer's ratings.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use session::event::{Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::Rating;
use crate::extract::{Json, Path, perhaps};
use crate::problem::Problem;
use crate::who::{Interviewer, Who};

/// What is judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rubric {
    pub dimensions: Vec<Dimension>,
}

/// One respect in which a person is judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dimension {
    pub id: String,
    pub title: String,
    pub about: String,
    /// From 1 up.
    pub levels: Vec<RubricLevel>,
}

/// One level, by what a person does who is on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RubricLevel {
    pub level: u8,
    pub anchor: String,
}

/// A choice of the interviewer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRating {
    pub level: u8,
    /// At most 2000 characters.
    #[serde(default)]
    pub because: String,
}

/// The dimensions and their anchored levels.
#[utoipa::path(get, path = "/api/rubric", operation_id = "rubric_rubric",
    tag = "session",
    responses((status = 200, body = Rubric)))]
pub(crate) async fn rubric(_who: Who, State(console): State<Console>) -> Json<Rubric> {
    let level = |(level, anchor): (u8, &String)| RubricLevel { level, anchor: anchor.clone() };
    let dimension = |it: &lab::rubric::Dimension| Dimension {
        id: it.id.clone(),
        title: it.title.clone(),
        about: it.about.clone(),
        levels: (1..).zip(&it.levels).map(level).collect(),
    };
    Json(Rubric {
        dimensions: console.interview().rubric.dimensions.iter().map(dimension).collect(),
    })
}

/// What the interviewer has chosen so far.
#[utoipa::path(get, path = "/api/ratings", operation_id = "rubric_ratings",
    tag = "interviewer",
    responses((status = 200, body = Vec<Rating>), (status = 403, body = Problem)))]
pub(crate) async fn ratings(
    _who: Interviewer,
    State(console): State<Console>,
) -> Json<Vec<Rating>> {
    Json(console.chronicle().ratings.list.clone())
}

/// Chooses a level in one dimension; a second time changes it.
#[utoipa::path(put, path = "/api/rubric/{dimension}", operation_id = "rubric_rate",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn rate(
    _who: Interviewer,
    State(console): State<Console>,
    Path(dimension): Path<String>,
    Json(rating): Json<NewRating>,
) -> Result<StatusCode, Problem> {
    let dimensions = &console.interview().rubric.dimensions;
    let known = dimensions.iter().find(|it| it.id == dimension);
    let known =
        known.ok_or_else(|| Problem::not_found(format!("there is no dimension `{dimension}`")))?;
    let most = known.levels.len();
    if !(1..=most).contains(&usize::from(rating.level)) {
        return Err(Problem::bad(format!("the levels of `{dimension}` are 1 to {most}")));
    }
    let because = perhaps("the reason", &rating.because, 2000)?;
    let by = (Participant::Interviewer, Door::Session, Effect::Think);
    console.record(by, Kind::Rated { dimension, level: rating.level, because })?;
    Ok(StatusCode::NO_CONTENT)
}
