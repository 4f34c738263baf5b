//! The port of a console: bound first, so that its links are known, served until the end.

use std::time::Instant;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::console::{Console, Interview};
use crate::player::{Visitor, WAITS};
use crate::words::Role;
use crate::{api, guard, page, sockets};

/// The largest body that is read, in bytes (64 KiB).
const BODY: usize = 64 << 10;

/// A console whose port is bound.
pub struct Bound {
    listener: TcpListener,
    console: Console,
    links: Links,
}

/// The two ways in. Each works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    pub candidate: String,
    pub interviewer: String,
}

/// Why there is no console.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("`{0}` is no address to listen on; write host:port, such as 127.0.0.1:8080")]
    Address(String),
    #[error("cannot listen on {address}; is another program there?")]
    Bind { address: String, source: std::io::Error },
}

/// Binds the port of an interview's console. Port 0 takes one that is free.
///
/// # Errors
/// When `listen` is not of the form host:port, or nothing can listen there.
pub async fn bind(listen: &str, interview: Interview) -> Result<Bound, BindError> {
    let bad = || BindError::Address(listen.to_owned());
    let (name, port) = listen.rsplit_once(':').ok_or_else(bad)?;
    port.parse::<u16>().map_err(|_| bad())?;
    let taken = |source| BindError::Bind { address: listen.to_owned(), source };
    let listener = TcpListener::bind(listen).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let console = Console::new(interview, address, name);
    let links = Links {
        candidate: console.new_link(Role::Candidate),
        interviewer: console.new_link(Role::Interviewer),
    };
    Ok(Bound { listener, console, links })
}

// === impl Bound ===

impl Bound {
    /// The two links, as they are given to people.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The console itself.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The candidate, as the player of the session.
    pub fn player(&self) -> Visitor {
        Visitor::of(self.console.clone())
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// When the port is lost.
    pub async fn serve(self, stop: CancellationToken) -> std::io::Result<()> {
        let stopped = stop.clone();
        let serving = axum::serve(self.listener, app(self.console))
            .with_graceful_shutdown(async move { stopped.cancelled().await });
        // Sockets do not end by themselves; whoever stops this has told the pages all.
        tokio::select! {
            served = serving => served,
            () = stop.cancelled() => Ok(()),
        }
    }
}

impl Console {
    /// A new link of this role; those that were given out before stop working.
    pub(crate) fn new_link(&self, role: Role) -> String {
        let secret = self.keys().give_out(role, Instant::now(), WAITS * 2);
        format!("{}/enter/{secret}", self.base())
    }
}

/// All that is served.
pub(crate) fn app(console: Console) -> Router {
    let (routes, _) = api::routes().split_for_parts();
    routes
        .route("/ws/live", get(sockets::live))
        .route("/ws/terminal/{name}", get(sockets::terminal))
        .fallback(get(page::serve))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(console.clone(), guard::stand))
        .with_state(console)
}
