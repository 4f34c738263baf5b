//! This machine's terminal, connected to one in the workstation: a person as the player.
//!
//! Bytes go through untouched, in both directions. The terminal is put back as it was however the
//! session ends.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::Arc;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode, size};
use orchestrator::player::{PlayError, Player, Seat};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use wire::ToTerminal;

use crate::print;
use crate::progress::Show;

/// Somebody at this machine's keyboard.
pub struct Person {
    show: Arc<Show>,
}

/// Raw mode while it lives.
#[must_use = "dropping it puts the terminal back"]
struct Raw;

// === impl Person ===

impl Person {
    /// The person at this machine's terminal; `None` where standard input or output is none.
    pub fn here(show: Arc<Show>) -> Option<Person> {
        let is_there = io::stdin().is_terminal() && io::stdout().is_terminal();
        is_there.then_some(Person { show })
    }
}

impl Player for Person {
    fn size(&self) -> (u16, u16) {
        size().unwrap_or((80, 24))
    }

    async fn play(&self, seat: Seat) -> Result<(), PlayError> {
        self.show.clear();
        print::note(&orchestrator::doors::render_page(&seat.page));
        let Seat { terminal, mut done, .. } = seat;
        let raw = Raw::enter()?;
        let keys = tokio::spawn(type_on(terminal.input));
        let mut output = terminal.output;
        let show = async {
            while let Some(bytes) = output.recv().await {
                show(&bytes)?;
            }
            Ok::<(), io::Error>(())
        };
        let finished = async {
            // The sender goes away only with the session itself.
            let _ = done.wait_for(|done| *done).await;
        };
        let ended = tokio::select! { ended = show => ended, () = finished => Ok(()) };
        keys.abort();
        drop(raw);
        print::note("");
        Ok(ended?)
    }
}

fn show(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Sends keys and new sizes until the terminal is gone.
async fn type_on(input: mpsc::Sender<ToTerminal>) -> io::Result<()> {
    let mut resized = signal(SignalKind::window_change())?;
    let mut keys = keyboard();
    loop {
        let message = tokio::select! {
            bytes = keys.recv() => match bytes {
                Some(bytes) => ToTerminal::Input(bytes),
                None => return Ok(()),
            },
            _ = resized.recv() => {
                let (columns, rows) = size()?;
                ToTerminal::Resize { columns, rows }
            }
        };
        if input.send(message).await.is_err() {
            return Ok(());
        }
    }
}

/// A read of the keyboard cannot be called off, so it has a thread of its own, which ends with the
/// program.
fn keyboard() -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = stdin.read(&mut chunk) {
            if sender.blocking_send(chunk[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

// === impl Raw ===

impl Raw {
    fn enter() -> io::Result<Raw> {
        enable_raw_mode()?;
        Ok(Raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        if let Err(error) = disable_raw_mode() {
            print::warning(&format!("the terminal could not be put back: {error}; type `reset`"));
        }
    }
}
