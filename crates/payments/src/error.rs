//! What can go wrong with a request, told twice: to the merchant, who needs to know what to do
//! next, and to the log, which needs to know why.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio_postgres::error::SqlState;

use crate::acquirer::AcquirerError;
use crate::ledger::Payment;
use crate::pool::PoolError;

/// A request that does not end well.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request makes no sense; the text says what would.
    #[error("{0}")]
    Invalid(String),
    /// There is no such thing, or it is not this merchant's.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The request does not fit what is already there.
    #[error("{0}")]
    Conflict(&'static str),
    /// The bank said no. The payment is kept.
    #[error("the bank declined the card")]
    Declined(Box<Payment>),
    /// No connection to the database.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// The database failed at a statement.
    #[error("the database failed")]
    Database(#[from] tokio_postgres::Error),
    /// The bank gave no answer.
    #[error(transparent)]
    Acquirer(#[from] AcquirerError),
    /// The work ended without a result.
    #[error("the payment was not finished")]
    Unfinished(#[source] tokio::task::JoinError),
}

/// Travels with the response from the handler to the access log, which knows the route.
#[derive(Debug, Clone)]
pub struct Reported(pub Arc<ApiError>);

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            ApiError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::NotFound(_) => StatusCode::NOT_FOUND,
            ApiError::Conflict(_) => StatusCode::CONFLICT,
            ApiError::Declined(_) => StatusCode::PAYMENT_REQUIRED,
            ApiError::Pool(_) => StatusCode::SERVICE_UNAVAILABLE,
            ApiError::Database(error) if is_lost_connection(error) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ApiError::Acquirer(AcquirerError::Timeout(_)) => StatusCode::GATEWAY_TIMEOUT,
            ApiError::Acquirer(AcquirerError::Unreachable(_)) => StatusCode::BAD_GATEWAY,
            ApiError::Database(_) | ApiError::Unfinished(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs and a sentence for people. Neither tells how we are built.
    fn public(&self) -> (&'static str, String) {
        match self {
            ApiError::Invalid(_) => ("invalid_request", self.to_string()),
            ApiError::NotFound(_) => ("not_found", self.to_string()),
            ApiError::Conflict(_) => ("conflict", self.to_string()),
            ApiError::Declined(_) => ("card_declined", self.to_string()),
            ApiError::Pool(_) => ("busy", "we are busy, send the same request again".into()),
            ApiError::Acquirer(_) => {
                ("bank_unavailable", "the bank gave no answer, send the same request again".into())
            }
            // A refund has no key, and may have been made.
            ApiError::Database(_) | ApiError::Unfinished(_) => {
                ("internal", "something failed on our side, a payment can be sent again".into())
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (code, message) = self.public();
        let mut body = json!({ "error": { "code": code, "message": message } });
        if let ApiError::Declined(payment) = &self {
            body["payment"] = json!(payment);
        }
        let mut response = (self.status(), Json(body)).into_response();
        response.extensions_mut().insert(Reported(Arc::new(self)));
        response
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> ApiError {
        ApiError::Invalid(rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> ApiError {
        ApiError::NotFound("payment")
    }
}

/// The connection broke, or the database is on its way down or up: the same request has a chance
/// on the next connection.
fn is_lost_connection(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || matches!(
            error.code(),
            Some(
                &SqlState::ADMIN_SHUTDOWN
                    | &SqlState::CRASH_SHUTDOWN
                    | &SqlState::CANNOT_CONNECT_NOW
            )
        )
}
