//! What the record has so far that bears on each dimension of the rubric, for the interviewer who rates.
//! Computed anew when it is asked for; it chooses no level.

use axum::extract::State;
use serde::Serialize;
use session::assessment::{self, assess};
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::Json;
use crate::problem::Problem;
use crate::who::Interviewer;

/// What bears on one dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bearing {
    /// The dimension's id in the rubric.
    pub dimension: String,
    pub facts: Vec<BearingFact>,
}

/// One fact, and where it stands in the timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct BearingFact {
    /// It may quote what somebody wrote.
    pub says: String,
    /// The first moments of it.
    pub moments: Vec<BearingMoment>,
}

/// An event that a fact is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct BearingMoment {
    pub seq: u64,
    /// Seconds since the session's start.
    pub at_s: f64,
}

/// What bears on each dimension so far.
#[utoipa::path(get, path = "/api/rubric/facts", operation_id = "rubric_facts",
    tag = "interviewer",
    responses((status = 200, body = Vec<Bearing>), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn facts(
    _who: Interviewer,
    State(console): State<Console>,
) -> Result<Json<Vec<Bearing>>, Problem> {
    let Some(record) = console.so_far() else { return Ok(Json(Vec::new())) };
    let (events, about) = (record.events(), console.clone());
    // A long session has many events, and the sockets want the same threads.
    let computing = tokio::task::spawn_blocking(move || {
        let interview = about.interview();
        let facts = assess(&interview.lab, &interview.cause, &events);
        assessment::bearings(&facts, &events)
    });
    let found = computing.await;
    let found = found.map_err(|_| Problem::not_now("this record cannot be read for facts"))?;
    Ok(Json(found.into_iter().map(told).collect()))
}

fn told(bearing: assessment::Bearing) -> Bearing {
    let moment = |it: assessment::Moment| BearingMoment { seq: it.seq, at_s: it.at_s };
    let fact = |it: assessment::Fact| BearingFact {
        says: it.says,
        moments: it.moments.into_iter().map(moment).collect(),
    };
    Bearing { dimension: bearing.dimension, facts: bearing.facts.into_iter().map(fact).collect() }
}
