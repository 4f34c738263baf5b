//! Payments that went well lately, so that merchants can look them up and give them back.

use std::collections::VecDeque;

/// As many as are kept; the oldest make room.
const CAPACITY: usize = 512;

/// A payment that a merchant knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// Whose it is.
    pub merchant: String,
    /// The service's number for it.
    pub id: String,
}

/// The latest payments.
#[derive(Debug, Default)]
pub struct Recent(VecDeque<Paid>);

impl Recent {
    /// Remembers a payment.
    pub fn add(&mut self, paid: Paid) {
        if self.0.len() == CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(paid);
    }

    /// One of the payments; `draw` picks which.
    pub fn pick(&self, draw: usize) -> Option<Paid> {
        let index = draw.checked_rem(self.0.len())?;
        self.0.get(index).cloned()
    }

    /// One of the payments, which is forgotten: it can be given back only once.
    pub fn take(&mut self, draw: usize) -> Option<Paid> {
        let index = draw.checked_rem(self.0.len())?;
        self.0.remove(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(n: usize) -> Paid {
        Paid { merchant: "m-1001".to_owned(), id: n.to_string() }
    }

    #[test]
    fn nothing_can_be_picked_before_something_was_paid() {
        assert_eq!(Recent::default().pick(7), None);
        assert_eq!(Recent::default().take(7), None);
    }

    #[test]
    fn only_the_latest_are_remembered() {
        let mut recent = Recent::default();
        (0..CAPACITY + 3).for_each(|n| recent.add(paid(n)));
        assert_eq!(recent.pick(0), Some(paid(3)));
        assert_eq!(recent.pick(CAPACITY - 1), Some(paid(CAPACITY + 2)));
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut recent = Recent::default();
        recent.add(paid(1));
        assert_eq!(recent.take(5), Some(paid(1)));
        assert_eq!(recent.take(5), None);
    }
}
