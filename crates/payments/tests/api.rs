//! The service without a socket and without a database: what is refused before either is needed,
//! and what a merchant is told when the database is not there.
#![expect(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use clap::Parser;
use http_body_util::BodyExt;
use payments::{App, Config, app, ops};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Nothing listens on port 1.
const NO_DATABASE: &str = "postgres://payments:secret@127.0.0.1:1/payments";

fn state(database: &str) -> App {
    let arguments =
        ["payments", "--database-url", database, "--pool-size", "1", "--pool-timeout", "50"];
    App::new(&Config::try_parse_from(arguments).unwrap()).unwrap()
}

async fn call(router: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn payment(body: &str) -> Request<Body> {
    Request::post("/v1/payments")
        .header("x-merchant-id", "m-1001")
        .header("idempotency-key", "k-1")
        .header("content-type", "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

fn good_payment() -> Request<Body> {
    payment(&json!({ "amount": 1999, "currency": "EUR", "card": "4111111111111111" }).to_string())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header("x-merchant-id", "m-1001").body(Body::empty()).unwrap()
}

#[track_caller]
fn assert_error(answer: &(StatusCode, String), status: StatusCode, code: &str, words: &str) {
    let body: Value = serde_json::from_str(&answer.1).unwrap();
    assert_eq!((answer.0, body["error"]["code"].as_str()), (status, Some(code)), "{body}");
    assert!(body["error"]["message"].as_str().unwrap().contains(words), "{body}");
}

#[tokio::test]
async fn a_payment_that_makes_no_sense_is_refused_and_says_why() {
    let cases = [
        (r#"{"amount":0,"currency":"EUR","card":"4111111111111111"}"#, "amount must be"),
        (r#"{"amount":100000001,"currency":"EUR","card":"4111111111111111"}"#, "amount must be"),
        (r#"{"amount":5,"currency":"eur","card":"4111111111111111"}"#, "currency must be"),
        (r#"{"amount":5,"currency":"EURO","card":"4111111111111111"}"#, "currency must be"),
        (r#"{"amount":5,"currency":"EUR","card":"4111-1111-1111"}"#, "card must be"),
        (r#"{"amount":5,"currency":"EUR","card":"411"}"#, "card must be"),
        (r#"{"amount":5,"currency":"EUR"}"#, "missing field `card`"),
        (r#"{"amount":5,"currency":"EUR","card":"4111111111111111","cvc":1}"#, "unknown field"),
        ("not json", "JSON"),
    ];
    for (body, words) in cases {
        let answer = call(app(state(NO_DATABASE)), payment(body)).await;
        assert_error(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", words);
    }
}

#[tokio::test]
async fn a_payment_needs_a_merchant_and_a_key() {
    for (missing, words) in [("x-merchant-id", "X-Merchant-Id"), ("idempotency-key", "Idempot")] {
        let mut request = good_payment();
        request.headers_mut().remove(missing);
        let answer = call(app(state(NO_DATABASE)), request).await;
        assert_error(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", words);
    }
    let mut request = good_payment();
    request.headers_mut().insert("x-merchant-id", "shop".parse().unwrap());
    let answer = call(app(state(NO_DATABASE)), request).await;
    assert_error(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", "m-1001");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    for path in ["/", "/v1/payments/1", "/v1/merchants/m-1002", "/v2/payments"] {
        let answer = call(app(state(NO_DATABASE)), get(path)).await;
        assert_error(&answer, StatusCode::NOT_FOUND, "not_found", "no such");
    }
}

#[tokio::test]
async fn without_a_database_a_merchant_is_told_to_come_back_and_nothing_else() {
    let answer = call(app(state(NO_DATABASE)), good_payment()).await;
    assert_error(&answer, StatusCode::SERVICE_UNAVAILABLE, "busy", "send the same request again");
    assert!(!answer.1.contains("127.0.0.1") && !answer.1.contains("database"), "{}", answer.1);
}

/// A database that lets everybody in and never says a word holds the only connection for two
/// seconds. Whoever comes second gives up after its 50 ms, long before that.
#[tokio::test]
async fn who_waits_too_long_for_a_connection_is_turned_away_and_counted() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let state = state(&format!("postgres://payments@127.0.0.1:{port}/payments"));

    let first = tokio::spawn(call(app(state.clone()), good_payment()));
    let (_held, _) = silent.accept().await.unwrap();
    let answer = call(app(state.clone()), get("/v1/merchants/m-1001")).await;
    assert_error(&answer, StatusCode::SERVICE_UNAVAILABLE, "busy", "we are busy");

    let (_, metrics) = call(ops(state), get("/metrics")).await;
    assert!(metrics.contains("\ndb_pool_timeouts_total 1\n"), "{metrics}");
    assert!(metrics.contains("\ndb_pool_size 1\n"), "{metrics}");
    first.abort();
}

#[tokio::test]
async fn every_request_is_counted_by_its_route_and_its_merchant() {
    let state = state(NO_DATABASE);
    for path in ["/v1/merchants/m-1002", "/v1/merchants/m-1003", "/nowhere"] {
        call(app(state.clone()), get(path)).await;
    }
    let (status, text) = call(ops(state), get("/metrics")).await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        r#"http_requests_total{method="GET",route="/v1/merchants/{id}",status="404"} 2"#,
        r#"http_requests_total{method="GET",route="none",status="404"} 1"#,
        r#"merchant_requests_total{merchant="m-1001"} 3"#,
        r#"http_requests_in_flight 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn metrics_name_the_release_and_the_process() {
    let (_, text) = call(ops(state(NO_DATABASE)), get("/metrics")).await;
    let version = env!("CARGO_PKG_VERSION");
    assert!(text.contains(&format!("build_info{{version=\"{version}\"}} 1")), "{text}");
    assert!(text.contains("\nprocess_start_time_seconds "), "{text}");
}

#[tokio::test]
async fn a_replica_is_ready_from_its_start_until_it_is_told_to_stop() {
    let state = state(NO_DATABASE);
    let status = async |path| call(ops(state.clone()), get(path)).await.0;
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    state.readiness.open();
    assert_eq!(status("/readyz").await, StatusCode::OK);
    state.readiness.close();
    assert_eq!(status("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status("/healthz").await, StatusCode::OK);
}
