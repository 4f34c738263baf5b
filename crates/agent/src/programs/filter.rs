//! The filter that makes every start of a program wait for the agent: installed by [`crate::login`]
//! in the process that becomes the shell, inherited by all that it starts, and never taken off.
//! Judges nothing; the answer to each notice is in [`super::listener`].

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use nix::libc;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

#[cfg(target_arch = "x86_64")]
const ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCH: u32 = 0xc000_00b7;

/// Calls of the x32 ABI share the architecture of x86-64 and carry this bit.
const X32: u32 = 0x4000_0000;

/// The calls that wait. `setsid` starts nothing: it is where a process leaves the session by which
/// it would be known later.
const WATCHED: [libc::c_long; 3] = [libc::SYS_execve, libc::SYS_execveat, libc::SYS_setsid];

const REFUSED: u32 = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;

/// The offset of the call's number and of the architecture in `seccomp_data`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

fn load(offset: u32) -> libc::sock_filter {
    let code = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    libc::sock_filter { code, jt: 0, jf: 0, k: offset }
}

/// Goes `yes` or `no` instructions further.
fn jump(test: u32, k: u32, yes: u8, no: u8) -> libc::sock_filter {
    libc::sock_filter { code: (libc::BPF_JMP | test | libc::BPF_K) as u16, jt: yes, jf: no, k }
}

fn give(action: u32) -> libc::sock_filter {
    let code = (libc::BPF_RET | libc::BPF_K) as u16;
    libc::sock_filter { code, jt: 0, jf: 0, k: action }
}

/// Calls of another architecture are refused: their numbers mean something else, and a program
/// could be started by them unseen.
fn instructions() -> Vec<libc::sock_filter> {
    let mut program = vec![
        load(ARCHITECTURE),
        jump(libc::BPF_JEQ, ARCH, 1, 0),
        give(REFUSED),
        load(NUMBER),
        jump(libc::BPF_JGE, X32, 0, 1),
        give(REFUSED),
    ];
    for (call, left) in WATCHED.iter().zip((0..WATCHED.len() as u8).rev()) {
        // Past the other calls and the permission.
        program.push(jump(libc::BPF_JEQ, *call as u32, left + 1, 0));
    }
    program.extend([give(libc::SECCOMP_RET_ALLOW), give(libc::SECCOMP_RET_USER_NOTIF)]);
    program
}

/// Puts the filter on this process and gives the descriptor on which its notices come.
///
/// # Errors
/// When the kernel has no such filters, or one of somebody else's is in the way.
pub(crate) fn install() -> io::Result<OwnedFd> {
    nix::sys::prctl::set_no_new_privs()?;
    // Without the second, older kernels slow every program down that has a filter.
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    // Since Linux 5.19; without it a signal that is handled makes a start be noticed twice.
    seccomp(flags | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV).or_else(|_| seccomp(flags))
}

fn seccomp(flags: libc::c_ulong) -> io::Result<OwnedFd> {
    let mut filter = instructions();
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    let mode = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: `program` and the instructions that it points to outlive the call, which copies them.
    #[expect(unsafe_code, reason = "no library offers this call")]
    let fd = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just opened it for us.
    #[expect(unsafe_code, reason = "the call gives a number")]
    let fd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
    Ok(fd)
}

/// Sends the descriptor, or why there is none.
pub(crate) fn hand_over(socket: impl AsFd, listener: &io::Result<OwnedFd>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fds: Vec<_> = listener.iter().map(AsFd::as_fd).collect();
    if !fds.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(&fds));
    }
    let reason = listener.as_ref().err().map_or("ok".to_owned(), ToString::to_string);
    sendmsg(socket, &[IoSlice::new(reason.as_bytes())], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives the descriptor.
///
/// # Errors
/// `WouldBlock` until it is there; else why there is none.
pub(super) fn take_over(socket: impl AsFd) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut reason = [0; 256];
    let mut parts = [IoSliceMut::new(&mut reason)];
    let length = recvmsg(socket, &mut parts, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?.bytes;
    let fd = ancillary.drain().find_map(|message| {
        let RecvAncillaryMessage::ScmRights(mut fds) = message else { return None };
        fds.next()
    });
    let reason = String::from_utf8_lossy(reason.get(..length).unwrap_or_default()).into_owned();
    fd.ok_or_else(|| {
        io::Error::other(if length == 0 { "the shell did not start".into() } else { reason })
    })
}
