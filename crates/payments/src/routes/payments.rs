//! Payments: taking one, and looking one up.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use uuid::Uuid;

use crate::App;
use crate::acquirer::Authorization;
use crate::error::ApiError;
use crate::ledger::{self, Claim, Payment};
use crate::order::{IdempotencyKey, MerchantId, NewPayment, Order};

/// `POST /v1/payments`: 201 with the payment, 402 if the bank declined it. A repetition gets the
/// first outcome again (200 in place of 201).
pub async fn create(
    State(app): State<App>,
    merchant: MerchantId,
    key: IdempotencyKey,
    body: Result<Json<NewPayment>, JsonRejection>,
) -> Result<(StatusCode, Json<Payment>), ApiError> {
    let Json(payment) = body?;
    let order = Order::new(merchant, key, payment)?;
    // A merchant that hangs up drops this handler, but must not stop a payment half way: by then
    // the bank may have taken the money. So the work is a task of its own.
    let work = app.under_way.spawn(take(app.clone(), order));
    let (status, payment) = work.await.map_err(ApiError::Unfinished)??;
    Ok((status, Json(payment)))
}

/// `GET /v1/payments/{id}`: the merchant's own payments only.
pub async fn show(
    State(app): State<App>,
    merchant: MerchantId,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<Payment>, ApiError> {
    let Path(id) = id?;
    let connection = app.pool.get("payments.show").await?;
    let payment = ledger::find(&*connection, &merchant, id).await?;
    payment.map(Json).ok_or(ApiError::NotFound("payment"))
}

/// Takes a payment: writes it down, asks the bank, writes down the answer.
///
/// The bank is asked while the transaction is open. That is deliberate: a retry with the same
/// idempotency key then waits in [`ledger::claim`] for the first outcome and cannot overtake it,
/// and when the bank gives no answer the rollback frees the key again. The price is a connection
/// that is held for as long as the bank takes.
async fn take(app: App, order: Order) -> Result<(StatusCode, Payment), ApiError> {
    let mut connection = app.pool.get("payments.create").await?;
    let transaction = connection.transaction().await?;

    let id = match ledger::claim(&transaction, &order).await? {
        Claim::Ours(id) => id,
        Claim::NoMerchant => return Err(ApiError::NotFound("merchant")),
        Claim::Taken => {
            let first = ledger::find_by_key(&transaction, &order.merchant, &order.key).await?;
            return repeat(&app, &order, first);
        }
    };

    let request = Authorization {
        card: &order.card,
        amount: order.amount,
        currency: &order.currency,
        reference: &order.reference(),
    };
    let answer = app.acquirer.authorize(&request).await.inspect_err(|_| count(&app, "failed"))?;
    let payment = ledger::settle(&transaction, id, &answer).await?;
    transaction.commit().await?;

    if payment.is_declined() {
        count(&app, "declined");
        return Err(ApiError::Declined(Box::new(payment)));
    }
    count(&app, "approved");
    Ok((StatusCode::CREATED, payment))
}

/// Answers a repeated request with what came of the first one.
fn repeat(app: &App, order: &Order, first: Payment) -> Result<(StatusCode, Payment), ApiError> {
    if (first.amount, &first.currency) != (order.amount, &order.currency) {
        return Err(ApiError::Conflict("this Idempotency-Key belongs to a different payment"));
    }
    count(app, "repeated");
    if first.is_declined() {
        return Err(ApiError::Declined(Box::new(first)));
    }
    Ok((StatusCode::OK, first))
}

fn count(app: &App, outcome: &str) {
    app.metrics.payments.with_label_values(&[outcome]).inc();
}
