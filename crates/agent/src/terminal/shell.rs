//! A shell on a terminal: how it is started, hung up and ended. What it prints is not seen here.

use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::time::timeout;

use super::Known;
use crate::context::Context;
use crate::reaper::Exit;
use crate::{AgentError, login, programs};

/// The leader of a session of its own, whose process group has its number.
#[derive(Debug)]
pub(super) struct Shell {
    pid: i32,
    exit: Exit,
}

impl Shell {
    /// Starts one on `tty`, by way of [`login`], which makes the terminal its own and gives up root.
    /// From then on the agent is told of every program that runs under it.
    pub(super) fn start(
        tty: OwnedFd,
        known: &Known,
        context: &Context,
    ) -> Result<Self, AgentError> {
        let shell = |source| AgentError::Shell { source };
        let (ours, theirs) = programs::pair().map_err(shell)?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0(login::NAME).arg(theirs.as_raw_fd().to_string());
        if let Some(folder) = &context.settings.trial {
            command.arg(folder);
        }
        command.stdin(Stdio::from(tty.try_clone().map_err(shell)?));
        command.stdout(Stdio::from(tty.try_clone().map_err(shell)?));
        command.stderr(Stdio::from(tty));
        let child = command.spawn().map_err(shell)?;
        let pid = child.id().cast_signed();
        context.lines.started(child.id(), known);
        let as_user = context.settings.trial.is_none();
        let (terminal, lines) = (known.name.clone(), context.lines.clone());
        let watch = programs::Watch { shell: child.id(), terminal, as_user, lines };
        tokio::spawn(watch.run(ours));
        Ok(Self { pid, exit: context.reaper.watch(pid) })
    }

    /// Its process number.
    pub(super) fn pid(&self) -> u32 {
        self.pid.cast_unsigned()
    }

    /// `Some` once it is gone.
    pub(super) fn exit(&self) -> Exit {
        self.exit.clone()
    }

    /// What happens when a telephone line drops. The shell passes it on to its jobs.
    pub(super) fn hang_up(&self) {
        self.signal(Signal::SIGHUP);
        self.signal(Signal::SIGCONT);
    }

    /// Waits for the shell to be gone, and makes sure of it.
    pub(super) async fn end(&mut self, grace: Duration) -> Option<i32> {
        if self.exit.borrow().is_none() {
            self.hang_up();
        }
        if timeout(grace, self.exit.wait_for(Option::is_some)).await.is_err() {
            self.signal(Signal::SIGKILL);
        }
        self.exit.wait_for(Option::is_some).await.map_or(None, |code| *code)
    }

    fn signal(&self, signal: Signal) {
        // Once it has been collected, its number may be another's.
        if self.exit.borrow().is_none() {
            // It may be gone already, and just not collected yet.
            let _ = killpg(Pid::from_raw(self.pid), signal);
        }
    }
}
