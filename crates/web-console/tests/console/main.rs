//! The routes as strangers, the two roles and other sites meet them, and the sockets on a real port.
//! No lab runs here: what a route does is tested with the lab.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use futures::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use orchestrator::home::{Held, Home};
use orchestrator::recorder::Recorder;
use serde_json::Value;
use session::event::{Door, Effect, Kind, Participant};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use ground::{Answer, Ground, open, some_interview};
use web_console::console::{Console, Interview};
use web_console::host::{Host, Links, Opened, app};
use web_console::serve;

mod after;
mod apart;
mod api;
mod back;
#[path = "../../src/fixture.rs"]
mod fixture;
mod grafana;
mod ground;
mod operating;
mod tls;
mod tools;

/// Who may ask what. `both`: either role; `nobody`: no cookie is needed.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("nobody", "get", "/enter/{token}"),
    ("both", "post", "/api/ticket"),
    ("both", "get", "/api/me"),
    ("both", "get", "/api/briefing"),
    ("both", "get", "/api/page"),
    ("both", "get", "/api/rubric"),
    ("both", "get", "/api/terminals"),
    ("both", "get", "/api/channel"),
    ("both", "get", "/api/hypotheses"),
    ("candidate", "post", "/api/consent"),
    ("candidate", "post", "/api/done"),
    ("candidate", "post", "/api/terminals"),
    ("candidate", "get", "/api/dashboards"),
    ("candidate", "get", "/api/dashboards/{uid}"),
    ("candidate", "get", "/api/dashboards/{uid}/variables"),
    ("candidate", "get", "/api/grafana"),
    ("candidate", "post", "/api/dashboards/{uid}/marks"),
    ("candidate", "post", "/api/panels/query"),
    ("candidate", "post", "/api/panels/lines"),
    ("candidate", "post", "/api/views"),
    ("candidate", "get", "/api/explore/query"),
    ("candidate", "get", "/api/explore/query_range"),
    ("candidate", "get", "/api/explore/series"),
    ("candidate", "get", "/api/explore/labels"),
    ("candidate", "get", "/api/explore/label/{name}/values"),
    ("candidate", "get", "/api/explore/metadata"),
    ("candidate", "get", "/api/logs/services"),
    ("candidate", "get", "/api/logs"),
    ("candidate", "get", "/api/changes"),
    ("candidate", "get", "/api/changes/{id}/diff"),
    ("candidate", "get", "/api/alerts"),
    ("candidate", "get", "/api/wiki"),
    ("candidate", "get", "/api/wiki/{page}"),
    ("candidate", "post", "/api/ask"),
    ("candidate", "post", "/api/say"),
    ("candidate", "post", "/api/hypotheses"),
    ("candidate", "patch", "/api/hypotheses/{id}"),
    ("interviewer", "post", "/api/messages"),
    ("interviewer", "get", "/api/ratings"),
    ("interviewer", "put", "/api/rubric/{dimension}"),
    ("interviewer", "get", "/api/rubric/facts"),
    ("both", "get", "/api/debrief"),
    ("candidate", "put", "/api/debrief/{part}"),
    ("candidate", "post", "/api/debrief"),
    ("interviewer", "get", "/api/report"),
    ("interviewer", "get", "/api/report/recordings"),
    ("interviewer", "get", "/api/report/recordings/{terminal}"),
    ("interviewer", "get", "/api/report/panels"),
    ("interviewer", "get", "/api/timeline"),
    ("interviewer", "get", "/api/evidence"),
    ("interviewer", "get", "/api/cause"),
    ("interviewer", "get", "/api/notes"),
    ("interviewer", "post", "/api/notes"),
    ("interviewer", "get", "/api/hints"),
    ("interviewer", "post", "/api/hints"),
    ("interviewer", "get", "/api/injects"),
    ("interviewer", "post", "/api/injects/{id}"),
    ("interviewer", "delete", "/api/injects/{id}"),
    ("interviewer", "post", "/api/clock/pause"),
    ("interviewer", "post", "/api/clock/resume"),
    ("interviewer", "post", "/api/extend"),
    // These change what the rest of the table stands on, so they come last.
    ("interviewer", "post", "/api/end"),
    ("interviewer", "post", "/api/seal"),
    ("interviewer", "post", "/api/links/candidate"),
];

#[tokio::test]
async fn each_route_is_for_its_role_alone() {
    let document: Value = serde_json::from_str(&web_console::api::document().unwrap()).unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (method.clone(), path.clone()))
        })
        .collect();
    let of_operator = operating::OPERATOR.iter().copied();
    let listed = ALLOWED.iter().map(|(_, method, path)| (*method, *path)).chain(of_operator);
    let listed = listed.chain([("get", "/operator/enter/{token}")]);
    let listed = listed.map(|(method, path)| (method.to_owned(), path.to_owned()));
    assert_eq!(described, listed.collect(), "each route stands in the table");

    let ground = Ground::new().await;
    let (candidate, interviewer) = ground.both().await;
    for (role, method, path) in ALLOWED.iter().filter(|(role, ..)| *role != "nobody") {
        let path = path.replace("{id}", "1").replace(['{', '}'], "");
        let stranger = ground.ask(method, &path, None, "{}").await.status;
        assert_eq!(stranger, StatusCode::UNAUTHORIZED, "{method} {path}");
        let forged = format!("{}=00", ground.console.address().cookie_name());
        let forged = ground.ask(method, &path, Some(&forged), "{}").await.status;
        assert_eq!(forged, StatusCode::UNAUTHORIZED, "{method} {path}");
        for (name, cookie) in [("candidate", &candidate), ("interviewer", &interviewer)] {
            let answer = ground.ask(method, &path, Some(cookie), "{}").await;
            if *role == "both" || *role == name {
                let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
                assert!(!refused.contains(&answer.status), "{name} {method} {path}");
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {method} {path}");
                assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
            }
        }
    }
}

#[tokio::test]
async fn a_link_works_once_and_says_so_the_second_time() {
    let ground = Ground::new().await;
    let path = ground.links.candidate.strip_prefix(&ground.console.address().base()).unwrap();
    let cookie = ground.enter(&ground.links.candidate).await;
    let again = ground.ask("get", path, None, "").await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.text.contains("has been used"), "{}", again.text);
    let own = ground.ask("get", path, Some(&cookie), "").await;
    assert_eq!(own.status, StatusCode::SEE_OTHER, "whoever is in may use it again");
    let guessed = ground.ask("get", "/enter/00000000000000000000000000000000", None, "").await;
    assert_eq!(guessed.status, StatusCode::GONE);
    assert!(guessed.text.contains("No such link"), "{}", guessed.text);
}

#[tokio::test]
async fn guessing_links_is_slowed_down() {
    let ground = Ground::new().await;
    let mut statuses = BTreeSet::new();
    for guess in 0..100 {
        statuses.insert(ground.ask("get", &format!("/enter/{guess}"), None, "").await.status);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
}

#[tokio::test]
async fn a_new_link_signs_out_whoever_came_by_the_old_one() {
    let ground = Ground::new().await;
    let (old, interviewer) = ground.both().await;
    let answer = ground.ask("post", "/api/links/candidate", Some(&interviewer), "").await;
    let link: Value = serde_json::from_str(&answer.text).unwrap();
    let new = ground.enter(link["url"].as_str().unwrap()).await;
    let status = |answer: Answer| answer.status.as_u16();
    assert_eq!(status(ground.ask("get", "/api/me", Some(&old), "").await), 401);
    assert_eq!(status(ground.ask("get", "/api/me", Some(&new), "").await), 200);
}

#[tokio::test]
async fn other_hosts_and_other_sites_get_nothing() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let with = |name: &'static str, value: &'static str| {
        let mut request = ground.request("post", "/api/consent", Some(&candidate), "");
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    };
    for (name, value) in [
        ("host", "evil.example"),
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        assert_eq!(ground.send(with(name, value)).await.status, StatusCode::FORBIDDEN, "{value}");
    }
    let me = ground.ask("get", "/api/me", Some(&candidate), "").await;
    assert!(me.text.contains(r#""consented":false"#), "{}", me.text);
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let ground = Ground::new().await;
    for path in ["/", "/api/me", "/enter/x", "/nowhere.js"] {
        let answer = ground.ask("get", path, None, "").await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn texts_that_are_too_long_or_make_no_sense_are_refused_with_a_reason() {
    let ground = Ground::new().await;
    let (_, interviewer) = ground.both().await;
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(4001));
    let huge = format!(r#"{{"text":"{}"}}"#, "x".repeat(70 << 10));
    for (body, status, said) in [
        (long.as_str(), 422, "4000 are allowed"),
        (huge.as_str(), 413, "send less"),
        (r#"{"text":""}"#, 422, "empty"),
        (r#"{"text":"x","about_s":1e9}"#, 422, "up to now"),
        (r#"{"text":"x","colour":1}"#, 422, "colour"),
        ("{", 422, "JSON"),
    ] {
        let answer = ground.ask("post", "/api/notes", Some(&interviewer), body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.text.contains(said), "{}", answer.text);
    }
    let rate = |level: u8| format!(r#"{{"level":{level}}}"#);
    for (dimension, level, status) in
        [("communication", 4, 204), ("communication", 5, 422), ("charm", 1, 404)]
    {
        let path = format!("/api/rubric/{dimension}");
        let answer = ground.ask("put", &path, Some(&interviewer), &rate(level)).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
}

#[tokio::test]
async fn what_is_long_counts_for_more_than_what_is_short() {
    let ground = Ground::new().await;
    let (_, interviewer) = ground.both().await;
    let statuses = async |letters: usize| {
        let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(letters));
        let mut statuses = BTreeSet::new();
        for _ in 0..100 {
            let mut request = ground.request("post", "/api/notes", Some(&interviewer), &body);
            request.headers_mut().insert(header::CONTENT_LENGTH, body.len().into());
            statuses.insert(ground.send(request).await.status.as_u16());
        }
        statuses
    };
    assert_eq!(statuses(10).await, BTreeSet::from([204]));
    let long = statuses(60 << 10).await;
    assert!(long.contains(&429), "{long:?}");
}

#[tokio::test]
async fn a_ticket_opens_one_socket_from_our_own_page() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let own = format!("http://{}", ground.host);
    let ticket = ground.ticket(&candidate).await;
    let path = format!("/ws/live?ticket={ticket}");
    assert_eq!(ground.socket(&path, "http://evil.example").await.err(), Some(403));
    assert!(ground.socket(&path, &own).await.is_ok());
    assert_eq!(ground.socket(&path, &own).await.err(), Some(401), "it was used");
    assert_eq!(ground.socket("/ws/live?ticket=guessed", &own).await.err(), Some(401));
    assert_eq!(ground.socket("/ws/live", &own).await.err(), Some(401));
    let ticket = ground.ticket(&candidate).await;
    let path = format!("/ws/terminal/terminal-9?ticket={ticket}");
    assert_eq!(ground.socket(&path, &own).await.err(), Some(404));
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    let mut live = ground.live(&candidate).await;
    // The other side may have closed before all of it was sent.
    let _ = live.0.send(Message::binary(vec![0; 65 << 10])).await;
    live.closed().await;
}

#[tokio::test]
async fn the_interviewer_sees_each_event_and_the_candidate_none() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = ground.both().await;
    let mut watching = ground.live(&interviewer).await;
    let mut playing = ground.live(&candidate).await;
    let lab = |kind| ground.recorder.truth(kind);
    lab(Kind::FaultInjected { fault: "deploy".to_owned(), detail: "payments 2.4.0".to_owned() });
    let note = Kind::Noted { text: "a private word".to_owned(), about_s: 0.0 };
    ground.recorder.record(Participant::Interviewer, Door::Notebook, Effect::Think, note);
    let told = Kind::Told { who: "Dana".to_owned(), text: "Well?".to_owned() };
    ground.recorder.record(Participant::Interviewer, Door::Channel, Effect::Say, told);
    let headline = watching
        .until("the fault is told", |message| {
            let event = &message["event"];
            let is_it = event["kind"] == "fault-injected";
            is_it.then(|| event["headline"].as_str().unwrap().to_owned())
        })
        .await;
    assert_eq!(headline, "Fault injected: deploy payments 2.4.0");
    let mut heard = Vec::new();
    playing
        .until("the message is told", |message| {
            heard.push(message.to_string());
            (message["message"]["text"] == "Well?").then_some(())
        })
        .await;
    let heard = heard.join("\n");
    for secret in ["event", "board", "notes", "ratings", "2.4.0", "private", "leaky"] {
        assert!(!heard.contains(secret), "{secret}: {heard}");
    }
}

#[tokio::test]
async fn a_page_that_comes_back_goes_on_where_it_was() {
    let ground = Ground::new().await;
    let (_, interviewer) = ground.both().await;
    for number in 0..5 {
        ground.recorder.truth(Kind::Trouble { what: number.to_string(), remedy: String::new() });
    }
    let (ticket, origin) = (ground.ticket(&interviewer).await, format!("http://{}", ground.host));
    let from = ground.recorder.events().len() as u64 - 2;
    let path = format!("/ws/live?ticket={ticket}&from={from}");
    let mut live = ground.socket(&path, &origin).await.unwrap();
    let first = live.until("an event comes", |it| it["event"]["seq"].as_u64()).await;
    assert_eq!(first, from);
}

#[tokio::test]
async fn a_search_of_the_wiki_is_recorded_with_what_it_shows_and_its_list_is_not() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    for path in ["/api/wiki", "/api/wiki?q=", "/api/wiki?q=%20", "/api/wiki?q=INC-131"] {
        let answer = ground.ask("get", path, Some(&candidate), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let events = ground.recorder.events();
    let looks: Vec<_> = events.iter().filter(|event| event.door == Door::Wiki).collect();
    assert_eq!(looks.len(), 1, "{looks:?}");
    let Kind::WikiSearched { words, shown } = &looks[0].kind else { panic!("{looks:?}") };
    assert_eq!((words.as_str(), looks[0].effect), ("INC-131", Effect::Look));
    assert!(shown.contains("INC-131"), "{shown}");
}

#[tokio::test]
async fn consent_is_recorded_once_and_the_doors_wait_for_the_page() {
    let ground = Ground::new().await;
    let (candidate, _) = ground.both().await;
    for _ in 0..2 {
        let answer = ground.ask("post", "/api/consent", Some(&candidate), "").await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let consented = |event: &&session::event::Event| matches!(event.kind, Kind::Consented);
    assert_eq!(ground.recorder.events().iter().filter(consented).count(), 1);
    let body = r#"{"question":"Any deploys?"}"#;
    let answer = ground.ask("post", "/api/ask", Some(&candidate), body).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("the page will call you"), "{}", answer.text);
}
