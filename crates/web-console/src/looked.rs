//! Which panels were really looked at. What a panel showed is what it was last answered with; that it
//! was looked at is what the page reports of its being in view.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use orchestrator::doors::lines::PanelLines;
use session::event::PanelView;

/// In view for less than this is scrolled past (milliseconds).
const SCROLLED_PAST: u64 = 300;
/// A page that shows a panel says so within a second, and every ten seconds after that.
pub(crate) const REPORTS_WITHIN: Duration = Duration::from_secs(15);
/// Visits that are remembered; the oldest of more are forgotten.
const VISITS: usize = 200;
/// A page reports more often than this; longer it cannot have been (milliseconds).
const LONGEST: u64 = 60_000;

/// What was answered, and what has been seen of it.
#[derive(Default)]
pub(crate) struct Looked {
    answers: HashMap<(String, u64), Answered>,
    visits: HashMap<String, Visit>,
    /// What was asked for since a page last reported a view, by dashboard.
    asked: HashMap<String, Unreported>,
    /// The last line of each log that is in the record, by panel and service.
    read: HashMap<(String, u64, String), u64>,
}

/// Panels that were asked for, of which nobody has said that they were in view.
#[derive(Default)]
struct Unreported {
    panels: BTreeMap<u64, AskedFor>,
    /// Those that are in the record already.
    noted: HashSet<u64>,
    /// Whether somebody waits for a report.
    awaited: bool,
}

/// A panel, since a page last reported a view or this was told as unreported.
struct AskedFor {
    /// When it was asked for first.
    since: Instant,
    /// The longest stretch of time that was asked for.
    last: Duration,
}

/// What a wait for a report has come to.
pub(crate) struct Waited {
    /// What nobody has reported, and how far back it went.
    pub(crate) unreported: Option<(Look, Duration)>,
    /// How much longer to wait for a report of what was asked for later.
    pub(crate) again: Option<Duration>,
}

/// What a panel was last answered with.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) title: String,
    pub(crate) promql: Vec<String>,
    /// In words.
    pub(crate) shown: String,
    /// Lines of logs, where it shows such.
    pub(crate) lines: Vec<PanelLines>,
}

struct Visit {
    reported: Instant,
    seen: HashSet<u64>,
}

/// How one panel was looked at, as the page reports it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InView {
    pub(crate) panel: u64,
    pub(crate) visible_ms: u64,
    pub(crate) hovered: bool,
    pub(crate) zoomed: bool,
}

/// What there is to record of a report.
#[derive(Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) panels: Vec<PanelView>,
    /// Whether all of them have been seen in this visit before.
    pub(crate) continued: bool,
    /// Lines of logs that were not there at the last look, and whether others of that log were.
    pub(crate) lines: Vec<(PanelLines, bool)>,
}

// === impl Looked ===

impl Looked {
    /// A panel was answered. Says whether a report of a view has to be waited for from now on.
    pub(crate) fn answered(
        &mut self,
        dashboard: &str,
        panel: u64,
        answer: Answered,
        (last, now): (Duration, Instant),
    ) -> bool {
        self.answers.insert((dashboard.to_owned(), panel), answer);
        let asked = self.asked.entry(dashboard.to_owned()).or_default();
        let one = asked.panels.entry(panel).or_insert(AskedFor { since: now, last });
        one.last = one.last.max(last);
        !std::mem::replace(&mut asked.awaited, true)
    }

    /// A wait for a report is over. What was asked for a moment ago may still be reported: a page that
    /// shows it does so in its own time.
    pub(crate) fn waited(&mut self, dashboard: &str, now: Instant) -> Waited {
        let Some(asked) = self.asked.get_mut(dashboard) else {
            return Waited { unreported: None, again: None };
        };
        let age = |one: &AskedFor| now.saturating_duration_since(one.since);
        let is_due = |_: &u64, one: &mut AskedFor| age(one) >= REPORTS_WITHIN;
        let due: Vec<_> = asked.panels.extract_if(.., is_due).collect();
        let oldest = asked.panels.values().map(age).max();
        let again = oldest.map(|oldest| REPORTS_WITHIN.saturating_sub(oldest));
        asked.awaited = again.is_some();
        let last = due.iter().map(|(_, one)| one.last).max().unwrap_or_default();
        let panels = due.into_iter().map(|(panel, _)| panel);
        Waited { unreported: self.unreported(dashboard, panels).map(|look| (look, last)), again }
    }

    /// A look at panels of which nobody has said that they were in view.
    fn unreported(&mut self, dashboard: &str, panels: impl Iterator<Item = u64>) -> Option<Look> {
        let asked = self.asked.get_mut(dashboard)?;
        let mut look = Look { panels: Vec::new(), continued: true, lines: Vec::new() };
        for panel in panels {
            let Some(answer) = self.answers.get(&(dashboard.to_owned(), panel)) else { continue };
            look.continued &= !asked.noted.insert(panel);
            look.panels.push(PanelView {
                title: answer.title.clone(),
                promql: answer.promql.clone(),
                shown: answer.shown.clone(),
                visible_ms: None,
                hovered: false,
                zoomed: false,
                unreported: true,
            });
            look.lines.extend(new_lines(&mut self.read, (dashboard, panel), answer));
        }
        (!look.panels.is_empty()).then_some(look)
    }

    /// A page reports what was in view; `None` when that was nothing.
    pub(crate) fn report(
        &mut self,
        visit: &str,
        dashboard: &str,
        in_view: &[InView],
        now: Instant,
    ) -> Option<Look> {
        self.forget_the_oldest(visit);
        if let Some(asked) = self.asked.get_mut(dashboard) {
            // Whoever waits finds nothing; a page that reports says by itself what was in view.
            asked.panels.clear();
            asked.noted.clear();
        }
        let known = self.visits.entry(visit.to_owned());
        let known = known.or_insert_with(|| Visit { reported: now, seen: HashSet::new() });
        // Nothing can have been in view for longer than since the last report.
        let since = now.saturating_duration_since(known.reported);
        let most = if known.seen.is_empty() { LONGEST } else { in_ms(since) + 1000 };
        known.reported = now;
        let mut look = Look { panels: Vec::new(), continued: true, lines: Vec::new() };
        for one in in_view {
            let Some(answer) = self.answers.get(&(dashboard.to_owned(), one.panel)) else {
                continue; // It has shown nothing yet.
            };
            if one.visible_ms < SCROLLED_PAST && !one.hovered && !one.zoomed {
                continue;
            }
            look.continued &= !known.seen.insert(one.panel);
            look.panels.push(PanelView {
                title: answer.title.clone(),
                promql: answer.promql.clone(),
                shown: answer.shown.clone(),
                visible_ms: Some(one.visible_ms.min(most)),
                hovered: one.hovered,
                zoomed: one.zoomed,
                unreported: false,
            });
            look.lines.extend(new_lines(&mut self.read, (dashboard, one.panel), answer));
        }
        (!look.panels.is_empty()).then_some(look)
    }

    fn forget_the_oldest(&mut self, visit: &str) {
        if self.visits.len() >= VISITS
            && !self.visits.contains_key(visit)
            && let Some(oldest) =
                self.visits.iter().min_by_key(|(_, it)| it.reported).map(|(name, _)| name.clone())
        {
            self.visits.remove(&oldest);
        }
    }
}

/// What an answer shows of each log that no look has had before.
fn new_lines(
    read: &mut HashMap<(String, u64, String), u64>,
    (dashboard, panel): (&str, u64),
    answer: &Answered,
) -> Vec<(PanelLines, bool)> {
    let mut new = Vec::new();
    for one in &answer.lines {
        let key = (dashboard.to_owned(), panel, one.service.clone());
        let newest = one.lines.iter().map(|kept| kept.cursor).max();
        let before = read.get(&key).copied();
        if newest.is_none() || newest == before {
            continue;
        }
        let mut shown = one.clone();
        shown.lines.retain(|kept| before.is_none_or(|before| kept.cursor > before));
        if shown.lines.is_empty() {
            // Another range shows older lines: that is a look of its own.
            shown.lines.clone_from(&one.lines);
        }
        read.extend(newest.map(|newest| (key, newest)));
        new.push((shown, before.is_some()));
    }
    new
}

fn in_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use orchestrator::logs::{Kept, LogLine};

    use super::*;

    fn looked(now: Instant) -> Looked {
        let mut looked = Looked::default();
        for (panel, title) in [(1, "In use"), (2, "Waiting")] {
            let promql = vec!["up".to_owned()];
            let (title, shown) = (title.to_owned(), "8".to_owned());
            let answer = Answered { title, promql, shown, lines: Vec::new() };
            looked.answered("pool", panel, answer, (Duration::from_secs(300), now));
        }
        looked
    }

    /// Panel 1 is asked for again.
    fn refresh(looked: &mut Looked, now: Instant) -> bool {
        let (title, shown) = ("In use".to_owned(), "9".to_owned());
        let answer = Answered { title, promql: vec![], shown, lines: vec![] };
        looked.answered("pool", 1, answer, (Duration::ZERO, now))
    }

    fn in_view(panel: u64, visible_ms: u64) -> InView {
        InView { panel, visible_ms, hovered: false, zoomed: false }
    }

    /// Titles, milliseconds, and whether it is more of the same.
    fn check(look: Option<Look>, expected: Option<(&[(&str, u64)], bool)>) {
        let said = look.map(|look| {
            let panels = look.panels.iter();
            let panels: Vec<_> =
                panels.map(|it| (it.title.clone(), it.visible_ms.unwrap())).collect();
            (panels, look.continued)
        });
        let expected = expected.map(|(panels, continued)| {
            (panels.iter().map(|(title, ms)| ((*title).to_owned(), *ms)).collect(), continued)
        });
        assert_eq!(said, expected);
    }

    #[test]
    fn a_look_is_new_when_a_panel_came_into_view_and_continued_after_that() {
        let now = Instant::now();
        let mut looked = looked(now);
        let later = |seconds| now + Duration::from_secs(seconds);
        let first = looked.report("v", "pool", &[in_view(1, 1000)], now);
        check(first, Some((&[("In use", 1000)], false)));
        let more = looked.report("v", "pool", &[in_view(1, 9000)], later(10));
        check(more, Some((&[("In use", 9000)], true)));
        let both = looked.report("v", "pool", &[in_view(1, 9000), in_view(2, 800)], later(20));
        check(both, Some((&[("In use", 9000), ("Waiting", 800)], false)));
    }

    #[test]
    fn what_was_scrolled_past_or_never_answered_is_no_look() {
        let now = Instant::now();
        let mut looked = looked(now);
        check(looked.report("v", "pool", &[in_view(1, 200), in_view(7, 5000)], now), None);
        check(looked.report("v", "edge", &[in_view(1, 5000)], now), None);
    }

    #[test]
    fn nobody_looks_for_longer_than_there_was_time() {
        let now = Instant::now();
        let mut looked = looked(now);
        looked.report("v", "pool", &[in_view(1, 1000)], now);
        let much = looked.report("v", "pool", &[in_view(1, 90_000)], now + Duration::from_secs(5));
        check(much, Some((&[("In use", 6000)], true)));
    }

    #[test]
    fn what_was_asked_for_and_never_reported_is_a_look_of_its_own_kind() {
        let now = Instant::now();
        let later = |seconds| now + Duration::from_secs(seconds);
        let mut looked = looked(now);
        let (look, last) = looked.waited("pool", later(15)).unreported.unwrap();
        assert_eq!((look.panels.len(), look.continued, last.as_secs()), (2, false, 300));
        assert!(look.panels.iter().all(|it| it.unreported && it.visible_ms.is_none()));
        let since = looked.waited("pool", later(30));
        assert!(since.unreported.is_none() && since.again.is_none(), "nothing was asked for since");
        assert!(refresh(&mut looked, later(30)), "a report is awaited again");
        assert!(looked.waited("pool", later(45)).unreported.unwrap().0.continued);
    }

    #[test]
    fn what_was_asked_for_a_moment_ago_may_still_be_reported() {
        let now = Instant::now();
        let later = |seconds| now + Duration::from_secs(seconds);
        let mut looked = looked(now);
        looked.report("v", "pool", &[in_view(1, 1000)], later(10));
        assert!(!refresh(&mut looked, later(12)), "it is waited for already");
        let early = looked.waited("pool", later(15));
        assert!(early.unreported.is_none());
        assert_eq!(early.again, Some(Duration::from_secs(12)));
        assert!(!refresh(&mut looked, later(20)), "and still is");
        let due = looked.waited("pool", later(27));
        assert_eq!(due.unreported.unwrap().0.panels[0].title, "In use", "nobody reported it");
        assert_eq!(due.again, None);
    }

    #[test]
    fn a_page_that_reports_in_its_own_time_leaves_no_look_of_that_kind_however_often_it_asks() {
        let now = Instant::now();
        let mut looked = looked(now);
        let mut wait_until = now + REPORTS_WITHIN;
        for at in (1..=300).map(|seconds| now + Duration::from_secs(seconds)) {
            let seconds = (at - now).as_secs();
            if seconds.is_multiple_of(10) {
                looked.report("v", "pool", &[in_view(2, 9000)], at);
            }
            if seconds % 5 == 3 {
                let awaited = refresh(&mut looked, at);
                wait_until = if awaited { at + REPORTS_WITHIN } else { wait_until };
            }
            if at == wait_until {
                let waited = looked.waited("pool", at);
                assert!(waited.unreported.is_none(), "after {seconds} s");
                wait_until = at + waited.again.unwrap_or_default();
            }
        }
    }

    fn shows(cursors: &[u64]) -> Answered {
        let line = |cursor: &u64| Kept {
            cursor: *cursor,
            container: "payments-1".to_owned(),
            line: LogLine {
                at_unix_ms: 0,
                service: String::new(),
                stderr: false,
                text: "pool exhausted".to_owned(),
                goes_on: false,
            },
        };
        let lines = PanelLines {
            service: "payments".to_owned(),
            grep: None,
            lines: cursors.iter().map(line).collect(),
            more: false,
        };
        let (title, shown) = ("Errors".to_owned(), lines.text());
        Answered { title, promql: vec![], shown, lines: vec![lines] }
    }

    #[test]
    fn lines_of_a_log_in_view_are_read_once() {
        let (mut looked, now) = (Looked::default(), Instant::now());
        let read = |looked: &mut Looked, cursors: &[u64]| -> Vec<(Vec<u64>, bool)> {
            looked.answered("service", 16, shows(cursors), (Duration::from_secs(300), now));
            let look = looked.report("v", "service", &[in_view(16, 1000)], now).unwrap();
            let cursors = |it: &PanelLines| it.lines.iter().map(|kept| kept.cursor).collect();
            look.lines.iter().map(|(lines, continued)| (cursors(lines), *continued)).collect()
        };
        assert_eq!(read(&mut looked, &[3, 4]), [(vec![3, 4], false)]);
        assert_eq!(read(&mut looked, &[3, 4]), [], "nothing is new");
        assert_eq!(read(&mut looked, &[3, 4, 9]), [(vec![9], true)]);
        assert_eq!(read(&mut looked, &[1, 2]), [(vec![1, 2], true)], "an earlier stretch of time");
        assert_eq!(read(&mut looked, &[]), []);
    }

    #[test]
    fn a_page_that_reports_leaves_no_look_of_that_kind() {
        let now = Instant::now();
        let mut looked = looked(now);
        looked.report("v", "pool", &[in_view(1, 1000)], now);
        let waited = looked.waited("pool", now + REPORTS_WITHIN);
        assert!(waited.unreported.is_none() && waited.again.is_none());
    }
}
