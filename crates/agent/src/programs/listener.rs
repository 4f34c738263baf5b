//! The descriptor on which the kernel gives notice of each program that is about to start, and takes
//! the answer. The answer is always the same: go on.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::errno::Errno;
use nix::libc::{self, seccomp_data, seccomp_notif, seccomp_notif_resp};
use rustix::event::{PollFd, PollFlags, poll};

nix::ioctl_readwrite!(receive, b'!', 0, seccomp_notif);
nix::ioctl_readwrite!(send, b'!', 1, seccomp_notif_resp);
nix::ioctl_write_int_bad!(set_flags, nix::request_code_write!(b'!', 4, 8));

/// Whoever waits is woken on the processor of whoever answers (`SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP`,
/// since Linux 6.6): half the price of a notice.
const SYNC_WAKE_UP: i32 = 1;

/// The reading end of one filter.
#[derive(Debug)]
pub(super) struct Listener {
    fd: OwnedFd,
}

/// Somebody waits inside a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notice {
    id: u64,
    /// The thread that called.
    pub(super) pid: u32,
    pub(super) call: seccomp_data,
}

impl Listener {
    pub(super) fn new(fd: OwnedFd) -> Self {
        #[expect(unsafe_code, reason = "a request without memory")]
        // An older kernel refuses, and is slower.
        let _ = unsafe { set_flags(fd.as_raw_fd(), SYNC_WAKE_UP) };
        Self { fd }
    }

    /// Waits for the next notice; `None` when no process has the filter any more.
    pub(super) fn next(&self) -> io::Result<Option<Notice>> {
        loop {
            // Asked for a notice that is not there, an older kernel waits even when nobody is left.
            let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
            match poll(&mut fds, None) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(errno) => return Err(errno.into()),
            }
            let [asked] = fds;
            if !asked.revents().contains(PollFlags::IN) {
                return Ok(None);
            }
            let mut request = Request::default();
            // SAFETY: `request` has room for what newer kernels may add.
            #[expect(unsafe_code, reason = "the kernel fills the structure")]
            match unsafe { receive(self.fd.as_raw_fd(), &raw mut request.notice) } {
                Ok(_) => {
                    let seccomp_notif { id, pid, data, .. } = request.notice;
                    return Ok(Some(Notice { id, pid, call: data }));
                }
                // Whoever asked was killed meanwhile.
                Err(Errno::ENOENT | Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Lets the call go on. `false` when nobody waits for it any more. `true` says as well that what
    /// was read by its process's number was its own: it has waited all the time.
    pub(super) fn go_on(&self, notice: &Notice) -> bool {
        let flags = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;
        let mut answer = seccomp_notif_resp { id: notice.id, val: 0, error: 0, flags };
        #[expect(unsafe_code, reason = "the kernel reads the structure")]
        let sent = unsafe { send(self.fd.as_raw_fd(), &raw mut answer) };
        sent.is_ok()
    }
}

/// A notice with room behind it.
#[repr(C)]
struct Request {
    notice: seccomp_notif,
    room: [u64; 32],
}

impl Default for Request {
    fn default() -> Self {
        let data = seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
        Self { notice: seccomp_notif { id: 0, pid: 0, flags: 0, data }, room: [0; 32] }
    }
}
