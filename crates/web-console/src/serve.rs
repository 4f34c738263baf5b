//! The port: bound first, so that the links of its consoles are known, served until the end.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::guard::Hosts;
use crate::host::{Host, app};

/// A port that is bound, with no console behind it yet.
pub struct Bound {
    listener: TcpListener,
    host: Host,
}

/// Why there is no port.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("`{0}` is no address to listen on; write host:port, such as 127.0.0.1:8080")]
    Address(String),
    #[error("cannot listen on {address}; is another program there?")]
    Bind { address: String, source: std::io::Error },
}

/// Binds a port, behind which `most` sessions may run at once. Port 0 takes one that is free.
///
/// # Errors
/// When `listen` is not of the form host:port, or nothing can listen there.
pub async fn bind(listen: &str, most: usize) -> Result<Bound, BindError> {
    let bad = || BindError::Address(listen.to_owned());
    let (name, port) = listen.rsplit_once(':').ok_or_else(bad)?;
    port.parse::<u16>().map_err(|_| bad())?;
    let taken = |source| BindError::Bind { address: listen.to_owned(), source };
    let listener = TcpListener::bind(listen).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    Ok(Bound { listener, host: Host::new(Hosts::of(name, address.port()), most) })
}

// === impl Bound ===

impl Bound {
    /// What is behind the port; consoles are opened there.
    pub fn host(&self) -> Host {
        self.host.clone()
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// When the port is lost.
    pub async fn serve(self, stop: CancellationToken) -> std::io::Result<()> {
        let stopped = stop.clone();
        let serving = axum::serve(self.listener, app(self.host))
            .with_graceful_shutdown(async move { stopped.cancelled().await });
        // Sockets do not end by themselves; whoever stops this has told the pages all.
        tokio::select! {
            served = serving => served,
            () = stop.cancelled() => Ok(()),
        }
    }
}
