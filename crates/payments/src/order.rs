//! What a merchant may ask for, checked before anything else is done with it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::error::ApiError;

/// The most that one payment may be, in minor units: a million euros, dollars or pounds.
const MAX_AMOUNT: i64 = 100_000_000;

/// Longest idempotency key, in bytes. A UUID has 36.
const MAX_KEY: usize = 64;

/// The header that says who asks. The edge has already checked that they are who they say.
pub const MERCHANT_HEADER: &str = "x-merchant-id";

/// The header by which a repeated request is known.
pub const KEY_HEADER: &str = "idempotency-key";

/// A merchant's number: `m-` and four digits, so that it can be a metric's label without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MerchantId(String);

/// The merchant's own name for one payment. Two requests with the same key are one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The body of a request for a payment, as it was sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    amount: i64,
    currency: String,
    card: String,
}

/// A payment that makes sense, from a merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who gets the money.
    pub merchant: MerchantId,
    /// Tells this payment from the merchant's others.
    pub key: IdempotencyKey,
    /// In minor units, at least 1.
    pub amount: i64,
    /// Three capital letters.
    pub currency: String,
    /// 12 to 19 digits. Only the last four are ever stored.
    pub card: String,
}

impl Order {
    /// Checks a request.
    ///
    /// # Errors
    /// [`ApiError::Invalid`], naming the field and what it should be.
    pub fn new(
        merchant: MerchantId,
        key: IdempotencyKey,
        payment: NewPayment,
    ) -> Result<Order, ApiError> {
        let NewPayment { amount, currency, card } = payment;
        if !(1..=MAX_AMOUNT).contains(&amount) {
            return Err(ApiError::Invalid(format!("amount must be from 1 to {MAX_AMOUNT}")));
        }
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(ApiError::Invalid("currency must be three capital letters".into()));
        }
        if !(12..=19).contains(&card.len()) || !card.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ApiError::Invalid("card must be 12 to 19 digits".into()));
        }
        Ok(Order { merchant, key, amount, currency, card })
    }

    /// All of the card number that may be kept.
    pub fn card_last4(&self) -> &str {
        &self.card[self.card.len() - 4..]
    }

    /// The name of this payment at the bank: the same for every repetition, so that a repetition
    /// after a time-out does not take the money twice.
    pub fn reference(&self) -> String {
        format!("{}:{}", self.merchant.as_str(), self.key.as_str())
    }
}

impl MerchantId {
    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a merchant's number; nothing if it is not one.
    pub fn parse(text: &str) -> Option<MerchantId> {
        let digits = text.strip_prefix("m-")?;
        let valid = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| MerchantId(text.to_owned()))
    }

    /// The merchant that a request names in its header, if it names one.
    pub fn of(headers: &axum::http::HeaderMap) -> Option<MerchantId> {
        MerchantId::parse(headers.get(MERCHANT_HEADER)?.to_str().ok()?)
    }
}

impl IdempotencyKey {
    /// The key as the merchant wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for MerchantId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<MerchantId, ApiError> {
        MerchantId::of(&parts.headers)
            .ok_or_else(|| ApiError::Invalid("header X-Merchant-Id must be like m-1001".to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, ApiError> {
        parts
            .headers
            .get(KEY_HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|key| (1..=MAX_KEY).contains(&key.len()))
            .map(|key| IdempotencyKey(key.to_owned()))
            .ok_or_else(|| {
                ApiError::Invalid(format!("header Idempotency-Key must have 1 to {MAX_KEY} bytes"))
            })
    }
}
