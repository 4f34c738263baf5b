//! Which programs really run: the kernel makes each one wait until the agent has seen it (seccomp
//! user notification), so a script, a pipe into `sh` or another interpreter hides nothing. Without
//! the agent no program starts. It refuses none; a record, not a guard.

pub(crate) mod ends;
pub(crate) mod filter;
mod found;
mod listener;
mod peek;
mod process;

use std::io;
use std::os::fd::OwnedFd;
use std::thread;

use nix::libc;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use tokio::runtime::Handle;
use wire::Program;

use crate::lines::{Ancestry, Descent, Lines};
use crate::stdio::set_nonblocking;
use crate::watched::watched;
use listener::{Listener, Notice};
use peek::Sight;
pub(crate) use process::{Process, children, session};

/// Of a thread that answers, in bytes.
const STACK: usize = 256 * 1024;

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
    pub(crate) terminal: String,
    /// Whether its programs run as another user than the agent.
    pub(crate) as_user: bool,
    pub(crate) lines: Lines,
}

impl Watch {
    /// Watches until no process is left. What cannot be seen is told.
    pub(crate) async fn run(self, socket: OwnedFd) {
        let (lines, terminal) = (self.lines.clone(), self.terminal.clone());
        if let Err(error) = listener(socket).await.and_then(|listener| self.start(listener)) {
            lines.unseen(&terminal, format!("programs are not seen: {error}"));
        }
    }

    /// In a thread of its own, which does nothing but answer: the kernel switches to it and back
    /// without leaving the processor, at half of what a turn of the runtime would cost.
    fn start(self, listener: Listener) -> io::Result<()> {
        let runtime = Handle::current();
        let thread = thread::Builder::new().name("watch".to_owned()).stack_size(STACK);
        thread.spawn(move || {
            let _entered = runtime.enter();
            if self.as_user {
                peek::become_user();
            }
            if let Err(error) = self.serve(&listener, &runtime) {
                self.lines.unseen(&self.terminal, format!("programs are no longer seen: {error}"));
            }
        })?;
        Ok(())
    }

    fn serve(&self, listener: &Listener, runtime: &Handle) -> io::Result<()> {
        // The shell itself is no program that somebody ran.
        let mut is_shell = true;
        while let Some(notice) = listener.next()? {
            if is_shell && notice.pid == self.shell {
                is_shell = false;
                listener.go_on(&notice);
                continue;
            }
            self.answer(listener, &notice);
            if self.lines.is_behind() {
                runtime.block_on(self.lines.room());
            }
        }
        Ok(())
    }

    /// Looks, writes down, and only then lets go on: whoever may still do something meanwhile, the
    /// shell that shows its prompt say, finds it written.
    fn answer(&self, listener: &Listener, notice: &Notice) {
        // The line that it belongs to is dated when it is heard of, and begins before it.
        self.lines.heard();
        let at_us = self.lines.clock().at_us();
        let is_start = i64::from(notice.call.nr) != libc::SYS_setsid;
        let sight = is_start.then(|| peek::look(notice.pid, &notice.call));
        let (mut process, descent) = descent(notice.pid);
        let kernel = Kernel { pid: descent.pid };
        let fresh = match sight {
            Some(sight) => self.lines.begins(descent, program(sight, descent, at_us), &kernel),
            None => self.lines.leaves(descent, &kernel),
        };
        if !listener.go_on(notice) && is_start {
            // It was killed first: nothing ran, and what was read may have been another's.
            self.lines.retract(descent.pid, at_us);
        }
        for pid in fresh {
            match process.take_if(|process| process.pid == pid) {
                Some(process) => self.lines.attend(process),
                None => attend(&self.lines, pid),
            }
        }
    }
}

fn program(sight: Sight, descent: Descent, at_us: u64) -> Program {
    let Sight { path, argv, cut, cwd, ran } = sight;
    let Descent { pid, parent } = descent;
    let (id, terminal, line, ended_us, exit) = (0, String::new(), None, None, None);
    Program { id, terminal, line, pid, parent, path, argv, cut, cwd, ran, at_us, ended_us, exit }
}

/// What the kernel says of a process that waits.
fn descent(thread: u32) -> (Option<Process>, Descent) {
    let Ok(process) = Process::of(thread) else {
        // Where nobody may hold processes, their ends are not known; their parents are.
        return (None, Descent { pid: thread, parent: process::parent(thread).unwrap_or(0) });
    };
    let (pid, parent) = (process.pid, process.parent().unwrap_or(0));
    (Some(process), Descent { pid, parent })
}

/// Waits for the end of a process that has just been heard of.
pub(crate) fn attend(lines: &Lines, pid: u32) {
    match Process::of(pid) {
        Ok(process) => lines.attend(process),
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

/// What the kernel tells of a process, asked when it is needed.
pub(crate) struct Kernel {
    pub(crate) pid: u32,
}

impl Ancestry for Kernel {
    fn parent(&self, pid: u32) -> Option<u32> {
        process::parent(pid)
    }

    fn group(&self) -> Option<u32> {
        process::group(self.pid)
    }

    fn session(&self) -> Option<u32> {
        session(self.pid)
    }
}

/// The receiving end of the filter, once the shell has sent it.
async fn listener(socket: OwnedFd) -> io::Result<Listener> {
    let socket = watched(socket)?;
    loop {
        let mut ready = socket.readable().await?;
        if let Ok(taken) = ready.try_io(filter::take_over) {
            return Ok(Listener::new(taken?));
        }
    }
}
