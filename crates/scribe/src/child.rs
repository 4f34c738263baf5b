//! The program behind the scribe: started first, told to end when the container is, and the
//! container's end when it ends. Other orphans of the container are taken off its hands.

use std::io;
use std::process::{Command, ExitCode};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

/// A program that runs.
pub struct Child {
    pid: Pid,
}

/// Starts it, with this process's output and without its environment's `SCRIBE_PASS`.
///
/// # Errors
/// When it cannot be started.
pub fn start(command: &[String]) -> io::Result<Child> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| io::Error::other("no program to start"))?;
    let child = Command::new(program).args(arguments).env_remove("SCRIBE_PASS").spawn()?;
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    Ok(Child { pid: Pid::from_raw(pid) })
}

impl Child {
    /// Waits until it has ended, passing on the wish that it should.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub async fn ended(self) -> io::Result<ExitCode> {
        let mut children = signal(SignalKind::child())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            if let Some(code) = self.reap()? {
                return Ok(code);
            }
            tokio::select! {
                _ = children.recv() => {}
                _ = terminate.recv() => self.end(),
                _ = interrupt.recv() => self.end(),
            }
        }
    }

    fn end(&self) {
        // One that is gone already is found by the next look.
        let _ = kill(self.pid, Signal::SIGTERM);
    }

    /// Takes all that have ended; the program's own exit code when it is among them.
    fn reap(&self) -> io::Result<Option<ExitCode>> {
        loop {
            match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) if pid == self.pid => {
                    return Ok(Some(ExitCode::from(u8::try_from(code).unwrap_or(1))));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == self.pid => {
                    return Ok(Some(ExitCode::from(
                        u8::try_from(128 + signal as i32).unwrap_or(1),
                    )));
                }
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(None),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
