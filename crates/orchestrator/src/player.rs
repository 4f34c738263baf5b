//! Who sits at the terminal: a person at a keyboard or in a browser, or a persona with a script.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::doors::{Doors, PageText};
use crate::health::Now;
use crate::home::SessionFolder;
use crate::injects::Injects;
use crate::recorder::Recorder;
use crate::terminal::{Terminal, Terminals};

/// What a player has before them once they were paged.
pub struct Seat {
    pub page: PageText,
    /// The first terminal, with its prompt already there.
    pub terminal: Terminal,
    /// For more terminals.
    pub terminals: Terminals,
    /// How the system is, as the lab sees it. A persona waits by it; a person never sees it.
    pub now: watch::Receiver<Now>,
    /// Becomes true with `oncall done`.
    pub done: watch::Receiver<bool>,
    pub recorder: Recorder,
    /// The same doors that `deployctl` and `oncall` go through.
    pub doors: Arc<Doors>,
    /// For an interviewer; a player never uses them.
    pub injects: Arc<Injects>,
}

/// Whether the system had to wait for the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    AtOnce,
    AfterAWait,
}

/// What there is of a session from its very beginning.
pub struct Beginning<'a> {
    pub folder: &'a SessionFolder,
    pub recorder: &'a Recorder,
}

/// Somebody who plays until they are done.
pub trait Player: Send {
    /// Columns and rows of the first terminal.
    fn size(&self) -> (u16, u16);

    /// The session has begun to be recorded; its system does not run yet.
    fn begin(&self, _beginning: &Beginning<'_>) {}

    /// The system is up and well. The fault is injected once this is over.
    ///
    /// # Errors
    /// When there is nobody to play after all; the session then ends.
    fn ready(&self) -> impl Future<Output = Result<Ready, PlayError>> + Send {
        std::future::ready(Ok(Ready::AtOnce))
    }

    /// Plays. Returning ends the incident.
    ///
    /// # Errors
    /// When a script met something that it did not expect; the session then ends as failed.
    fn play(&self, seat: Seat) -> impl Future<Output = Result<(), PlayError>> + Send;

    /// The incident is over and its system is gone, and people write down what they make of it. The
    /// record is sealed once this is over. Nobody is waited for where a player says nothing else.
    fn debrief(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// Why a player could not go on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error("step {step} of the persona (`{what}`) had no prompt after {}s; give it a longer `within`, or correct the line. The terminal showed:\n{screen}", within.as_secs())]
    NoPrompt { step: usize, what: String, within: Duration, screen: String },
    #[error(
        "step {step} of the persona (`{what}`) did not show /{wanted}/; correct its line or `shows`. The terminal showed:\n{screen}"
    )]
    NotShown { step: usize, what: String, wanted: String, screen: String },
    #[error("step {step} of the persona waited {}s for `{what}` in vain: {state}", within.as_secs())]
    NotReached { step: usize, what: &'static str, within: Duration, state: String },
    #[error("the terminal closed while the persona was at step {step}")]
    Closed { step: usize },
    #[error("the interview was called off before it began")]
    CalledOff,
    #[error("nobody agreed to be recorded within {} min; start it anew", within.as_secs() / 60)]
    NobodyCame { within: Duration },
    #[error("the terminal of this machine does not work")]
    Terminal(#[from] std::io::Error),
}
