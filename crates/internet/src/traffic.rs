//! All the traffic: the ordinary one, and one surge for each merchant that has one.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use hyper::Method;
use rand::RngExt;
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::Instant;

use crate::address::Address;
use crate::arrivals::Arrivals;
use crate::control::Surge;
use crate::recent::{Paid, Recent};
use crate::sender::{Message, Sender};
use crate::shopping::{Purchase, Shopping, Wish};
use crate::stats::Figures;

/// The least time before a failed request is sent again; up to three times as long is drawn.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// The traffic of one process. Clones share it; it stays on one thread.
#[derive(Debug, Clone)]
pub struct Traffic(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    sender: Sender,
    seed: u64,
    recent: RefCell<Recent>,
    surges: RefCell<HashMap<String, Rising>>,
    ordinary_rate: Cell<f64>,
    keys: Keys,
}

/// A surge that is on.
#[derive(Debug)]
struct Rising {
    rate: f64,
    arrivals: AbortHandle,
}

/// Idempotency keys, which must be new in each run: the service remembers the old ones.
#[derive(Debug)]
struct Keys {
    run: u64,
    count: Cell<u64>,
}

impl Traffic {
    /// Traffic that goes out through `sender`. Nothing is sent yet.
    pub fn new(sender: Sender, seed: u64) -> Traffic {
        Traffic(Rc::new(Shared {
            sender,
            seed,
            recent: RefCell::default(),
            surges: RefCell::default(),
            ordinary_rate: Cell::new(0.0),
            keys: Keys { run: rand::rng().random(), count: Cell::new(0) },
        }))
    }

    /// Sends the ordinary traffic from the moment on at which the target is known. Never ends.
    pub async fn ordinary(&self, address: &Address, rate: f64, retries: u32) {
        address.known().await;
        // The weights of the merchants are constants, and valid ones (a test draws from them).
        let Ok(shopping) = Shopping::of_all(self.0.seed) else { return };
        self.0.ordinary_rate.set(rate);
        self.0.sender.stats.start();
        self.send_all(shopping, rate, retries).await;
    }

    /// Adds a surge; an earlier one of the same merchant ends.
    pub fn surge(&self, surge: Surge) {
        let Surge { merchant, rate, retries } = surge;
        let shopping = Shopping::of_one(self.0.seed, merchant.clone());
        let traffic = self.clone();
        let task = spawn_local(async move { traffic.send_all(shopping, rate, retries).await });
        let rising = Rising { rate, arrivals: task.abort_handle() };
        if let Some(earlier) = self.0.surges.borrow_mut().insert(merchant, rising) {
            earlier.arrivals.abort();
        }
    }

    /// Ends the surge of a merchant, and no other's. What it has sent is still waited for.
    pub fn calm(&self, merchant: &str) {
        if let Some(rising) = self.0.surges.borrow_mut().remove(merchant) {
            rising.arrivals.abort();
        }
    }

    /// The figures now.
    pub fn figures(&self) -> Figures {
        let surges: f64 = self.0.surges.borrow().values().map(|rising| rising.rate).sum();
        self.0.sender.stats.figures(self.0.ordinary_rate.get() + surges)
    }

    async fn send_all(&self, mut shopping: Shopping, rate: f64, retries: u32) {
        let mut arrivals = Arrivals::new(Instant::now(), rate);
        loop {
            arrivals.next().await;
            self.0.sender.stats.offered();
            let purchase = shopping.draw();
            let traffic = self.clone();
            // Each request is on its own, so that none of them can hold up the next arrival.
            spawn_local(async move { traffic.send(purchase, retries).await });
        }
    }

    async fn send(&self, purchase: Purchase, retries: u32) {
        let message = self.message(&purchase);
        let merchant = purchase.merchant;
        for attempt in 0..=retries {
            if attempt > 0 {
                tokio::time::sleep(retry_after(purchase.draw, attempt)).await;
                self.0.sender.stats.retried();
            }
            let Some(reply) = self.0.sender.send(&message).await else { return };
            if !reply.outcome.is_failure() {
                if let (Wish::Pay { .. }, Some(id)) = (purchase.wish, reply.paid) {
                    self.0.recent.borrow_mut().add(Paid { merchant, id });
                }
                return;
            }
        }
    }

    /// Puts a wish into words. Who has no payment to look up looks at the account.
    fn message(&self, purchase: &Purchase) -> Message {
        let draw = usize::try_from(purchase.draw).unwrap_or_default();
        let recent = &self.0.recent;
        match purchase.wish {
            Wish::Pay { amount, card } => Message {
                method: Method::POST,
                path: "/v1/payments".to_owned(),
                merchant: purchase.merchant.clone(),
                key: Some(self.0.keys.next()),
                body: format!(r#"{{"amount":{amount},"currency":"EUR","card":"{card}"}}"#),
            },
            Wish::Look => match recent.borrow().pick(draw) {
                Some(Paid { merchant, id }) => read(format!("/v1/payments/{id}"), merchant),
                None => account(purchase),
            },
            Wish::Refund => match recent.borrow_mut().take(draw) {
                Some(Paid { merchant, id }) => Message {
                    method: Method::POST,
                    path: format!("/v1/payments/{id}/refunds"),
                    merchant,
                    key: None,
                    body: r#"{"amount":100,"reason":"returned"}"#.to_owned(),
                },
                None => account(purchase),
            },
            Wish::Account => account(purchase),
        }
    }
}

impl Keys {
    fn next(&self) -> String {
        let count = self.count.get();
        self.count.set(count + 1);
        format!("{:016x}-{count}", self.run)
    }
}

fn account(purchase: &Purchase) -> Message {
    read(format!("/v1/merchants/{}", purchase.merchant), purchase.merchant.clone())
}

fn read(path: String, merchant: String) -> Message {
    Message { method: Method::GET, path, merchant, key: None, body: String::new() }
}

/// Between one and three times [`RETRY_AFTER`] for the first retry, twice that for the next.
fn retry_after(draw: u32, attempt: u32) -> Duration {
    let spread = f64::from(draw) / f64::from(u32::MAX);
    RETRY_AFTER.mul_f64(1.0 + 2.0 * spread) * attempt
}
