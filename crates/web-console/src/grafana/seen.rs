//! Which panels Grafana asked for. It asks for those that are in view, again and again while they are:
//! what is asked for again is the same look. It records nothing.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use session::event::PanelView;

/// A thing that is asked for again within this time is the same look.
const SAME_LOOK: Duration = Duration::from_secs(30);
/// Things that are remembered; when there are more, all are forgotten.
const REMEMBERED: usize = 2000;

/// What was asked for, and what of it is still to be recorded.
#[derive(Default)]
pub(super) struct Seen {
    /// When each was last a look, by the hash of what it was.
    looks: HashMap<u64, Instant>,
    /// By the dashboard's uid.
    waiting: HashMap<String, Gathered>,
}

/// Panels of one dashboard that were asked for at about the same time.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Gathered {
    pub(super) panels: Vec<PanelView>,
    /// The longest stretch of time that was asked for.
    pub(super) last: Duration,
    /// Whether all of them have been looked at before.
    pub(super) continued: bool,
}

/// Whether something is a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    New,
    /// It was looked at a while ago, and is still.
    Continued,
    /// It was looked at a moment ago.
    Same,
}

// === impl Seen ===

impl Seen {
    /// Whether asking for this now is a look of its own.
    pub(super) fn look(&mut self, what: impl Hash, now: Instant) -> Look {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        let key = hasher.finish();
        let look = match self.looks.get(&key) {
            None => Look::New,
            Some(last) if now.saturating_duration_since(*last) >= SAME_LOOK => Look::Continued,
            Some(_) => return Look::Same,
        };
        if self.looks.len() >= REMEMBERED {
            self.looks.clear();
        }
        self.looks.insert(key, now);
        look
    }

    /// A panel was asked for and answered. Says whether it is the first of those that are gathered now.
    pub(super) fn gather(
        &mut self,
        dashboard: &str,
        panel: PanelView,
        last: Duration,
        look: Look,
    ) -> bool {
        let is_first = !self.waiting.contains_key(dashboard);
        let gathered = self.waiting.entry(dashboard.to_owned());
        let gathered =
            gathered.or_insert_with(|| Gathered { continued: true, ..Gathered::default() });
        gathered.panels.push(panel);
        gathered.last = gathered.last.max(last);
        gathered.continued &= look == Look::Continued;
        is_first
    }

    /// What was gathered of a dashboard.
    pub(super) fn take(&mut self, dashboard: &str) -> Option<Gathered> {
        self.waiting.remove(dashboard)
    }

    /// All that was gathered.
    pub(super) fn take_all(&mut self) -> Vec<(String, Gathered)> {
        self.waiting.drain().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(title: &str) -> PanelView {
        PanelView::printed(title.to_owned(), Vec::new(), String::new())
    }

    #[test]
    fn what_is_asked_for_again_and_again_is_one_look_and_then_more_of_it() {
        let (mut seen, now) = (Seen::default(), Instant::now());
        let mut at = |seconds| seen.look(("pool", 2), now + Duration::from_secs(seconds));
        assert_eq!(
            [at(0), at(5), at(29), at(31), at(36)],
            [Look::New, Look::Same, Look::Same, Look::Continued, Look::Same]
        );
        assert_eq!(seen.look(("pool", 3), now), Look::New);
    }

    #[test]
    fn what_a_stranger_asks_for_takes_bounded_room() {
        let (mut seen, now) = (Seen::default(), Instant::now());
        for number in 0..3 * REMEMBERED {
            assert_eq!(seen.look(number, now), Look::New);
        }
        assert!(seen.looks.len() <= REMEMBERED);
    }

    #[test]
    fn panels_that_are_asked_for_together_are_gathered_by_dashboard() {
        let (mut seen, minute) = (Seen::default(), Duration::from_secs(60));
        assert!(seen.gather("pool", panel("In use"), minute, Look::Continued));
        assert!(!seen.gather("pool", panel("Waiting"), 2 * minute, Look::New));
        assert!(seen.gather("edge", panel("Queue"), minute, Look::Continued));
        let pool = seen.take("pool").unwrap();
        assert_eq!((pool.panels.len(), pool.last, pool.continued), (2, 2 * minute, false));
        assert!(seen.take("pool").is_none());
        assert!(seen.take_all()[0].1.continued);
    }
}
