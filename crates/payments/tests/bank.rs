//! The client of the bank, against a bank that says what the test wants.
#![expect(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use std::time::Duration;

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use payments::acquirer::{Acquirer, AcquirerError, Answer, Authorization};
use payments::metrics::Metrics;
use serde_json::{Value, json};

const REQUEST: Authorization<'_> = Authorization {
    card: "4111111111111111",
    amount: 1999,
    currency: "EUR",
    reference: "m-1001:k-1",
};

/// Asks a bank that runs `router`. It also returns what the metrics say afterwards.
async fn ask(router: Router) -> (Result<Answer, AcquirerError>, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let bank = tokio::spawn(axum::serve(listener, router).into_future());
    let metrics = Metrics::new().unwrap();
    let acquirer = Acquirer::new(&url, Duration::from_millis(300), metrics.clone()).unwrap();
    let answer = acquirer.authorize(&REQUEST).await;
    bank.abort();
    (answer, metrics.encode().unwrap())
}

/// A bank with one answer, which is given if it was asked for what we meant.
fn bank(status: StatusCode, answer: Value) -> Router {
    let authorize = async move |Json(asked): Json<Value>| {
        let meant = json!({
            "card": "4111111111111111",
            "amount": 1999,
            "currency": "EUR",
            "reference": "m-1001:k-1",
        });
        if asked == meant { (status, Json(answer)) } else { (StatusCode::BAD_REQUEST, Json(asked)) }
    };
    Router::new().route("/v1/authorizations", post(authorize))
}

#[track_caller]
fn assert_counted(metrics: &str, outcome: &str) {
    let line = format!("acquirer_requests_total{{outcome=\"{outcome}\"}} 1");
    assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
    assert!(metrics.contains("acquirer_request_duration_seconds_count 1"), "{metrics}");
}

#[tokio::test]
async fn a_yes_has_a_code() {
    let yes = json!({ "status": "approved", "code": "123456" });
    let (answer, metrics) = ask(bank(StatusCode::OK, yes)).await;
    assert_eq!(answer.unwrap(), Answer::Approved { code: "123456".into() });
    assert_counted(&metrics, "approved");
}

#[tokio::test]
async fn a_no_has_a_reason_and_is_no_error() {
    let no = json!({ "status": "declined", "reason": "expired_card" });
    let (answer, metrics) = ask(bank(StatusCode::OK, no)).await;
    assert_eq!(answer.unwrap(), Answer::Declined { reason: "expired_card".into() });
    assert_counted(&metrics, "declined");
}

#[tokio::test]
async fn a_bank_that_fails_or_talks_nonsense_gave_no_answer() {
    let cases = [
        (StatusCode::INTERNAL_SERVER_ERROR, json!({ "status": "approved", "code": "1" })),
        (StatusCode::OK, json!({ "status": "perhaps" })),
    ];
    for (status, body) in cases {
        let (answer, metrics) = ask(bank(status, body)).await;
        assert!(matches!(answer, Err(AcquirerError::Unreachable(_))), "{answer:?}");
        assert_counted(&metrics, "error");
    }
}

#[tokio::test]
async fn a_bank_that_says_nothing_is_not_waited_for() {
    let silent = Router::new().route("/v1/authorizations", post(std::future::pending::<()>));
    let (answer, metrics) = ask(silent).await;
    assert!(matches!(answer, Err(AcquirerError::Timeout(_))), "{answer:?}");
    assert_counted(&metrics, "timeout");
}
