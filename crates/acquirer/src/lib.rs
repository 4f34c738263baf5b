//! The bank that payments calls: it takes its time and says yes or no.
//!
//! It keeps no books. Whether a card is good is decided by its number alone, so the same card
//! always gets the same answer; how long the answer takes is drawn from a log-normal
//! distribution, as the latency of real banks is, and is a second at most.

mod authorize;
mod latency;
mod metrics;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tracing::info;

use crate::latency::Latency;
use crate::metrics::Metrics;

/// The bank that payments calls.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Config {
    /// Where authorizations are asked for.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,

    /// Where metrics are served.
    #[arg(long, env = "OPS_LISTEN", default_value = "0.0.0.0:9100")]
    pub ops_listen: SocketAddr,

    /// The mean time of an answer, in milliseconds, before the limit of one second is put to it.
    #[arg(long, env = "LATENCY_MEAN_MS", default_value_t = 600.0)]
    pub latency_mean_ms: f64,

    /// How far apart answers are: the standard deviation of the logarithm of their time. With
    /// 0.35 and a mean of 600 ms, one answer in twenty would take longer than a second and takes
    /// just that, which makes the mean 591 ms.
    #[arg(long, env = "LATENCY_SIGMA", default_value_t = 0.35)]
    pub latency_sigma: f64,
}

/// Why the bank cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The latency is no distribution.
    #[error("LATENCY_MEAN_MS must be above 0 and LATENCY_SIGMA at least 0")]
    Latency,
    /// The metrics contradict each other.
    #[error("the metrics cannot be set up")]
    Metrics(#[from] prometheus::Error),
    /// An address cannot be had.
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

/// What every request needs.
#[derive(Debug, Clone)]
pub struct Bank {
    pub(crate) latency: Latency,
    pub(crate) metrics: Metrics,
}

impl Bank {
    /// A bank that answers as `config` says.
    ///
    /// # Errors
    /// When the latency is no distribution.
    pub fn new(config: &Config) -> Result<Bank, RunError> {
        let latency =
            Latency::new(config.latency_mean_ms, config.latency_sigma).ok_or(RunError::Latency)?;
        Ok(Bank { latency, metrics: Metrics::new()? })
    }
}

/// The side that payment services see.
pub fn app(bank: Bank) -> Router {
    Router::new().route("/v1/authorizations", post(authorize::authorize)).with_state(bank)
}

/// The side that operators see.
pub fn ops(bank: Bank) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(|| async { "ready\n" }))
        .route("/metrics", get(metrics))
        .with_state(bank)
}

/// Serves both sides until one of them fails.
///
/// # Errors
/// When an address cannot be had, or a server ends.
pub async fn run(config: Config) -> Result<(), RunError> {
    let bank = Bank::new(&config)?;
    let (api, operators) = (listen(config.listen).await?, listen(config.ops_listen).await?);
    info!(mean_ms = config.latency_mean_ms, sigma = config.latency_sigma, "open");
    let (api, operators) = (axum::serve(api, app(bank.clone())), axum::serve(operators, ops(bank)));
    tokio::try_join!(api.into_future(), operators.into_future()).map_err(RunError::Serve)?;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })
}

async fn metrics(State(bank): State<Bank>) -> Response {
    match bank.metrics.encode() {
        Ok(text) => ([(CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[cfg(test)]
mod tests;
