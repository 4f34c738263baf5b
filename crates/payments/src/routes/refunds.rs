//! Refunds: giving back a payment, or a part of it.
//!
//! A refund is only written down here. The bank hears of it with the nightly settlement file, so
//! nothing waits for the bank.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use deadpool_postgres::Transaction;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;
use crate::error::ApiError;
use crate::order::MerchantId;

/// The body of a request for a refund.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// In minor units of the payment's currency.
    amount: i64,
    /// For the merchant's own books.
    reason: Option<String>,
}

/// Money given back.
#[derive(Debug, Serialize)]
pub struct Refund {
    id: Uuid,
    payment_id: Uuid,
    amount: i64,
    /// What could still be given back after this.
    remaining: i64,
}

/// `POST /v1/payments/{id}/refunds`: 201, or 409 if less than that is left of the payment.
pub async fn create(
    State(app): State<App>,
    merchant: MerchantId,
    payment: Result<Path<Uuid>, PathRejection>,
    body: Result<Json<NewRefund>, JsonRejection>,
) -> Result<(StatusCode, Json<Refund>), ApiError> {
    let (Path(payment), Json(wanted)) = (payment?, body?);
    if wanted.amount < 1 {
        return Err(ApiError::Invalid("amount must be at least 1".into()));
    }

    let mut connection = app.pool.get("refunds.create").await?;
    let transaction = connection.transaction().await?;
    let left = refundable(&transaction, &merchant, payment).await?;
    if wanted.amount > left {
        return Err(ApiError::Conflict("less than that is left to refund"));
    }
    let id = Uuid::now_v7();
    let insert = transaction
        .prepare_cached(
            "INSERT INTO refunds (id, payment_id, amount, reason) VALUES ($1, $2, $3, $4)",
        )
        .await?;
    transaction.execute(&insert, &[&id, &payment, &wanted.amount, &wanted.reason]).await?;
    transaction.commit().await?;

    let remaining = left - wanted.amount;
    let refund = Refund { id, payment_id: payment, amount: wanted.amount, remaining };
    Ok((StatusCode::CREATED, Json(refund)))
}

/// What is left of a payment. The payment stays locked until the transaction ends, so that two
/// refunds at once cannot give back more than was paid.
async fn refundable(
    transaction: &Transaction<'_>,
    merchant: &MerchantId,
    payment: Uuid,
) -> Result<i64, ApiError> {
    let select = transaction
        .prepare_cached(
            "SELECT amount, status FROM payments WHERE id = $1 AND merchant_id = $2 FOR UPDATE",
        )
        .await?;
    let row = transaction.query_opt(&select, &[&payment, &merchant.as_str()]).await?;
    let row = row.ok_or(ApiError::NotFound("payment"))?;
    let (amount, status): (i64, &str) = (row.try_get("amount")?, row.try_get("status")?);
    if status != "approved" {
        return Err(ApiError::Conflict("only an approved payment can be refunded"));
    }
    // A statement of its own: it has to see what was refunded while we waited for the lock.
    let sum = transaction
        .prepare_cached(
            "SELECT coalesce(sum(amount), 0)::bigint FROM refunds WHERE payment_id = $1",
        )
        .await?;
    let refunded: i64 = transaction.query_one(&sum, &[&payment]).await?.try_get(0)?;
    Ok(amount - refunded)
}
