//! The candidate's clock: the interviewer stops it and lets it run again. The system goes on meanwhile;
//! the end of the interview moves by as long as the clock stood still.

use axum::extract::State;
use axum::http::StatusCode;
use session::event::{Door, Effect, Kind, Participant};

use crate::console::Console;
use crate::problem::Problem;
use crate::who::Interviewer;

/// Stops the candidate's clock.
#[utoipa::path(post, path = "/api/clock/pause", operation_id = "clock_pause",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn pause(
    _who: Interviewer,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    change(&console, Kind::Paused)
}

/// Lets it run again.
#[utoipa::path(post, path = "/api/clock/resume", operation_id = "clock_resume",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn resume(
    _who: Interviewer,
    State(console): State<Console>,
) -> Result<StatusCode, Problem> {
    change(&console, Kind::Resumed)
}

fn change(console: &Console, kind: Kind) -> Result<StatusCode, Problem> {
    let _turn = console.turn();
    let (ended, runs, paused) = {
        let chronicle = console.chronicle();
        let clock = &chronicle.clock;
        (chronicle.ended.is_some(), clock.paged_at_s.is_some(), clock.paused_at_s.is_some())
    };
    if ended {
        return Err(Problem::not_now("the session is over"));
    }
    if !runs {
        return Err(Problem::not_now("the clock starts with the page, which is not out yet"));
    }
    match (paused, matches!(kind, Kind::Paused)) {
        (true, true) => return Err(Problem::not_now("the clock has been stopped already")),
        (false, false) => return Err(Problem::not_now("the clock is running")),
        (true, false) | (false, true) => {}
    }
    let by = (Participant::Interviewer, Door::Session, Effect::Truth);
    console.record(by, kind)?;
    Ok(StatusCode::NO_CONTENT)
}
