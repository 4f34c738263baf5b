//! A log that is being followed, gathered for some seconds: one look, not one for each poll.

use std::time::{Duration, Instant};

use orchestrator::doors::logs::Reading;

use crate::console::Console;
use crate::grafana::note_rest;

/// For so long lines are gathered before they are recorded.
pub(crate) const GATHER: Duration = Duration::from_secs(5);
/// Bytes of text that are gathered at most; an event holds no more than this either.
const TEXT: usize = 64 << 10;

/// What is asked of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) service: String,
    /// The pattern, and the level in words.
    pub(crate) grep: Option<String>,
}

/// Lines that were shown and are not recorded yet.
#[derive(Default)]
pub(crate) struct Tail {
    gathered: Option<Gathered>,
}

/// What was shown of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gathered {
    pub(crate) question: Question,
    pub(crate) lines: u64,
    pub(crate) text: String,
    /// Bytes for which there was no room.
    pub(crate) left_out: usize,
    since: Instant,
}

// === impl Tail ===

impl Tail {
    /// More was shown. Gives what has to be recorded first: what was shown of another log.
    pub(crate) fn add(
        &mut self,
        question: &Question,
        lines: u64,
        text: &str,
        now: Instant,
    ) -> Option<Gathered> {
        let other = self.gathered.take_if(|it| it.question != *question);
        if lines > 0 {
            let question = question.clone();
            let gathered = self.gathered.get_or_insert_with(|| Gathered {
                question,
                lines: 0,
                text: String::new(),
                left_out: 0,
                since: now,
            });
            gathered.lines += lines;
            for line in text.split_inclusive('\n') {
                if gathered.left_out == 0 && gathered.text.len() + line.len() <= TEXT {
                    gathered.text.push_str(line);
                } else {
                    gathered.left_out += line.len();
                }
            }
        }
        other
    }

    /// What has been gathered for long enough.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Gathered> {
        self.gathered.take_if(|it| now.saturating_duration_since(it.since) >= GATHER)
    }

    /// All that has been gathered.
    pub(crate) fn rest(&mut self) -> Option<Gathered> {
        self.gathered.take()
    }
}

// === impl Console ===

impl Console {
    /// Records what was shown of a log that is followed.
    pub(crate) fn note_tail(&self, gathered: &Gathered, continued: bool) {
        let Ok(doors) = self.doors() else { return };
        let mut text = gathered.text.clone();
        if gathered.left_out > 0 {
            text.push_str(&format!("[{} bytes left out]\n", gathered.left_out));
        }
        doors.note_logs_read(&Reading {
            service: &gathered.question.service,
            grep: gathered.question.grep.as_deref(),
            lines: gathered.lines,
            text: &text,
            continued,
        });
    }

    /// Records what was shown and has been gathered so far.
    pub(crate) fn note_gathered(&self) {
        note_rest(self);
        let rest = self.tail().rest();
        if let Some(rest) = rest {
            self.note_tail(&rest, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(service: &str) -> Question {
        Question { service: service.to_owned(), grep: None }
    }

    #[test]
    fn lines_are_gathered_until_it_is_time_or_another_log_is_read() {
        let (mut tail, now) = (Tail::default(), Instant::now());
        assert_eq!(tail.add(&of("payments"), 2, "a\nb\n", now), None);
        assert_eq!(tail.add(&of("payments"), 1, "c\n", now), None);
        assert_eq!(tail.due(now + GATHER / 2), None);
        let due = tail.due(now + GATHER).unwrap();
        assert_eq!((due.lines, &*due.text), (3, "a\nb\nc\n"));
        tail.add(&of("payments"), 1, "d\n", now);
        let other = tail.add(&of("edge"), 1, "e\n", now).unwrap();
        assert_eq!((&*other.question.service, &*other.text), ("payments", "d\n"));
        assert_eq!(tail.rest().map(|it| it.text).as_deref(), Some("e\n"));
    }

    #[test]
    fn no_more_text_is_kept_than_an_event_holds() {
        let (mut tail, now) = (Tail::default(), Instant::now());
        let line = format!("{}\n", "x".repeat(1023));
        for _ in 0..70 {
            tail.add(&of("payments"), 1, &line, now);
        }
        let rest = tail.rest().unwrap();
        assert_eq!((rest.lines, rest.text.len(), rest.left_out), (70, TEXT, 6 << 10));
    }
}
