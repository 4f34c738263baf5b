//! Sockets: a ticket opens one, frames are bounded. What they carry is [`crate::live`]'s and
//! [`crate::mirror`]'s.

use std::time::Instant;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::console::Console;
use crate::extract::{Path, Query};
use crate::problem::Problem;
use crate::words::Role;
use crate::{live, mirror};

/// The largest frame that a page may send, in bytes (64 KiB).
pub(crate) const FRAME: usize = 64 << 10;

/// What stands behind the question mark of a socket's address.
#[derive(Deserialize)]
pub(crate) struct Opening {
    #[serde(default)]
    ticket: String,
    /// Where to read on.
    from: Option<u64>,
}

/// `GET /ws/live`
pub(crate) async fn live(
    State(console): State<Console>,
    Query(opening): Query<Opening>,
    socket: WebSocketUpgrade,
) -> Response {
    match admit(&console, &opening) {
        Ok(role) => bounded(socket).on_upgrade(move |socket| {
            live::serve(socket, console, role, opening.from.unwrap_or(0))
        }),
        Err(problem) => problem.into_response(),
    }
}

/// `GET /ws/terminal/{name}`
pub(crate) async fn terminal(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(opening): Query<Opening>,
    socket: WebSocketUpgrade,
) -> Response {
    let role = match admit(&console, &opening) {
        Ok(role) => role,
        Err(problem) => return problem.into_response(),
    };
    let Some(screen) = console.screens().get(&name) else {
        return Problem::not_found(format!("there is no terminal `{name}`")).into_response();
    };
    bounded(socket)
        .on_upgrade(move |socket| mirror::serve(socket, console, screen, role, opening.from))
}

fn admit(console: &Console, opening: &Opening) -> Result<Role, Problem> {
    let role = console.tickets().take(&opening.ticket, Instant::now());
    role.ok_or_else(Problem::stranger)
}

fn bounded(socket: WebSocketUpgrade) -> WebSocketUpgrade {
    socket.max_message_size(FRAME).max_frame_size(FRAME)
}
