//! Which request comes next: who sends it, what it asks for, for how much and with which card.

use rand::distr::weighted::WeightedIndex;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The merchants are m-1001, m-1002, ... up to this many.
const MERCHANTS: u32 = 60;

/// How unequal merchants are: the n-th one sends n^-0.7 of what the first one sends. The first
/// of 60 sends 11 % of all requests then, the last one 0.6 %.
const SKEW: f64 = 0.7;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Take money from a card.
    Pay {
        /// In minor units.
        amount: u32,
        /// 16 digits.
        card: u64,
    },
    /// Look one of the recent payments up.
    Look,
    /// Give one of them back.
    Refund,
    /// Look at one's own account.
    Account,
}

/// One request, drawn at random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Who sends it.
    pub merchant: String,
    /// What it asks for.
    pub wish: Wish,
    /// Random bits for whatever else must be chosen: which payment, how long until a retry.
    pub draw: u32,
}

/// A source of requests, the same ones in the same order for the same seed.
#[derive(Debug)]
pub struct Shopping {
    random: StdRng,
    who: Who,
    /// Wishes in parts of a hundred: pay, look, refund; the rest is accounts.
    mix: [u32; 3],
}

#[derive(Debug)]
enum Who {
    All(WeightedIndex<f64>),
    One(String),
}

impl Shopping {
    /// What all merchants together ask for: 65 % payments, the rest mostly looks.
    ///
    /// # Errors
    /// Never with the weights of this file.
    pub fn of_all(seed: u64) -> anyhow::Result<Shopping> {
        let weights = (1..=MERCHANTS).map(|rank| f64::from(rank).powf(-SKEW));
        let who = Who::All(WeightedIndex::new(weights)?);
        Ok(Shopping { random: StdRng::seed_from_u64(seed), who, mix: [65, 22, 2] })
    }

    /// What one merchant asks for when it sells much: payments, hardly anything else.
    pub fn of_one(seed: u64, merchant: String) -> Shopping {
        let random = StdRng::seed_from_u64(seed);
        Shopping { random, who: Who::One(merchant), mix: [95, 4, 0] }
    }

    /// The next request.
    pub fn draw(&mut self) -> Purchase {
        let merchant = match &self.who {
            Who::All(weights) => format!("m-{}", 1001 + self.random.sample(weights)),
            Who::One(merchant) => merchant.clone(),
        };
        let wish = self.wish();
        Purchase { merchant, wish, draw: self.random.random() }
    }

    fn wish(&mut self) -> Wish {
        let [pay, look, refund] = self.mix;
        let percent = self.random.random_range(0..100);
        if percent < pay {
            let amount = self.amount();
            // A sixteen-digit number that begins with 4.
            let card = self.random.random_range(4_000_000_000_000_000..5_000_000_000_000_000);
            Wish::Pay { amount, card }
        } else if percent < pay + look {
            Wish::Look
        } else if percent < pay + look + refund {
            Wish::Refund
        } else {
            Wish::Account
        }
    }

    /// From 1.00 to 1000.00, with small amounts more common than large ones.
    fn amount(&mut self) -> u32 {
        let exponent: f64 = self.random.random_range(2.0..5.0);
        #[expect(clippy::cast_possible_truncation, reason = "between 100 and 100 000")]
        #[expect(clippy::cast_sign_loss, reason = "between 100 and 100 000")]
        let amount = 10_f64.powf(exponent) as u32;
        amount
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn draws(seed: u64, count: usize) -> Vec<Purchase> {
        let mut shopping = Shopping::of_all(seed).unwrap();
        (0..count).map(|_| shopping.draw()).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_requests() {
        assert_eq!(draws(7, 100), draws(7, 100));
        assert_ne!(draws(7, 100), draws(8, 100));
    }

    #[test]
    fn all_sixty_merchants_send_and_the_first_sends_most() {
        let mut by_merchant: HashMap<String, u32> = HashMap::new();
        for purchase in draws(1, 20_000) {
            *by_merchant.entry(purchase.merchant).or_default() += 1;
        }
        assert_eq!(by_merchant.len(), 60);
        // 11.2 % of 20 000 is 2240; five standard deviations are 223.
        let first = by_merchant["m-1001"];
        assert!((2000..2500).contains(&first), "{first}");
        assert!(by_merchant["m-1060"] < first / 10);
    }

    #[test]
    fn two_thirds_of_the_requests_are_payments() {
        let requests = draws(1, 20_000);
        let payments = requests.iter().filter(|p| matches!(p.wish, Wish::Pay { .. })).count();
        // 65 % of 20 000 is 13 000; five standard deviations are 337.
        assert!((12_660..13_340).contains(&payments), "{payments}");
    }

    #[test]
    fn cards_and_amounts_are_ones_that_a_shop_takes() {
        for purchase in draws(3, 2000) {
            if let Wish::Pay { amount, card } = purchase.wish {
                assert!((100..=100_000).contains(&amount), "{amount}");
                assert_eq!(card.to_string().len(), 16);
            }
        }
    }

    #[test]
    fn a_merchant_that_sells_much_is_alone_in_its_surge() {
        let mut shopping = Shopping::of_one(1, "m-1042".to_owned());
        assert!((0..500).all(|_| shopping.draw().merchant == "m-1042"));
    }
}
