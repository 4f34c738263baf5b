//! The sessions of `checkride serve`: what an operator may start, and each one from its start to its
//! report. An end or a failure of one touches no other.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use lab::cause::Cause;
use lab::lab::Lab;
use orchestrator::home::{Home, SessionFolder};
use orchestrator::report;
use orchestrator::run::{Mode, Notice, RunError, Setup, Strictness, run as run_session};
use orchestrator::summary::Summary;
use session::event::Phase;
use testbed::{Built, Engine, Progress};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use web_console::console::Interview;
use web_console::host::{Host, Opened};
use web_console::operator::{CauseChoice, Kept, LabChoice, NewInterview, Opens};
use web_console::player::Visitor;
use web_console::problem::Problem;

use super::practice::{chosen, new_seed};
use super::report::{lab_of, page_of, write_all};
use super::{grafana, guard, images};
use crate::{places, print, signals};

/// Systems that start at the same time. Each is busy with its start, and one that starts beside many
/// others is not healthy in time.
const STARTING: usize = 2;

/// All that the sessions share. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub(super) struct House {
    engine: Engine,
    home: Home,
    labs: PathBuf,
    /// The image of a Grafana, on the engine already.
    grafana: Option<String>,
    stop: CancellationToken,
    starting: Arc<Semaphore>,
    /// Held while images are built, so that the next one finds them.
    building: Arc<Mutex<()>>,
    sessions: TaskTracker,
}

/// What one session is made of.
struct Parts {
    lab: Arc<Lab>,
    cause: Cause,
    cause_file: PathBuf,
    candidate: String,
    seed: u64,
    stop: CancellationToken,
}

/// What a session says on standard error, with the candidate's name before it.
struct Lines {
    candidate: String,
}

// === impl House ===

impl House {
    pub(super) fn new(
        engine: Engine,
        home: Home,
        labs: PathBuf,
        grafana: Option<String>,
        stop: CancellationToken,
    ) -> House {
        let (starting, sessions) = (Arc::new(Semaphore::new(STARTING)), TaskTracker::new());
        House { engine, home, labs, grafana, stop, starting, building: Arc::default(), sessions }
    }

    /// Waits until the last session has ended; none begins any more.
    pub(super) async fn empty(&self) {
        self.sessions.close();
        if !self.sessions.is_empty() {
            print::note(&format!("ending {} sessions in order", self.sessions.len()));
        }
        self.sessions.wait().await;
    }

    /// Runs a session to its report. What went wrong, in words.
    async fn hold(&self, parts: Parts, opened: Opened) -> Option<String> {
        let stop = parts.stop.clone();
        let turn = tokio::select! {
            turn = self.starting.acquire() => turn.ok()?,
            () = stop.cancelled() => return Some("it was ended before its system was started".to_owned()),
        };
        self.play(parts, opened, turn).await.unwrap_or_else(|error| Some(in_words(&error)))
    }

    async fn play(
        &self,
        parts: Parts,
        opened: Opened,
        turn: SemaphorePermit<'_>,
    ) -> Result<Option<String>> {
        let Parts { lab, cause, cause_file, candidate, seed, stop } = parts;
        let lines = Lines { candidate: candidate.clone() };
        let images = async {
            let _alone = self.building.lock().await;
            images::ensure(&self.engine, &lab, &lines).await
        };
        let images = Arc::new(signals::unless_stopped(&stop, images).await?);
        let setup = Setup {
            engine: self.engine.clone(),
            images,
            lab,
            cause,
            cause_file,
            mode: Mode::Interview { candidate },
            seed,
            home: self.home.clone(),
            strictness: Strictness::Strict,
            guard: guard::program(),
            grafana: grafana::wanted(self.grafana.as_ref(), &opened.console),
        };
        let mut ready = opened.console.lab_ready();
        let running = run_session(&setup, Visitor::of(opened.console), &lines, &stop);
        let handing_on = async {
            // Once the system is up, it is the next one's turn.
            let _ = ready.wait_for(|ready| *ready).await;
            drop(turn);
            std::future::pending().await
        };
        let finished =
            tokio::select! { finished = running => finished?, never = handing_on => never };
        write_all(&setup.home, &finished.folder, &setup.lab, &setup.cause)?;
        print::note(&format!(
            "{}: over; `checkride report {}`",
            lines.candidate, finished.folder.id
        ));
        let trouble = finished.failure.filter(|error| !matches!(error, RunError::Interrupted));
        Ok(trouble.map(|error| orchestrator::reasons::in_words(&error)))
    }

    /// A session that has ended, for a page that looks back at it.
    fn read_back(&self, session: &SessionFolder) -> Result<Kept> {
        let (lab, cause) = lab_of(Some(&self.labs), session)?;
        let rubric = places::rubric(&lab)?;
        let events = report::events(&session.journal())?;
        let verdict = report::verify(&self.home, &session.journal())?;
        let summary = Summary::told_by(session, &events);
        let alone = summary.candidate.is_none();
        let who = summary.candidate.or(summary.persona).unwrap_or(summary.mode);
        // No time is set any more.
        let (candidate, minutes) = (who, 0);
        let interview = Interview { lab: Arc::new(lab), cause, rubric, candidate, minutes, alone };
        Ok(Kept { interview, events, verdict })
    }

    /// A lab by its id, which is the name of its folder: a path from a browser leads nowhere.
    fn lab(&self, id: &str) -> Result<Lab, Problem> {
        let folders = places::lab_folders(&self.labs).map_err(|error| unusable(&error))?;
        let named = |folder: &&PathBuf| folder.file_name().is_some_and(|name| name == id);
        let unknown = || Problem::bad(format!("there is no lab `{id}`"));
        let folder = folders.iter().find(named).ok_or_else(unknown)?;
        let mistaken = || format!("the lab `{id}` has mistakes; `checkride check {id}` shows them");
        places::whole(folder).map_err(|_| Problem::bad(mistaken()))
    }

    fn parts(&self, asked: NewInterview) -> Result<(Parts, Interview), Problem> {
        let mut lab = self.lab(&asked.lab)?;
        if let Some(cause) = asked.cause.as_ref().filter(|it| !lab.causes.contains_key(*it)) {
            return Err(Problem::bad(format!("the lab `{}` has no cause `{cause}`", lab.id)));
        }
        let seed = new_seed();
        let name = chosen(&lab, asked.cause.as_ref(), seed).map_err(|error| unusable(&error))?;
        let (cause, cause_file) =
            places::cause(&mut lab, &name).map_err(|error| unusable(&error))?;
        let rubric = places::rubric(&lab).map_err(|error| unusable(&error))?;
        let (lab, candidate, stop) = (Arc::new(lab), asked.candidate, self.stop.child_token());
        let interview = Interview {
            lab: Arc::clone(&lab),
            cause: cause.clone(),
            rubric,
            candidate: candidate.clone(),
            minutes: asked.minutes,
            alone: false,
        };
        Ok((Parts { lab, cause, cause_file, candidate, seed, stop }, interview))
    }
}

impl Opens for House {
    fn labs(&self) -> Result<Vec<LabChoice>, Problem> {
        let folders = places::lab_folders(&self.labs).map_err(|error| unusable(&error))?;
        // One with mistakes cannot be started; `checkride check` says why.
        let labs = folders.iter().filter_map(|folder| places::whole(folder).ok());
        let choice = |(id, cause): (&String, &Cause)| CauseChoice {
            id: id.clone(),
            title: cause.title.clone(),
        };
        Ok(labs
            .map(|lab| LabChoice {
                causes: lab.causes.iter().map(choice).collect(),
                id: lab.id,
                title: lab.title,
            })
            .collect())
    }

    fn open(&self, host: &Host, asked: NewInterview) -> Result<Opened, Problem> {
        if self.stop.is_cancelled() {
            return Err(Problem::not_now("the server is ending"));
        }
        let (parts, interview) = self.parts(asked)?;
        let opened = host
            .open(interview, parts.stop.clone())
            .map_err(|full| Problem::not_now(full.to_string()))?;
        let (house, host, held) = (self.clone(), host.clone(), opened.clone());
        let candidate = parts.candidate.clone();
        self.sessions.spawn(async move {
            let slot = held.slot.clone();
            // A thread of its own, as the session of `checkride interview` has the program's: what one
            // of them does at length holds no other up, and not even a panic goes further.
            let runtime = Handle::current();
            let holding = move || runtime.block_on(house.hold(parts, held));
            let held = tokio::task::spawn_blocking(holding).await;
            let trouble = held.unwrap_or_else(|error| Some(format!("it broke off: {error}")));
            if let Some(trouble) = &trouble {
                print::warning(&format!("{candidate}: {trouble}"));
            }
            host.over(&slot, trouble);
        });
        Ok(opened)
    }

    fn report(&self, session: &SessionFolder) -> Result<String, Problem> {
        page_of(&self.home, Some(&self.labs), session).map_err(|error| not_now(&error))
    }

    fn kept(&self, session: &SessionFolder) -> Result<Kept, Problem> {
        self.read_back(session).map_err(|error| not_now(&error))
    }
}

fn unusable(error: &anyhow::Error) -> Problem {
    Problem::bad(in_words(error))
}

/// What was asked makes sense, and something that it needs is missing.
fn not_now(error: &anyhow::Error) -> Problem {
    Problem::not_now(in_words(error))
}

fn in_words(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

impl Progress for Lines {
    fn step(&self, image: &str, message: &str) {
        tracing::info!(image, message = message.trim(), "building");
    }

    fn built(&self, image: &str, outcome: Built) {
        if let Built::Built { took } = outcome {
            print::note(&format!("image {image}: built in {:.1} s", took.as_secs_f64()));
        }
    }
}

impl Notice for Lines {
    fn phase(&self, phase: Phase) {
        tracing::info!(candidate = self.candidate, ?phase, "phase");
    }

    fn warn(&self, message: &str) {
        print::warning(&format!("{}: {message}", self.candidate));
    }
}
