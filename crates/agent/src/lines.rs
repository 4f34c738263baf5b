//! The command lines of all shells and the programs under them: the lines read from the pipe into
//! which the shells write them, joined with what was printed, and sent home. How a shell comes to
//! write them is in the image (`docker/workstation/bash.bashrc`); how programs are seen is in
//! [`crate::programs`].

mod book;
mod bucket;
mod budget;
mod family;
mod join;
mod ledger;
mod record;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::stat::Mode;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use wire::frame::Message;
use wire::{Line, Open};

use crate::AgentError;
use crate::clock::Clock;
use crate::link::Link;
use crate::programs::{Process, ends};
use crate::terminal::{Excerpt, Terminals};
pub(crate) use book::Lines;
pub(crate) use family::{Ancestry, Descent};
use join::{Ending, Step};
pub(crate) use ledger::Dead;

/// How long the end of a command's output may take to come by after the shell said that it is back.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the clock is told and shells that vanished are noticed.
const TICK: Duration = Duration::from_secs(1);

/// How long what is not urgent may wait for company.
const COMPANY: Duration = Duration::from_millis(50);

/// The side that tells home.
#[derive(Debug)]
pub(crate) struct Recorder {
    lines: Lines,
    processes: mpsc::UnboundedReceiver<Process>,
}

/// Makes the pipe, which everybody may write to and nobody else read.
pub(crate) fn prepare(
    path: &Path,
    clock: Clock,
    terminals: Arc<Terminals>,
) -> Result<(Lines, Recorder), AgentError> {
    let run = |source| AgentError::Run { path: PathBuf::from(path), source };
    let pipe = open_pipe(path).map_err(run)?;
    let (ends, processes) = mpsc::unbounded_channel();
    let lines = Lines::new(pipe, clock, terminals, ends);
    Ok((lines.clone(), Recorder { lines, processes }))
}

fn open_pipe(path: &Path) -> io::Result<pipe::Receiver> {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    nix::unistd::mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
    // Not by the mode above, from which the umask takes away.
    set_permissions(path, Permissions::from_mode(0o622))?;
    // Open for writing too, or each shell that closes it would end it.
    pipe::OpenOptions::new().read_write(true).open_receiver(path)
}

impl Recorder {
    /// Tells home about everything, for as long as the link lasts. A link that takes nothing makes
    /// the programs wait: nothing is dropped.
    pub(crate) async fn run(self, link: Link) -> Result<(), AgentError> {
        let home = link.open().await?;
        tokio::spawn(ends::run(self.processes, self.lines.clone()));
        // Side by side: a record is dated when it is read, and telling may have to wait.
        tokio::select! {
            deaf = hear(&self.lines) => deaf,
            cut_off = tell(&self.lines, home) => cut_off,
        }
    }
}

/// Reads what the shells write, as they write it, while not too much is still to be told: the rest
/// waits in the pipe, and whoever writes there with it. Ends with what is wrong.
async fn hear(lines: &Lines) -> Result<(), AgentError> {
    loop {
        lines.room().await;
        lines.hear().await.map_err(AgentError::system("read the lines"))?;
        // Somebody may write faster than this reads, and then nothing here ever waits: without it
        // the one thread of the agent would do nothing else.
        tokio::task::yield_now().await;
    }
}

/// Sends home what is to be told. Ends with what is wrong.
async fn tell(lines: &Lines, mut home: impl AsyncWrite + Unpin) -> Result<(), AgentError> {
    let mut frame = Open::Lines { version: wire::VERSION }.to_frame()?;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        for step in lines.take() {
            let (line, lost) = finish(step, lines.clock()).await;
            line.encode(&mut frame)?;
            if let Some(lost) = lost {
                lost.encode(&mut frame)?;
            }
        }
        if !frame.is_empty() {
            home.write_all(&frame).await.map_err(AgentError::stream)?;
            frame.clear();
        }
        tokio::select! {
            // The tick first: it comes once a second, and lines that never end to come, forged ones
            // say, would put it off for ever.
            biased;
            _ = tick.tick() => lines.tick(),
            () = lines.more(COMPANY) => {}
        }
    }
}

/// The line to be sent, with what was printed in it, and what is to be said when that is not known.
async fn finish(step: Step, clock: Clock) -> (Line, Option<Line>) {
    let Ending { id, shell, number, terminal, exit, at_us } = match step {
        Step::Say(line) => return (line, None),
        Step::End(ending) => ending,
    };
    let (terminal, excerpt) = match terminal {
        Some(known) => {
            // From the end on, so that many that wait in vain, forged ones say, wait together.
            let waited = Duration::from_micros(clock.at_us().saturating_sub(at_us));
            let patience = PATIENCE.saturating_sub(waited);
            (known.name, known.printed.take(shell, number, patience).await)
        }
        None => (String::new(), Excerpt::default()),
    };
    let lost = excerpt.is_lost.then(|| {
        let reason = format!(
            "what a command line in {terminal} printed is not known: too many marks around it were \
             forged; the recording has it"
        );
        Line::Lost { reason, at_us }
    });
    let (printed_bytes, printed) = (excerpt.bytes, excerpt.text);
    (Line::Ended { id, terminal, exit, at_us, printed_bytes, printed }, lost)
}
