//! A log that is being followed, gathered for some seconds: one look, not one for each poll.

use std::time::{Duration, Instant};

use orchestrator::doors::logs::{self, Excerpt, Reading};

use crate::console::Console;
use crate::grafana::note_rest;

/// For so long lines are gathered before they are recorded.
pub(crate) const GATHER: Duration = Duration::from_secs(5);

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
#[derive(Debug)]
pub(crate) struct Gathered {
    question: Question,
    lines: u64,
    shown: Excerpt,
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
                shown: logs::no_lines(),
                since: now,
            });
            gathered.lines += lines;
            gathered.shown.push(text.as_bytes());
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
    /// Records what was shown of a log that is followed. Whoever took it holds the [`Tail`] until then, so that
    /// nothing that follows is recorded before it.
    pub(crate) fn note_tail(&self, gathered: Gathered) {
        let Ok(doors) = self.doors() else { return };
        let Gathered { question, lines, shown, .. } = gathered;
        let (service, grep) = (&*question.service, question.grep.as_deref());
        doors.note_logs_read(Reading { service, grep, lines, shown, continued: true });
    }

    /// Records what was shown and has been gathered so far.
    pub(crate) fn note_gathered(&self) {
        note_rest(self);
        if let Some(rest) = self.tail().rest() {
            self.note_tail(rest);
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
        assert!(tail.add(&of("payments"), 2, "a\nb\n", now).is_none());
        assert!(tail.add(&of("payments"), 1, "c\n", now).is_none());
        assert!(tail.due(now + GATHER / 2).is_none());
        let mut due = tail.due(now + GATHER).unwrap();
        assert_eq!((due.lines, &*due.shown.take()), (3, "a\nb\nc\n"));
        tail.add(&of("payments"), 1, "d\n", now);
        let mut other = tail.add(&of("edge"), 1, "e\n", now).unwrap();
        assert_eq!((&*other.question.service, &*other.shown.take()), ("payments", "d\n"));
        assert_eq!(tail.rest().unwrap().shown.take(), "e\n");
    }

    #[test]
    fn of_more_than_an_event_holds_the_oldest_and_the_newest_are_kept() {
        let (mut tail, now) = (Tail::default(), Instant::now());
        for number in 0..80 {
            tail.add(&of("payments"), 1, &format!("{number:03}{}\n", "x".repeat(1020)), now);
        }
        let mut rest = tail.rest().unwrap();
        let shown = rest.shown.take();
        assert_eq!(rest.lines, 80);
        assert!(shown.starts_with("000x") && shown.contains("\n079x"), "{shown}");
        assert!(shown.contains("\n[16384 bytes left out]\n"), "{shown}");
    }
}
