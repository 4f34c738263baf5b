//! The operator's routes: for the operator alone, and what they do to sessions. Sessions are consoles
//! without a system here; that real ones start and end is tested with the lab.

use orchestrator::home::SessionFolder;
use orchestrator::reasons::in_words;
use orchestrator::report::{self, ReportError};

use super::*;
use web_console::operator::{CauseChoice, Kept, LabChoice, NewInterview, Opens};
use web_console::problem::Problem;

/// What the operator alone may ask.
pub(super) const OPERATOR: &[(&str, &str)] = &[
    ("get", "/operator/api/labs"),
    ("get", "/operator/api/sessions"),
    ("get", "/operator/api/reports/{session}"),
    ("get", "/operator/replay/{session}"),
    ("post", "/operator/api/sessions"),
    ("post", "/operator/api/sessions/{slot}/links/{role}"),
    ("delete", "/operator/api/sessions/{slot}/links/{role}"),
    ("post", "/operator/api/sessions/{slot}/end"),
];

/// Opens consoles and starts no system.
struct Consoles(Home);

impl Opens for Consoles {
    fn labs(&self) -> Result<Vec<LabChoice>, Problem> {
        let cause = CauseChoice { id: "leaky-release".to_owned(), title: "A leak".to_owned() };
        let (id, title) = ("payments".to_owned(), "Payments".to_owned());
        Ok(vec![LabChoice { id, title, causes: vec![cause] }])
    }

    fn open(&self, host: &Host, asked: NewInterview) -> Result<Opened, Problem> {
        let interview = Interview {
            lab: Arc::new(fixture::lab()),
            cause: fixture::cause(),
            rubric: ground::rubric(),
            candidate: asked.candidate,
            minutes: asked.minutes,
            alone: false,
        };
        let opened = host.open(interview, CancellationToken::new());
        opened.map_err(|full| Problem::not_now(full.to_string()))
    }

    fn report(&self, session: &SessionFolder) -> Result<String, Problem> {
        Ok(format!("<h1>{}</h1><script>alert(1)</script>", session.id))
    }

    fn kept(&self, session: &SessionFolder) -> Result<Kept, Problem> {
        let unreadable = |error: ReportError| Problem::bad(in_words(&error));
        let events = report::events(&session.journal()).map_err(unreadable)?;
        let verdict = report::verify(&self.0, &session.journal()).map_err(unreadable)?;
        Ok(Kept { interview: some_interview(false), events, verdict })
    }
}

/// A host with an operator and one session that runs.
pub(super) struct House {
    pub(super) ground: Ground,
    operator: String,
}

impl House {
    pub(super) async fn new() -> House {
        let ground = Ground::new().await;
        let home = ground.home();
        let link = ground.served.operate(Arc::new(Consoles(ground.home())), home);
        let answer = ask(&ground, "get", &path_of(&ground, &link), None, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(answer.headers[header::LOCATION], "/operator/");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly; SameSite=Strict; Path=/operator/"), "{cookie}");
        let operator = cookie.split(';').next().unwrap().to_owned();
        House { ground, operator }
    }

    pub(super) async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        ask(&self.ground, method, path, Some(&self.operator), body).await
    }

    pub(super) async fn list(&self) -> Value {
        let answer = self.ask("get", "/operator/api/sessions", "").await;
        serde_json::from_str(&answer.text).unwrap()
    }

    /// The path of the only session, as the operator names it.
    async fn session(&self) -> String {
        let list = self.list().await;
        format!("/operator/api/sessions/{}", list["running"][0]["slot"].as_str().unwrap())
    }
}

pub(super) async fn ask(
    ground: &Ground,
    method: &str,
    path: &str,
    cookie: Option<&str>,
    body: &str,
) -> Answer {
    let mut request = ground.request(method, "", cookie, body);
    *request.uri_mut() = path.parse().unwrap();
    ground.send(request).await
}

fn path_of(ground: &Ground, link: &str) -> String {
    link.strip_prefix(ground.served.origin()).unwrap().to_owned()
}

#[tokio::test]
async fn each_route_of_the_operator_is_for_the_operator_alone() {
    let house = House::new().await;
    let (candidate, interviewer) = house.ground.both().await;
    let secret = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
    let (name, own) = house.operator.split_once('=').unwrap();
    let forged = format!("{name}={}", secret(&interviewer));
    for (method, path) in OPERATOR {
        let path = path.replace("{role}", "candidate").replace(['{', '}'], "");
        for cookie in [None, Some(&candidate), Some(&interviewer), Some(&forged)] {
            let answer = ask(&house.ground, method, &path, cookie.map(String::as_str), "{}").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} {cookie:?}");
            assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
        }
        let status = house.ask(method, &path, "{}").await.status;
        assert_ne!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    let as_candidate = format!("{}={own}", house.ground.console.address().cookie_name());
    let answer = house.ground.ask("get", "/api/me", Some(&as_candidate), "").await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "the operator's key is nothing in a session"
    );
}

#[tokio::test]
async fn the_operators_link_works_once_and_a_new_one_signs_the_old_one_out() {
    let house = House::new().await;
    let link = house.ground.served.new_operator_link().unwrap();
    let path = path_of(&house.ground, &link);
    let entered = ask(&house.ground, "get", &path, None, "").await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let again = ask(&house.ground, "get", &path, None, "").await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.text.contains("USR1"), "{}", again.text);
    let old = house.ask("get", "/operator/api/labs", "").await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_interview_is_started_with_two_links_that_work_and_not_one_too_many() {
    let house = House::new().await;
    let body = r#"{"lab":"payments","candidate":" Bo\nB ","minutes":30}"#;
    let answer = house.ask("post", "/operator/api/sessions", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let started: Value = serde_json::from_str(&answer.text).unwrap();
    for key in ["candidate_url", "interviewer_url"] {
        let path = path_of(&house.ground, started[key].as_str().unwrap());
        let entered = ask(&house.ground, "get", &path, None, "").await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER);
    }
    let list = house.list().await;
    assert_eq!(list["running"][1]["me"]["candidate"], "Bo B");
    assert_eq!((&list["running"][1]["me"]["minutes"], &list["most"]), (&30.into(), &2.into()));
    assert!(!list.to_string().contains("/enter/"), "no link is kept: {list}");
    let full = house.ask("post", "/operator/api/sessions", body).await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.text.contains("--sessions"), "{}", full.text);
    house.ground.served.over(started["slot"].as_str().unwrap(), None);
    let room = house.ask("post", "/operator/api/sessions", body).await;
    assert_eq!(room.status, StatusCode::CREATED, "one that is over takes no room");
}

#[tokio::test]
async fn an_interview_that_makes_no_sense_is_refused_with_a_reason() {
    let house = House::new().await;
    let long = "x".repeat(101);
    for (candidate, minutes, said) in [
        ("", 30, "empty"),
        (long.as_str(), 30, "100 are allowed"),
        ("Ada", 0, "1 to 480"),
        ("Ada", 481, "1 to 480"),
    ] {
        let body =
            serde_json::json!({ "lab": "payments", "candidate": candidate, "minutes": minutes });
        let answer = house.ask("post", "/operator/api/sessions", &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
        assert!(answer.text.contains(said), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_link_that_is_taken_back_closes_the_sockets_of_whoever_used_it() {
    let house = House::new().await;
    let (candidate, interviewer) = house.ground.both().await;
    let mut playing = house.ground.live(&candidate).await;
    let mut watching = house.ground.live(&interviewer).await;
    let path = format!("{}/links/candidate", house.session().await);
    assert_eq!(house.ask("delete", &path, "").await.status, StatusCode::NO_CONTENT);
    playing.closed().await;
    let me = house.ground.ask("get", "/api/me", Some(&candidate), "").await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    house.ground.recorder.truth(Kind::Consented);
    watching.until("the interviewer is still told", |it| it["event"]["seq"].as_u64()).await;
    let answer = house.ask("post", &path, "").await;
    let link: Value = serde_json::from_str(&answer.text).unwrap();
    house.ground.enter(link["url"].as_str().unwrap()).await;
    let nobody = path.replace("candidate", "operator");
    assert_eq!(house.ask("post", &nobody, "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_end_is_for_one_session_and_no_other() {
    let house = House::new().await;
    let stop = CancellationToken::new();
    let other = CancellationToken::new();
    let ended = house.ground.served.open(some_interview(false), stop.clone()).unwrap();
    let path = |slot: &str| format!("/operator/api/sessions/{slot}/end");
    assert_eq!(house.ask("post", &path(&ended.slot), "").await.status, StatusCode::NO_CONTENT);
    assert_eq!((stop.is_cancelled(), other.is_cancelled()), (true, false));
    house.ground.served.over(&ended.slot, Some("the disk is full".to_owned()));
    assert_eq!(house.ask("post", &path(&ended.slot), "").await.status, StatusCode::CONFLICT);
    assert_eq!(house.ask("post", &path("nowhere"), "").await.status, StatusCode::NOT_FOUND);
    let list = house.list().await;
    assert_eq!(list["running"][1]["trouble"], "the disk is full");
    assert_eq!(list["running"][0]["over"], false);
}

#[tokio::test]
async fn a_report_is_served_as_a_page_that_may_do_nothing() {
    let house = House::new().await;
    let home = house.ground.home();
    let id = home.sessions().unwrap()[0].id.clone();
    let report = |id: &str| format!("/operator/api/reports/{id}");
    let running = house.ask("get", &report(&id), "").await;
    assert_eq!(running.status, StatusCode::CONFLICT, "{}", running.text);
    let over = home.create(jiff::Timestamp::now()).unwrap().folder.id;
    let answer = house.ask("get", &report(&over), "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox;"), "{policy}");
    assert!(!policy.contains("script-src"), "{policy}");
    for nowhere in ["latest", &over[..8], "..%2f..%2fetc", "nope"] {
        let status = house.ask("get", &report(nowhere), "").await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}
