//! Knowing when to stop, and saying so to the load balancer before it matters.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tracing::warn;

/// Whether this replica wants traffic. Clones share one state.
///
/// It speaks for this replica only: a database that is down is no reason to leave, because no
/// other replica would do better.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Asks for traffic.
    pub fn open(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Asks for no more traffic; what comes anyway is still served.
    pub fn close(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// True from the start until [`Readiness::close`].
    pub fn is_open(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Completes at the first SIGTERM or SIGINT.
pub async fn requested() {
    tokio::select! {
        () = received(SignalKind::terminate()) => {}
        () = received(SignalKind::interrupt()) => {}
    }
}

async fn received(kind: SignalKind) {
    match signal(kind) {
        Ok(mut stream) => {
            stream.recv().await;
        }
        Err(error) => {
            // Without a handler the signal's own default still ends the process.
            warn!(%error, "cannot listen for a signal, stopping will not be orderly");
            std::future::pending::<()>().await;
        }
    }
}
