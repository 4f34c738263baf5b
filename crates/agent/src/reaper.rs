//! The children: signals come in here, the dead are collected here, and whoever started one learns
//! its exit code here. Process 1 inherits every orphan; nobody else may wait for a child.

use std::collections::HashMap;
use std::sync::Mutex;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;

use crate::AgentError;
use crate::watched::watched;

/// `Some` once the child is gone: its exit code, or 128 and the signal.
pub(crate) type Exit = watch::Receiver<Option<i32>>;

/// Knows which children somebody asks for.
#[derive(Debug, Default)]
pub(crate) struct Reaper {
    watched: Mutex<HashMap<i32, watch::Sender<Option<i32>>>>,
}

impl Reaper {
    /// Asks for the exit of a child. Call it before anything is awaited after the start: until then
    /// the child cannot have been collected.
    pub(crate) fn watch(&self, pid: i32) -> Exit {
        let (sender, receiver) = watch::channel(None);
        lock(&self.watched).insert(pid, sender);
        receiver
    }

    /// Collects whoever is dead now.
    fn collect(&self) {
        loop {
            let (pid, code) = match waitpid(None::<Pid>, Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, code),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as i32),
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return,
                // Stops and continues are not asked for; an interrupted call is made again.
                Ok(_) | Err(Errno::EINTR) => continue,
                Err(_) => return,
            };
            if let Some(sender) = lock(&self.watched).remove(&pid.as_raw()) {
                sender.send_replace(Some(code));
            }
        }
    }
}

/// The signals that the agent acts on, taken from their usual course.
#[derive(Debug)]
pub(crate) struct Signals {
    fd: AsyncFd<SignalFd>,
}

impl Signals {
    /// Blocks the signals and opens the descriptor that tells of them. Children inherit that; before
    /// one becomes a shell, `login` lets the signals arrive again.
    pub(crate) fn take() -> Result<Self, AgentError> {
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGCHLD);
        mask.add(Signal::SIGTERM);
        mask.thread_block().map_err(AgentError::system("block signals"))?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let fd = SignalFd::with_flags(&mask, flags).map_err(AgentError::system("take signals"))?;
        let fd = watched(fd).map_err(AgentError::system("wait for signals"))?;
        Ok(Self { fd })
    }

    /// Collects children until the agent is asked to end.
    ///
    /// Nobody inside the container may ask that of process 1: a signal from there names its sender,
    /// one from outside cannot.
    pub(crate) async fn run(&self, reaper: &Reaper) -> Result<(), AgentError> {
        let guarded = nix::unistd::getpid().as_raw() == 1;
        reaper.collect();
        loop {
            let mut guard =
                self.fd.readable().await.map_err(AgentError::system("wait for signals"))?;
            let seen = guard.try_io(|fd| match fd.get_ref().read_signal()? {
                Some(info) => Ok(info),
                None => Err(std::io::ErrorKind::WouldBlock.into()),
            });
            match seen {
                Ok(Ok(info)) if info.ssi_signo == Signal::SIGTERM as u32 => {
                    if !guarded || info.ssi_pid == 0 {
                        return Ok(());
                    }
                }
                Ok(Ok(_)) => reaper.collect(),
                Ok(Err(source)) => {
                    return Err(AgentError::System { what: "read signals", source });
                }
                Err(_would_block) => {}
            }
        }
    }
}

/// A lock that nobody can have left in a bad state: no code panics while it holds one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
