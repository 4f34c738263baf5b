//! The changes of a system: who changed what, when, from what to what.

use jiff::{SignedDuration, Timestamp};
use lab::lab::PastChange;

/// Changes, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Timestamp,
    pub by: String,
    /// `deploy`, `rollback`, `config`, `scale`, `restart`, `limit`, ….
    pub verb: String,
    pub target: String,
    /// Such as `2.3.1 -> 2.3.2` or `pool-size 8 -> 2`.
    pub change: String,
    pub note: String,
}

// === impl History ===

impl History {
    /// The past that a lab declares, seen from the session's start.
    pub fn before(past: &[PastChange], start: Timestamp) -> History {
        let mut changes: Vec<Change> = past
            .iter()
            .map(|change| Change {
                at: before(start, change.ago),
                by: change.by.clone(),
                verb: change.verb.clone(),
                target: change.target.clone(),
                change: change.change.clone(),
                note: change.note.clone(),
            })
            .collect();
        changes.sort_by_key(|change| change.at);
        History { changes }
    }

    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// The changes to keep, newest first: of one target, or of all; of one verb, or of all.
    pub fn newest_first<'a>(
        &'a self,
        target: Option<&'a str>,
        verb: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Change> {
        self.changes
            .iter()
            .rev()
            .filter(move |change| target.is_none_or(|target| change.target == target))
            .filter(move |change| verb.is_none_or(|verb| change.verb == verb))
    }
}

/// `start - ago`; a past beyond the calendar is the calendar's beginning.
fn before(start: Timestamp, ago: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(ago)
        .ok()
        .and_then(|ago| start.checked_sub(ago).ok())
        .unwrap_or(Timestamp::MIN)
}

/// `40s ago`, `12m ago`, `3h 20m ago`, `2d 4h ago`: how people speak of the age of a change.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s ago"),
        (0, 0, minutes) => format!("{minutes}m ago"),
        (0, hours, minutes) => format!("{hours}h {minutes}m ago"),
        (days, hours, _) => format!("{days}d {hours}h ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(ago: u64, change: &str) -> PastChange {
        PastChange {
            ago: std::time::Duration::from_secs(ago),
            by: "dana".to_owned(),
            verb: "deploy".to_owned(),
            target: "payments".to_owned(),
            change: change.to_owned(),
            note: String::new(),
        }
    }

    #[test]
    fn the_newest_change_comes_first_whatever_the_order_of_the_file() {
        let start = Timestamp::from_second(1_000_000).unwrap();
        let history = History::before(&[past(60, "b"), past(3_600, "a")], start);
        let changes: Vec<_> = history.newest_first(None, None).map(|it| &*it.change).collect();
        assert_eq!(changes, ["b", "a"]);
    }

    #[test]
    fn ages_are_written_as_people_say_them() {
        let at = Timestamp::from_second(1_000_000).unwrap();
        let age = |seconds: i64| ago(at, Timestamp::from_second(1_000_000 + seconds).unwrap());
        assert_eq!(age(40), "40s ago");
        assert_eq!(age(12 * 60), "12m ago");
        assert_eq!(age(3 * 3_600 + 20 * 60), "3h 20m ago");
        assert_eq!(age(2 * 86_400 + 4 * 3_600), "2d 4h ago");
    }
}
