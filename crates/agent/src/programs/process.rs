//! One process, held by a descriptor so that its number cannot become another's: who its parent is,
//! when it ends and how.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Instant;

use nix::errno::Errno;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::watched::watched;

nix::ioctl_readwrite!(get_info, 0xff, 11, Info);

const HAS_EXIT: u64 = 1 << 3;

/// `pidfd_info`, as of Linux 6.15.
#[repr(C)]
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Info {
    mask: u64,
    cgroup: u64,
    pid: u32,
    tgid: u32,
    ppid: u32,
    ids: [u32; 8],
    exit: i32,
}

/// A process that was alive when it was asked for.
#[derive(Debug)]
pub(crate) struct Process {
    pub(super) pid: u32,
    fd: OwnedFd,
}

impl Process {
    /// The process of a thread.
    pub(super) fn of(thread: u32) -> io::Result<Self> {
        let open = |pid: u32| -> io::Result<OwnedFd> {
            let pid = Pid::from_raw(pid.cast_signed()).ok_or(Errno::ESRCH)?;
            Ok(pidfd_open(pid, PidfdFlags::empty())?)
        };
        match open(thread) {
            Ok(fd) => Ok(Self { pid: thread, fd }),
            // Not the first thread of its process.
            Err(_) => {
                let pid = status(thread, "Tgid:").ok_or(Errno::ESRCH)?;
                Ok(Self { pid, fd: open(pid)? })
            }
        }
    }

    /// The parent's number; 0 when it has none that we can see.
    pub(super) fn parent(&self) -> Option<u32> {
        match info(&self.fd) {
            Ok(info) if info.ppid != 0 || info.pid != 0 => Some(info.ppid),
            // Before Linux 6.13.
            _ => status(self.pid, "PPid:"),
        }
    }

    /// The exit code, or 128 and the signal, once its parent has collected it and where the kernel
    /// tells (since Linux 6.15).
    pub(super) fn exit(&self) -> Option<i32> {
        let info = info(&self.fd).ok()?;
        (info.mask & HAS_EXIT != 0).then(|| code(info.exit))
    }

    /// Waits for the end, however long it takes.
    pub(super) async fn end(self) -> io::Result<Self> {
        let Self { pid, fd } = self;
        let waiting = watched(fd)?;
        waiting.readable().await?.retain_ready();
        Ok(Self { pid, fd: waiting.into_inner() })
    }
}

/// Parts those that have ended from those that have not. Takes no time.
pub(super) fn part(all: Vec<(Process, Instant)>) -> io::Result<[Vec<(Process, Instant)>; 2]> {
    let mut fds: Vec<_> = all.iter().map(|(it, _)| PollFd::new(&it.fd, PollFlags::IN)).collect();
    poll(&mut fds, Some(&Timespec::default()))?;
    let ended: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    let (mut dead, mut alive) = (Vec::new(), Vec::new());
    for (it, ended) in all.into_iter().zip(ended) {
        if ended { dead.push(it) } else { alive.push(it) }
    }
    Ok([dead, alive])
}

fn info(fd: &OwnedFd) -> io::Result<Info> {
    let mut info = Info { mask: 1 | HAS_EXIT, ..Info::default() };
    // SAFETY: the structure is as long as the request says.
    #[expect(unsafe_code, reason = "the kernel fills the structure")]
    unsafe { get_info(fd.as_raw_fd(), &raw mut info) }?;
    Ok(info)
}

/// The parent of a process that need not be held.
pub(super) fn parent(pid: u32) -> Option<u32> {
    Process::of(pid).ok().and_then(|process| process.parent()).or_else(|| status(pid, "PPid:"))
}

/// A wait status as a shell would say it.
fn code(status: i32) -> i32 {
    match status & 0x7f {
        0 => (status >> 8) & 0xff,
        signal => 128 + signal,
    }
}

/// A number in `/proc/<pid>/status`.
fn status(pid: u32, key: &str) -> Option<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key))?.trim().parse().ok()
}

/// The children of a process that are alive, as far as the kernel tells.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    text.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

/// The session of a process.
pub(crate) fn session(pid: u32) -> Option<u32> {
    number(rustix::process::getsid(Pid::from_raw(pid.cast_signed())))
}

/// The process group of a process.
pub(super) fn group(pid: u32) -> Option<u32> {
    number(rustix::process::getpgid(Pid::from_raw(pid.cast_signed())))
}

fn number(found: rustix::io::Result<Pid>) -> Option<u32> {
    found.ok().map(|pid| pid.as_raw_nonzero().get().cast_unsigned())
}
