//! What a container writes, line by line.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptionsBuilder;
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::Inner;
use super::watch::Changes;
use crate::Engine;

/// Lines that wait for a slow reader; then the engine waits.
const WAITING_LINES: usize = 256;
/// A line without end is cut here, in bytes.
const LONGEST_LINE: usize = 64 << 10;

/// One line that a container wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When the engine received it, on the engine's clock, in milliseconds since 1970.
    pub at_unix_ms: i64,
    /// The service that the container is a replica of, such as `payments`.
    pub service: String,
    /// Whether it was written to standard error.
    pub stderr: bool,
    /// Without the line's end; what is no UTF-8 is replaced.
    pub text: String,
    /// Whether the line was too long and goes on in the next one of the same stream.
    pub goes_on: bool,
}

/// See [`super::Testbed::logs`]. A container that is not there, or whose output is the link,
/// gives a stream that has ended.
pub(super) fn follow(
    inner: &Arc<Inner>,
    name: &str,
) -> Pin<Box<dyn Stream<Item = LogLine> + Send>> {
    let Ok(member) = inner.member(name) else { return Box::pin(futures::stream::empty()) };
    if inner.services.get(&member.service).is_some_and(|service| service.stdin_open) {
        return Box::pin(futures::stream::empty());
    }
    let (lines, receiver) = mpsc::channel(WAITING_LINES);
    let follower = Follower {
        engine: inner.engine.clone(),
        id: member.id,
        service: member.service,
        lines,
        last: None,
        sent_until: None,
    };
    tokio::spawn(follower.run(inner.watch.changes()));
    Box::pin(futures::stream::unfold(receiver, |mut receiver| async {
        Some((receiver.recv().await?, receiver))
    }))
}

struct Follower {
    engine: Engine,
    id: String,
    service: String,
    lines: mpsc::Sender<LogLine>,
    /// When the last line was written; where to go on after a restart.
    last: Option<Timestamp>,
    /// What was written by then was sent in an earlier run.
    sent_until: Option<Timestamp>,
}

impl Follower {
    async fn run(mut self, mut changes: Changes) {
        loop {
            if self.until_it_stops().await.is_none() {
                return;
            }
            while !self.running().await {
                if !changes.next().await || !self.exists().await {
                    return;
                }
            }
        }
    }

    /// Follows one run of the container; `None` when nobody listens any more.
    async fn until_it_stops(&mut self) -> Option<()> {
        self.sent_until = self.last;
        let since = self.last.map_or(0, |last| i32::try_from(last.as_second()).unwrap_or(0));
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .since(since)
            .build();
        let docker = self.engine.docker().clone();
        let mut output = Box::pin(docker.logs(&self.id, Some(options)));
        let mut joined = Joined::default();
        while let Some(piece) = output.next().await {
            // A broken stream is looked at by the caller: the container may be gone.
            let Ok(piece) = piece else { break };
            if let Some(line) = joined.push(piece) {
                self.send(line).await?;
            }
        }
        Some(())
    }

    async fn send(&mut self, (at, line): (Timestamp, LogLine)) -> Option<()> {
        // The engine goes back to a whole second; what was sent already is left out. Within a run all
        // parts of a long line bear the time of the first, and the two streams may overtake each other.
        if self.sent_until.is_some_and(|until| at <= until) {
            return Some(());
        }
        self.last = self.last.max(Some(at));
        self.lines.send(LogLine { service: self.service.clone(), ..line }).await.ok()
    }

    async fn running(&self) -> bool {
        let inspected = self.engine.docker().inspect_container(&self.id, None).await;
        inspected.ok().and_then(|it| it.state?.running).unwrap_or(false)
    }

    async fn exists(&self) -> bool {
        self.engine.docker().inspect_container(&self.id, None).await.is_ok()
    }
}

/// Joins the pieces that the engine cuts long lines into; each bears the time of the first.
#[derive(Default)]
struct Joined {
    open: HashMap<bool, (Timestamp, Vec<u8>)>,
}

impl Joined {
    /// The next line, or so much of one as is held here, of no service yet.
    fn push(&mut self, piece: LogOutput) -> Option<(Timestamp, LogLine)> {
        let stderr = matches!(piece, LogOutput::StdErr { .. });
        let bytes = piece.into_bytes();
        let (at, text) = timed(&bytes)?;
        let (first, mut line) = self.open.remove(&stderr).unwrap_or((at, Vec::new()));
        line.extend_from_slice(text);
        let goes_on = !line.ends_with(b"\n");
        if goes_on && line.len() < LONGEST_LINE {
            self.open.insert(stderr, (first, line));
            return None;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        let (at_unix_ms, service) = (first.as_millisecond(), String::new());
        Some((first, LogLine { at_unix_ms, service, stderr, text, goes_on }))
    }
}

/// Parts `2026-01-01T00:00:00.000000000Z text`.
fn timed(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let at = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
    Some((at, &bytes[space + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(text: &str) -> LogOutput {
        LogOutput::StdOut { message: text.to_owned().into() }
    }

    fn joined(pieces: impl IntoIterator<Item = LogOutput>) -> Vec<(bool, String)> {
        let mut joined = Joined::default();
        pieces
            .into_iter()
            .filter_map(|piece| joined.push(piece).map(|(_, line)| (line.stderr, line.text)))
            .collect()
    }

    #[test]
    fn a_line_loses_its_time_and_its_end() {
        let lines = joined([out("2026-01-01T00:00:00.5Z ready\r\n")]);
        assert_eq!(lines, [(false, "ready".to_owned())]);
    }

    #[test]
    fn pieces_of_a_long_line_are_joined_and_the_other_stream_is_kept_apart() {
        let err = LogOutput::StdErr { message: "2026-01-01T00:00:02Z oops\n".into() };
        let lines =
            joined([out("2026-01-01T00:00:01Z one"), err, out("2026-01-01T00:00:03Z two\n")]);
        assert_eq!(lines, [(true, "oops".to_owned()), (false, "onetwo".to_owned())]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_says_that_it_goes_on() {
        let mut joined = Joined::default();
        let at = "2026-01-01T00:00:01Z";
        let (_, begun) = joined.push(out(&format!("{at} {}", "x".repeat(LONGEST_LINE)))).unwrap();
        assert_eq!((begun.text.len(), begun.goes_on), (LONGEST_LINE, true));
        let (_, rest) = joined.push(out(&format!("{at} y\n"))).unwrap();
        assert_eq!((rest.text.as_str(), rest.goes_on), ("y", false));
    }

    #[test]
    fn an_empty_line_is_a_line() {
        assert_eq!(joined([out("2026-01-01T00:00:00Z \n")]), [(false, String::new())]);
    }
}
