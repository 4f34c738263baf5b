//! Sockets: a ticket opens one, frames are bounded. What they carry is [`crate::live`]'s and
//! [`crate::mirror`]'s.

use std::time::Instant;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::watch;

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
        Ok(role) => bounded(socket).on_upgrade(async move |socket| {
            let signed_out = console.signed_out(role);
            let serving = live::serve(socket, console, role, opening.from.unwrap_or(0));
            while_signed_in(signed_out, serving).await;
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
    bounded(socket).on_upgrade(async move |socket| {
        let signed_out = console.signed_out(role);
        let serving = mirror::serve(socket, console, screen, role, opening.from);
        while_signed_in(signed_out, serving).await;
    })
}

/// Serves until the page goes away, or whoever sits there is signed out.
async fn while_signed_in(mut signed_out: watch::Receiver<u64>, serving: impl Future<Output = ()>) {
    tokio::select! {
        () = serving => {}
        // The sender lives as long as the console.
        _ = signed_out.changed() => {}
    }
}

fn admit(console: &Console, opening: &Opening) -> Result<Role, Problem> {
    let role = console.tickets().take(&opening.ticket, Instant::now());
    role.ok_or_else(Problem::stranger)
}

fn bounded(socket: WebSocketUpgrade) -> WebSocketUpgrade {
    socket.max_message_size(FRAME).max_frame_size(FRAME)
}
