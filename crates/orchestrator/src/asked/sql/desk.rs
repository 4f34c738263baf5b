//! Statements whose effect is still to be seen: which of them ended or stopped which sessions. Reads no log and
//! writes nothing down.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::log::{Asked, Told};
use super::read_asked;
use super::reading::Reading;
use super::verb::Verb;

/// A session that is to end may wait for a processor before it can say so.
const FIRST: Duration = Duration::from_secs(2);
/// After one of them the others follow.
const NEXT: Duration = Duration::from_millis(250);
/// Ends that no statement has claimed yet, at most: more than the server has sessions.
const UNCLAIMED: usize = 256;

/// A statement of which everything is known.
#[derive(Debug, PartialEq)]
pub(super) struct Known {
    pub(super) asked: Asked,
    pub(super) reading: Reading,
    /// How many sessions it ended or stopped, where that is its purpose.
    pub(super) sessions: Option<u64>,
    /// Where in the record it began, where it is there.
    pub(super) began: Option<u64>,
}

/// A statement that is under way.
struct Begun {
    reading: Reading,
    began: Option<u64>,
}

/// The statements that are waited for.
#[derive(Default)]
pub(super) struct Desk {
    /// Those that are under way, by their numbers.
    begun: BTreeMap<u64, Begun>,
    waiting: Vec<Waiting>,
    /// A statement is told when it is over, and sessions may have ended by it before: what happened to them, and
    /// when by the server's clock.
    unclaimed: VecDeque<(Verb, i64)>,
    /// The server is going down: whoever ends now was not ended by a statement.
    stopping: bool,
}

struct Waiting {
    asked: Asked,
    reading: Reading,
    began: Option<u64>,
    due: Instant,
    sessions: u64,
}

// === impl Desk ===

impl Desk {
    /// A statement begins. Where that is an act for sure, however it ends, it is told, which gives where in the record
    /// it began.
    pub(super) fn begins(&mut self, asked: &Asked, tell: impl FnOnce(&Reading) -> u64) {
        let reading = read_asked(asked);
        let is_act = reading.verb.acts() && reading.verb != Verb::Unknown;
        let began = is_act.then(|| tell(&reading));
        self.begun.insert(asked.number, Begun { reading, began });
    }

    /// Takes what else the log told. Gives the statement when nothing more will come of it.
    pub(super) fn take(&mut self, told: Told, now: Instant) -> Option<Known> {
        match told {
            Told::Begun(_) => {}
            Told::Asked(asked) => return self.asked(asked, now),
            Told::Terminated(at) => self.ended(Verb::Terminate, at, now),
            Told::Canceled(at) => self.ended(Verb::Cancel, at, now),
            Told::Stopping => self.stopping = true,
            Told::Ready => self.stopping = false,
        }
        None
    }

    fn asked(&mut self, asked: Asked, now: Instant) -> Option<Known> {
        let begun = self.begun.remove(&asked.number);
        let Begun { reading, began } =
            begun.unwrap_or_else(|| Begun { reading: read_asked(&asked), began: None });
        if !matches!(reading.verb, Verb::Terminate | Verb::Cancel) || self.stopping {
            return Some(Known { asked, reading, sessions: None, began });
        }
        let all = self.unclaimed.len();
        self.unclaimed.retain(|(verb, at)| *verb != reading.verb || *at < asked.at_unix_ms);
        let sessions = (all - self.unclaimed.len()) as u64;
        let due = now + if sessions > 0 || asked.failure.is_some() { NEXT } else { FIRST };
        self.waiting.push(Waiting { asked, reading, began, due, sessions });
        None
    }

    /// Of several statements it is the last one that had begun by then.
    fn ended(&mut self, verb: Verb, at: i64, now: Instant) {
        let by = |it: &&mut Waiting| it.reading.verb == verb && it.asked.at_unix_ms <= at;
        if let Some(waiting) = self.waiting.iter_mut().rev().find(by) {
            (waiting.sessions, waiting.due) = (waiting.sessions + 1, now + NEXT);
            return;
        }
        self.unclaimed.push_back((verb, at));
        if self.unclaimed.len() > UNCLAIMED {
            self.unclaimed.pop_front();
        }
    }

    /// When the next one is known.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.iter().map(|waiting| waiting.due).min()
    }

    /// Those of which nothing more will come.
    pub(super) fn settled(&mut self, now: Instant) -> Vec<Known> {
        self.waiting.extract_if(.., |waiting| waiting.due <= now).map(Known::from).collect()
    }

    /// All that are left, when the log has ended.
    pub(super) fn rest(&mut self) -> Vec<Known> {
        self.waiting.drain(..).map(Known::from).collect()
    }
}

impl From<Waiting> for Known {
    fn from(waiting: Waiting) -> Known {
        let Waiting { asked, reading, began, sessions, .. } = waiting;
        Known { asked, reading, sessions: Some(sessions), began }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: &str = "select pg_terminate_backend(pid) from pg_stat_activity";

    fn asked(text: &str, at_unix_ms: i64) -> Told {
        let (detail, duration_ms, failure) = (None, Some(1.0), None);
        let text = text.to_owned();
        Told::Asked(Asked { number: 0, text, detail, at_unix_ms, duration_ms, failure, cut: false })
    }

    /// How many sessions each statement ended, when all this was told at once and the log ended.
    fn ended(told: impl IntoIterator<Item = Told>) -> Vec<Option<u64>> {
        let (mut desk, now) = (Desk::default(), Instant::now());
        let mut known: Vec<_> = told.into_iter().filter_map(|told| desk.take(told, now)).collect();
        known.extend(desk.rest());
        known.into_iter().map(|known| known.sessions).collect()
    }

    #[test]
    fn what_ends_after_a_statement_was_ended_by_it() {
        assert_eq!(ended([asked(ENDS, 5), Told::Terminated(6), Told::Terminated(7)]), [Some(2)]);
    }

    #[test]
    fn what_ends_while_a_statement_runs_was_ended_by_it_though_the_log_tells_it_first() {
        assert_eq!(ended([Told::Terminated(5), Told::Terminated(6), asked(ENDS, 5)]), [Some(2)]);
    }

    #[test]
    fn what_ended_before_a_statement_began_was_not_ended_by_it() {
        assert_eq!(ended([Told::Terminated(4), asked(ENDS, 5)]), [Some(0)]);
        assert_eq!(ended([asked(ENDS, 5), Told::Terminated(4)]), [Some(0)]);
    }

    #[test]
    fn a_session_that_was_stopped_was_not_ended() {
        assert_eq!(ended([asked(ENDS, 5), Told::Canceled(6)]), [Some(0)]);
        assert_eq!(ended([Told::Canceled(6), asked("select pg_cancel_backend(7)", 5)]), [Some(1)]);
    }

    #[test]
    fn of_two_statements_each_has_its_own() {
        let told = [asked(ENDS, 5), Told::Terminated(6), Told::Terminated(8), asked(ENDS, 9)];
        assert_eq!(ended(told), [Some(2), Some(0)]);
        let told = [asked(ENDS, 5), asked(ENDS, 9), Told::Terminated(10), Told::Terminated(7)];
        assert_eq!(ended(told), [Some(1), Some(1)]);
    }

    #[test]
    fn a_look_is_known_at_once_and_when_the_server_goes_down_everything_is() {
        assert_eq!(ended([asked("select 1", 5)]), [None]);
        assert_eq!(ended([Told::Stopping, asked(ENDS, 5), Told::Terminated(6)]), [None]);
    }

    #[test]
    fn when_the_server_is_up_again_its_sessions_are_counted_again() {
        assert_eq!(ended([Told::Stopping, Told::Ready, asked(ENDS, 5)]), [Some(0)]);
    }

    #[test]
    fn a_first_end_is_waited_for_longer_than_the_next() {
        let (mut desk, now) = (Desk::default(), Instant::now());
        assert_eq!(desk.take(asked(ENDS, 5), now), None);
        assert_eq!(desk.settled(now + FIRST - NEXT), []);
        desk.take(Told::Terminated(6), now + FIRST - NEXT);
        assert_eq!(desk.due(), Some(now + FIRST));
        let known = desk.settled(now + FIRST);
        assert_eq!(known.iter().map(|known| known.sessions).collect::<Vec<_>>(), [Some(1)]);
        assert_eq!(desk.due(), None);
    }

    #[test]
    fn of_ends_that_nobody_caused_no_more_are_kept_than_a_server_has_sessions() {
        let mut desk = Desk::default();
        (0..1000).for_each(|at| desk.ended(Verb::Terminate, at, Instant::now()));
        assert_eq!(desk.unclaimed.len(), UNCLAIMED);
    }
}
