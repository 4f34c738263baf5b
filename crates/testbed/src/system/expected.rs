//! Which deaths are on purpose. Pure.
//!
//! The engine's events come a while after the requests that cause them, several of which may be
//! under way. So each request leaves a mark, and the events take the marks away in order.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// One death follows; none when the container was dead.
    Stop,
    /// One start follows, and a death before it unless the container was dead.
    Restart,
}

/// The marks, by the container's id.
#[derive(Debug, Default)]
pub(super) struct Expected {
    marks: Mutex<Marks>,
}

#[derive(Debug, Default)]
struct Marks {
    all: bool,
    by_id: HashMap<String, VecDeque<Purpose>>,
}

impl Expected {
    /// Says that a container is about to be ended.
    pub(super) fn mark(&self, id: &str, purpose: Purpose) {
        self.marks().by_id.entry(id.to_owned()).or_default().push_back(purpose);
    }

    /// Says that all of them are, for good.
    pub(super) fn mark_all(&self) {
        self.marks().all = true;
    }

    /// Takes the newest mark back: the engine refused.
    pub(super) fn take_back(&self, id: &str) {
        if let Some(marks) = self.marks().by_id.get_mut(id) {
            marks.pop_back();
        }
    }

    /// Notes a death; `true` when it was on purpose.
    pub(super) fn died(&self, id: &str) -> bool {
        let mut marks = self.marks();
        let all = marks.all;
        let Some(queue) = marks.by_id.get_mut(id) else { return all };
        match queue.front() {
            None => all,
            Some(Purpose::Stop) => {
                queue.pop_front();
                true
            }
            // It goes with the start that follows.
            Some(Purpose::Restart) => true,
        }
    }

    /// Notes a start, which is the end of a restart and of every stop before it.
    pub(super) fn started(&self, id: &str) {
        let mut marks = self.marks();
        let Some(queue) = marks.by_id.get_mut(id) else { return };
        if let Some(restart) = queue.iter().position(|mark| *mark == Purpose::Restart) {
            queue.drain(..=restart);
        }
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes the marks, then plays the events (`d`ied, `s`tarted); which deaths were on purpose?
    fn played(purposes: &[Purpose], events: &str) -> Vec<bool> {
        let expected = Expected::default();
        purposes.iter().for_each(|purpose| expected.mark("x", *purpose));
        let mut deaths = Vec::new();
        for event in events.chars() {
            match event {
                'd' => deaths.push(expected.died("x")),
                _ => expected.started("x"),
            }
        }
        deaths
    }

    #[test]
    fn a_death_without_a_mark_is_not_on_purpose() {
        assert_eq!(played(&[], "sd"), [false]);
    }

    #[test]
    fn a_stop_explains_one_death() {
        assert_eq!(played(&[Purpose::Stop], "dsd"), [true, false]);
    }

    #[test]
    fn a_restart_explains_one_death_and_ends_with_its_start() {
        assert_eq!(played(&[Purpose::Restart], "dsd"), [true, false]);
    }

    #[test]
    fn a_restart_of_a_dead_container_explains_no_later_death() {
        assert_eq!(played(&[Purpose::Restart], "sd"), [false]);
        assert_eq!(played(&[Purpose::Stop, Purpose::Restart], "sd"), [false]);
    }

    #[test]
    fn requests_may_be_ahead_of_the_events() {
        let ahead = [Purpose::Restart, Purpose::Stop, Purpose::Restart];
        assert_eq!(played(&ahead, "dsdsd"), [true, true, false]);
    }

    #[test]
    fn a_refused_request_leaves_no_mark() {
        let expected = Expected::default();
        expected.mark("x", Purpose::Restart);
        expected.take_back("x");
        assert!(!expected.died("x"));
    }

    #[test]
    fn at_the_end_every_death_is_on_purpose() {
        let expected = Expected::default();
        expected.mark_all();
        assert!(expected.died("x") && expected.died("y"));
    }
}
