//! What follows the incident when it does not go as planned: the program is stopped or killed while
//! people write. And somebody alone, at the terminal and in the browser at once.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::console::{Browser, Interview};
use crate::ground::{Ground, wait_until};
use crate::live::Live;

const WORDS: &str = "2.4.0 keeps a connection for each declined payment";

/// An interview whose incident is over, with a debrief that is begun and not handed in.
fn in_debrief(ground: &Ground) -> Interview {
    let interview = Interview::start(ground);
    let candidate = &interview.candidate;
    candidate.post("/api/consent", &json!({}));
    wait_until("the incident is on", || {
        (candidate.get("/api/terminals")[0]["name"] == "terminal-1").then_some(())
    });
    candidate.post("/api/done", &json!({}));
    is_over(candidate);
    assert_eq!(ground.left_of(&interview.session), [""; 0], "the system goes before the debrief");
    candidate.ask("PUT", "/api/debrief/cause", &json!({ "text": WORDS }));
    assert_eq!(candidate.get("/api/debrief")["parts"][1]["text"], WORDS);
    interview
}

fn is_over(browser: &Browser) {
    wait_until("the system is gone", || {
        (browser.get("/api/me")["report_ready"] == true).then_some(())
    });
}

/// The report of a sealed journal; what was written is in it.
fn report(ground: &Ground, session: &str) -> Value {
    assert!(ground.run(&["verify", session]).status.success());
    let report = ground.json(&["report", session, "--format", "json"]);
    assert_eq!(report["debrief"]["written"]["cause"], WORDS);
    report
}

#[test]
fn a_debrief_that_is_stopped_is_sealed_in_order_with_what_was_written() {
    let ground = Ground::new();
    let interview = in_debrief(&ground);
    let session = interview.session.clone();
    interview.child.signal(Signal::SIGINT);
    let (code, stderr) = interview.ended();
    assert_eq!(code, Some(0), "{stderr}");
    let report = report(&ground, &session);
    assert_eq!(report["session"]["outcome"], "done");
    assert!(report["session"]["outcome_detail"].as_str().unwrap().contains("during the debrief"));
}

#[test]
fn a_debrief_whose_program_is_killed_is_closed_with_what_was_written() {
    let ground = Ground::new();
    let mut interview = in_debrief(&ground);
    let session = interview.session.clone();
    interview.child.signal(Signal::SIGKILL);
    interview.child.wait().unwrap();
    wait_until("the guard has closed the journal", || {
        ground.journal(&session).contains("session-ended").then_some(())
    });
    wait_until("the journal is sealed", || {
        ground.run(&["verify", &session]).status.success().then_some(())
    });
    assert_eq!(report(&ground, &session)["session"]["outcome"], "lost");
}

#[test]
fn practice_at_the_terminal_waits_for_the_debrief_of_whoever_came_to_the_console() {
    let ground = Ground::new();
    let mut live = Live::start(&ground, "leaky-release");
    let shown = live.through("oncall@workstation");
    let link = shown.split("In the browser too: ").nth(1).unwrap();
    let browser = Browser::enter(link.split_whitespace().next().unwrap());
    let (history, _) = live.type_line("deployctl history");
    assert!(history.contains("2.4.0"), "{history}");
    assert!(browser.get("/api/dashboards")[0]["uid"].is_string(), "the doors are open to both");
    live.type_ahead("oncall done");
    is_over(&browser);
    let refused = browser.get("/api/report")["detail"].as_str().map(str::to_owned);
    assert!(refused.unwrap().contains("your own debrief first"));
    browser.ask("PUT", "/api/debrief/cause", &json!({ "text": WORDS }));
    browser.post("/api/debrief", &json!({}));
    let answer = browser.get("/api/report");
    assert_eq!(answer["cause"]["id"], "leaky-release", "{answer}");
    browser.post("/api/seal", &json!({}));
    wait_until("the session has ended", || (!live.is_on()).then_some(()));
    let session = live.session.clone();
    drop(live);
    let report = report(&ground, &session);
    let lines = report["commands"].as_array().unwrap().iter();
    let mut lines = lines.filter_map(|command| command["line"].as_str());
    assert!(lines.any(|line| line.starts_with("deployctl history")));
}
