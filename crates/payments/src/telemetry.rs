//! What the service says about itself while it works: one JSON line for each request, and the
//! request's numbers.

use std::error::Error;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

use crate::error::{ApiError, Reported};
use crate::metrics::Metrics;
use crate::order::MerchantId;
use crate::pool::PoolError;

/// nginx's number for a client that went away before it had an answer.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Writes the log to standard output from here on, as RUST_LOG says (`info` if it says nothing).
pub fn start_log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .init();
}

/// Counts, times and logs every request.
pub async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let merchant = MerchantId::of(request.headers());
    if let Some(merchant) = &merchant {
        metrics.merchant_requests.with_label_values(&[merchant.as_str()]).inc();
    }
    let mut seen = Seen::start(metrics, &request, merchant);
    let response = next.run(request).await;
    seen.status = response.status().as_u16();
    if let Some(Reported(error)) = response.extensions().get() {
        log_failure(&seen, error, response.status());
    }
    response
}

/// An error and everything that led to it, on one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// A request from its arrival on. It is counted and logged when this is dropped, which also
/// happens to a request whose client went away.
struct Seen {
    metrics: Metrics,
    route: String,
    method: String,
    merchant: Option<MerchantId>,
    arrived: Instant,
    status: u16,
}

impl Seen {
    fn start(metrics: Metrics, request: &Request, merchant: Option<MerchantId>) -> Seen {
        metrics.http_in_flight.inc();
        // Never the path itself: it holds ids, and every id would be a new time series.
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        Seen {
            metrics,
            route: route.to_owned(),
            method: request.method().to_string(),
            merchant,
            arrived: Instant::now(),
            status: CLIENT_CLOSED_REQUEST,
        }
    }

    fn merchant(&self) -> &str {
        self.merchant.as_ref().map_or("", MerchantId::as_str)
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        let (route, method) = (self.route.as_str(), self.method.as_str());
        let took = self.arrived.elapsed();
        let status = self.status.to_string();
        self.metrics.http_in_flight.dec();
        self.metrics.http_requests.with_label_values(&[route, method, &status]).inc();
        self.metrics.http_duration.with_label_values(&[route, method]).observe(took.as_secs_f64());
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let merchant = self.merchant();
        info!(method, route, status = self.status, duration_ms, merchant, "request");
    }
}

/// Says why, for the failures that are ours. What the merchant did wrong is in the access line.
fn log_failure(seen: &Seen, failure: &ApiError, status: StatusCode) {
    let (route, merchant) = (seen.route.as_str(), seen.merchant());
    if let ApiError::Pool(PoolError::Exhausted { waited, status }) = failure {
        error!(
            route,
            merchant,
            waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
            pool_size = status.size,
            in_use = status.in_use,
            waiting = status.waiting,
            "connection pool exhausted"
        );
    } else if matches!(failure, ApiError::Acquirer(_)) {
        warn!(route, merchant, error = %chain(failure), "the bank gave no answer");
    } else if status.is_server_error() {
        error!(route, merchant, error = %chain(failure), "request failed");
    }
}
