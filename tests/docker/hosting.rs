//! Several interviews behind one port, on real labs: an end of one touches no other, and after a kill
//! everything is told and nothing is left.

use std::io::Read;
use std::process::Stdio;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::console::Browser;
use crate::ground::{Ground, wait_until};
use crate::program::Program;

/// `checkride serve`, with the operator's link used.
struct House {
    child: Program,
    operator: Browser,
}

impl House {
    fn start(ground: &Ground) -> House {
        let mut serve = ground.command(&["serve", "--sessions", "2", "--json"]);
        let mut child = Program::start(serve.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut stdout = child.stdout.take().unwrap();
        let mut printed = Vec::new();
        let mut chunk = [0; 4096];
        let link: Value = loop {
            let count = stdout.read(&mut chunk).unwrap();
            assert!(count > 0, "it ended before it printed its link");
            printed.extend_from_slice(&chunk[..count]);
            if let Ok(link) = serde_json::from_slice(&printed) {
                break link;
            }
        };
        let operator = Browser::enter(link["operator_url"].as_str().unwrap());
        House { child, operator }
    }

    /// Starts an interview; gives its slot and both browsers.
    fn interview(&self, candidate: &str) -> (String, Browser, Browser) {
        let asked = json!({ "lab": "payments", "cause": "leaky-release", "candidate": candidate,
            "minutes": 10 });
        let started = self.operator.post("/api/sessions", &asked);
        let text = |key: &str| started[key].as_str().unwrap_or_else(|| panic!("{started}"));
        let candidate = Browser::enter(text("candidate_url"));
        (text("slot").to_owned(), candidate, Browser::enter(text("interviewer_url")))
    }

    fn list(&self) -> Value {
        self.operator.get("/api/sessions")
    }

    /// Waits until a session has ended; gives its row.
    fn ended(&self, session: &str) -> Value {
        wait_until("the session is listed as ended", || {
            let list = self.list();
            let rows = list["ended"].as_array().unwrap();
            rows.iter().find(|row| row["session"] == session).cloned()
        })
    }
}

/// The session behind a page, once its system is up.
fn ready(browser: &Browser) -> String {
    wait_until("the system is up", || {
        let me = browser.get("/api/me");
        assert!(me["ended"].is_null(), "it ended before: {me}");
        let session = me["session"].as_str()?.to_owned();
        (me["lab_ready"] == true).then_some(session)
    })
}

#[test]
fn an_end_of_one_interview_touches_no_other_and_a_kill_leaves_nothing() {
    let ground = Ground::new();
    let mut house = House::start(&ground);
    let (_, ada, _) = house.interview("Ada");
    let (bo_slot, bo, bos) = house.interview("Bo");
    let third = json!({ "lab": "payments", "candidate": "Cy", "minutes": 10 });
    let full = house.operator.post("/api/sessions", &third);
    let told = full["detail"].as_str().unwrap_or_default();
    assert!(told.contains("--sessions"), "{full}, beside {}", house.list());
    let (adas_session, bos_session) = (ready(&ada), ready(&bo));
    ada.post("/api/consent", &json!({}));
    wait_until("the incident of Ada is on", || {
        (ada.get("/api/me")["phase"] == "live").then_some(())
    });

    house.operator.post(&format!("/api/sessions/{bo_slot}/end"), &json!({}));
    assert_eq!(house.ended(&bos_session)["outcome"], "interrupted");
    assert_eq!(ground.left_of(&bos_session), Vec::<String>::new());
    assert_eq!(bos.get("/api/me")["ended"]["how"], "interrupted");
    assert_eq!(ada.get("/api/me")["phase"], "live");
    assert!(!ground.left_of(&adas_session).is_empty());
    assert_eq!(house.list()["running"].as_array().unwrap().len(), 1);

    house.child.kill().unwrap();
    house.child.wait().unwrap();
    wait_until("nothing is left", || ground.left_of(&adas_session).is_empty().then_some(()));
    drop(house);
    let mut house = House::start(&ground);
    let row = house.ended(&adas_session);
    assert_eq!((&row["outcome"], &row["who"]), (&json!("lost"), &json!("Ada")));
    assert_eq!(house.ended(&bos_session)["outcome"], "interrupted");
    for session in [&adas_session, &bos_session] {
        let page = house.operator.text(&format!("/api/reports/{session}"));
        assert!(page.contains("<html") && page.contains(session.as_str()), "{page}");
    }
    house.child.signal(Signal::SIGINT);
    assert_eq!(house.child.wait().unwrap().code(), Some(0));
}

#[test]
fn ctrl_c_ends_all_interviews_in_order() {
    let ground = Ground::new();
    let mut house = House::start(&ground);
    let (_, ada, _) = house.interview("Ada");
    let (_, bo, _) = house.interview("Bo");
    // One is up, the other wherever it is by then.
    let session = ready(&ada);
    let other = wait_until("the other has begun", || {
        let session = bo.get("/api/me")["session"].as_str()?.to_owned();
        (!session.is_empty()).then_some(session)
    });
    house.child.signal(Signal::SIGINT);
    assert_eq!(house.child.wait().unwrap().code(), Some(0));
    for session in [&session, &other] {
        assert_eq!(ground.left_of(session), Vec::<String>::new());
        let verdict = ground.json(&["verify", session, "--json"]);
        assert_eq!(verdict["state"], "sealed", "{verdict}");
    }
}
