//! A candidate in the browser, as the player of a session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use orchestrator::player::{Beginning, PlayError, Player, Ready, Seat};
use session::event::{Door, Effect, Kind, Participant};

use crate::console::Console;

/// The size of the first terminal until a page says how large it is.
const SIZE: (u16, u16) = (120, 32);
/// How long a candidate is waited for.
pub(crate) const WAITS: Duration = Duration::from_secs(4 * 3600);

/// How long the debrief is waited for. Longer than anybody writes; an evening forgotten in a browser
/// holds no journal open.
pub const DEBRIEF: Duration = Duration::from_secs(2 * 3600);

/// Somebody who comes by a link.
pub struct Visitor {
    console: Console,
}

/// The doors of the console, open. They close when it is dropped, however the session ends.
#[must_use = "dropping it closes the doors"]
pub struct Open<'a>(&'a Console);

// === impl Visitor ===

impl Visitor {
    /// The candidate of this console.
    pub fn of(console: Console) -> Visitor {
        Visitor { console }
    }

    /// The console that they come to.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Opens the doors of the console to somebody whose first terminal is elsewhere.
    pub fn open_beside(&self, seat: &Seat) -> Open<'_> {
        self.console.open_doors(&seat.doors, seat.terminals.clone(), Arc::clone(&seat.injects));
        Open(&self.console)
    }

    /// The incident begins without anybody having agreed here.
    pub fn begins_elsewhere(&self) {
        self.console.lab_is_ready();
    }

    /// Whether anybody has come by the link.
    pub fn has_come(&self) -> bool {
        self.console.chronicle().has_entered
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

    /// Waits until somebody ends the debrief, or until its time is over.
    pub async fn debrief_until(&self, over: impl Future<Output = ()>) {
        let console = &self.console;
        console.system_is_gone();
        let closed = self.until(|console| console.chronicle().debrief.closed_at_s.is_some());
        tokio::select! {
            biased;
            () = closed => {}
            () = over => {
                let minutes = u32::try_from(DEBRIEF.as_secs() / 60).unwrap_or(u32::MAX);
                // Closed at this very moment is as good.
                let by = (Participant::Lab, Door::Session, Effect::Truth);
                let _ = console.record(by, Kind::DebriefOver { minutes });
            }
        }
    }

    /// Waits until the time is over, which may become later meanwhile, or stand still.
    async fn time_over(&self, started: Instant) {
        let mut news = self.console.news();
        loop {
            let me = self.console.me(crate::words::Role::Interviewer);
            let Some(ends_at_s) = me.ends_at_s else {
                // Somebody alone has all the time.
                return std::future::pending().await;
            };
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
        self.console.begin(beginning.folder, beginning.recorder);
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

    async fn play(&self, seat: Seat) -> Result<(), PlayError> {
        let console = &self.console;
        let started = seat.recorder.started();
        let mut done = seat.done.clone();
        let (columns, rows) = SIZE;
        let _open = self.open_beside(&seat);
        console.screens().hold(seat.terminal, columns, rows);
        tokio::select! {
            // The sender goes away only with the session itself.
            _ = done.wait_for(|done| *done) => {}
            () = self.called_off() => {}
            () = self.time_over(started) => {}
        }
        Ok(())
    }

    async fn debrief(&self) {
        self.debrief_until(tokio::time::sleep(DEBRIEF)).await;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.close_doors();
    }
}
