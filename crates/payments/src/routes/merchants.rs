//! Merchants, as they see themselves.

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;

use crate::App;
use crate::error::ApiError;
use crate::order::MerchantId;

/// A merchant and when it last took a payment.
#[derive(Debug, Serialize)]
pub struct Merchant {
    id: String,
    name: String,
    country: String,
    last_payment_at: Option<Timestamp>,
}

/// `GET /v1/merchants/{id}`: a merchant can see itself and nobody else.
pub async fn show(
    State(app): State<App>,
    asking: MerchantId,
    Path(id): Path<String>,
) -> Result<Json<Merchant>, ApiError> {
    if asking.as_str() != id {
        return Err(ApiError::NotFound("merchant"));
    }
    let connection = app.pool.get("merchants.show").await?;
    let select = connection
        .prepare_cached(
            "SELECT id, name, country, (SELECT max(created_at) FROM payments \
             WHERE merchant_id = merchants.id) AS last_payment_at \
             FROM merchants WHERE id = $1",
        )
        .await?;
    let row = connection.query_opt(&select, &[&id]).await?;
    let row = row.ok_or(ApiError::NotFound("merchant"))?;
    Ok(Json(Merchant {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        country: row.try_get("country")?,
        last_payment_at: row.try_get("last_payment_at")?,
    }))
}
