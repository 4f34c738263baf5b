//! Signals that ask the program to end: the first one ends the session in order.

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
                    "still removing the system; once more ends at once and leaves it to \
                     `checkride clean`",
                ),
                _ => std::process::exit(Code::Interrupted as i32),
            }
        }
    });
    Ok(token)
}
