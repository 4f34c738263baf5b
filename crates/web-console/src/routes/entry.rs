//! The way in: a link that works once, and tickets for sockets.

use std::time::Instant;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use session::event::{Door, Effect, Kind, Participant};
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::{Json, Path};
use crate::keys::LinkError;
use crate::page;
use crate::who::{Who, by_cookie};
use crate::words::Role;

/// Opens one socket.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    /// Give it as `?ticket=`, once and within 30 seconds.
    pub ticket: String,
}

/// A link as it was printed: exchanges its token for a cookie and goes on to the page.
#[utoipa::path(get, path = "/enter/{token}", operation_id = "entry_enter",
    tag = "entry",
    responses((status = 303, description = "to the page, with a cookie"),
        (status = 410, description = "a page that says why the link does not work")))]
pub(crate) async fn enter(
    State(console): State<Console>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    // Whoever has come in already may use their link again.
    let on =
        || (StatusCode::SEE_OTHER, [(header::LOCATION, console.address().page())]).into_response();
    if !console.allows_entry() {
        let sentence = "Too many links were tried. Wait a moment and open yours again.";
        return page::says(StatusCode::TOO_MANY_REQUESTS, "Wait a moment", sentence);
    }
    let exchanged = console.keys().exchange(&token, Instant::now());
    match exchanged {
        Ok((cookie, role)) => {
            console.close_sockets(role);
            note(&console, role);
            let mut response = on();
            if let Ok(value) = HeaderValue::try_from(console.address().set_cookie(&cookie)) {
                response.headers_mut().insert(header::SET_COOKIE, value);
            }
            response
        }
        Err(LinkError::Used) if by_cookie(&headers, &console).is_some() => on(),
        Err(error) => refused(
            error,
            "If it was not you who used it, say so; the interviewer can give you a new one, and \
             whoever used this one is signed out",
        ),
    }
}

/// Why a link lets nobody in, for a person; `used` is what to do about one that was used.
pub(crate) fn refused(error: LinkError, used: &str) -> Response {
    let (title, sentence) = match error {
        LinkError::Unknown => ("No such link", "Check that it was copied whole.".to_owned()),
        LinkError::Used => ("This link has been used", format!("Each link works once. {used}.")),
        LinkError::Expired => ("This link is too old", "Ask for a new one.".to_owned()),
    };
    page::says(StatusCode::GONE, title, &sentence)
}

/// Who came is a part of the record.
fn note(console: &Console, role: Role) {
    let (participant, name) = match role {
        Role::Candidate => (Participant::Candidate, "candidate"),
        Role::Interviewer => (Participant::Interviewer, "interviewer"),
    };
    let by = (participant, Door::Session, Effect::Truth);
    // Whoever comes before the session has begun is in no record yet.
    let _ = console.record(by, Kind::Entered { role: name.to_owned() });
}

/// A ticket for one socket.
#[utoipa::path(post, path = "/api/ticket", operation_id = "entry_ticket",
    tag = "entry",
    responses((status = 200, body = Ticket)))]
pub(crate) async fn ticket(who: Who, State(console): State<Console>) -> Json<Ticket> {
    Json(Ticket { ticket: console.tickets().give_out(who.role, Instant::now()) })
}
