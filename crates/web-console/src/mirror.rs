//! A terminal's socket: bytes both ways for the candidate, one way for the interviewer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use wire::ToTerminal;

use crate::console::{Console, size};
use crate::contract::{FromPage, FromServer};
use crate::screens::{Pace, Reader, Screen};
use crate::words::Role;

/// The most that is sent in one frame, in bytes.
const FRAME: usize = 64 << 10;
/// Between two pings, which find out whether the page is still there.
const PING: Duration = Duration::from_secs(20);
/// A page that takes nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves one page at one terminal until either goes away.
pub(crate) async fn serve(
    socket: WebSocket,
    console: Console,
    screen: Arc<Screen>,
    role: Role,
    from: Option<u64>,
) {
    let (to_page, from_page) = socket.split();
    let pace = match role {
        Role::Candidate => Pace::HoldsBack,
        Role::Interviewer => Pace::Watches,
    };
    let reader = screen.sit_down(from, pace);
    let shown = show(to_page, &console, reader, role);
    // A page that is gone, or that breaks the rules, ends both.
    tokio::select! {
        () = shown => {}
        () = listen(from_page, &screen, role) => {}
    }
}

async fn show(
    mut page: SplitSink<WebSocket, Message>,
    console: &Console,
    mut reader: Reader,
    role: Role,
) {
    let mut news = reader.screen.news();
    let mut pings = tokio::time::interval(PING);
    let (mut columns, mut rows) = reader.read(0).size;
    let read_only = role != Role::Candidate;
    let attached =
        FromServer::Attached { columns, rows, from: reader.at, to: reader.end(), read_only };
    if tell(&mut page, &attached).await.is_err() {
        return;
    }
    loop {
        let read = reader.read(FRAME);
        if read.lost > 0 && tell(&mut page, &FromServer::Lost { bytes: read.lost }).await.is_err() {
            return;
        }
        if read.size != (columns, rows) {
            (columns, rows) = read.size;
            if tell(&mut page, &FromServer::Size { columns, rows }).await.is_err() {
                return;
            }
        }
        if !read.bytes.is_empty() {
            if put(&mut page, Message::Binary(read.bytes.into())).await.is_err() {
                return;
            }
            reader.has_read(read.next);
            continue;
        }
        reader.has_read(read.next);
        if !read.open {
            let exit = console.chronicle().exits.get(&reader.screen.name).copied().flatten();
            // The page may be gone; then nobody needs to be told.
            let _ = tell(&mut page, &FromServer::Closed { exit }).await;
            let _ = put(&mut page, Message::Close(None)).await;
            return;
        }
        tokio::select! {
            // The sender lives as long as the screen.
            _ = news.changed() => {}
            _ = pings.tick() => {
                if put(&mut page, Message::Ping(Vec::new().into())).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The page has gone.
struct Gone;

async fn tell(page: &mut SplitSink<WebSocket, Message>, what: &FromServer) -> Result<(), Gone> {
    let text = serde_json::to_string(what).map_err(|_| Gone)?;
    put(page, Message::Text(text.into())).await
}

async fn put(page: &mut SplitSink<WebSocket, Message>, message: Message) -> Result<(), Gone> {
    match tokio::time::timeout(PATIENCE, page.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Gone),
    }
}

/// Takes keys and sizes until the page goes away, or says what makes no sense.
async fn listen(mut page: SplitStream<WebSocket>, screen: &Screen, role: Role) {
    while let Some(Ok(message)) = page.next().await {
        match message {
            Message::Binary(keys) if role == Role::Candidate => {
                let Some(keyboard) = screen.keyboard() else { continue };
                if keyboard.send(ToTerminal::Input(keys.to_vec())).await.is_err() {
                    continue; // The shell has just gone, and the page is told so.
                }
            }
            Message::Text(text) if role == Role::Candidate => {
                let Ok(FromPage::Resize { columns, rows }) = serde_json::from_str(&text) else {
                    return;
                };
                let (columns, rows) = size(columns, rows);
                screen.resize(columns, rows).await;
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Binary(_) | Message::Text(_) | Message::Close(_) => return,
        }
    }
}
