//! The gate under hostile and ordinary clients: real HTTP over a stream in memory, before an engine
//! that counts what reaches it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use gate::filter::EngineFacts;
use gate::{Change, Container, Refusal, Scope, Version};
use http_body_util::Full;
use hyper::{Request, Response};
use session::event::{Effect, Kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::body::{self, Body};
use super::{Gate, Upstream};
use crate::asked::lines::RecordLines;
use crate::recorder::Recorder;
use crate::recorder::tests::begun;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts requests and changes, and answers each with an empty object.
#[derive(Default)]
struct Counting {
    asked: Arc<Mutex<Vec<String>>>,
    changed: Arc<AtomicUsize>,
}

impl Upstream for Counting {
    fn facts(&self) -> EngineFacts {
        let api = Version { major: 1, minor: 41 };
        EngineFacts { engine: "20.10.24+dfsg1".into(), api, platform: "linux/amd64".into() }
    }

    fn scope(&self) -> Scope {
        let edge =
            Container { id: "e".repeat(64), name: "edge".to_owned(), service: "edge".to_owned() };
        Scope { session: "s-1".to_owned(), containers: vec![edge], ..Scope::default() }
    }

    fn record_lines(&self, _: &str) -> Option<RecordLines> {
        None
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<Body>, Refusal> {
        let line = format!("{} {}", request.method(), request.uri());
        self.asked.lock().unwrap().push(line);
        Ok(Response::new(body::full(r#"{"Id":"f00d","Pid":71,"State":{"Status":"running"}}"#)))
    }

    async fn change(&self, _: &str, _: &Change) -> Result<(), Refusal> {
        self.changed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A gate with its record and what reached the engine.
struct Ground {
    gate: Gate<Counting>,
    recorder: Recorder,
    asked: Arc<Mutex<Vec<String>>>,
    changed: Arc<AtomicUsize>,
    _home: tempfile::TempDir,
    _held: crate::home::Held,
}

impl Ground {
    fn new() -> Ground {
        let (folder, held, recorder) = begun();
        let upstream = Counting::default();
        let (asked, changed) = (Arc::clone(&upstream.asked), Arc::clone(&upstream.changed));
        let gate = Gate::new(upstream, recorder.clone(), held.folder.clone());
        Ground { gate, recorder, asked, changed, _home: folder, _held: held }
    }

    /// Sends bytes, says no more, and gives what comes back until the gate hangs up.
    async fn send(&self, bytes: &[u8]) -> String {
        let (mut client, server) = tokio::io::duplex(256 << 10);
        let serving = tokio::spawn(self.gate.clone().serve(server));
        // A gate that has refused the beginning may not want the rest.
        let _ = client.write_all(bytes).await;
        let mut answer = Vec::new();
        let mut chunk = [0; 4096];
        let reading = async {
            while !is_whole(&answer) {
                match client.read(&mut chunk).await {
                    Ok(count) if count > 0 => answer.extend_from_slice(&chunk[..count]),
                    Ok(_) | Err(_) => return,
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.unwrap();
        drop(client);
        tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn reached(&self) -> usize {
        self.asked.lock().unwrap().len() + self.changed.load(Ordering::Relaxed)
    }

    /// Verb, effect and whether it was carried out, of every call in the record.
    fn calls(&self) -> Vec<(String, Effect, bool)> {
        let call = |event: &session::event::Event| {
            let Kind::Docker { verb, ok, .. } = &event.kind else { return None };
            Some((verb.clone(), event.effect, *ok))
        };
        self.recorder.events().iter().filter_map(call).collect()
    }
}

/// Whether an answer with a length, or in chunks, has come in whole.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    let Some((head, rest)) = text.split_once("\r\n\r\n") else { return false };
    if head.contains("transfer-encoding: chunked") {
        return rest.ends_with("0\r\n\r\n");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.map_or(head.contains(" 204 "), |it| it.parse().is_ok_and(|it: usize| rest.len() >= it))
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: docker\r\n\r\n").into_bytes()
}

fn post(target: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\nHost: docker\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn with(target: &str, header: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: docker\r\n{header}\r\n\r\n").into_bytes()
}

/// No answer: another protocol could not read it.
const HUNG_UP: u16 = 0;

/// Every attack, by its name, with the status that answers it.
fn attacks() -> Vec<(&'static str, Vec<u8>, u16)> {
    let list = "/v1.41/containers/json";
    let big = "x".repeat(20 << 10);
    vec![
        ("a dotted segment", get("/v1.41/containers/../images/json"), 400),
        ("a dotted segment after the version", get("/v1.24/../containers/json"), 400),
        ("an encoded dotted segment", get("/containers/%2e%2e/images/json"), 400),
        ("an encoded dotted segment in capitals", get("/containers/%2E%2E/json"), 400),
        ("an encoded slash", get("/containers%2fjson"), 400),
        ("a doubly encoded slash", get("/containers%252fjson"), 400),
        ("an encoded NUL", get("/containers/edge%00/json"), 400),
        ("an empty segment", get("/containers//json"), 400),
        ("an empty first segment", get("//containers/json"), 400),
        ("a slash at the end", get("/containers/json/"), 400),
        ("a backslash", get("/containers\\json"), 400),
        ("a semicolon", get("/containers/edge;x/json"), 400),
        ("an absolute target", get("http://docker/containers/json"), 400),
        ("an absolute target elsewhere", get("http://169.254.169.254/latest"), 400),
        ("an asterisk", b"OPTIONS * HTTP/1.1\r\nHost: d\r\n\r\n".to_vec(), 400),
        ("a tunnel", b"CONNECT host:22 HTTP/1.1\r\nHost: host:22\r\n\r\n".to_vec(), 400),
        ("a key that comes twice", get("/containers/json?all=1&all=0"), 400),
        ("a half encoded value", get("/containers/json?filters=%7"), 400),
        ("a newline in a value", get("/containers/edge/top?ps_args=%0aid"), 400),
        ("a later version", get("/v1.99/containers/json"), 400),
        ("two versions", get("/v1.41/v1.41/containers/json"), 403),
        ("an odd version", get("/v1.41.1/containers/json"), 400),
        ("a long target", get(&format!("/containers/{}/json", "x".repeat(5000))), 400),
        ("a long header", with(list, &format!("X: {big}")), 431),
        ("many headers", with(list, &vec!["X: y"; 200].join("\r\n")), 431),
        ("another method by a header", with(list, "X-HTTP-Method-Override: DELETE"), 400),
        ("another target by a header", with(list, "X-Original-URL: /images/json"), 400),
        ("another protocol", with(list, "Connection: Upgrade\r\nUpgrade: h2c"), 400),
        ("tcp where there is none", with(list, "Connection: Upgrade\r\nUpgrade: tcp"), 400),
        ("an upgrade for logs", with("/containers/edge/logs?stdout=1", "Upgrade: tcp"), 400),
        ("a body for a list", b"GET /containers/json HTTP/1.1\r\nHost: d\r\nContent-Length: 7\r\n\r\n{\"a\":1}".to_vec(), 400),
        ("a body without end", post("/containers/edge/exec", &"x".repeat(70 << 10)), 413),
        ("two lengths", b"POST /containers/edge/stop HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n".to_vec(), 400),
        ("a negative length", b"POST /containers/edge/stop HTTP/1.1\r\nHost: d\r\nContent-Length: -1\r\n\r\n".to_vec(), 400),
        ("an odd encoding", b"POST /containers/edge/stop HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: gzip\r\n\r\n".to_vec(), 400),
        ("a chunk of an odd size", b"POST /containers/edge/exec HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec(), 400),
        ("a chunk without end", b"POST /containers/edge/exec HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n".to_vec(), 400),
        ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400),
        ("HTTP/2 at once", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), HUNG_UP),
        ("a method in small letters", b"get /containers/json HTTP/1.1\r\nHost: d\r\n\r\n".to_vec(), 403),
        ("creating", post("/v1.41/containers/create", "{}"), 403),
        ("privileges", post("/containers/edge/exec", r#"{"Cmd":["sh"],"Privileged":true}"#), 403),
        ("attaching", post("/containers/edge/attach?stream=1", ""), 403),
        ("another session's container", get("/containers/s-1-edge/json"), 404),
        ("a program that was not made here", post("/exec/abc/start", "{}"), 404),
    ]
}

#[tokio::test]
async fn every_hostile_request_is_answered_recorded_and_reaches_nobody() {
    for (name, bytes, status) in attacks() {
        let ground = Ground::new();
        let answer = ground.send(&bytes).await;
        let wanted = match status {
            HUNG_UP => answer.is_empty(),
            status => answer.starts_with(&format!("HTTP/1.1 {status} ")),
        };
        assert!(wanted, "{name}: {answer}");
        assert_eq!(ground.reached(), 0, "{name}: {:?}", ground.asked.lock().unwrap());
        let calls = ground.calls();
        assert!(!calls.is_empty(), "{name} is not in the record");
        assert!(calls.iter().all(|(_, _, ok)| !ok), "{name}: {calls:?}");
    }
}

#[tokio::test]
async fn a_call_is_written_anew_and_recorded() {
    let ground = Ground::new();
    let answer = ground.send(&get("/v1.40/containers/edge/json?size=1")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let id = "e".repeat(64);
    assert_eq!(*ground.asked.lock().unwrap(), [format!("GET /v1.40/containers/{id}/json")]);
    assert_eq!(ground.calls(), [("inspect".to_owned(), Effect::Look, true)]);
}

#[tokio::test]
async fn what_the_cli_looks_at_by_itself_is_no_look_of_the_persons() {
    let ground = Ground::new();
    let looks = get("/v1.41/containers/edge/json");
    let logs = get("/v1.41/containers/edge/logs?stdout=1&tail=1");
    ground.send(&[looks, logs].concat()).await;
    let calls = wait_for(&ground, 1).await;
    assert_eq!(calls, [("logs".to_owned(), Effect::Look, true)]);
}

/// Waits until so many calls are in the record.
async fn wait_for(ground: &Ground, count: usize) -> Vec<(String, Effect, bool)> {
    let waiting = async {
        while ground.calls().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        ground.calls()
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

#[tokio::test]
async fn requests_in_a_row_are_judged_one_by_one() {
    let ground = Ground::new();
    let stop = post("/containers/edge/stop", "");
    let hidden = post("/containers/edge/rename?name=x", "");
    ground.send(&[stop.clone(), hidden, stop].concat()).await;
    let calls = wait_for(&ground, 2).await;
    assert_eq!(calls[0], ("stop".to_owned(), Effect::Act, true));
    assert!(calls.iter().any(|call| *call == ("POST".to_owned(), Effect::Act, false)), "{calls:?}");
}

#[tokio::test]
async fn an_act_has_the_state_before_and_after() {
    let ground = Ground::new();
    let answer = ground.send(&post("/v1.41/containers/edge/restart?t=5", "")).await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let events = ground.recorder.events();
    let [start, end] = &events[..] else { panic!("{events:?}") };
    let Kind::Docker { verb, target, detail, before, after, began, .. } = &end.kind else {
        panic!("{events:?}");
    };
    assert_eq!((start.kind.name().as_str(), *began), ("act-started", Some(start.seq)));
    assert_eq!(
        (verb.as_str(), target.as_str(), detail.as_str()),
        ("restart", "edge", "within 5 s")
    );
    assert!(before.is_some() && after.is_some());
}

#[tokio::test]
async fn a_program_that_may_change_something_is_an_act_before_it_begins() {
    let ground = Ground::new();
    let program = r#"{"AttachStdout":true,"Cmd":["sh","-c","kill 1"]}"#;
    let made = ground.send(&post("/containers/edge/exec", program)).await;
    assert!(made.starts_with("HTTP/1.1 201 "), "{made}");
    assert_eq!(ground.calls(), []);
    ground.send(&post("/exec/f00d/start", "{}")).await;
    let calls = wait_for(&ground, 2).await;
    let exec = |effect| ("exec".to_owned(), effect, true);
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls.contains(&exec(Effect::Act)) && calls.contains(&exec(Effect::Look)), "{calls:?}");
    assert_eq!(ground.recorder.events()[0].kind.name(), "act-started");
}

#[tokio::test]
async fn a_flood_of_looks_is_bounded_and_said_so_while_acts_are_all_kept() {
    let ground = Ground::new();
    for _ in 0..1000 {
        ground.send(&get("/version")).await;
    }
    ground.send(&post("/containers/edge/pause", "")).await;
    let calls = ground.calls();
    assert!(calls.len() < 900, "{}", calls.len());
    assert_eq!(calls.last().unwrap(), &("pause".to_owned(), Effect::Act, true));
    let gaps = ground.recorder.events().iter().filter(|it| it.kind.name() == "gap").count();
    assert!(gaps >= 1);
}
