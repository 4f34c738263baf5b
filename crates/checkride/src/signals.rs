//! Signals that ask the program to end: the first one ends the session in order.

use anyhow::Result;
use orchestrator::run::RunError;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::Code;
use crate::print;

/// A token that is cancelled by Ctrl-C, SIGTERM or SIGHUP. A second signal is answered with what
/// is still going on, a third one ends the program at once.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn stop() -> std::io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let stop = token.clone();
    tokio::spawn(async move {
        for count in 1.. {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            match count {
                1 => stop.cancel(),
                2 => print::warning(
                    "still ending; once more ends at once and leaves what there is of a system to \
                     `checkride clean`",
                ),
                _ => std::process::exit(Code::Interrupted as i32),
            }
        }
    });
    Ok(token)
}

/// Prints a new link whenever the signal USR1 asks for it, for whoever has lost their browser. Ends with
/// the program.
pub async fn new_links(mut link: impl FnMut() -> Option<String>) {
    // Without the signal there is no new link, and all the rest works.
    let Ok(mut asked) = signal(SignalKind::user_defined1()) else { return };
    while asked.recv().await.is_some() {
        if let Some(link) = link() {
            print::out(&link);
        }
    }
}

/// Does what comes before a session, unless the program is asked to end meanwhile.
///
/// # Errors
/// Those of `doing`, and [`RunError::Interrupted`].
pub async fn unless_stopped<T>(
    stop: &CancellationToken,
    doing: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        done = doing => done,
        () = stop.cancelled() => Err(RunError::Interrupted.into()),
    }
}
