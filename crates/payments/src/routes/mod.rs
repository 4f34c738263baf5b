//! What can be asked of the service, one noun a file.

pub mod merchants;
pub mod ops;
pub mod payments;
pub mod refunds;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::App;
use crate::error::ApiError;

/// No request of ours needs more, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// Everything that merchants can ask.
pub fn merchant_facing() -> Router<App> {
    Router::new()
        .route("/v1/payments", post(payments::create))
        .route("/v1/payments/{id}", get(payments::show))
        .route("/v1/payments/{id}/refunds", post(refunds::create))
        .route("/v1/merchants/{id}", get(merchants::show))
        .fallback(|| async { ApiError::NotFound("route") })
        .layer(DefaultBodyLimit::max(MAX_BODY))
}
