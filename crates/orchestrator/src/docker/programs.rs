//! `docker exec`: a program in a container, recorded like a terminal.
//!
//! One that surely only reads is a look when it ends. Everything else is an act from before it begins until it
//! runs, since a program may change what nobody watches, and a look at what it printed as it ends. One that the
//! engine could not start was no act.

mod carry;
mod known;
mod tape;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gate::{Exec, Refusal, Start, filter};
use http_body_util::BodyExt;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, UPGRADE};
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};
use session::event::{Certainty, Effect, Kind};

use super::answers::{Asked, written};
use super::body::{self, Body};
use super::changes::NO_BODY;
use super::{Gate, Upstream};
use crate::home::SessionFolder;
use crate::recorder::Recorder;

use known::{Known, Program};
use tape::Tape;

/// Programs that may run at a time.
const AT_ONCE: usize = 16;

/// The programs of a session that were run through the gate. Cheap to clone.
#[derive(Clone)]
pub(super) struct Programs {
    recorder: Recorder,
    folder: SessionFolder,
    known: Arc<Mutex<Known>>,
    running: Arc<AtomicUsize>,
    started: Arc<AtomicU32>,
}

/// A program that the engine is asked to make, for as long as it is.
struct Making<'a>(&'a Programs);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.lock().is_made();
    }
}

/// Counts a program as running for as long as it is there.
struct Running {
    programs: Programs,
    container: String,
    /// One that only reads ends no container.
    is_act: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.programs.running.fetch_sub(1, Ordering::Relaxed);
        if self.is_act {
            self.programs.lock().touch(&self.container);
        }
    }
}

impl Programs {
    pub(super) fn new(recorder: Recorder, folder: SessionFolder) -> Programs {
        Programs {
            recorder,
            folder,
            known: Arc::default(),
            running: Arc::default(),
            started: Arc::default(),
        }
    }

    /// Whether a program was made through the gate.
    pub(super) fn has(&self, id: &str) -> bool {
        self.lock().find(id).is_ok()
    }

    /// Notes that the candidate limited a container's memory.
    pub(super) fn limited(&self, container: &str) {
        self.lock().limit(container);
    }

    /// The command by which the candidate ended a container, if they did.
    pub(super) fn explains(&self, container: &str, oom: bool) -> Option<&'static str> {
        self.lock().explains(container, oom)
    }

    /// A place for a program that is to be made. There is none while as many run as may: what is made
    /// then could not be started, and would only wait.
    fn make(&self) -> Result<Making<'_>, Refusal> {
        if self.running.load(Ordering::Relaxed) >= AT_ONCE {
            return Err(too_many());
        }
        self.lock().makes()?;
        Ok(Making(self))
    }

    fn begin(&self, program: &Program) -> Result<Running, Refusal> {
        let (container, is_act) = (program.container.clone(), !program.exec.only_reads());
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        if is_act {
            self.lock().touch(&container);
        }
        let running = Running { programs: self.clone(), container, is_act };
        if before >= AT_ONCE {
            return Err(too_many());
        }
        Ok(running)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn too_many() -> Refusal {
    let message = format!("{AT_ONCE} programs run already; end one of them");
    Refusal { status: 429, message }
}

impl<U: Upstream> Gate<U> {
    pub(super) async fn create_program(
        &self,
        asked: &Asked,
        reference: &str,
        exec: &Exec,
    ) -> Result<Response<Body>, Refusal> {
        let container = asked.scope.find(reference)?;
        let making = self.programs.make()?;
        let response = self.asked(asked, &asked.call, &container.id, exec.to_json()).await?;
        let made = body::whole(response).await?;
        let id = made["Id"].as_str().ok_or_else(body::broken)?;
        self.programs.lock().remember(id, Program::new(&container.name, exec));
        drop(making);
        let mut answer = body::json(&json!({ "Id": id }));
        *answer.status_mut() = StatusCode::CREATED;
        Ok(answer)
    }

    pub(super) async fn start_program(
        &self,
        mut request: Request<()>,
        asked: &Asked,
        id: &str,
        start: &Start,
    ) -> Result<Response<Body>, Refusal> {
        let program = self.programs.lock().startable(id)?;
        let running = self.programs.begin(&program)?;
        let mut onward = written(asked, &asked.call, id, start.to_json(&program.exec).into())?;
        let is_upgrade = request.headers().contains_key(UPGRADE);
        if is_upgrade {
            onward.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            onward.headers_mut().insert(UPGRADE, HeaderValue::from_static("tcp"));
        }
        let tape = self.tape(&program, start);
        self.programs.lock().starts(id, tape.clone())?;
        let is_act = running.is_act;
        // Before it begins, so that nothing it does comes before it.
        let begun = is_act.then(|| self.begin_program(&program));
        let asking = async { body::good(self.upstream.ask(onward).await?, &asked.scope).await };
        let response = asking.await.inspect_err(|refusal| {
            self.programs.lock().did_not_start(id, refusal);
            begun.iter().for_each(|begun| self.note_program(&program, *begun, false));
        })?;
        let settling = |begun| self.clone().settle(program.clone(), id.to_owned(), begun);
        let settled = begun.map(|begun| tokio::spawn(settling(begun)));
        let content = response.headers().get(CONTENT_TYPE).cloned();
        let shown = self.shown(&program, is_act);
        let mut answer = if response.status() == StatusCode::SWITCHING_PROTOCOLS && is_upgrade {
            let client = hyper::upgrade::on(&mut request);
            let id = id.to_owned();
            let carried = carry::Carried { tape, shown, running, id, settled };
            tokio::spawn(self.clone().carry(carried, client, response));
            upgraded()
        } else {
            // Nobody types into a connection that was not upgraded.
            let mut feed = carry::Feed::new(&program.exec, tape, shown);
            let body = response.into_body().map_frame(move |frame| {
                // It runs for as long as its answer goes on.
                let _ = &running;
                if let Some(bytes) = frame.data_ref() {
                    feed.output(bytes);
                }
                frame
            });
            body::answer(StatusCode::OK, "application/vnd.docker.raw-stream", body.boxed_unsync())
        };
        if let Some(content) = content {
            answer.headers_mut().insert(CONTENT_TYPE, content);
        }
        Ok(answer)
    }

    fn tape(&self, program: &Program, start: &Start) -> Tape {
        let number = self.programs.started.fetch_add(1, Ordering::Relaxed) + 1;
        let path = self.programs.folder.recording(&format!("exec-{number}"));
        let (rows, columns) = start.size.unwrap_or((24, 80));
        Tape::create(
            &path,
            (columns, rows),
            &self.programs.recorder,
            &self.notes,
            &program.container,
        )
    }

    /// An act begins; where that is in the record.
    fn begin_program(&self, program: &Program) -> Option<u64> {
        self.notes.act_started("exec", &program.container, &program.exec.words())
    }

    /// The engine answers before it has started a program, and then prints why it could not.
    async fn settle(self, program: Program, id: String, begun: Option<u64>) {
        let started = self.has_started(&id).await;
        self.note_program(&program, begun, started);
    }

    fn note_program(&self, program: &Program, began: Option<u64>, ok: bool) {
        let kind = Kind::Docker {
            verb: "exec".to_owned(),
            target: program.container.clone(),
            detail: program.exec.words(),
            before: None,
            after: None,
            ok,
            certainty: Certainty::Assumed,
            continued: false,
            shown: String::new(),
            began,
        };
        self.notes.record(Effect::Act, kind);
    }

    pub(super) async fn resize_program(
        &self,
        asked: &Asked,
        id: &str,
        (rows, columns): (u16, u16),
    ) -> Result<Response<Body>, Refusal> {
        let program = self.programs.lock().find(id)?;
        if let Some(tape) = &program.tape {
            tape.resize(columns, rows);
        }
        self.asked(asked, &asked.call, id, NO_BODY).await?;
        Ok(body::answer(StatusCode::OK, "application/json", body::full("")))
    }

    pub(super) async fn inspect_program(
        &self,
        asked: &Asked,
        id: &str,
    ) -> Result<Response<Body>, Refusal> {
        self.programs.lock().find(id)?;
        let response = self.asked(asked, &asked.call, id, NO_BODY).await?;
        let engine: Value = body::whole(response).await?;
        Ok(body::json(&filter::exec(&asked.scope, &engine)))
    }
}

fn upgraded() -> Response<Body> {
    let mut answer = body::answer(
        StatusCode::SWITCHING_PROTOCOLS,
        "application/vnd.docker.raw-stream",
        body::full(""),
    );
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    answer.headers_mut().insert(UPGRADE, HeaderValue::from_static("tcp"));
    answer
}
