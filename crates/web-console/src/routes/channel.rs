//! The incident's channel: ask people, post a status update, and be spoken to.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use session::event::{Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::ChannelMessage;
use crate::extract::{Json, text};
use crate::problem::Problem;
use crate::who::{Candidate, Interviewer, Who};

/// A question to the channel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// At most 1000 characters.
    pub question: String,
}

/// What a teammate says to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    pub who: String,
    pub answer: String,
}

/// A status update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// At most 4000 characters.
    pub text: String,
}

/// Something that the interviewer says in another's name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InTheNameOf {
    /// Such as `Dana (payments)`; at most 60 characters.
    pub who: String,
    /// At most 2000 characters.
    pub text: String,
}

/// All that was said, oldest first.
#[utoipa::path(get, path = "/api/channel", operation_id = "channel_list",
    tag = "channel",
    responses((status = 200, body = Vec<ChannelMessage>)))]
pub(crate) async fn list(who: Who, State(console): State<Console>) -> Json<Vec<ChannelMessage>> {
    let chronicle = console.chronicle();
    Json(chronicle.messages.iter().map(|message| message.told_to(who.role)).collect())
}

/// Asks the teammates something.
#[utoipa::path(post, path = "/api/ask", operation_id = "channel_ask",
    tag = "channel",
    responses((status = 200, body = Answer), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn ask(
    _who: Candidate,
    State(console): State<Console>,
    Json(question): Json<Question>,
) -> Result<Json<Answer>, Problem> {
    let doors = console.doors()?;
    let answered = doors.ask(&text("the question", &question.question, 1000)?);
    Ok(Json(Answer { who: answered.who, answer: answered.says }))
}

/// Posts a status update.
#[utoipa::path(post, path = "/api/say", operation_id = "channel_say",
    tag = "channel",
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn say(
    _who: Candidate,
    State(console): State<Console>,
    Json(update): Json<Update>,
) -> Result<StatusCode, Problem> {
    console.doors()?.say(text("the update", &update.text, 4000)?);
    Ok(StatusCode::NO_CONTENT)
}

/// The interviewer speaks in the channel as a teammate or a stakeholder.
#[utoipa::path(post, path = "/api/messages", operation_id = "channel_speak",
    tag = "interviewer",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn speak(
    _who: Interviewer,
    State(console): State<Console>,
    Json(said): Json<InTheNameOf>,
) -> Result<StatusCode, Problem> {
    console.doors()?;
    let who = text("the name", &said.who, 60)?;
    let text = text("the message", &said.text, 2000)?;
    let by = (Participant::Interviewer, Door::Channel, Effect::Say);
    console.record(by, Kind::Told { who, text })?;
    Ok(StatusCode::NO_CONTENT)
}
