//! What was sent to a terminal and not taken yet: how much of it there may be, and what becomes of the
//! rest. Sizes and the wish to hang up travel behind what is typed, so it must never stand still.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};

/// A terminal that takes nothing for so long is read by nobody. A browser that falls behind may hold
/// one up for two seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// How soon it is seen that nobody types any more, while a terminal takes its time.
const BEAT: Duration = Duration::from_millis(100);

/// What is sent in one piece.
pub(super) const PIECE: usize = 16 * 1024;

pub(super) struct Untaken {
    state: Mutex<State>,
    taken: Notify,
    patience: Duration,
}

#[derive(Default)]
struct State {
    bytes: usize,
    /// The patience is over, and nothing was taken since.
    stuck: bool,
}

impl Default for Untaken {
    fn default() -> Untaken {
        Untaken { state: Mutex::default(), taken: Notify::new(), patience: PATIENCE }
    }
}

impl Untaken {
    /// Waits until so many bytes more may be sent, and counts them. `false`: they are to be dropped, as
    /// a terminal does with what its buffer does not hold. Nobody reads what is there already, or
    /// whoever typed has hung up, for which nobody is to wait.
    pub(super) async fn room<T>(&self, bytes: usize, keys: &mpsc::Receiver<T>) -> bool {
        let hung_up = async {
            while !keys.is_closed() {
                sleep(BEAT).await;
            }
        };
        tokio::select! {
            biased;
            may = self.taken(bytes) => may,
            () = hung_up => false,
        }
    }

    async fn taken(&self, bytes: usize) -> bool {
        loop {
            if let Some(may) = self.judge(bytes) {
                return may;
            }
            if timeout(self.patience, self.taken.notified()).await.is_err() {
                self.state().stuck = true;
            }
        }
    }

    fn judge(&self, bytes: usize) -> Option<bool> {
        let mut state = self.state();
        if state.bytes + bytes <= wire::UNTAKEN {
            state.bytes += bytes;
            return Some(true);
        }
        state.stuck.then_some(false)
    }

    /// The terminal has taken so many bytes.
    pub(super) fn took(&self, bytes: u32) {
        let mut state = self.state();
        state.bytes = state.bytes.saturating_sub(bytes as usize);
        state.stuck = false;
        self.taken.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// One with so much patience, and somebody who types.
    fn patient(patience: Duration) -> (Untaken, mpsc::Sender<()>, mpsc::Receiver<()>) {
        let (sender, keys) = mpsc::channel(1);
        (Untaken { patience, ..Untaken::default() }, sender, keys)
    }

    #[tokio::test]
    async fn a_terminal_that_takes_nothing_holds_nothing_up_for_long() {
        let patience = Duration::from_millis(200);
        let (untaken, _sender, keys) = patient(patience);
        let sent = Instant::now();
        let mut rooms = 0;
        for _ in 0..1000 {
            rooms += usize::from(untaken.room(PIECE, &keys).await);
        }
        assert_eq!(rooms, wire::UNTAKEN / PIECE);
        // Waited for once, and not by each.
        assert!((patience..50 * patience).contains(&sent.elapsed()), "{:?}", sent.elapsed());
    }

    #[tokio::test]
    async fn a_long_paste_is_sent_whole_as_fast_as_it_is_taken() {
        let (untaken, _sender, keys) = patient(Duration::from_secs(60));
        let taking = async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
                untaken.took(PIECE as u32);
            }
        };
        let sending = async {
            for _ in 0..100 {
                assert!(untaken.room(PIECE, &keys).await);
            }
        };
        tokio::join!(sending, taking);
    }

    #[tokio::test]
    async fn what_is_typed_once_a_terminal_takes_again_is_sent() {
        let (untaken, _sender, keys) = patient(Duration::from_millis(1));
        while untaken.room(PIECE, &keys).await {}
        assert!(!untaken.room(1, &keys).await);
        untaken.took(1);
        assert!(untaken.room(1, &keys).await);
    }

    #[tokio::test]
    async fn whoever_hangs_up_waits_for_no_program_that_takes_its_time() {
        let (untaken, sender, keys) = patient(Duration::from_secs(60));
        for _ in 0..wire::UNTAKEN / PIECE {
            assert!(untaken.room(PIECE, &keys).await);
        }
        drop(sender);
        let room = timeout(Duration::from_secs(10), untaken.room(PIECE, &keys));
        assert!(!room.await.expect("it is over at once"));
    }
}
