//! A log that is being followed, gathered for some seconds: one look, not one for each poll.

use std::time::{Duration, Instant};

/// For so long lines are gathered before they are recorded.
pub(crate) const GATHER: Duration = Duration::from_secs(5);
/// Bytes of text that are gathered at most; an event holds no more than this either.
const TEXT: usize = 16 << 10;

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
                since: now,
            });
            gathered.lines += lines;
            let room = TEXT.saturating_sub(gathered.text.len());
            gathered.text.extend(text.split_inclusive('\n').scan(0, |used, line| {
                *used += line.len();
                (*used <= room).then_some(line)
            }));
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
        for _ in 0..40 {
            tail.add(&of("payments"), 1, &line, now);
        }
        let rest = tail.rest().unwrap();
        assert_eq!((rest.lines, rest.text.len()), (40, TEXT));
    }
}
