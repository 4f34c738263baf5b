//! What of the interviewer's tools needs no lab: the clock, and what waits for the page.

use super::*;

#[tokio::test]
async fn the_clock_is_stopped_and_runs_again_after_the_page_and_not_twice() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = ground.both().await;
    let change = async |how: &str| {
        let path = format!("/api/clock/{how}");
        ground.ask("post", &path, Some(&interviewer), "").await
    };
    let early = change("pause").await;
    assert!(early.status == StatusCode::CONFLICT && early.text.contains("starts with the page"));
    let empty = String::new;
    let (alert, severity, summary) = (empty(), empty(), empty());
    ground.recorder.truth(Kind::Paged {
        alert,
        severity,
        summary,
        promql: empty(),
        since: empty(),
    });
    assert_eq!(change("pause").await.status, StatusCode::NO_CONTENT);
    let twice = change("pause").await;
    assert!(twice.status == StatusCode::CONFLICT && twice.text.contains("stopped already"));
    let me = ground.ask("get", "/api/me", Some(&candidate), "").await;
    let me: Value = serde_json::from_str(&me.text).unwrap();
    assert!(me["paused_at_s"].as_f64() > me["paged_at_s"].as_f64(), "{me}");
    assert_eq!(change("resume").await.status, StatusCode::NO_CONTENT);
    let twice = change("resume").await;
    assert!(twice.status == StatusCode::CONFLICT && twice.text.contains("is running"));
}

#[tokio::test]
async fn the_ladder_and_the_injects_are_listed_and_wait_for_the_page() {
    let ground = Ground::new().await;
    let (_, interviewer) = ground.both().await;
    let ladder = ground.ask("get", "/api/hints", Some(&interviewer), "").await;
    let ladder: Value = serde_json::from_str(&ladder.text).unwrap();
    assert_eq!(ladder["rungs"].as_array().unwrap().len(), 5);
    assert_eq!(
        (&ladder["rungs"][0]["number"], &ladder["rungs"][0]["given_at_s"]),
        (&1.into(), &Value::Null)
    );
    assert_eq!(ladder["teammates"][0], "Dana (payments)");
    let injects = ground.ask("get", "/api/injects", Some(&interviewer), "").await;
    let injects: Value = serde_json::from_str(&injects.text).unwrap();
    assert_eq!(injects[2]["words"], "m-1017 sends 4 requests a second more");
    for (path, body) in
        [("/api/hints", r#"{"number":1,"who":"Dana"}"#), ("/api/injects/more-traffic", "")]
    {
        let early = ground.ask("post", path, Some(&interviewer), body).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.text);
    }
}
