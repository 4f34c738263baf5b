//! A candidate in the browser, as the player of a session.

use std::time::{Duration, Instant};

use orchestrator::player::{Beginning, PlayError, Player, Ready, Seat};
use session::event::{Door, Effect, Kind, Participant};

use crate::console::Console;

/// The size of the first terminal until a page says how large it is.
const SIZE: (u16, u16) = (120, 32);
/// How long a candidate is waited for.
pub(crate) const WAITS: Duration = Duration::from_secs(4 * 3600);

/// Somebody who comes by a link.
pub struct Visitor {
    console: Console,
}

/// Closes the doors when it is dropped, however the session ends.
struct Open<'a>(&'a Console);

// === impl Visitor ===

impl Visitor {
    pub(crate) fn of(console: Console) -> Visitor {
        Visitor { console }
    }

    /// Waits until the interviewer ends it.
    async fn called_off(&self) {
        self.until(|console| {
            let how = console.chronicle().ended.as_ref().map(|ended| ended.how);
            how == Some(crate::contract::EndingHow::EndedByInterviewer)
        })
        .await;
    }

    async fn until(&self, mut is_so: impl FnMut(&Console) -> bool) {
        let mut news = self.console.news();
        // The sender lives as long as the console.
        let _ = news.wait_for(|_| is_so(&self.console)).await;
    }

    /// Waits until the time is over, which may become later meanwhile, or stand still.
    async fn time_over(&self, started: Instant) {
        let mut news = self.console.news();
        loop {
            let me = self.console.me(crate::words::Role::Interviewer);
            let Some(ends_at_s) = me.ends_at_s else { return };
            if me.paused_at_s.is_some() {
                // The sender lives as long as the console.
                let _ = news.changed().await;
                continue;
            }
            let left = Duration::from_secs_f64(ends_at_s).saturating_sub(started.elapsed());
            if left.is_zero() {
                let kind = Kind::TimeOver { minutes: me.minutes };
                // There is a recorder, since the session has been paged.
                let by = (Participant::Lab, Door::Session, Effect::Truth);
                let _ = self.console.record(by, kind);
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = news.changed() => {}
            }
        }
    }
}

impl Player for Visitor {
    fn size(&self) -> (u16, u16) {
        SIZE
    }

    fn begin(&self, beginning: &Beginning<'_>) {
        self.console.begin(beginning.recorder);
    }

    async fn ready(&self) -> Result<Ready, PlayError> {
        self.console.lab_is_ready();
        let consented = self.until(|console| console.chronicle().consented);
        tokio::select! {
            () = consented => Ok(Ready::AfterAWait),
            () = self.called_off() => Err(PlayError::CalledOff),
            () = tokio::time::sleep(WAITS) => Err(PlayError::NobodyCame { within: WAITS }),
        }
    }

    async fn play(self, seat: Seat) -> Result<(), PlayError> {
        let console = &self.console;
        let started = seat.recorder.started();
        let mut done = seat.done.clone();
        let (columns, rows) = SIZE;
        console.screens().hold(seat.terminal, columns, rows);
        console.open_doors(&seat.doors, seat.terminals.clone(), seat.injects);
        let _open = Open(console);
        tokio::select! {
            // The sender goes away only with the session itself.
            _ = done.wait_for(|done| *done) => {}
            () = self.called_off() => {}
            () = self.time_over(started) => {}
        }
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.close_doors();
    }
}
