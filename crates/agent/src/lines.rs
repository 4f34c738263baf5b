//! The command lines of all shells: read from the pipe into which the shells write them, joined with
//! what was printed, and sent home. How a shell comes to write them is in the image
//! (`docker/workstation/bash.bashrc`).

mod join;
mod record;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::stat::Mode;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use wire::frame::Message;
use wire::{Line, Open};

use crate::AgentError;
use crate::clock::Clock;
use crate::link::Link;
use crate::terminal::{Excerpt, Known, Terminals};
use join::{Ending, Joiner, Step};
use record::{Record, Splitter};

/// How long the end of a command's output may take to come by after the shell said that it is back.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the clock is told and shells that vanished are noticed.
const TICK: Duration = Duration::from_secs(1);

/// Where the rest of the agent tells about terminals that are gone.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    gone: mpsc::Sender<(Known, Option<i32>)>,
}

impl Lines {
    /// The shell of a terminal is gone: whatever ran in it has ended.
    pub(crate) async fn gone(&self, terminal: Known, exit: Option<i32>) {
        // Refused only when the link is down and the agent is about to end.
        let _ = self.gone.send((terminal, exit)).await;
    }
}

/// The reading side.
#[derive(Debug)]
pub(crate) struct Recorder {
    pipe: pipe::Receiver,
    gone: mpsc::Receiver<(Known, Option<i32>)>,
    clock: Clock,
    terminals: Arc<Terminals>,
    joiner: Joiner,
    splitter: Splitter,
    /// Records that could not be read since the last tick.
    unreadable: u64,
}

/// Makes the pipe, which everybody may write to and nobody else read.
pub(crate) fn prepare(
    path: &Path,
    clock: Clock,
    terminals: Arc<Terminals>,
) -> Result<(Lines, Recorder), AgentError> {
    let run = |source| AgentError::Run { path: PathBuf::from(path), source };
    let pipe = open_pipe(path).map_err(run)?;
    let (sender, gone) = mpsc::channel(16);
    let recorder = Recorder {
        pipe,
        gone,
        clock,
        terminals,
        joiner: Joiner::default(),
        splitter: Splitter::default(),
        unreadable: 0,
    };
    Ok((Lines { gone: sender }, recorder))
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
    /// Tells home about every line, for as long as the link lasts. A link that takes nothing makes
    /// the shells wait: no line is dropped.
    pub(crate) async fn run(mut self, link: Link) -> Result<(), AgentError> {
        let mut home = link.open().await?;
        let mut frame = Open::Lines { version: wire::VERSION }.to_frame()?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            if !frame.is_empty() {
                home.write_all(&frame).await.map_err(AgentError::stream)?;
                frame.clear();
            }
            let steps = tokio::select! {
                biased;
                read = async { self.pipe.readable().await.map(|()| self.pipe.try_read(&mut buffer)) } => {
                    match read.map_err(AgentError::system("read the lines"))? {
                        Ok(read) => self.records(buffer.get(..read).unwrap_or_default()),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                        Err(source) => {
                            return Err(AgentError::System { what: "read the lines", source });
                        }
                    }
                }
                Some((terminal, exit)) = self.gone.recv() => {
                    self.joiner.gone(&terminal, exit, self.clock.at_us())
                }
                _ = tick.tick() => self.tick(),
            };
            for step in steps {
                finish(step).await.encode(&mut frame)?;
            }
        }
    }

    fn records(&mut self, bytes: &[u8]) -> Vec<Step> {
        let at_us = self.clock.at_us();
        let mut steps = Vec::new();
        let (joiner, terminals) = (&mut self.joiner, &self.terminals);
        let unreadable = &mut self.unreadable;
        self.splitter.feed(bytes, |record| match record {
            Ok(record) => {
                let known = terminals.find(record.tty());
                match record {
                    Record::Begin(begin) => steps.extend(joiner.begin(begin, known, at_us)),
                    Record::Prompt(prompt) => steps.extend(joiner.prompt(&prompt, known, at_us)),
                }
            }
            Err(_unreadable) => *unreadable += 1,
        });
        steps
    }

    fn tick(&mut self) -> Vec<Step> {
        let at_us = self.clock.at_us();
        let mut steps = vec![Step::Say(Line::Clock { at_us })];
        if self.unreadable > 0 {
            let reason = format!("{} unreadable records of command lines", self.unreadable);
            self.unreadable = 0;
            steps.push(Step::Say(Line::Lost { reason, at_us }));
        }
        steps.extend(
            self.joiner
                .vanished(at_us, |shell| !Path::new("/proc").join(shell.to_string()).exists()),
        );
        steps
    }
}

/// The line to be sent, with what was printed in it.
async fn finish(step: Step) -> Line {
    let Ending { id, shell, number, terminal, exit, at_us } = match step {
        Step::Say(line) => return line,
        Step::End(ending) => ending,
    };
    let (terminal, excerpt) = match terminal {
        Some(known) => (known.name, known.printed.take(shell, number, PATIENCE).await),
        None => (String::new(), Excerpt::default()),
    };
    Line::Ended { id, terminal, exit, at_us, printed_bytes: excerpt.bytes, printed: excerpt.text }
}
