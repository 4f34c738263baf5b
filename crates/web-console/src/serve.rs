//! The port: bound first, so that the links of its consoles are known, served until the end.

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::guard::Hosts;
use crate::host::{Host, app};
use crate::tls::Tls;

/// A port that is bound, with no console behind it yet.
pub struct Bound {
    listener: TcpListener,
    host: Host,
    tls: Option<Tls>,
    open: bool,
}

/// Why there is no port.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("`{0}` is no address to listen on; write host:port, such as 127.0.0.1:8080")]
    Address(String),
    #[error(
        "cannot listen on {address}; if another program does, name another port with `--listen`"
    )]
    Bind { address: String, source: std::io::Error },
}

/// Binds a port, behind which `most` sessions may run at once. Port 0 takes one that is free.
///
/// # Errors
/// When `listen` is not of the form host:port, or nothing can listen there.
pub async fn bind(listen: &str, most: usize, tls: Option<Tls>) -> Result<Bound, BindError> {
    let bad = || BindError::Address(listen.to_owned());
    let (name, port) = listen.rsplit_once(':').ok_or_else(bad)?;
    port.parse::<u16>().map_err(|_| bad())?;
    let taken = |source| BindError::Bind { address: listen.to_owned(), source };
    let listener = TcpListener::bind(listen).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let open = tls.is_none() && !address.ip().is_loopback();
    let host = Host::new(Hosts::of(name, address.port(), tls.is_some()), most);
    Ok(Bound { listener, host, tls, open })
}

// === impl Bound ===

impl Bound {
    /// What is behind the port; consoles are opened there.
    pub fn host(&self) -> Host {
        self.host.clone()
    }

    /// Whether other machines may reach it, and what they say can be read on the way.
    pub fn is_in_the_open(&self) -> bool {
        self.open
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// When the port is lost.
    pub async fn serve(self, stop: CancellationToken) -> std::io::Result<()> {
        let app = app(self.host);
        match self.tls {
            Some(tls) => until(axum::serve(tls.over(self.listener)?, app), stop).await,
            None => {
                // A key that was typed is sent at once. A connection without it is only slower.
                let prompt = self.listener.tap_io(|stream| {
                    let _ = stream.set_nodelay(true);
                });
                until(axum::serve(prompt, app), stop).await
            }
        }
    }
}

/// Sockets do not end by themselves; whoever stops this has told the pages all.
async fn until(
    serving: impl IntoFuture<Output = std::io::Result<()>>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    tokio::select! {
        served = serving.into_future() => served,
        () = stop.cancelled() => Ok(()),
    }
}
