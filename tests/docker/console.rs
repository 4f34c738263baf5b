//! An interview in two browsers on the real lab: what both do in the console, and what the record and
//! the report make of it. The page itself is tested in `web/tests`.

use std::io::Read;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

use crate::ground::{Ground, wait_until};
use crate::program::Program;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// `checkride interview`, with both links used.
pub struct Interview {
    pub child: Program,
    pub session: String,
    pub candidate: Browser,
    pub interviewer: Browser,
}

/// A browser that has come in, by its cookie.
pub struct Browser {
    /// The address of the session's page, without a slash at its end.
    base: String,
    origin: String,
    cookie: String,
}

/// A socket, and the bytes that came over it.
struct Socket {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    bytes: Vec<u8>,
}

impl Interview {
    /// Starts a lab and comes in by both links, once they are printed.
    pub fn start(ground: &Ground) -> Interview {
        Interview::start_with(ground, &[])
    }

    /// As [`Interview::start`], with more words on the command line.
    pub fn start_with(ground: &Ground, more: &[&str]) -> Interview {
        let args = ["interview", "payments", "--candidate", "Ada", "--cause", "leaky-release"];
        let mut interview =
            ground.command(&[&args[..], &["--minutes", "10", "--json"], more].concat());
        let mut child = Program::start(interview.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let mut stdout = child.stdout.take().unwrap();
        let mut printed = Vec::new();
        let mut chunk = [0; 4096];
        let links: Value = loop {
            let count = stdout.read(&mut chunk).unwrap();
            assert!(count > 0, "it ended: {}", said(&mut child));
            printed.extend_from_slice(&chunk[..count]);
            if let Ok(links) = serde_json::from_slice(&printed) {
                break links;
            }
        };
        let text = |key: &str| links[key].as_str().unwrap().to_owned();
        Interview {
            child,
            session: text("session"),
            candidate: Browser::enter(&text("candidate_url")),
            interviewer: Browser::enter(&text("interviewer_url")),
        }
    }

    /// Waits until it has ended; gives the exit code and standard error.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let stderr = said(&mut self.child);
        (self.child.wait().unwrap().code(), stderr)
    }
}

/// All that it says on standard error until its end.
fn said(child: &mut Program) -> String {
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    stderr
}

impl Browser {
    pub fn enter(link: &str) -> Browser {
        let base = link.split("/enter/").next().unwrap().to_owned();
        let head = curl(&["-i", link]);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{link}: {head}"));
        let origin = base.split('/').take(3).collect::<Vec<_>>().join("/");
        Browser { base, origin, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (origin, cookie) =
            (format!("Origin: {}", self.origin), format!("Cookie: {}", self.cookie));
        let (url, body) = (format!("{}{path}", self.base), body.to_string());
        let kind = "Content-Type: application/json";
        let mut args = vec!["-X", method, "-H", &origin, "-H", &cookie, "-H", kind, &url];
        if method != "GET" {
            args.extend(["-d", &body]);
        }
        let text = curl(&args);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// What curl says with these words, of which the last is a path: head and body.
    pub fn head(&self, args: &[&str]) -> String {
        let (path, more) = args.split_last().unwrap();
        let (origin, cookie) =
            (format!("Origin: {}", self.origin), format!("Cookie: {}", self.cookie));
        let url = format!("{}{path}", self.base);
        curl(&[&["-i", "-H", &origin, "-H", &cookie], more, &[&url]].concat())
    }

    /// What a path gives, as it is.
    pub fn text(&self, path: &str) -> String {
        curl(&["-H", &format!("Cookie: {}", self.cookie), &format!("{}{path}", self.base)])
    }

    pub fn get(&self, path: &str) -> Value {
        self.ask("GET", path, &Value::Null)
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", path, body)
    }

    fn socket(&self, path: &str) -> Socket {
        let ticket = self.post("/api/ticket", &json!({}));
        let ticket = ticket["ticket"].as_str().unwrap();
        let address = format!("{}{path}?ticket={ticket}", self.base.replace("http", "ws"));
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("origin", self.origin.parse().unwrap());
        let (mut socket, _) = tungstenite::connect(request).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        Socket { socket, bytes: Vec::new() }
    }

    /// Looks at a panel for two seconds, as the page reports it.
    fn look_at(&self, dashboard: &str, panel: &str) {
        let file = self.get(&format!("/api/dashboards/{dashboard}"));
        let panels = file["panels"].as_array().unwrap();
        let id = &panels.iter().find(|it| it["title"] == panel).unwrap()["id"];
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let (from, to) = (now.as_secs() - 300, now.as_secs());
        let question = json!({ "dashboard": dashboard, "panel": id, "from": from, "to": to });
        let data = self.post("/api/panels/query", &question);
        assert!(!data["times"].as_array().unwrap().is_empty(), "{data}");
        let seen = json!([{ "panel": id, "visible_ms": 2000, "hovered": true }]);
        let visit = format!("{dashboard} {panel}");
        let viewed = json!({ "visit": visit, "dashboard": dashboard, "from": from, "to": to, "panels": seen });
        assert_eq!(self.post("/api/views", &viewed), Value::Null);
    }
}

impl Socket {
    /// The next text of which `pick` makes something; bytes on the way are kept.
    fn until<T>(&mut self, what: &str, mut pick: impl FnMut(&Value) -> Option<T>) -> T {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.socket.read().unwrap_or_else(|error| panic!("before {what}: {error}")) {
                Message::Text(text) => {
                    if let Some(found) = pick(&serde_json::from_str(&text).unwrap()) {
                        return found;
                    }
                }
                Message::Binary(bytes) => self.bytes.extend_from_slice(&bytes),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {}
            }
        }
        panic!("waited in vain until {what}")
    }

    /// Waits until a terminal has shown this.
    fn shows(&mut self, wanted: &str) {
        let begun = Instant::now();
        while !String::from_utf8_lossy(&self.bytes).contains(wanted) {
            assert!(begun.elapsed() < PATIENCE, "`{wanted}` was not shown");
            if let Message::Binary(bytes) = self.socket.read().unwrap() {
                self.bytes.extend_from_slice(&bytes);
            }
        }
    }

    fn types(&mut self, line: &str) {
        self.socket.send(Message::binary(format!("{line}\r").into_bytes())).unwrap();
    }

    fn is_closed(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.socket.read().is_err() {
                return true;
            }
        }
        false
    }
}

fn curl(args: &[&str]) -> String {
    let output = Command::new("curl").args(["-sS", "-m", "30"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The row of a piece of evidence, once the board has it as seen.
fn seen(live: &mut Socket, evidence: &str) -> Value {
    live.until(&format!("{evidence} is seen"), |message| {
        let rows = message["board"]["rows"].as_array()?;
        rows.iter().find(|row| row["id"] == evidence && !row["seq"].is_null()).cloned()
    })
}

#[test]
fn an_interview_is_held_in_two_browsers_and_the_report_has_what_both_did() {
    let ground = Ground::new();
    let interview = Interview::start(&ground);
    let (candidate, interviewer) = (&interview.candidate, &interview.interviewer);
    let mut live = interviewer.socket("/ws/live");

    assert_eq!(candidate.get("/api/me")["phase"], "baseline");
    assert_eq!(candidate.get("/api/page"), Value::Null);
    candidate.post("/api/consent", &json!({}));
    let page = wait_until("the page has gone out", || {
        Some(candidate.get("/api/page")).filter(|page| !page.is_null())
    });
    assert_eq!(page["alert"], "PaymentsErrorRateHigh");
    wait_until("the first terminal is there", || {
        (candidate.get("/api/terminals")[0]["name"] == "terminal-1").then_some(())
    });

    let mut shell = candidate.socket("/ws/terminal/terminal-1");
    shell.types("oncall page");
    shell.shows("expr ");
    live.until("the page was read in the terminal", |message| {
        let event = &message["event"];
        (event["kind"] == "line-started" && event["data"]["line"] == "oncall page").then_some(())
    });

    candidate.look_at("service", "Requests");
    let row = seen(&mut live, "traffic-level");
    assert_eq!(row["door"], "dashboards", "{row}");
    assert_eq!(row["how"], "dashboard service, panel Requests", "{row}");
    let changes = candidate.get("/api/changes");
    assert_eq!(changes[0]["change"], "2.3.2 -> 2.4.0", "{changes}");
    assert_eq!(seen(&mut live, "new-release")["door"], "changes");
    candidate.get(&format!("/api/changes/{}/diff", changes[0]["id"]));
    seen(&mut live, "release-diff");
    let answer = candidate.get("/api/explore/query?query=edge:request_rate:5s");
    assert_eq!(answer["status"], "success", "{answer}");
    let refused = candidate.get("/api/explore/query?query=sum((");
    assert!(refused["detail"].as_str().unwrap().contains("parse error"), "{refused}");
    let logs = candidate.get("/api/logs?service=payments&grep=exhausted&level=error&limit=3");
    assert_eq!(logs["lines"].as_array().unwrap().len(), 3, "{logs}");
    let note = json!({ "text": "2.4.0 leaks", "confidence": 70, "disprove": "a level pool" });
    let hypothesis = candidate.post("/api/hypotheses", &note);
    candidate.post("/api/say", &json!({ "text": "<script>alert(1)</script> we roll back" }));
    interviewer.post("/api/messages", &json!({ "who": "Dana", "text": "Merchants are calling" }));
    interviewer.post("/api/notes", &json!({ "text": "looked before acting" }));
    let rating = json!({ "level": 3, "because": "early and plain" });
    interviewer.ask("PUT", "/api/rubric/communication", &rating);

    let mut mirror = interviewer.socket("/ws/terminal/terminal-1");
    let read_only = mirror.until("it is attached", |it| it["attached"]["read_only"].as_bool());
    assert!(read_only);
    shell.types("deployctl rollback payments");
    let first = live.until("the first action is told", |message| {
        let act = &message["board"]["first_action"];
        (!act.is_null()).then(|| act.clone())
    });
    // It is told where it begins, and it is known by then what it goes back to.
    let told = (&first["words"], &first["is"]);
    assert_eq!(told, (&"rollback payments 2.3.2".into(), &"remedy".into()), "{first}");
    shell.shows("all replicas ready");
    mirror.shows("all replicas ready");
    mirror.types("touch /tmp/by-the-interviewer");
    assert!(mirror.is_closed(), "the interviewer may only watch");

    drop(shell);
    let mut again = candidate.socket("/ws/terminal/terminal-1");
    again.shows("all replicas ready");
    let path = format!("/api/hypotheses/{}", hypothesis["id"]);
    let confirmed =
        candidate.ask("PATCH", &path, &json!({ "standing": "confirmed", "confidence": 95 }));
    assert_eq!(confirmed["standing"], "confirmed", "{confirmed}");
    live.until("it is mitigated", |it| (it["event"]["kind"] == "mitigated").then_some(()));
    candidate.post("/api/done", &json!({}));
    let end =
        live.until("the end", |message| message["me"]["ended"]["how"].as_str().map(str::to_owned));
    assert_eq!(end, "done");
    debrief(&interview, &mut live);

    let session = interview.session.clone();
    let (code, stderr) = interview.ended();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(ground.run(&["verify", &session]).status.success(), "the journal is whole");
    assert_eq!(ground.left_of(&session), [""; 0]);
    check_report(&ground, &session);
}

/// The system goes, the candidate writes, the interviewer reads and closes the record.
fn debrief(interview: &Interview, live: &mut Socket) {
    let (candidate, interviewer) = (&interview.candidate, &interview.interviewer);
    live.until("the report is ready", |it| (it["me"]["report_ready"] == true).then_some(()));
    assert_eq!(engine_has(&interview.session), "", "people who write need no system");
    let cause = json!({ "text": "2.4.0 keeps a connection <script>alert(2)</script>" });
    candidate.ask("PUT", "/api/debrief/cause", &cause);
    candidate.post("/api/debrief", &json!({}));
    live.until("it is handed in", |it| it["debrief"]["submitted_at_s"].as_f64());
    let report = interviewer.get("/api/report");
    assert_eq!(report["lead"]["action"], "rollback payments 2.3.2", "{report}");
    let piece = interviewer.get("/api/report/recordings/terminal-1");
    let printed: String = piece["frames"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|frame| frame["text"].as_str())
        .collect();
    assert!(printed.contains("all replicas ready"), "{printed}");
    let panels = interviewer.get("/api/report/panels");
    let kept = &panels["panels"][0];
    assert!(!kept["data"]["times"].as_array().unwrap().is_empty(), "{kept}");
    let refused = candidate.get("/api/cause");
    assert!(refused["title"].is_string(), "{refused}");
    assert_eq!(candidate.get("/api/report"), refused);
    assert_eq!(candidate.post("/api/seal", &json!({})), refused);
    interviewer.post("/api/seal", &json!({}));
}

/// Containers of the session that there are.
fn engine_has(session: &str) -> String {
    let label = format!("label=checkride.session={session}");
    let output = Command::new("docker").args(["ps", "-aq", "--filter", &label]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn check_report(ground: &Ground, session: &str) {
    let report = ground.json(&["report", session, "--format", "json"]);
    assert_eq!(report["session"]["mode"], "interview");
    assert_eq!(report["session"]["candidate"], "Ada");
    assert_eq!(report["first_action"]["verb"], "rollback");
    assert_eq!(report["mitigated"], true);
    let before: Vec<&str> = report["evidence_before_action"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for evidence in ["traffic-level", "new-release", "release-diff"] {
        assert!(before.contains(&evidence), "{evidence}: {before:?}");
    }
    let looks = &report["looks_before_action"];
    // The page was read in the browser, and once more with `oncall page` in the terminal.
    for (door, least) in
        [("dashboards", 1), ("changes", 1), ("logs", 1), ("metrics", 1), ("page", 2)]
    {
        assert!(looks[door].as_u64() >= Some(least), "{door}: {looks}");
    }
    assert_eq!(report["hypotheses"][0]["status"], "confirmed");
    assert_eq!(report["hypotheses"][0]["entries"].as_array().unwrap().len(), 2);
    let journal = ground.journal(session);
    let written = &report["debrief"]["written"]["cause"];
    assert!(written.as_str().unwrap().contains("keeps a connection"), "{written}");
    assert_eq!(report["ratings"][0]["dimension"], "communication");
    for kind in
        ["consented", "entered", "noted", "rated", "told", "debrief-submitted", "record-closed"]
    {
        assert!(journal.contains(&format!(r#""kind":"{kind}""#)), "{kind} is in the journal");
    }
    let html =
        String::from_utf8(ground.run(&["report", session, "--format", "html"]).stdout).unwrap();
    assert!(!html.contains("<script>alert("), "what was said is not executed");
    assert!(html.contains("The debrief") && html.contains("keeps a connection"));
}

#[test]
fn an_interview_that_is_called_off_before_consent_breaks_nothing() {
    let ground = Ground::new();
    let interview = Interview::start(&ground);
    interview.interviewer.post("/api/end", &json!({}));
    let session = interview.session.clone();
    let (code, stderr) = interview.ended();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("called off before the incident began"), "{stderr}");
    assert!(!ground.journal(&session).contains("fault-injected"));
    assert!(ground.run(&["verify", &session]).status.success());
    assert_eq!(ground.left_of(&session), [""; 0]);
}
