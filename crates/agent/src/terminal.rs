//! Terminals: a shell on a pseudo-terminal of ours for each stream that asks for one. Every byte
//! passes through here; what the shells tell about their command lines comes by another way
//! ([`crate::lines`]).

mod marks;
mod outgoing;
mod printed;
mod pty;
mod pump;
mod shell;
mod taken;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::timeout;
use wire::FromTerminal;
use wire::frame::{Decoder, Message};

use crate::AgentError;
use crate::context::Context;
use crate::link::Stream;
use crate::reaper::lock;
use outgoing::Outgoing;
use pty::Pty;
use shell::Shell;
use taken::Taken;

pub(crate) use printed::{Excerpt, Printed};

/// How long a shell may take to end after it was hung up.
const GRACE: Duration = Duration::from_secs(2);

/// In characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) columns: u16,
    pub(crate) rows: u16,
}

/// A terminal of ours that is in use.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// As the other side calls it.
    pub(crate) name: String,
    pub(crate) printed: Arc<Printed>,
}

/// All terminals of ours, by the last part of their path under `/dev/pts`.
#[derive(Debug, Default)]
pub(crate) struct Terminals {
    known: Mutex<HashMap<String, Known>>,
}

impl Terminals {
    /// The terminal that a shell names, when it is one of ours.
    pub(crate) fn find(&self, tty: &str) -> Option<Known> {
        lock(&self.known).get(tty).cloned()
    }

    fn insert(&self, tty: &str, known: Known) {
        lock(&self.known).insert(tty.to_owned(), known);
    }

    fn remove(&self, tty: &str) {
        lock(&self.known).remove(tty);
    }
}

/// Starts a shell and carries its terminal's bytes until the shell is gone or the other side has
/// had enough of it.
pub(crate) async fn serve(
    stream: Stream,
    decoder: Decoder,
    name: String,
    size: Size,
    context: &Context,
) -> Result<(), AgentError> {
    let (pty, tty) = Pty::open(size, context.settings.trial.is_none())?;
    let known = Known { name, printed: Arc::default() };
    context.terminals.insert(&pty.name, known.clone());
    let served = match Shell::start(tty, &known, context) {
        Ok(shell) => carry(stream, decoder, &pty, shell, &known, context).await,
        Err(error) => Err(error),
    };
    context.terminals.remove(&pty.name);
    served
}

async fn carry(
    stream: Stream,
    decoder: Decoder,
    pty: &Pty,
    mut shell: Shell,
    known: &Known,
    context: &Context,
) -> Result<(), AgentError> {
    let (from, to) = tokio::io::split(stream);
    let mut to = Outgoing::new(to);
    let taken = Taken::default();
    let carried = {
        let output = pump::output(pty, &mut to, &known.printed, &taken, shell.exit());
        tokio::pin!(output);
        tokio::select! {
            carried = &mut output => carried,
            // Closed by the other side, or broken: what the shell still prints is carried if it can.
            _ = pump::input(pty, from, decoder, &taken) => {
                shell.hang_up();
                timeout(GRACE, output).await.unwrap_or(Ok(()))
            }
        }
    };
    let code = shell.end(GRACE).await;
    known.printed.close();
    context.lines.gone(shell.pid(), known, code);
    carried?;
    taken.put(to.frames())?;
    FromTerminal::Exited(code).encode(to.frames())?;
    to.end().await
}
