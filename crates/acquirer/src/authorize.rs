//! `POST /v1/authorizations`: may this card pay this amount?

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Bank;

/// What a payment service asks.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    card: String,
    amount: i64,
    /// The asker's name for this payment. Asking twice with one reference is asking once.
    reference: String,
}

/// What the bank says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(crate) enum Answer {
    Approved { code: String },
    Declined { reason: &'static str },
}

pub(crate) async fn authorize(
    State(bank): State<Bank>,
    body: Result<Json<Request>, JsonRejection>,
) -> Response {
    let started = Instant::now();
    let response = match body {
        Ok(Json(request)) if request.amount > 0 => {
            tokio::time::sleep(bank.latency.draw()).await;
            let answer = decide(&request.card, &request.reference);
            bank.metrics.answered(&answer);
            Json(answer).into_response()
        }
        Ok(_) => refuse("amount must be above 0"),
        Err(rejection) => refuse(&rejection.body_text()),
    };
    bank.metrics.served(response.status().as_u16(), started.elapsed());
    response
}

/// Decides by the card alone: the last but one digit says yes or no, the last one says why not.
/// So three cards in ten are declined, and always the same ones.
pub(crate) fn decide(card: &str, reference: &str) -> Answer {
    let mut digits = card.bytes().rev();
    let (last, last_but_one) = (digits.next(), digits.next());
    if !matches!(last_but_one, Some(b'3' | b'7' | b'9')) {
        return Answer::Approved { code: code(reference) };
    }
    let reason = match last {
        Some(b'0'..=b'5') => "insufficient_funds",
        Some(b'6' | b'7') => "do_not_honor",
        Some(b'8') => "expired_card",
        _ => "suspected_fraud",
    };
    Answer::Declined { reason }
}

/// Six digits that are the same for the same reference (FNV-1a, folded).
fn code(reference: &str) -> String {
    let hash = reference.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:06}", hash % 1_000_000)
}

fn refuse(message: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": message }))).into_response()
}
