//! The bank without a socket and without waiting.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use clap::Parser;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::authorize::{Answer, decide};
use crate::latency::Latency;
use crate::{Bank, Config, app, ops};

/// A bank that answers in about a microsecond.
fn bank() -> Bank {
    let config = Config::parse_from(["acquirer", "--latency-mean-ms", "0.001"]);
    Bank::new(&config).unwrap()
}

async fn call(router: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn authorize(bank: &Bank, body: Value) -> (StatusCode, Value) {
    let request = Request::post("/v1/authorizations")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (status, text) = call(app(bank.clone()), request).await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_good_card_is_approved_with_a_code() {
    let body = json!({ "card": "4111111111111111", "amount": 1, "reference": "m-1001:a" });
    let (status, answer) = authorize(&bank(), body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["status"], "approved");
    assert_eq!(answer["code"].as_str().unwrap().len(), 6);
}

#[tokio::test]
async fn a_bad_card_is_declined_and_both_show_in_the_metrics() {
    let bank = bank();
    for card in ["4111111111111171", "4111111111111111"] {
        authorize(&bank, json!({ "card": card, "amount": 1, "reference": "r" })).await;
    }
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let (status, text) = call(ops(bank), request).await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains(r#"authorizations_total{outcome="approved"} 1"#), "{text}");
    assert!(text.contains(r#"authorizations_total{outcome="declined"} 1"#), "{text}");
    assert!(text.contains(r#"http_requests_total{route="/v1/authorizations",status="200"} 2"#));
}

#[tokio::test]
async fn an_amount_of_nothing_is_refused() {
    let body = json!({ "card": "4111111111111111", "amount": 0, "reference": "r" });
    let (status, answer) = authorize(&bank(), body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["error"], "amount must be above 0");
}

#[test]
fn three_cards_in_ten_are_declined_and_always_the_same_ones() {
    let declined = |reference: &str| -> Vec<u32> {
        let cards = 0..1000_u32;
        cards
            .filter(|n| {
                matches!(decide(&format!("4111111111{n:06}"), reference), Answer::Declined { .. })
            })
            .collect()
    };
    assert_eq!(declined("a").len(), 300);
    assert_eq!(declined("a"), declined("b"));
}

#[test]
fn the_same_reference_gets_the_same_code() {
    assert_eq!(decide("41", "m-1001:a"), decide("41", "m-1001:a"));
    assert_ne!(decide("41", "m-1001:a"), decide("41", "m-1001:b"));
}

#[test]
fn answers_take_about_the_mean_time_and_one_in_twenty_takes_the_longest() {
    let latency = Latency::new(600.0, 0.35).unwrap();
    let draws: Vec<f64> = (0..20_000).map(|_| latency.draw().as_secs_f64()).collect();
    // Of 600 ms the limit of a second leaves 591.4, with a standard deviation of 192.4: divided by
    // √20000 that is 1.36 ms, and 10 ms are seven of it.
    let mean = draws.iter().sum::<f64>() / 20_000.0;
    assert!((mean - 0.5914).abs() < 0.010, "{mean}");
    // 5.1 % are cut off, with a standard error of 0.16 %: 1.1 % are seven of it.
    assert!(draws.iter().all(|draw| *draw <= 1.0));
    let longest = draws.iter().filter(|draw| **draw >= 1.0).count() as f64 / 20_000.0;
    assert!((longest - 0.0511).abs() < 0.011, "{longest}");
}

#[test]
fn a_latency_that_is_no_distribution_is_refused() {
    assert!(Latency::new(0.0, 0.3).is_none());
    assert!(Latency::new(f64::NAN, 0.3).is_none());
    assert!(Latency::new(150.0, -1.0).is_none());
}
