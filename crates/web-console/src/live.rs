//! The live socket: what is new to a page, as soon as it is in the record.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use session::event::Event;
use session::report::headline::headline_now;

use crate::console::Console;
use crate::contract::{Board, BoardRow, FirstAction, Live, Me, TerminalInfo, TimelineEvent};
use crate::record::Record;
use crate::words::Role;

/// Events that are sent before the socket is looked at again.
const AT_ONCE: usize = 500;
/// Between two pings; a page that answers none of three has gone.
const PING: Duration = Duration::from_secs(20);
/// A page that takes nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a page has been sent.
pub(crate) struct Sent {
    role: Role,
    next: u64,
    me: Option<Me>,
    page: bool,
    messages: usize,
    terminals: Vec<TerminalInfo>,
    hypotheses: u64,
    notes: u64,
    ratings: u64,
    debrief: u64,
    board: u64,
}

/// Serves one page until it goes away.
pub(crate) async fn serve(mut socket: WebSocket, console: Console, role: Role, from: u64) {
    let mut news = console.news();
    let mut sent = Sent::nothing(role, from);
    let mut pings = tokio::time::interval(PING);
    let mut unanswered = 0;
    loop {
        for message in sent.fresh(&console) {
            let Ok(text) = serde_json::to_string(&message) else { continue };
            let sending = socket.send(Message::Text(text.into()));
            if !matches!(tokio::time::timeout(PATIENCE, sending).await, Ok(Ok(()))) {
                return;
            }
        }
        if sent.is_behind(&console) {
            continue;
        }
        tokio::select! {
            // The sender lives as long as the console.
            _ = news.changed() => {}
            _ = pings.tick() => {
                unanswered += 1;
                if unanswered > 3 || socket.send(Message::Ping(Vec::new().into())).await.is_err() {
                    return;
                }
            }
            received = socket.recv() => match received {
                Some(Ok(Message::Pong(_) | Message::Ping(_))) => unanswered = 0,
                // A page has nothing to say here.
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Close(_)) | Err(_)) | None => {
                    return;
                }
            }
        }
    }
}

// === impl Sent ===

impl Sent {
    pub(crate) fn nothing(role: Role, next: u64) -> Sent {
        Sent {
            role,
            next,
            me: None,
            page: false,
            messages: 0,
            terminals: Vec::new(),
            hypotheses: 0,
            notes: 0,
            ratings: 0,
            debrief: 0,
            board: 0,
        }
    }

    /// What the page has not been sent yet.
    pub(crate) fn fresh(&mut self, console: &Console) -> Vec<Live> {
        let mut fresh = Vec::new();
        let me = console.me(self.role);
        // Time passes by itself; the page counts it on.
        let same = |sent: &Me| Me { now_s: me.now_s, ..sent.clone() } == me;
        if !self.me.as_ref().is_some_and(same) {
            self.me = Some(me.clone());
            fresh.push(Live::Me(me));
        }
        let terminals = console.screens().list();
        if self.terminals != terminals {
            self.terminals.clone_from(&terminals);
            fresh.push(Live::Terminals(terminals));
        }
        let chronicle = console.chronicle();
        if let Some(page) = chronicle.page.clone().filter(|_| !self.page) {
            self.page = true;
            fresh.push(Live::Page(page));
        }
        let messages = chronicle.messages[self.messages.min(chronicle.messages.len())..].iter();
        fresh.extend(messages.map(|message| Live::Message(message.told_to(self.role))));
        self.messages = chronicle.messages.len();
        if self.hypotheses != chronicle.hypotheses.version {
            self.hypotheses = chronicle.hypotheses.version;
            fresh.push(Live::Hypotheses(chronicle.hypotheses.list.clone()));
        }
        if self.role == Role::Interviewer {
            if self.notes != chronicle.notes.version {
                self.notes = chronicle.notes.version;
                fresh.push(Live::Notes(chronicle.notes.list.clone()));
            }
            if self.ratings != chronicle.ratings.version {
                self.ratings = chronicle.ratings.version;
                fresh.push(Live::Ratings(chronicle.ratings.list.clone()));
            }
            if self.debrief != chronicle.debrief_version {
                self.debrief = chronicle.debrief_version;
                fresh.push(Live::Debrief((&chronicle.debrief).into()));
            }
            if self.board != chronicle.board_version {
                self.board = chronicle.board_version;
                fresh.push(Live::Board(board(&chronicle.board)));
            }
            drop(chronicle);
            fresh.extend(self.events(console));
        }
        fresh
    }

    fn events(&mut self, console: &Console) -> Vec<Live> {
        let events = console.so_far().map(|record| timeline(record, self.next, AT_ONCE));
        let events = events.unwrap_or_default();
        if let Some(last) = events.last() {
            self.next = last.seq + 1;
        }
        events.into_iter().map(Live::Event).collect()
    }

    /// Whether there are events that did not fit.
    fn is_behind(&self, console: &Console) -> bool {
        self.role == Role::Interviewer
            && console.so_far().is_some_and(|record| !record.some_since(self.next, 1).is_empty())
    }
}

/// At most `most` events from `from` on.
pub(crate) fn timeline(record: &Record, from: u64, most: usize) -> Vec<TimelineEvent> {
    record.some_since(from, most).iter().map(told).collect()
}

fn told(event: &Event) -> TimelineEvent {
    let mut whole = serde_json::to_value(&event.kind).unwrap_or_default();
    TimelineEvent {
        seq: event.seq,
        at_s: event.at_s(),
        wall: event.wall.clone(),
        participant: event.participant.into(),
        door: event.door.into(),
        effect: event.effect.into(),
        kind: event.kind.name(),
        headline: headline_now(&event.kind),
        data: whole["data"].take(),
    }
}

/// The board, for a page.
pub(crate) fn board(board: &session::board::Board) -> Board {
    let first_action = board.first_action().map(|act| {
        let is = serde_json::to_value(act.is).unwrap_or_default();
        FirstAction {
            seq: act.seq,
            at_s: act.at_s,
            words: act.words(),
            is: is.as_str().unwrap_or_default().to_owned(),
        }
    });
    let rows = board.rows().into_iter().map(|row| BoardRow {
        id: row.id.to_owned(),
        title: row.title.to_owned(),
        because: row.because.map(str::to_owned),
        before_action: row.before_action,
        seen_at_s: row.seen.map(|seen| seen.first.at_s),
        door: row.seen.map(|seen| seen.first.door.into()),
        how: row.seen.map(|seen| seen.first.how.clone()),
        seq: row.seen.map(|seen| seen.first.seq),
        times: row.seen.map_or(0, |seen| seen.times),
    });
    Board { first_action, rows: rows.collect() }
}
