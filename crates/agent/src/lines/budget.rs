//! How many command lines are told one by one, and when it is told that some were not. Nobody types so
//! fast or pastes so much; a shell with its history off tells each command of a loop, and whoever sits
//! there may write into the shells' pipe without an end. Pure.

use std::collections::BTreeMap;

use wire::Line;

use super::bucket::Bucket;

/// As many may be told at once in one terminal, and as many more in each second.
const AT_ONCE: u64 = 1_000;
const A_SECOND: u64 = 20;

/// A flood is told of when it begins, when it is over, and as often meanwhile; in microseconds.
const SAY_EVERY: u64 = 10_000_000;
/// A flood is over when none was missed for so long.
const OVER: u64 = 1_000_000;

/// What may still be told, by terminal.
#[derive(Debug, Default)]
pub(super) struct Budget {
    terminals: BTreeMap<String, Left>,
}

#[derive(Debug)]
struct Left {
    bucket: Bucket,
    missed: u64,
    missed_us: u64,
    said_us: Option<u64>,
}

impl Default for Left {
    fn default() -> Left {
        let bucket = Bucket::full(AT_ONCE, A_SECOND);
        Left { bucket, missed: 0, missed_us: 0, said_us: None }
    }
}

impl Budget {
    /// Whether a line that begins now is told. One that is not is counted.
    pub(super) fn allows(&mut self, terminal: &str, at_us: u64) -> bool {
        let left = self.terminals.entry(terminal.to_owned()).or_default();
        let may = left.bucket.take(at_us);
        if !may {
            left.missed += 1;
            left.missed_us = at_us;
        }
        may
    }

    /// What is due without anything having happened.
    pub(super) fn tick(&mut self, at_us: u64) -> Vec<Line> {
        let mut told = Vec::new();
        for (terminal, left) in &mut self.terminals {
            let since = |then: u64| at_us.saturating_sub(then);
            let is_due = left.said_us.is_none_or(|said_us| since(said_us) >= SAY_EVERY)
                || since(left.missed_us) >= OVER;
            if left.missed == 0 || !is_due {
                continue;
            }
            left.said_us = Some(at_us);
            let count = std::mem::take(&mut left.missed);
            let terminal = if terminal.is_empty() { "no terminal of its own" } else { terminal };
            let reason = format!(
                "{count} command lines in {terminal} came too fast to be recorded one by one"
            );
            told.push(Line::Lost { reason, at_us });
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    /// How many of `count` lines at once are told.
    fn told(budget: &mut Budget, terminal: &str, count: u64, at_us: u64) -> u64 {
        (0..count).map(|_| u64::from(budget.allows(terminal, at_us))).sum()
    }

    fn said(budget: &mut Budget, at_us: u64) -> Vec<String> {
        let reason = |line: &Line| {
            let Line::Lost { reason, .. } = line else { unreachable!("{line:?}") };
            reason.split(" came").next().unwrap().to_owned()
        };
        budget.tick(at_us).iter().map(reason).collect()
    }

    #[test]
    fn what_somebody_types_or_pastes_is_told_line_by_line() {
        let mut budget = Budget::default();
        assert_eq!(told(&mut budget, "t1", 1_000, 5), 1_000);
        let typed = (1..500).map(|second| told(&mut budget, "t1", 20, 5 + second * SECOND));
        assert_eq!(typed.sum::<u64>(), 499 * 20);
        assert!(said(&mut budget, 600 * SECOND).is_empty());
    }

    #[test]
    fn a_flood_is_counted_at_its_beginning_now_and_then_and_at_its_end() {
        let mut budget = Budget::default();
        let mut says = Vec::new();
        for second in 0..15 {
            told(&mut budget, "t1", 2_000, second * SECOND);
            says.extend(said(&mut budget, second * SECOND).into_iter().map(|it| (second, it)));
        }
        says.extend(said(&mut budget, 15 * SECOND).into_iter().map(|it| (15, it)));
        let wanted = [(0, 1_000), (10, 10 * 1_980), (15, 4 * 1_980)];
        let wanted = wanted.map(|(second, it)| (second, format!("{it} command lines in t1")));
        assert_eq!(says, wanted);
        assert!(said(&mut budget, 40 * SECOND).is_empty());
        assert_eq!(told(&mut budget, "t1", 5, 40 * SECOND), 5);
    }

    #[test]
    fn a_flood_in_one_terminal_takes_no_line_of_another() {
        let mut budget = Budget::default();
        assert_eq!(told(&mut budget, "", 5_000, 5), 1_000);
        assert_eq!(told(&mut budget, "t2", 1, 5), 1);
    }
}
