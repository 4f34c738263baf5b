//! The ladder of hints: the interviewer gives the next one, and the candidate reads a teammate's message.
//! Nothing tells the candidate that it stood on a ladder.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use session::event::{Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::{Json, text};
use crate::problem::Problem;
use crate::who::Interviewer;

/// The cause's hints, from general to concrete.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ladder {
    /// Empty when the cause has none.
    pub rungs: Vec<Rung>,
    /// Names in which a hint can be given: those who answer questions in this lab.
    pub teammates: Vec<String>,
}

/// One hint.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rung {
    /// From 1.
    pub number: u32,
    pub text: String,
    /// When it was given; `null` when it was not.
    pub given_at_s: Option<f64>,
}

/// The next hint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextHint {
    /// Which one is meant, so that two clicks give one hint.
    pub number: u32,
    /// In whose name; at most 60 characters.
    pub who: String,
}

/// The ladder, and which hints were given.
#[utoipa::path(get, path = "/api/hints", operation_id = "hints_list",
    tag = "interviewer",
    responses((status = 200, body = Ladder), (status = 403, body = Problem)))]
pub(crate) async fn list(_who: Interviewer, State(console): State<Console>) -> Json<Ladder> {
    let given = console.chronicle().hints.clone();
    let interview = console.interview();
    let rungs = interview.cause.hints.iter().zip(1..).map(|(text, number)| Rung {
        number,
        text: text.clone(),
        given_at_s: given.get(number as usize - 1).copied(),
    });
    let mut teammates: Vec<String> = Vec::new();
    for answer in &interview.lab.answers {
        if !teammates.contains(&answer.who) {
            teammates.push(answer.who.clone());
        }
    }
    Json(Ladder { rungs: rungs.collect(), teammates })
}

/// Gives the next hint, in the channel.
#[utoipa::path(post, path = "/api/hints", operation_id = "hints_give",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn give(
    _who: Interviewer,
    State(console): State<Console>,
    Json(next): Json<NextHint>,
) -> Result<StatusCode, Problem> {
    console.doors()?;
    let who = text("the name", &next.who, 60)?;
    let hints = &console.interview().cause.hints;
    let of = u32::try_from(hints.len()).unwrap_or(u32::MAX);
    let _turn = console.turn();
    let given = console.chronicle().hints.len();
    let number = in_order(next.number, given, of)?;
    let Some(text) = hints.get(given).cloned() else { return Err(all_given(of)) };
    let by = (Participant::Interviewer, Door::Channel, Effect::Say);
    console.record(by, Kind::HintGiven { number, of, who, text })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether this is the next hint, when so many were given.
fn in_order(number: u32, given: usize, of: u32) -> Result<u32, Problem> {
    let next = u32::try_from(given).unwrap_or(u32::MAX).saturating_add(1);
    if of == 0 {
        return Err(Problem::not_found("this cause has no hints; say it in the channel"));
    }
    if next > of {
        return Err(all_given(of));
    }
    if number < next && number > 0 {
        return Err(Problem::not_now(format!("hint {number} was given; hint {next} is next")));
    }
    if number != next {
        let detail = format!("hints are given in order: hint {next} is next, not {number}");
        return Err(Problem::not_now(detail));
    }
    Ok(next)
}

fn all_given(of: u32) -> Problem {
    Problem::not_now(format!("all {of} hints were given; say more in the channel"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_given_one_after_the_other_and_once() {
        let said = |number, given| in_order(number, given, 4).map_err(|it| it.detail);
        let refused = |words: &str| Err(words.to_owned());
        assert_eq!(said(1, 0), Ok(1));
        assert_eq!(said(4, 3), Ok(4));
        assert_eq!(said(1, 1), refused("hint 1 was given; hint 2 is next"));
        assert_eq!(said(3, 1), refused("hints are given in order: hint 2 is next, not 3"));
        assert_eq!(said(0, 1), refused("hints are given in order: hint 2 is next, not 0"));
        assert_eq!(said(4, 4), refused("all 4 hints were given; say more in the channel"));
        assert!(in_order(1, 0, 0).is_err());
    }
}
