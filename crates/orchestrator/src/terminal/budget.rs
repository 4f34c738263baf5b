//! How much of a terminal is kept: so many bytes at once, and from then on as many as somebody could
//! read. It counts and decides; what is written, and where to, is the recording's.

use std::time::Instant;

/// What a bucket of `limit` bytes gets back each second, as a part of it: 32 KiB of 256 MiB, which is
/// sixteen screens of 80 × 24.
const PER_SECOND: f64 = 1.0 / 8192.0;

/// A bucket of bytes. What was not kept counts as well while it is empty: it fills again when the
/// flood is over, not during it, so an endless one is one gap and not thousands.
pub(super) struct Budget {
    limit: f64,
    room: f64,
    counted: Instant,
    /// Bytes that were not kept, while nothing is.
    lost: Option<u64>,
}

/// What is new for a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing is kept from here on.
    Full,
    /// It is kept again, after so many bytes that were not.
    Again { lost: u64 },
}

// === impl Budget ===

impl Budget {
    pub(super) fn new(limit: u64, now: Instant) -> Budget {
        let limit = limit as f64;
        Budget { limit, room: limit, counted: now, lost: None }
    }

    /// May so many bytes be kept? `Err` if not; they are counted as lost.
    pub(super) fn ask(&mut self, bytes: usize, now: Instant) -> Result<Option<Turn>, ()> {
        let back = self.limit * PER_SECOND;
        let waited = now.saturating_duration_since(self.counted).as_secs_f64();
        self.room = (self.room + waited * back).min(self.limit);
        self.counted = now;
        let Some(lost) = self.lost else { return Ok(None) };
        // A second of calm.
        if self.room >= back {
            self.lost = None;
            return Ok(Some(Turn::Again { lost }));
        }
        self.room = (self.room - bytes as f64).max(0.0);
        self.lost = Some(lost + bytes as u64);
        Err(())
    }

    /// So many bytes were written.
    pub(super) fn spend(&mut self, written: u64) -> Option<Turn> {
        self.room = (self.room - written as f64).max(0.0);
        let is_full = self.room == 0.0 && self.lost.is_none();
        if is_full {
            self.lost = Some(0);
        }
        is_full.then_some(Turn::Full)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMIT: u64 = 256 << 20;

    /// Asks for so many bytes at so many seconds, and spends them.
    fn put(
        budget: &mut Budget,
        begun: Instant,
        at_s: f64,
        bytes: usize,
    ) -> Result<Option<Turn>, ()> {
        let turn = budget.ask(bytes, begun + Duration::from_secs_f64(at_s))?;
        Ok(budget.spend(bytes as u64).or(turn))
    }

    #[test]
    fn a_flood_without_an_end_is_one_gap() {
        let begun = Instant::now();
        let mut budget = Budget::new(LIMIT, begun);
        let turns: Vec<Turn> = (0..10_000)
            .filter_map(|n| put(&mut budget, begun, f64::from(n) * 0.01, 1 << 20).ok().flatten())
            .collect();
        assert_eq!(turns, [Turn::Full]);
    }

    #[test]
    fn a_second_after_a_flood_it_is_kept_again_and_told_how_much_was_not() {
        let begun = Instant::now();
        let mut budget = Budget::new(LIMIT, begun);
        assert_eq!(put(&mut budget, begun, 0.0, 256 << 20), Ok(Some(Turn::Full)));
        assert_eq!(put(&mut budget, begun, 0.5, 1000), Err(()));
        assert_eq!(put(&mut budget, begun, 2.0, 200), Ok(Some(Turn::Again { lost: 1000 })));
        assert_eq!(put(&mut budget, begun, 2.1, 200), Ok(None));
    }

    #[test]
    fn what_somebody_can_read_is_kept_for_hours() {
        let begun = Instant::now();
        let mut budget = Budget::new(LIMIT, begun);
        assert_eq!(put(&mut budget, begun, 0.0, (256 << 20) - 4096), Ok(None));
        for second in 1..10_000 {
            assert_eq!(put(&mut budget, begun, f64::from(second), 30 << 10), Ok(None), "{second}");
        }
    }
}
