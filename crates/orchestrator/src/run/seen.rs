//! What a strict session asks of its own record before anybody begins: that the programs which are run
//! can be seen. It does not look at what happens later; a gap then is an event like any other.

use session::event::{Event, Kind};

use super::{RunError, Session, Strictness};

/// Whether the record can be relied on from the start. The agent finds out as the shell starts, long
/// before the baseline is over.
///
/// # Errors
/// In a strict session whose programs are not seen.
pub(super) fn programs(session: &Session<'_>) -> Result<(), RunError> {
    match (session.setup.strictness, unseen(&session.recorder.events())) {
        (Strictness::Strict, Some(reason)) => Err(RunError::Unseen { reason }),
        (Strictness::Strict | Strictness::BestEffort, _) => Ok(()),
    }
}

/// Why the programs of a terminal are not seen at all; those that were only counted are known of.
fn unseen(events: &[Event]) -> Option<String> {
    events.iter().find_map(|event| {
        let Kind::ProgramsMissed { count: None, reason, .. } = &event.kind else { return None };
        Some(reason.clone())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use session::event::{Door, Effect, Happening, Participant, Place};
    use session::timeline::Timeline;

    use super::*;

    fn missed(count: Option<u64>) -> Vec<Event> {
        let reason = "programs are not seen: function not implemented".to_owned();
        let (terminal, line_id) = ("terminal-1".to_owned(), None);
        let kind = Kind::ProgramsMissed { terminal, line_id, count, reason };
        let (participant, door) = (Participant::Candidate, Door::Terminal);
        let (effect, place) = (Effect::Truth, Place::Lab);
        let mut timeline = Timeline::new();
        let happening = Happening { participant, door, effect, place, kind };
        timeline.record(happening, Duration::ZERO, String::new());
        timeline.events().to_vec()
    }

    #[test]
    fn a_terminal_whose_programs_are_not_seen_is_told_from_one_with_too_many_to_list() {
        assert!(unseen(&missed(None)).unwrap().contains("not implemented"));
        assert_eq!(unseen(&missed(Some(900))), None);
        assert_eq!(unseen(&[]), None);
    }
}
