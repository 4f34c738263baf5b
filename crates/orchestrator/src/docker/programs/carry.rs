//! A program's input and output, both ways, until one side has said all. Written to the recording
//! before anybody sees it.

use std::future::pending;
use std::time::Duration;

use gate::Exec;
use gate::frames::Demultiplexer;
use http_body_util::Full;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::super::body::{self, Body};
use super::super::notes::Note;
use super::super::shown::Shown;
use super::super::{Gate, Upstream};
use super::{Program, Running, Tape};

/// As much as one read takes.
const CHUNK: usize = 32 << 10;
/// How often what a program prints is recorded.
const SHOWN_EVERY: Duration = Duration::from_secs(3);
/// The engine notes a program's end a moment after its output has ended.
const CODE_WITHIN: Duration = Duration::from_secs(2);
const ASK_EVERY: Duration = Duration::from_millis(10);

/// What goes along with a program that was started.
pub(super) struct Carried {
    pub(super) tape: Tape,
    pub(super) shown: Shown,
    pub(super) running: Running,
    pub(super) id: String,
    /// Ends when it is in the record whether an act was carried out.
    pub(super) settled: Option<JoinHandle<()>>,
}

/// Takes what a program prints into the recording and the record.
pub(super) struct Feed {
    frames: Demultiplexer,
    tape: Tape,
    shown: Shown,
}

impl Feed {
    pub(super) fn new(exec: &Exec, tape: Tape, shown: Shown) -> Feed {
        let frames = if exec.tty { Demultiplexer::raw() } else { Demultiplexer::default() };
        Feed { frames, tape, shown }
    }

    pub(super) fn output(&mut self, bytes: &[u8]) {
        let Feed { frames, tape, shown } = self;
        frames.push(bytes, |_, piece| {
            tape.output(piece);
            shown.push(piece);
        });
    }
}

impl<U: Upstream> Gate<U> {
    pub(super) fn shown(&self, program: &Program, recorded: bool) -> Shown {
        let note = Note {
            verb: "exec".to_owned(),
            target: program.container.clone(),
            detail: program.exec.words(),
        };
        Shown::start(&self.notes, note, recorded, SHOWN_EVERY)
    }

    /// Carries bytes until the program has printed all or the client is gone. The client is told that it has ended
    /// when that is in the record, so what they do next comes after it.
    pub(super) async fn carry(
        self,
        carried: Carried,
        client: OnUpgrade,
        mut response: Response<Body>,
    ) {
        let Carried { tape, shown, running, id, settled } = carried;
        let Ok(program) = self.programs.lock().find(&id) else { return };
        let mut feed = Feed::new(&program.exec, tape.clone(), shown);
        let engine = hyper::upgrade::on(&mut response);
        // A side that is gone before the connection is its own ends it for the other as well.
        let Ok((client, engine)) = tokio::try_join!(client, engine) else { return };
        let (from_client, mut to_client) = tokio::io::split(io(client));
        let (from_engine, to_engine) = tokio::io::split(io(engine));
        let ended = tokio::select! {
            ended = pump(from_engine, &mut to_client, |bytes| feed.output(bytes)) => ended,
            // The client has said all; the program may still print.
            never = async { up(from_client, to_engine, &tape).await; pending().await } => never,
        };
        if let Some(settled) = settled {
            // One that broke off has said so in its own place.
            let _ = settled.await;
        }
        let how = match ended {
            Ended::Source => self.exit_code(&id).await.map(|code| format!("exit {code}")),
            Ended::Sink => Some("the client went away".to_owned()),
        };
        if let Some(how) = how {
            feed.shown.ended(how);
        }
        drop((feed, running));
        // A client that is gone needs not be told.
        let _ = to_client.shutdown().await;
    }

    async fn exit_code(&self, id: &str) -> Option<i64> {
        let ended = |state: &Value| state["Running"] == false;
        self.inspected(id, ended).await?["ExitCode"].as_i64()
    }

    /// Whether the engine started a program. Only one that it did has a process; what nothing is known of is taken
    /// for started.
    pub(super) async fn has_started(&self, id: &str) -> bool {
        let has_process = |state: &Value| state["Pid"].as_i64().is_some_and(|pid| pid > 0);
        let known = |state: &Value| has_process(state) || state["ExitCode"].is_i64();
        self.inspected(id, known).await.is_none_or(|state| has_process(&state))
    }

    /// What the engine says of a program once that `is` what is waited for; `None` when it does not get so far.
    async fn inspected(&self, id: &str, is: impl Fn(&Value) -> bool) -> Option<Value> {
        let asking = async {
            loop {
                let path = format!("/exec/{id}/json");
                let request = Request::get(path).body(Full::default()).ok()?;
                let state = body::whole(self.upstream.ask(request).await.ok()?).await.ok()?;
                if is(&state) {
                    return Some(state);
                }
                tokio::time::sleep(ASK_EVERY).await;
            }
        };
        tokio::time::timeout(CODE_WITHIN, asking).await.ok().flatten()
    }
}

fn io(upgraded: Upgraded) -> TokioIo<Upgraded> {
    TokioIo::new(upgraded)
}

/// Which side ended.
enum Ended {
    Source,
    Sink,
}

/// Carries what the client says, and that it has said all.
async fn up(client: impl AsyncRead + Unpin, mut engine: impl AsyncWrite + Unpin, tape: &Tape) {
    pump(client, &mut engine, |bytes| tape.input(bytes)).await;
    // An engine that is gone needs not be told.
    let _ = engine.shutdown().await;
}

/// Copies until the source has said all or the sink is gone.
async fn pump(
    mut source: impl AsyncRead + Unpin,
    sink: &mut (impl AsyncWrite + Unpin),
    mut take: impl FnMut(&[u8]),
) -> Ended {
    let mut chunk = vec![0; CHUNK];
    loop {
        // A broken source has said all, too.
        let count = source.read(&mut chunk).await.unwrap_or(0);
        let bytes = chunk.get(..count).unwrap_or_default();
        take(bytes);
        if bytes.is_empty() {
            return Ended::Source;
        }
        let sent = async {
            sink.write_all(bytes).await?;
            sink.flush().await
        };
        if sent.await.is_err() {
            return Ended::Sink;
        }
    }
}
