//! What is told to a page when something cannot be done (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not carried out: what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    #[serde(skip)]
    #[schema(ignore)]
    pub status: StatusCode,
    /// What kind of problem it is, such as `the incident has not begun`.
    pub title: String,
    /// What of it, and the remedy; a person reads it.
    pub detail: String,
}

// === impl Problem ===

impl Problem {
    /// A problem with this status.
    pub fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Problem {
        Problem { status, title: title.to_owned(), detail: detail.into() }
    }

    /// Nobody that is known.
    pub fn stranger() -> Problem {
        let detail = "open your link again, or ask for a new one";
        Problem::new(StatusCode::UNAUTHORIZED, "not signed in", detail)
    }

    /// Somebody else may do this.
    pub fn not_yours() -> Problem {
        let detail = "this belongs to the other role of the interview";
        Problem::new(StatusCode::FORBIDDEN, "not yours to see", detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not there", detail)
    }

    /// It cannot be done in this phase.
    pub fn not_now(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "not now", detail)
    }

    /// What was sent makes no sense.
    pub fn bad(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not understood", detail)
    }

    /// Prometheus did not answer.
    pub fn no_metrics(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_GATEWAY, "prometheus does not answer", detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
