//! Takes card payments for merchants, once each.
//!
//! A merchant asks for money from a card; the service writes the payment down, asks the bank
//! and answers with what the bank said. A repeated request (same merchant, same idempotency key)
//! is never a second payment.
//!
//! # Layout
//!
//! - [`order`]: what a merchant may ask for; [`routes`]: what is done about it
//! - [`ledger`]: the statements; [`pool`]: the connections they run on
//! - [`acquirer`]: the bank
//! - [`error`]: failures, as the merchant and as the log see them
//! - [`metrics`], [`telemetry`]: numbers and log lines; [`shutdown`]: stopping

pub mod acquirer;
pub mod config;
pub mod error;
pub mod ledger;
pub mod metrics;
pub mod order;
pub mod pool;
pub mod routes;
pub mod shutdown;
pub mod telemetry;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

pub use crate::config::Config;

use crate::acquirer::Acquirer;
use crate::metrics::Metrics;
use crate::pool::{Pool, PoolSetupError};
use crate::shutdown::Readiness;

/// Longer than a request can take: waiting for a connection and then for the bank. Whoever is
/// still not done after it is cut off.
const FINISH_TIMEOUT: Duration = Duration::from_millis(3500);

/// What every request needs. Clones share everything.
#[derive(Debug, Clone)]
pub struct App {
    /// Connections to the database.
    pub pool: Pool,
    /// The bank.
    pub acquirer: Acquirer,
    /// The numbers.
    pub metrics: Metrics,
    /// Whether this replica wants traffic.
    pub readiness: Readiness,
    /// Payments under way, which are finished even if their client has gone.
    pub under_way: TaskTracker,
}

/// Why the service could not be started, or why it ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The metrics contradict each other.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] prometheus::Error),
    /// The pool's settings make no sense.
    #[error(transparent)]
    Pool(#[from] PoolSetupError),
    /// The client of the bank cannot be set up.
    #[error("the client of the bank cannot be set up")]
    Acquirer(#[from] reqwest::Error),
    /// An address to listen on is not free, or not ours.
    #[error("cannot listen on {address}, set LISTEN or OPS_LISTEN to a free address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server ended by itself.
    #[error("the server failed")]
    Serve(#[source] std::io::Error),
}

impl App {
    /// Puts the parts together. Nothing is connected to yet.
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn new(config: &Config) -> Result<App, RunError> {
        let metrics = Metrics::new()?;
        let pool = Pool::new(config, metrics.clone())?;
        let acquirer =
            Acquirer::new(&config.acquirer_url, config.acquirer_timeout, metrics.clone())?;
        Ok(App {
            pool,
            acquirer,
            metrics,
            readiness: Readiness::default(),
            under_way: TaskTracker::new(),
        })
    }
}

/// The merchants' side of the service, without a socket.
pub fn app(state: App) -> Router {
    let metrics = state.metrics.clone();
    routes::merchant_facing()
        .layer(axum::middleware::from_fn_with_state(metrics, telemetry::observe))
        .with_state(state)
}

/// The operators' side of the service: health, readiness and metrics.
pub fn ops(state: App) -> Router {
    routes::ops::router().with_state(state)
}

/// Serves until `stop` completes, then lets everything that is under way finish.
///
/// # Errors
/// When the service cannot be set up, or an address cannot be had.
pub async fn run(config: Config, stop: impl Future<Output = ()>) -> Result<(), RunError> {
    let state = App::new(&config)?;
    let (merchants, operators) = (listen(config.listen).await?, listen(config.ops_listen).await?);
    let closing = CancellationToken::new();

    let ops_server = tokio::spawn(axum::serve(operators, ops(state.clone())).into_future());
    let api_server = axum::serve(merchants.tap_io(send_at_once), app(state.clone()))
        .with_graceful_shutdown(closing.clone().cancelled_owned());
    let api_server = tokio::spawn(api_server.into_future());
    state.readiness.open();
    info!(version = env!("CARGO_PKG_VERSION"), pool_size = config.pool_size, "ready");

    stop.await;
    state.readiness.close();
    info!(drain_ms = u64::try_from(config.drain.as_millis()).unwrap_or(u64::MAX), "stopping");
    tokio::time::sleep(config.drain).await;

    closing.cancel();
    let finished = async {
        let served = api_server.await;
        state.under_way.close();
        state.under_way.wait().await;
        served
    };
    match tokio::time::timeout(FINISH_TIMEOUT, finished).await {
        Ok(Ok(result)) => result.map_err(RunError::Serve)?,
        Ok(Err(error)) => warn!(%error, "the server did not end by itself"),
        Err(_) => warn!(unfinished = state.under_way.len(), "stopped with requests unfinished"),
    }
    // Operators can look until the very end.
    ops_server.abort();
    info!("stopped");
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })
}

/// Answers are small and complete: waiting for more to send would only delay them.
fn send_at_once(stream: &mut tokio::net::TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        warn!(%error, "answers on this connection may be delayed");
    }
}
