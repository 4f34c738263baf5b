//! One pseudo-terminal: the end that programs do not see. It starts nothing.

use std::io;
use std::os::fd::OwnedFd;

use nix::pty::{Winsize, openpty};
use nix::unistd::{Uid, setfsuid, ttyname};
use rustix::termios::{LocalModes, tcgetattr, tcsetwinsize};
use tokio::io::unix::AsyncFd;

use super::Size;
use crate::stdio::set_nonblocking;
use crate::watched::watched;
use crate::{AgentError, login};

/// The end of ours.
#[derive(Debug)]
pub(crate) struct Pty {
    fd: AsyncFd<OwnedFd>,
    /// The last part of its path under `/dev/pts`.
    pub(super) name: String,
}

impl Pty {
    /// Opens a pair, and gives the programs' end beside it.
    ///
    /// `given_away`: the programs' end belongs to the user of the shells, so that programs in it
    /// (tmux, say) may open it by its path.
    pub(super) fn open(size: Size, given_away: bool) -> Result<(Self, OwnedFd), AgentError> {
        let pair = open_as(given_away, size).map_err(|source| AgentError::Pty { source })?;
        let (fd, tty) = pair;
        let name = ttyname(&tty).map_err(|errno| AgentError::Pty { source: errno.into() })?;
        let name = name.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((Self { fd, name }, tty))
    }

    /// Tells the programs of another size.
    pub(super) fn resize(&self, size: Size) {
        let size = rustix::termios::Winsize {
            ws_row: size.rows,
            ws_col: size.columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        // Only a terminal that is gone refuses, and then nobody looks at it.
        let _ = tcsetwinsize(&self.fd, size);
    }

    /// Waits until something was printed, then takes all that is there, up to the buffer's size.
    /// 0 when no program has the terminal open any more.
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut guard = self.fd.readable().await?;
            let mut filled = 0;
            while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
                match guard.try_io(|fd| Ok(nix::unistd::read(fd, free)?)) {
                    Ok(Ok(0)) => return Ok(filled),
                    Ok(Ok(read)) => filled += read,
                    Ok(Err(error)) if error.raw_os_error() == Some(nix::libc::EIO) => {
                        return Ok(filled);
                    }
                    Ok(Err(error)) => return Err(error),
                    Err(_would_block) => break,
                }
            }
            if filled > 0 {
                return Ok(filled);
            }
        }
    }

    /// Whether what is typed now is read as a line and not echoed, as a password is. A program that
    /// reads single keys (an editor, the shell's own prompt) echoes by itself, or does not.
    pub(super) fn masks(&self) -> bool {
        tcgetattr(&self.fd).is_ok_and(|now| {
            now.local_modes.contains(LocalModes::ICANON)
                && !now.local_modes.contains(LocalModes::ECHO)
        })
    }

    /// Waits until the programs' side takes input, and gives it some.
    pub(super) async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let mut guard = self.fd.writable().await?;
            if let Ok(written) = guard.try_io(|fd| Ok(nix::unistd::write(fd, bytes)?)) {
                return written;
            }
        }
    }
}

/// The owner of a terminal's path is whoever the kernel takes the opener for.
fn open_as(given_away: bool, size: Size) -> io::Result<(AsyncFd<OwnedFd>, OwnedFd)> {
    let size = Winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
    let before = given_away.then(|| setfsuid(Uid::from_raw(login::UID)));
    let pair = openpty(&size, None);
    if let Some(before) = before {
        setfsuid(before);
    }
    let pair = pair?;
    set_nonblocking(&pair.master)?;
    close_on_exec(&pair.master)?;
    close_on_exec(&pair.slave)?;
    Ok((watched(pair.master)?, pair.slave))
}

/// No program may inherit our end.
fn close_on_exec(fd: &OwnedFd) -> io::Result<()> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    fcntl(fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok(())
}
