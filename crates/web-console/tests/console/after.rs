//! What the routes do after the incident: the debrief, the report and the replay, and who may see them.

use session::event::{Outcome, Phase};

use super::*;
use web_console::player::Visitor;

/// Answers with their status, for a role's cookie.
struct Person<'a> {
    ground: &'a Ground,
    cookie: String,
}

impl Person<'_> {
    async fn does(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let answer = self.ground.ask(method, path, Some(&self.cookie), body).await;
        (answer.status.as_u16(), answer.text)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, text) = self.does("get", path, "").await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn writes(&self, part: &str, text: &str) -> (u16, String) {
        let body = serde_json::json!({ "text": text }).to_string();
        self.does("put", &format!("/api/debrief/{part}"), &body).await
    }
}

async fn people(ground: &Ground) -> (Person<'_>, Person<'_>) {
    let (candidate, interviewer) = ground.both().await;
    (Person { ground, cookie: candidate }, Person { ground, cookie: interviewer })
}

/// The candidate says that they are done, and the system goes.
fn over(ground: &Ground) {
    ground.recorder.record(Participant::Candidate, Door::Channel, Effect::Say, Kind::Done);
    ground.recorder.truth(Kind::PhaseEntered { phase: Phase::Debrief });
    ground.console.system_is_gone();
}

#[tokio::test]
async fn a_debrief_is_written_part_by_part_and_handed_in_once() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = people(&ground).await;
    let (status, text) = candidate.writes("cause", "a leak").await;
    assert!(status == 409 && text.contains("still on"), "{text}");
    over(&ground);
    for text in ["a le", "a leak <b>of</b> connections", "a leak <b>of</b> connections"] {
        assert_eq!(candidate.writes("cause", text).await.0, 204);
    }
    assert_eq!(candidate.writes("follow-ups", "Alert on the pool. Dana.").await.0, 204);
    let (status, text) = candidate.writes("timeline", &"x".repeat(4001)).await;
    assert!(status == 422 && text.contains("4000 are allowed"), "{text}");
    assert_eq!(candidate.writes("blame", "them").await.0, 404);
    let seen = interviewer.get("/api/debrief").await;
    assert_eq!(seen, candidate.get("/api/debrief").await);
    assert_eq!(seen["parts"][1]["part"], "cause");
    assert_eq!(seen["parts"][1]["text"], "a leak <b>of</b> connections");
    assert_eq!(candidate.does("post", "/api/debrief", "").await.0, 204);
    for (method, path) in [("post", "/api/debrief"), ("put", "/api/debrief/cause")] {
        let (status, text) = candidate.does(method, path, r#"{"text":"no"}"#).await;
        assert!(status == 409 && text.contains("stays as it is"), "{text}");
    }
    let written =
        |event: &&session::event::Event| matches!(event.kind, Kind::DebriefWritten { .. });
    let count = ground.recorder.events().iter().filter(written).count();
    assert_eq!(count, 3, "what did not change is no event");
}

#[tokio::test]
async fn who_left_their_shell_without_a_word_writes_a_debrief_too() {
    let ground = Ground::new().await;
    let (candidate, _) = people(&ground).await;
    ground.recorder.truth(Kind::PhaseEntered { phase: Phase::Debrief });
    assert_eq!(candidate.get("/api/me").await["ended"]["how"], "done");
    assert_eq!(candidate.writes("cause", "a leak").await.0, 204);
}

/// Why the session failed, as the candidate and the interviewer are told.
async fn told_why(paged: bool, detail: &str) -> (Value, Value) {
    let ground = Ground::new().await;
    let (candidate, interviewer) = people(&ground).await;
    if paged {
        ground.recorder.truth(Kind::Paged {
            alert: "A".to_owned(),
            severity: "SEV-2".to_owned(),
            summary: String::new(),
            promql: String::new(),
            since: String::new(),
        });
    }
    ground.recorder.truth(Kind::PhaseEntered { phase: Phase::Aborted });
    let (outcome, detail) = (Outcome::Failed, detail.to_owned());
    ground.recorder.truth(Kind::SessionEnded { outcome, detail });
    let ended = async |person: &Person<'_>| person.get("/api/me").await["ended"].clone();
    (ended(&candidate).await, ended(&interviewer).await)
}

#[tokio::test]
async fn why_a_session_failed_before_its_page_is_told_to_the_interviewer_alone() {
    let ended = |detail: &str| serde_json::json!({ "how": "failed", "detail": detail });
    let before = "the fault did not bite: pool exhausted was 0";
    assert_eq!(told_why(false, before).await, (ended(""), ended(before)));
    let after = "`prometheus` ended with 137";
    assert_eq!(told_why(true, after).await, (ended(after), ended(after)));
}

#[tokio::test]
async fn a_page_hears_of_the_debrief_and_of_the_seal() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = people(&ground).await;
    let mut watching = ground.live(&interviewer.cookie).await;
    over(&ground);
    candidate.writes("factors", "No alert on the pool.").await;
    let heard = watching.until("the debrief is told", |message| {
        let part = &message["debrief"]["parts"][2];
        (part["text"] != "").then(|| part["text"].as_str().map(str::to_owned)).flatten()
    });
    assert_eq!(heard.await, "No alert on the pool.");
    let mut writing = ground.live(&candidate.cookie).await;
    assert_eq!(interviewer.does("post", "/api/seal", "").await.0, 204);
    writing.until("it is closed", |message| (message["me"]["closed"] == true).then_some(())).await;
    for (who, method, path, body) in [
        (&candidate, "put", "/api/debrief/cause", r#"{"text":"late"}"#),
        (&interviewer, "post", "/api/notes", r#"{"text":"late"}"#),
        (&interviewer, "put", "/api/rubric/communication", r#"{"level":4}"#),
        (&interviewer, "post", "/api/seal", ""),
    ] {
        let (status, text) = who.does(method, path, body).await;
        assert!(status == 409 && text.contains("sealed"), "{path}: {text}");
    }
    assert_eq!(candidate.does("post", "/api/seal", "").await.0, 403);
}

#[tokio::test]
async fn the_report_is_the_interviewers_from_the_debrief_on() {
    let ground = Ground::new().await;
    let (candidate, interviewer) = people(&ground).await;
    for path in ["/api/report", "/api/report/recordings", "/api/report/panels"] {
        let (status, text) = interviewer.does("get", path, "").await;
        assert!(status == 409 && text.contains("when the incident is over"), "{path}: {text}");
    }
    over(&ground);
    let report = interviewer.get("/api/report").await;
    assert_eq!(report["lead"]["action"], "No action");
    assert_eq!(report["cause"]["id"], "leaky-release");
    assert!(!report["board"]["rows"].as_array().unwrap().is_empty());
    candidate.does("post", "/api/debrief", "").await;
    for path in ["/api/report", "/api/report/panels", "/api/timeline"] {
        assert_eq!(candidate.does("get", path, "").await.0, 403, "{path}");
    }
}

#[tokio::test]
async fn a_recording_is_found_by_the_timeline_and_by_nothing_else() {
    let ground = Ground::new().await;
    let (_, interviewer) = people(&ground).await;
    let folder = &ground.home.1.folder;
    std::fs::write(folder.recording("terminal-1"), "{}\n[1.0,\"o\",\"hello\"]\n").unwrap();
    std::fs::write(folder.recording("hidden"), "{}\n[1.0,\"o\",\"secret\"]\n").unwrap();
    let opened = Kind::TerminalOpened { terminal: "terminal-1".to_owned(), columns: 80, rows: 24 };
    ground.recorder.truth(opened);
    over(&ground);
    let list = interviewer.get("/api/report/recordings").await;
    assert_eq!((&list[0]["terminal"], &list[0]["columns"]), (&"terminal-1".into(), &80.into()));
    let piece = interviewer.get("/api/report/recordings/terminal-1").await;
    assert_eq!(piece["frames"][0]["text"], "hello");
    assert_eq!(piece["next"], Value::Null);
    for name in ["hidden", "..%2Fjournal", "..%2f..%2fetc%2fpasswd", "terminal-1.cast", "%00"] {
        let path = format!("/api/report/recordings/{name}");
        assert_eq!(interviewer.does("get", &path, "").await.0, 404, "{name}");
    }
}

#[tokio::test]
async fn somebody_alone_reads_the_answer_after_their_own() {
    let ground = Ground::of(true).await;
    let cookie = ground.enter(&ground.links.candidate).await;
    let person = Person { ground: &ground, cookie };
    over(&ground);
    let paths = ["/api/report", "/api/report/recordings", "/api/report/panels", "/api/timeline"];
    for path in paths {
        let (status, text) = person.does("get", path, "").await;
        assert!(status == 409 && text.contains("your own debrief first"), "{path}: {text}");
    }
    assert_eq!(person.does("get", "/api/cause", "").await.0, 403);
    person.writes("cause", "a leak").await;
    person.does("post", "/api/debrief", "").await;
    for path in paths {
        person.get(path).await;
    }
    assert_eq!(person.get("/api/report").await["cause"]["id"], "leaky-release");
    assert_eq!(person.does("post", "/api/seal", "").await.0, 204);
}

#[tokio::test]
async fn a_session_that_failed_has_no_debrief() {
    let ground = Ground::new().await;
    let (candidate, _) = people(&ground).await;
    ground.recorder.truth(Kind::PhaseEntered { phase: Phase::Aborted });
    let detail = "postgres ended".to_owned();
    ground.recorder.truth(Kind::SessionEnded { outcome: Outcome::Failed, detail });
    assert_eq!(candidate.writes("cause", "the lab").await.0, 409);
    assert_eq!(candidate.get("/api/me").await["closed"], true);
}

#[tokio::test]
async fn a_debrief_that_nobody_ends_ends_by_itself() {
    let ground = Ground::new().await;
    let (candidate, _) = people(&ground).await;
    over(&ground);
    Visitor::of(ground.console.clone()).debrief_until(std::future::ready(())).await;
    let events = ground.recorder.events();
    assert!(matches!(events.last().unwrap().kind, Kind::DebriefOver { minutes: 120 }));
    assert_eq!(candidate.get("/api/me").await["closed"], true);
}
