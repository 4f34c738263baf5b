//! Descriptors that tokio waits for. The one place that vouches for them.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use tokio::io::unix::AsyncFd;

/// Waits for a descriptor that `T` owns for as long as it lives; that it can become an [`OwnedFd`]
/// shows that it does.
///
/// # Errors
/// When it is something that cannot be waited for, such as a file.
pub(crate) fn watched<T: AsRawFd + Into<OwnedFd>>(fd: T) -> io::Result<AsyncFd<T>> {
    // SAFETY: `T` owns an open descriptor, and neither closes nor replaces it before it is dropped,
    // which is after `AsyncFd` has stopped waiting for it.
    #[expect(unsafe_code, reason = "tokio cannot know that the descriptor stays open")]
    let registered = unsafe { AsyncFd::register(fd) };
    Ok(registered?)
}
