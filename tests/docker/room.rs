//! Room on the machine for one more system. A start takes several seconds of a processor, and on a machine that is
//! slow or shared so many at a time would leave those that are watched too little: then it is not the product's
//! times that the tests see.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The share of a second in which somebody waited for a processor, from which on nobody else is let in.
const BUSY: f64 = 0.7;

/// A machine that is never quiet has its tests all the same.
const AT_MOST: Duration = Duration::from_secs(60);

/// Waits until there is room, one test after the other: whoever is next measures what the one before has started.
pub fn wait() {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let begun = Instant::now();
    while begun.elapsed() < AT_MOST {
        match waited_in_a_second() {
            Some(share) if share >= BUSY => {}
            Some(_) | None => return,
        }
    }
}

/// None where the kernel does not account for it.
fn waited_in_a_second() -> Option<f64> {
    let (before, begun) = (waited()?, Instant::now());
    std::thread::sleep(Duration::from_secs(1));
    Some((waited()? - before).as_secs_f64() / begun.elapsed().as_secs_f64())
}

/// How long somebody has waited for a processor since the machine started: `some` in `/proc/pressure/cpu`.
fn waited() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/pressure/cpu").ok()?;
    let some = text.lines().find(|line| line.starts_with("some "))?;
    let (_, total) = some.rsplit_once("total=")?;
    Some(Duration::from_micros(total.parse().ok()?))
}
