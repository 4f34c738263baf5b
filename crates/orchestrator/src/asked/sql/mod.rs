//! What the person asks of the database, from the database's own log.
//!
//! The log says what was sent, whether it failed and how long it took; it does not say what came
//! back. Whether `pg_terminate_backend` did anything is seen by the sessions that end ([`desk`]).

mod desk;
mod functions;
mod log;
mod reading;
mod text;
mod tree;
mod verb;

#[cfg(test)]
mod tests;

use futures::{Stream, StreamExt};
use session::event::{Door, Effect, Kind};
use testbed::LogLine;
use tokio::time::Instant;

pub use log::is_own_statement;
pub use reading::{Reading, read};
pub use verb::Verb;

use super::record::Record;
use desk::{Desk, Known};
use log::{Asked, Log, Told};

/// The first part of a statement that is kept, in bytes.
const STATEMENT: usize = 4 << 10;

/// Records what the role asks, until the log ends.
pub(crate) async fn follow(
    mut lines: impl Stream<Item = LogLine> + Unpin,
    role: String,
    mut record: Record,
) {
    let mut log = Log::of(&role);
    let mut desk = Desk::default();
    loop {
        let told = tokio::select! {
            line = lines.next() => match line {
                Some(line) => {
                    record.heard(line.at_unix_ms);
                    log.line(line.at_unix_ms, &line.text, line.goes_on)
                }
                None => break,
            },
            () = until(desk.due()) => Vec::new(),
        };
        for told in told {
            if let Told::Begun(asked) = &told {
                desk.begins(asked, |reading| begin(reading, &record));
            }
            let known = desk.take(told, Instant::now());
            known.iter().for_each(|known| write(known, &mut record));
        }
        let settled = desk.settled(Instant::now());
        settled.iter().for_each(|known| write(known, &mut record));
    }
    let last: Vec<_> =
        log.end().into_iter().filter_map(|told| desk.take(told, Instant::now())).collect();
    last.iter().chain(&desk.rest()).for_each(|known| write(known, &mut record));
}

/// An act is in the record where it begins: what is seen while it runs, or while its sessions end, does not come
/// before it.
fn begin(reading: &Reading, record: &Record) -> u64 {
    let kind = Kind::ActStarted {
        verb: format!("sql-{}", reading.verb.name()),
        target: reading.target.clone(),
        detail: text::kept(&reading.detail, STATEMENT),
    };
    record.begin(Door::Sql, kind)
}

/// Resolves then, or never.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// What a person sent, by its text and, for a prepared statement, by what that stands for.
fn read_asked(asked: &Asked) -> Reading {
    if let Some(call) = asked.text.strip_prefix("fastpath function call: ") {
        let name = call.trim_start_matches('"').split('"').next().unwrap_or_default();
        return read(&format!("SELECT {name}()"));
    }
    let mut reading = read(&asked.text);
    let prepared = asked.detail.as_deref().and_then(|detail| detail.strip_prefix("prepare: "));
    if let Some(prepared) = prepared {
        let start = prepared.to_uppercase().find(" AS ").map_or(0, |at| at + 4);
        let inner = read(prepared.get(start..).unwrap_or(prepared));
        if reading.verb == Verb::Unknown || inner.verb > reading.verb {
            reading = inner;
        }
    }
    if asked.cut && !reading.verb.acts() {
        // What stands behind the cut is not known.
        reading.verb = Verb::Unknown;
    }
    reading
}

fn write(known: &Known, record: &mut Record) {
    let Known { asked, reading, sessions, began } = known;
    let (ok, error) = outcome(asked, reading, *sessions);
    // Of words that mean nothing to the server nothing can have come.
    let acts = reading.verb.acts() && (ok || reading.verb != Verb::Unknown);
    let effect = if acts { Effect::Act } else { Effect::Look };
    let detail = match sessions {
        Some(1) => "1 session".to_owned(),
        Some(count) => format!("{count} sessions"),
        None => text::kept(&reading.detail, STATEMENT),
    };
    let started_s = record.session_s(asked.at_unix_ms);
    let kind = Kind::Sql {
        verb: reading.verb.name().to_owned(),
        statement: text::kept(&asked.text, STATEMENT),
        relations: reading.relations.clone(),
        target: reading.target.clone(),
        detail,
        started_s,
        duration_ms: asked.duration_ms,
        ok,
        error: error.map(|error| text::kept(&error, STATEMENT)),
        began: *began,
    };
    record.write(Door::Sql, effect, kind);
}

/// Whether it did what it was for, and what was said when not.
fn outcome(asked: &Asked, reading: &Reading, sessions: Option<u64>) -> (bool, Option<String>) {
    let said = asked.failure.as_ref().map(|failure| failure.message.clone());
    if let Some(sessions) = sessions {
        let none = || "no session was ended or stopped".to_owned();
        return (sessions > 0, said.or_else(|| (sessions == 0).then(none)));
    }
    let Some(failure) = &asked.failure else { return (true, None) };
    // An error of the text itself (class 42) comes before anything is run, unless it is in a later
    // one of several statements.
    let before = failure.state == "42601" || (failure.state.starts_with("42") && !reading.several);
    (reading.verb.outlives_failure() && !before, said)
}
