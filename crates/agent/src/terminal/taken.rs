//! How much input has reached a terminal, and whether it was masked: told to the other side together
//! with what the terminal prints next, so that an echo is not held up by it.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use wire::FromTerminal;
use wire::frame::Message;

use crate::AgentError;
use crate::reaper::lock;

/// How long it waits for something to be printed.
const ECHO: Duration = Duration::from_millis(20);

/// What is still to be told.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Bytes, and whether they were masked.
    runs: Mutex<Vec<(u32, bool)>>,
    any: Notify,
}

impl Taken {
    /// More input has reached the terminal.
    pub(super) fn add(&self, bytes: usize, masked: bool) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let mut runs = lock(&self.runs);
        match runs.last_mut() {
            Some((before, same)) if *same == masked => *before = before.saturating_add(bytes),
            Some(_) | None => runs.push((bytes, masked)),
        }
        drop(runs);
        self.any.notify_one();
    }

    /// Appends it to what is sent anyway.
    pub(super) fn put(&self, out: &mut Vec<u8>) -> Result<(), AgentError> {
        for (bytes, masked) in std::mem::take(&mut *lock(&self.runs)) {
            FromTerminal::Took { bytes, masked }.encode(out)?;
        }
        Ok(())
    }

    /// Waits until something has been waiting for too long.
    pub(super) async fn overdue(&self) {
        loop {
            if !lock(&self.runs).is_empty() {
                return sleep(ECHO).await;
            }
            self.any.notified().await;
        }
    }
}
