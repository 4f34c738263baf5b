//! The bank, as far as we know it: one call that asks for the money.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::metrics::Metrics;

/// A client of the bank. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Acquirer {
    http: reqwest::Client,
    authorizations: String,
    metrics: Metrics,
}

/// What we ask for.
#[derive(Debug, Serialize)]
pub struct Authorization<'a> {
    /// The whole card number. It goes to the bank and nowhere else.
    pub card: &'a str,
    /// In minor units of the currency.
    pub amount: i64,
    /// ISO 4217.
    pub currency: &'a str,
    /// The bank takes the money once for each reference, however often it is asked.
    pub reference: &'a str,
}

/// What the bank says. Both are answers; that the bank could not answer is an [`AcquirerError`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Answer {
    /// The money is ours.
    Approved {
        /// The bank's own number for it.
        code: String,
    },
    /// The card holder's bank said no.
    Declined {
        /// Why, in the bank's words: `insufficient_funds`, `do_not_honor`, ...
        reason: String,
    },
}

/// The bank gave no answer. The money may or may not have been taken, so the merchant has to ask
/// again with the same idempotency key.
#[derive(Debug, thiserror::Error)]
pub enum AcquirerError {
    /// It took longer than we wait.
    #[error("the bank did not answer in time")]
    Timeout(#[source] reqwest::Error),
    /// It could not be reached, or its answer made no sense.
    #[error("the bank could not be asked")]
    Unreachable(#[source] reqwest::Error),
}

impl Acquirer {
    /// A client for the bank at `url`, which waits `timeout` for each answer.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(url: &str, timeout: Duration, metrics: Metrics) -> Result<Acquirer, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(timeout).build()?;
        let authorizations = format!("{}/v1/authorizations", url.trim_end_matches('/'));
        Ok(Acquirer { http, authorizations, metrics })
    }

    /// Asks the bank for the money.
    ///
    /// # Errors
    /// When the bank gave no answer that we understand.
    pub async fn authorize(&self, request: &Authorization<'_>) -> Result<Answer, AcquirerError> {
        let timer = self.metrics.acquirer_duration.start_timer();
        let result = self.ask(request).await;
        timer.observe_duration();
        let outcome = match &result {
            Ok(Answer::Approved { .. }) => "approved",
            Ok(Answer::Declined { .. }) => "declined",
            Err(AcquirerError::Timeout(_)) => "timeout",
            Err(AcquirerError::Unreachable(_)) => "error",
        };
        self.metrics.acquirer_requests.with_label_values(&[outcome]).inc();
        result
    }

    async fn ask(&self, request: &Authorization<'_>) -> Result<Answer, AcquirerError> {
        let response = self.http.post(&self.authorizations).json(request).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }
}

impl From<reqwest::Error> for AcquirerError {
    fn from(error: reqwest::Error) -> AcquirerError {
        if error.is_timeout() {
            AcquirerError::Timeout(error)
        } else {
            AcquirerError::Unreachable(error)
        }
    }
}
