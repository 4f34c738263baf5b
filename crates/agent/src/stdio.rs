//! Stdin and stdout as one asynchronous byte stream. Not for terminals; those have their own.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, BufReader, BufWriter, Join, ReadBuf, join};

use crate::AgentError;
use crate::watched::watched;

/// Large enough that yamux's header and payload leave in one write.
const BUFFER: usize = 64 * 1024;

/// The link's bytes, buffered both ways; yamux flushes after each of its frames.
pub(crate) type Stdio = Join<BufReader<Readable>, BufWriter<Writable>>;

/// Takes stdin and stdout.
pub(crate) fn take() -> Result<Stdio, AgentError> {
    let stdin = waitable("stdin", io::stdin().as_fd().try_clone_to_owned())?;
    let stdout = waitable("stdout", io::stdout().as_fd().try_clone_to_owned())?;
    Ok(join(
        BufReader::with_capacity(BUFFER, Readable(stdin)),
        BufWriter::with_capacity(BUFFER, Writable(stdout)),
    ))
}

fn waitable(name: &'static str, fd: io::Result<OwnedFd>) -> Result<AsyncFd<OwnedFd>, AgentError> {
    fd.and_then(|fd| {
        set_nonblocking(&fd)?;
        watched(fd)
    })
    .map_err(|source| AgentError::Stdio { name, source })
}

/// Makes reads and writes return instead of waiting.
pub(crate) fn set_nonblocking(fd: &OwnedFd) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFL)?);
    fcntl(fd, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// The reading end.
#[derive(Debug)]
pub(crate) struct Readable(AsyncFd<OwnedFd>);

impl AsyncRead for Readable {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut guard = ready!(self.0.poll_read_ready(cx))?;
            let unfilled = buf.initialize_unfilled();
            match guard.try_io(|fd| Ok(nix::unistd::read(fd, unfilled)?)) {
                Ok(read) => return Poll::Ready(read.map(|n| buf.advance(n))),
                Err(_would_block) => {}
            }
        }
    }
}

/// The writing end.
#[derive(Debug)]
pub(crate) struct Writable(AsyncFd<OwnedFd>);

impl AsyncWrite for Writable {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.0.poll_write_ready(cx))?;
            match guard.try_io(|fd| Ok(nix::unistd::write(fd, buf)?)) {
                Ok(written) => return Poll::Ready(written),
                Err(_would_block) => {}
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
