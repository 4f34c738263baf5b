//! Where the target is: its name is looked up in the background, so that no request waits for a
//! name server, and so that the target may appear late and move.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use hyper::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::watch;
use tower_service::Service;

/// How often the name is looked up until it is known: what a merchant who waits would do.
const LOOK_OUT: Duration = Duration::from_millis(50);

/// How often it is looked up afterwards.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The address of a target, once it is known. Clones share it.
#[derive(Debug, Clone)]
pub struct Address {
    host: String,
    port: u16,
    current: watch::Sender<Option<SocketAddr>>,
}

impl Address {
    /// The address of this target, not known yet.
    ///
    /// # Errors
    /// When the target names no host.
    pub fn new(target: &Uri) -> anyhow::Result<Address> {
        let host = target.host().with_context(|| {
            format!("`{target}` names no host, use a target like http://edge:8080")
        })?;
        let port = target.port_u16().unwrap_or(80);
        Ok(Address { host: host.to_owned(), port, current: watch::Sender::new(None) })
    }

    /// Looks the name up again and again, and never completes.
    pub async fn follow(&self) {
        loop {
            // No answer leaves the last one in place: it is better than none.
            if let Ok(mut found) = tokio::net::lookup_host((self.host.as_str(), self.port)).await
                && let Some(address) = found.next()
            {
                self.current.send_if_modified(|current| current.replace(address) != Some(address));
            }
            let known = self.current.borrow().is_some();
            tokio::time::sleep(if known { LOOK_AGAIN } else { LOOK_OUT }).await;
        }
    }

    /// Completes as soon as the address is known.
    pub async fn known(&self) {
        // The sender is ours, so the channel cannot be closed while we wait.
        let _ = self.current.subscribe().wait_for(Option::is_some).await;
    }
}

/// Hyper's way to ask for addresses.
impl Service<Name> for Address {
    type Response = std::option::IntoIter<SocketAddr>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        ready(Ok(self.current.borrow().into_iter()))
    }
}
