//! Programs that are made and started, before an engine that makes as many as it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use gate::filter::EngineFacts;
use gate::{Call, Change, Container, Exec, Refusal, Scope, Start, Target, Version};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, StatusCode};
use session::event::{Effect, Kind};

use super::super::answers::Asked;
use super::super::body::{self, Body};
use super::super::{Gate, Upstream};
use super::AT_ONCE;
use crate::asked::lines::RecordLines;
use crate::home::Held;
use crate::recorder::Recorder;
use crate::recorder::tests::begun;

/// Gives each program an id of its own, and starts those that it may.
#[derive(Default)]
struct Making {
    made: Arc<AtomicUsize>,
    refuses_starts: bool,
    /// It answers, and then says that there is no such program.
    finds_nothing: bool,
}

impl Upstream for Making {
    fn facts(&self) -> EngineFacts {
        let api = Version { major: 1, minor: 41 };
        EngineFacts { engine: "20.10.24".into(), api, platform: "linux/amd64".into() }
    }

    fn scope(&self) -> Scope {
        let edge = Container { id: "e".repeat(64), name: "edge".into(), service: "edge".into() };
        Scope { session: "s-1".to_owned(), containers: vec![edge], ..Scope::default() }
    }

    fn record_lines(&self, _: &str) -> Option<RecordLines> {
        None
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<Body>, Refusal> {
        if request.uri().path().ends_with("/start") {
            let status = if self.refuses_starts { StatusCode::CONFLICT } else { StatusCode::OK };
            let mut answer = Response::new(body::full("{}"));
            *answer.status_mut() = status;
            return Ok(answer);
        }
        if request.uri().path().ends_with("/json") {
            let missing = r#"{"Running":false,"Pid":0,"ExitCode":127}"#;
            let runs = r#"{"Running":true,"Pid":71,"ExitCode":null}"#;
            return Ok(Response::new(body::full(if self.finds_nothing { missing } else { runs })));
        }
        let id = self.made.fetch_add(1, Ordering::Relaxed);
        Ok(Response::new(body::full(format!(r#"{{"Id":"x{id}"}}"#))))
    }

    async fn change(&self, _: &str, _: &Change) -> Result<(), Refusal> {
        Ok(())
    }
}

struct Ground {
    gate: Gate<Making>,
    recorder: Recorder,
    made: Arc<AtomicUsize>,
    _home: tempfile::TempDir,
    _held: Held,
}

impl Ground {
    fn over(upstream: Making) -> Ground {
        let (folder, held, recorder) = begun();
        let made = Arc::clone(&upstream.made);
        let gate = Gate::new(upstream, recorder.clone(), held.folder.clone());
        Ground { gate, recorder, made, _home: folder, _held: held }
    }

    fn asked(&self, call: Call) -> Asked {
        let target = Target::parse("/v1.41/exec/x/start").unwrap();
        Asked { target, call, scope: self.gate.upstream.scope() }
    }

    /// Makes a program; its id, or the status of the refusal.
    async fn make(&self) -> Result<String, u16> {
        self.make_of(&["sh"]).await
    }

    async fn make_of(&self, argv: &[&str]) -> Result<String, u16> {
        let argv = argv.iter().map(|&word| word.to_owned()).collect();
        let exec = Exec { argv, tty: false, stdin: false, stdout: true, stderr: true };
        let asked = self.asked(Call::ExecCreate { container: "edge".into(), exec: exec.clone() });
        let made = self.gate.create_program(&asked, "edge", &exec).await;
        let made = made.map_err(|refusal| refusal.status)?;
        let made = made.into_body().collect().await.unwrap().to_bytes();
        let made: serde_json::Value = serde_json::from_slice(&made).unwrap();
        Ok(made["Id"].as_str().unwrap().to_owned())
    }

    /// Makes programs until one is refused, a hundred at most.
    async fn make_many(&self) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..100 {
            match self.make().await {
                Ok(id) => ids.push(id),
                Err(status) => {
                    assert_eq!(status, 429);
                    break;
                }
            }
        }
        ids
    }

    /// Every act once one has ended, and whether it was carried out.
    async fn acts(&self) -> Vec<String> {
        let mut following = self.recorder.follow();
        loop {
            let events = self.recorder.events();
            let acts = events.iter().filter(|event| event.effect == Effect::Act);
            let words: Vec<String> = acts
                .map(|act| {
                    if let Kind::Docker { ok, began: Some(_), .. } = &act.kind {
                        format!("docker {ok}")
                    } else {
                        act.kind.name()
                    }
                })
                .collect();
            if words.iter().any(|act| act.starts_with("docker")) {
                return words;
            }
            following.recv().await.unwrap();
        }
    }

    /// Starts a program, which runs for as long as the answer is held.
    async fn start(&self, id: &str) -> Result<Response<Body>, u16> {
        let start = Start::default();
        let asked = self.asked(Call::ExecStart { exec: id.into(), start: start.clone() });
        let started = self.gate.start_program(Request::new(()), &asked, id, &start);
        started.await.map_err(|refusal| refusal.status)
    }
}

#[tokio::test]
async fn programs_that_nobody_starts_are_bounded_and_a_start_makes_room() {
    let ground = Ground::over(Making::default());
    let ids = ground.make_many().await;
    assert_eq!(ids.len(), 32);
    assert_eq!(ground.made.load(Ordering::Relaxed), 32, "the engine was asked for more");
    drop(ground.start(&ids[7]).await.unwrap());
    ground.make().await.unwrap();
    assert_eq!(ground.make().await, Err(429));
}

#[tokio::test]
async fn a_program_that_the_engine_does_not_start_still_waits() {
    let ground = Ground::over(Making { refuses_starts: true, ..Making::default() });
    for id in ground.make_many().await {
        assert_eq!(ground.start(&id).await.unwrap_err(), 409);
    }
    assert_eq!(ground.make().await, Err(429));
}

#[tokio::test]
async fn while_as_many_run_as_may_none_is_made() {
    let ground = Ground::over(Making::default());
    let mut running = Vec::new();
    for _ in 0..AT_ONCE {
        let id = ground.make().await.unwrap();
        running.push(ground.start(&id).await.unwrap());
    }
    assert_eq!(ground.make().await, Err(429));
    running.pop();
    ground.make().await.unwrap();
}

#[tokio::test]
async fn a_program_is_started_once_and_one_act() {
    let ground = Ground::over(Making::default());
    let id = ground.make().await.unwrap();
    drop(ground.start(&id).await.unwrap());
    assert_eq!(ground.start(&id).await.unwrap_err(), 409);
    assert_eq!(ground.acts().await, ["act-started", "docker true"]);
}

#[tokio::test]
async fn a_program_that_was_never_started_was_no_act() {
    let refusing = Making { refuses_starts: true, ..Making::default() };
    let finding_nothing = Making { finds_nothing: true, ..Making::default() };
    for engine in [refusing, finding_nothing] {
        let ground = Ground::over(engine);
        let id = ground.make().await.unwrap();
        drop(ground.start(&id).await);
        assert_eq!(ground.acts().await, ["act-started", "docker false"]);
    }
}

#[tokio::test]
async fn a_container_that_dies_was_ended_by_a_program_that_acts_and_by_none_that_reads() {
    for (argv, is_their_doing) in [(["cat", "/etc/hosts"], false), (["kill", "1"], true)] {
        let ground = Ground::over(Making::default());
        let id = ground.make_of(&argv).await.unwrap();
        drop(ground.start(&id).await.unwrap());
        let death = testbed::Death { name: "edge".to_owned(), exit_code: 137, oom: false };
        assert_eq!(ground.gate.explains(&death), is_their_doing, "{argv:?}");
    }
}
