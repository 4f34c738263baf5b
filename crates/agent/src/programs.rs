//! Which programs really run: the kernel makes each one wait until the agent has seen it (seccomp
//! user notification), so a script, a pipe into `sh` or another interpreter hides nothing. Without
//! the agent no program starts. It refuses none; a record, not a guard.

pub(crate) mod filter;
mod listener;
mod peek;
mod process;

use std::io;
use std::os::fd::OwnedFd;

use nix::libc;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use wire::Program;

use crate::lines::{Descent, Lines};
use crate::stdio::set_nonblocking;
use crate::watched::watched;
use listener::{Listener, Next, Notice};
use peek::Sight;
use process::Process;
pub(crate) use process::{children, session};

/// After so many notices in a row the rest of the agent gets its turn.
const IN_A_ROW: usize = 16;

/// Two ends of a socket: ours, and one that the next program to be started inherits.
pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let (ours, theirs) =
        socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?;
    fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
    set_nonblocking(&ours)?;
    Ok((ours, theirs))
}

/// Watches one terminal's shell and all that descends from it.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) shell: u32,
    /// Whether its programs run as another user than the agent.
    pub(crate) as_user: bool,
    pub(crate) lines: Lines,
}

impl Watch {
    /// Watches until no process is left. What cannot be seen is told.
    pub(crate) async fn run(self, socket: OwnedFd, terminal: String) {
        let watched = match listener(socket).await {
            Ok(listener) => self.serve(&listener).await,
            Err(error) => Err(error),
        };
        if let Err(error) = watched {
            self.lines.unseen(&terminal, format!("programs are not seen: {error}"));
        }
    }

    async fn serve(&self, listener: &Listener) -> io::Result<()> {
        // The shell itself is no program that somebody ran.
        let mut is_shell = true;
        loop {
            let mut ready = listener.ready().await?;
            for _ in 0..IN_A_ROW {
                match listener.next()? {
                    Next::Notice(notice) if is_shell && notice.pid == self.shell => {
                        is_shell = false;
                        listener.go_on(&notice);
                    }
                    Next::Notice(notice) => self.answer(listener, &notice),
                    Next::Nothing => {
                        ready.clear_ready();
                        break;
                    }
                    Next::Over => return Ok(()),
                }
            }
            self.lines.room().await;
            tokio::task::yield_now().await;
        }
    }

    /// Looks, lets go on, and only then writes down.
    fn answer(&self, listener: &Listener, notice: &Notice) {
        let at_us = self.lines.clock().at_us();
        let is_start = i64::from(notice.call.nr) != libc::SYS_setsid;
        let sight = is_start.then(|| peek::look(notice.pid, &notice.call, self.as_user));
        // As long as it waits, a job cannot outlive what it was started by unnoticed.
        let (process, descent) = descent(notice.pid);
        self.lines.heard();
        if !listener.is_waiting(notice) || !listener.go_on(notice) {
            return; // It was killed first: nothing ran.
        }
        let parent_of = |pid| Process::of(pid).ok()?.parent();
        let fresh = match sight {
            Some(sight) => {
                let program = self.program(sight, descent, at_us);
                self.lines.begins(descent, program, parent_of)
            }
            None => self.lines.leaves(descent, parent_of),
        };
        let mut process = process;
        for pid in fresh {
            match process.take_if(|process| process.pid == pid) {
                Some(process) => await_end(&self.lines, process),
                None => attend(&self.lines, pid),
            }
        }
    }

    fn program(&self, sight: Sight, descent: Descent, at_us: u64) -> Program {
        let ran = peek::is_there(&sight, self.as_user);
        let Sight { path, argv, cut, cwd } = sight;
        let Descent { pid, parent, .. } = descent;
        let (id, terminal, line, ended_us, exit) = (0, String::new(), None, None, None);
        Program {
            id,
            terminal,
            line,
            pid,
            parent,
            path,
            argv,
            cut,
            cwd,
            ran,
            at_us,
            ended_us,
            exit,
        }
    }
}

/// What the kernel says of a process.
fn descent(thread: u32) -> (Option<Process>, Descent) {
    let Ok(process) = Process::of(thread) else {
        return (None, Descent { pid: thread, ..Descent::default() });
    };
    let (pid, parent) = (process.pid, process.parent().unwrap_or(0));
    let (group, session) = (process::group(pid), session(pid));
    (Some(process), Descent { pid, parent, group, session })
}

/// Waits for the end of a process that has just been heard of.
pub(crate) fn attend(lines: &Lines, pid: u32) {
    match Process::of(pid) {
        Ok(process) => await_end(lines, process),
        // It is gone already. Said in a moment: whoever calls may be in the middle of the book.
        Err(_) => {
            let lines = lines.clone();
            tokio::spawn(async move {
                if let Some(dead) = lines.died(pid) {
                    lines.ended(dead, None);
                }
            });
        }
    }
}

fn await_end(lines: &Lines, process: Process) {
    let (lines, pid) = (lines.clone(), process.pid);
    tokio::spawn(async move {
        let mut dead = None;
        let exit = process.end(|| dead = lines.died(pid)).await;
        if let Some(dead) = dead {
            lines.ended(dead, exit);
        }
    });
}

/// The receiving end of the filter, once the shell has sent it.
async fn listener(socket: OwnedFd) -> io::Result<Listener> {
    let socket = watched(socket)?;
    loop {
        let mut ready = socket.readable().await?;
        if let Ok(taken) = ready.try_io(|socket| filter::take_over(socket)) {
            return Listener::new(taken?);
        }
    }
}
