//! A persona at the terminal: types its script's lines into the real shell, waits for the prompt
//! after each, and reads what was shown.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lab::lab::Pattern;
use lab::persona::{Persona, Rehearsal, Step, Until};
use session::event::{Event, Kind};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc;
use wire::ToTerminal;

use crate::health::Now;
use crate::player::{PlayError, Player, Seat};

/// The size of a persona's terminal.
const SIZE: (u16, u16) = (120, 40);
/// How much of the screen is kept for an error message, in bytes.
const SCREEN: usize = 4096;

/// A persona with the script for one cause.
pub struct Scripted {
    key_pause: Duration,
    steps: Vec<Step>,
}

// === impl Scripted ===

impl Scripted {
    /// The persona's script for one cause.
    pub fn new(persona: &Persona, rehearsal: &Rehearsal) -> Scripted {
        Scripted { key_pause: persona.key_pause, steps: rehearsal.steps.clone() }
    }
}

impl Player for Scripted {
    fn size(&self) -> (u16, u16) {
        SIZE
    }

    async fn play(&self, seat: Seat) -> Result<(), PlayError> {
        let Seat { terminal, now, recorder, .. } = seat;
        let screen = Screen::default();
        let shown = tokio::spawn(screen.clone().watch(terminal.output));
        let mut hands = Hands {
            terminal: terminal.id,
            input: terminal.input,
            events: recorder.follow(),
            key_pause: self.key_pause,
            screen,
        };
        let mut now = now;
        for (index, step) in self.steps.iter().enumerate() {
            hands.step(index + 1, step, &mut now).await?;
        }
        shown.abort();
        Ok(())
    }
}

/// The newest output of the terminal, for messages.
#[derive(Clone, Default)]
struct Screen {
    text: Arc<Mutex<Vec<u8>>>,
}

impl Screen {
    async fn watch(self, mut output: mpsc::Receiver<Vec<u8>>) {
        while let Some(bytes) = output.recv().await {
            let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
            text.extend_from_slice(&bytes);
            let excess = text.len().saturating_sub(SCREEN);
            text.drain(..excess);
        }
    }

    fn read(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        let plain = strip_ansi_escapes::strip(text.as_slice());
        String::from_utf8_lossy(&plain).trim().to_owned()
    }
}

/// What types and waits.
struct Hands {
    terminal: String,
    input: mpsc::Sender<ToTerminal>,
    events: broadcast::Receiver<Arc<Event>>,
    key_pause: Duration,
    screen: Screen,
}

impl Hands {
    async fn step(
        &mut self,
        step: usize,
        what: &Step,
        now: &mut tokio::sync::watch::Receiver<Now>,
    ) -> Result<(), PlayError> {
        match what {
            Step::Type { line, shows, within } => {
                self.type_line(step, line).await?;
                let ended = tokio::time::timeout(*within, self.prompt(step)).await;
                let printed = match ended {
                    Ok(printed) => printed?,
                    Err(_) => {
                        let (what, screen) = (line.clone(), self.screen.read());
                        return Err(PlayError::NoPrompt { step, what, within: *within, screen });
                    }
                };
                check(step, line, shows.as_ref(), &printed)
            }
            Step::Wait { until, within } => wait(step, *until, *within, now).await,
        }
    }

    async fn type_line(&self, step: usize, line: &str) -> Result<(), PlayError> {
        let closed = |_| PlayError::Closed { step };
        if self.key_pause.is_zero() {
            let bytes = format!("{line}\r").into_bytes();
            return self.input.send(ToTerminal::Input(bytes)).await.map_err(closed);
        }
        for key in line.chars().chain(['\r']) {
            let bytes = key.to_string().into_bytes();
            self.input.send(ToTerminal::Input(bytes)).await.map_err(closed)?;
            // The pace of somebody's fingers, not a wait for anything.
            tokio::time::sleep(self.key_pause).await;
        }
        Ok(())
    }

    /// What the line printed, once the prompt is back.
    async fn prompt(&mut self, step: usize) -> Result<String, PlayError> {
        loop {
            match self.events.recv().await {
                Ok(event) => {
                    if let Kind::LineEnded { terminal, printed, .. } = &event.kind
                        && *terminal == self.terminal
                    {
                        return Ok(printed.clone());
                    }
                    if let Kind::TerminalClosed { terminal, .. } = &event.kind
                        && *terminal == self.terminal
                    {
                        return Err(PlayError::Closed { step });
                    }
                }
                // What was missed was other doors' events or an ended line; the timeout tells.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(PlayError::Closed { step }),
            }
        }
    }
}

fn check(step: usize, line: &str, shows: Option<&Pattern>, printed: &str) -> Result<(), PlayError> {
    match shows {
        Some(pattern) if !pattern.0.is_match(printed) => Err(PlayError::NotShown {
            step,
            what: line.to_owned(),
            wanted: pattern.0.to_string(),
            screen: printed.trim().to_owned(),
        }),
        _ => Ok(()),
    }
}

async fn wait(
    step: usize,
    until: Until,
    within: Duration,
    now: &mut tokio::sync::watch::Receiver<Now>,
) -> Result<(), PlayError> {
    let reached = async {
        // An error means that the session is ending; the timeout below tells it then.
        match until {
            Until::Steady => now.wait_for(Now::steady).await.is_ok(),
            Until::Unsteady => now.wait_for(|now| !now.steady()).await.is_ok(),
            Until::Mitigated | Until::NotMitigated => {
                now.wait_for(|now| now.mitigated_since.is_some()).await.is_ok()
            }
        }
    };
    let reached = tokio::time::timeout(within, reached).await == Ok(true);
    if reached != (until == Until::NotMitigated) {
        return Ok(());
    }
    let what = match until {
        Until::Steady => "steady",
        Until::Unsteady => "unsteady",
        Until::Mitigated => "mitigated",
        Until::NotMitigated => "not-mitigated",
    };
    let state = match &now.borrow().health {
        Some(health) if health.steady => "all probes hold".to_owned(),
        Some(health) => format!("{:?}", health.values),
        None => "no probe was answered".to_owned(),
    };
    Err(PlayError::NotReached { step, what, within, state })
}
