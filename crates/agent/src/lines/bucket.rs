//! How much may be told one by one: so much at once, and so much more in each second. What becomes of the
//! rest is its owner's matter. Pure: the time comes in, in microseconds.

/// One thing that may be told. Counted in millionths, so that a microsecond's share is a whole number.
const ONE: u64 = 1_000_000;

#[derive(Debug)]
pub(super) struct Bucket {
    most: u64,
    a_second: u64,
    left: u64,
    refilled_us: u64,
}

impl Bucket {
    /// A full one.
    pub(super) fn full(at_once: u64, a_second: u64) -> Bucket {
        let most = at_once * ONE;
        Bucket { most, a_second, left: most, refilled_us: 0 }
    }

    /// Whether one more may be told now; then it is taken.
    pub(super) fn take(&mut self, at_us: u64) -> bool {
        let since = at_us.saturating_sub(self.refilled_us);
        self.refilled_us = at_us;
        self.left = self.left.saturating_add(since.saturating_mul(self.a_second)).min(self.most);
        let may = self.left >= ONE;
        if may {
            self.left -= ONE;
        }
        may
    }
}
