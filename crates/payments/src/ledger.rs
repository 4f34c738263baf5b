//! The statements that read and write payments. Whoever calls them decides which connection they
//! run on and where a transaction begins and ends.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::Serialize;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use crate::acquirer::Answer;
use crate::order::{IdempotencyKey, MerchantId, Order};

/// A payment as merchants see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    /// Ours, and unique.
    pub id: Uuid,
    /// Who gets the money.
    pub merchant_id: String,
    /// In minor units of the currency.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The end of the card's number.
    pub card_last4: String,
    /// `pending`, `approved` or `declined`.
    pub status: String,
    /// The authorization code or the reason for the decline.
    pub bank_answer: Option<String>,
    /// When we first heard of it.
    pub created_at: Timestamp,
}

/// What came of the attempt to be the first with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody had the key; the payment with this id is ours to finish.
    Ours(Uuid),
    /// The key has been used, and that payment is finished.
    Taken,
    /// There is no such merchant.
    NoMerchant,
}

const COLUMNS: &str =
    "id, merchant_id, amount, currency, card_last4, status, bank_answer, created_at";

impl Payment {
    /// True if the bank said no.
    pub fn is_declined(&self) -> bool {
        self.status == "declined"
    }

    fn read(row: &Row) -> Result<Payment, Error> {
        Ok(Payment {
            id: row.try_get("id")?,
            merchant_id: row.try_get("merchant_id")?,
            amount: row.try_get("amount")?,
            currency: row.try_get("currency")?,
            card_last4: row.try_get("card_last4")?,
            status: row.try_get("status")?,
            bank_answer: row.try_get("bank_answer")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

/// Claims the idempotency key by inserting the payment as `pending`. While another transaction
/// holds the same key, this waits until that one has ended.
///
/// # Errors
/// When the database refuses; the transaction is lost then.
pub async fn claim(client: &impl GenericClient, order: &Order) -> Result<Claim, Error> {
    let insert = client
        .prepare_cached(
            "INSERT INTO payments (id, merchant_id, idempotency_key, amount, currency, card_last4) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (merchant_id, idempotency_key) DO NOTHING",
        )
        .await?;
    let id = Uuid::now_v7();
    let (merchant, key) = (order.merchant.as_str(), order.key.as_str());
    let inserted = client
        .execute(
            &insert,
            &[&id, &merchant, &key, &order.amount, &order.currency, &order.card_last4()],
        )
        .await;
    match inserted {
        Ok(0) => Ok(Claim::Taken),
        Ok(_) => Ok(Claim::Ours(id)),
        Err(error) if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
            Ok(Claim::NoMerchant)
        }
        Err(error) => Err(error),
    }
}

/// Writes down what the bank said, and when: `now()` would be when the transaction began, which is
/// before the bank was asked.
///
/// # Errors
/// When the database refuses, or the payment is not there.
pub async fn settle(
    client: &impl GenericClient,
    id: Uuid,
    answer: &Answer,
) -> Result<Payment, Error> {
    let (status, bank_answer) = match answer {
        Answer::Approved { code } => ("approved", code),
        Answer::Declined { reason } => ("declined", reason),
    };
    let update = client
        .prepare_cached(&format!(
            "UPDATE payments SET status = $2, bank_answer = $3, settled_at = clock_timestamp() \
             WHERE id = $1 RETURNING {COLUMNS}"
        ))
        .await?;
    Payment::read(&client.query_one(&update, &[&id, &status, bank_answer]).await?)
}

/// The payment that was made with a key.
///
/// # Errors
/// When the database refuses, or no such payment is there.
pub async fn find_by_key(
    client: &impl GenericClient,
    merchant: &MerchantId,
    key: &IdempotencyKey,
) -> Result<Payment, Error> {
    let select = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM payments WHERE merchant_id = $1 AND idempotency_key = $2"
        ))
        .await?;
    Payment::read(&client.query_one(&select, &[&merchant.as_str(), &key.as_str()]).await?)
}

/// A payment by its id, if it is this merchant's.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    client: &impl GenericClient,
    merchant: &MerchantId,
    id: Uuid,
) -> Result<Option<Payment>, Error> {
    let select = client
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM payments WHERE id = $1 AND merchant_id = $2"
        ))
        .await?;
    let row = client.query_opt(&select, &[&id, &merchant.as_str()]).await?;
    row.as_ref().map(Payment::read).transpose()
}
