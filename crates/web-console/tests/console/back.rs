//! Sessions that were over before: their report and replay, for the operator, as their interviewer had
//! them. What a journal says is tested where it is written.

use session::event::{Outcome, Phase};

use super::operating::{House, ask};
use super::*;

/// A session of this home that has ended; gives its id.
fn ended(home: &Home) -> String {
    let held = home.create(jiff::Timestamp::now()).unwrap();
    let recorder = Recorder::begin(&held.folder, "payments", &home.key().unwrap()).unwrap();
    let session = held.folder.id.clone();
    recorder.truth(Kind::SessionStarted {
        session: session.clone(),
        lab: "payments".to_owned(),
        title: String::new(),
        cause: "leaky-release".to_owned(),
        mode: "interview".to_owned(),
        persona: None,
        candidate: Some("Ada".to_owned()),
        seed: 1,
        checkride: String::new(),
        engine: String::new(),
    });
    let terminal = "terminal-1".to_owned();
    recorder.truth(Kind::TerminalOpened { terminal: terminal.clone(), columns: 80, rows: 24 });
    std::fs::write(held.folder.recording(&terminal), "{}\n[1.0,\"o\",\"hello\"]\n").unwrap();
    let note = Kind::Noted { text: "calm".to_owned(), about_s: 0.0 };
    recorder.record(Participant::Interviewer, Door::Notebook, Effect::Think, note);
    let (outcome, detail) = (Outcome::Done, "done".to_owned());
    recorder.truth(Kind::SessionEnded { outcome, detail });
    recorder.truth(Kind::PhaseEntered { phase: Phase::Sealed });
    recorder.seal().unwrap();
    session
}

/// Whoever follows the operator's link to a replay.
struct Reader<'a> {
    house: &'a House,
    /// The path of the session, without a slash at its end.
    inside: String,
    cookie: String,
}

impl Reader<'_> {
    async fn of<'a>(house: &'a House, session: &str) -> Reader<'a> {
        let link = house.ask("get", &format!("/operator/replay/{session}"), "").await;
        assert_eq!(link.status, StatusCode::SEE_OTHER, "{}", link.text);
        let path = link.headers[header::LOCATION].to_str().unwrap().to_owned();
        let (inside, _) = path.split_once("/enter/").unwrap();
        let entered = ask(&house.ground, "get", &path, None, "").await;
        let cookie = entered.headers[header::SET_COOKIE].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Reader { house, inside: inside.to_owned(), cookie }
    }

    async fn does(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let path = format!("{}{path}", self.inside);
        let answer = ask(&self.house.ground, method, &path, Some(&self.cookie), body).await;
        (answer.status.as_u16(), answer.text)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, text) = self.does("get", path, "").await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_read_and_replayed_as_its_interviewer_had_it() {
    let house = House::new().await;
    let session = ended(&house.ground.home());
    let reader = Reader::of(&house, &session).await;
    let me = reader.get("/api/me").await;
    assert_eq!((&me["role"], &me["session"]), (&"interviewer".into(), &session.clone().into()));
    assert_eq!((&me["report_ready"], &me["closed"]), (&true.into(), &true.into()));
    let report = reader.get("/api/report").await;
    assert_eq!(report["cause"]["id"], "leaky-release");
    assert_eq!(report["journal"]["intact"], true);
    assert_eq!(reader.get("/api/notes").await[0]["text"], "calm");
    assert_eq!(reader.get("/api/timeline").await["events"].as_array().unwrap().len(), 5);
    let piece = reader.get("/api/report/recordings/terminal-1").await;
    assert_eq!(piece["frames"][0]["text"], "hello");
    for running in house.list().await["running"].as_array().unwrap() {
        assert_ne!(running["me"]["session"], session.as_str(), "it does not run");
    }
}

#[tokio::test]
async fn nothing_is_added_to_a_session_that_is_over() {
    let house = House::new().await;
    let session = ended(&house.ground.home());
    let reader = Reader::of(&house, &session).await;
    for (method, path, body) in [
        ("post", "/api/notes", r#"{"text":"late","about_s":0}"#),
        ("put", "/api/rubric/communication", r#"{"level":4}"#),
        ("post", "/api/seal", ""),
        ("post", "/api/extend", r#"{"minutes":5}"#),
        ("post", "/api/hints", r#"{"number":1,"who":"Ines"}"#),
    ] {
        let (status, text) = reader.does(method, path, body).await;
        assert_eq!(status, 409, "{path}: {text}");
    }
    assert_eq!(reader.get("/api/timeline").await["events"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_replay_that_is_opened_again_stays_at_its_place_and_one_link_works_once() {
    let house = House::new().await;
    let session = ended(&house.ground.home());
    let first = Reader::of(&house, &session).await;
    let again = Reader::of(&house, &session).await;
    assert_eq!(first.inside, again.inside);
    again.get("/api/report").await;
    let (status, _) = first.does("get", "/api/report", "").await;
    assert_eq!(status, 401, "a new link signs whoever came by the old one out");
}

#[tokio::test]
async fn a_journal_that_was_bent_is_replayed_as_what_it_is() {
    let house = House::new().await;
    let home = house.ground.home();
    let session = ended(&home);
    let journal = home.find(&session).unwrap().journal();
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace("calm", "rude")).unwrap();
    let report = Reader::of(&house, &session).await.get("/api/report").await;
    assert_eq!(report["journal"]["intact"], false);
    assert!(!report["journal"]["says"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_replay_that_cannot_be_is_refused_on_a_page_that_holds_no_foreign_markup() {
    let house = House::new().await;
    let home = house.ground.home();
    let running = home.sessions().unwrap()[0].id.clone();
    let unread = home.create(jiff::Timestamp::now()).unwrap().folder.id;
    let tagged = "%3Cb%3Ebold%3C%2Fb%3E";
    for (session, status) in [(&*running, 409), (&*unread, 422), (tagged, 404)] {
        let answer = house.ask("get", &format!("/operator/replay/{session}"), "").await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        assert!(answer.text.starts_with("<!DOCTYPE html>"), "{}", answer.text);
        assert!(!answer.text.contains("<b>"), "{}", answer.text);
    }
}
