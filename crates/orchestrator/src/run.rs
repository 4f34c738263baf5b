//! The phases of a session, and the only state machine that goes through them:
//! `provision → baseline → inject → paged → live → mitigated → debrief → sealed`, or `aborted`.
//!
//! Whatever happens on the way (Ctrl-C, a fault that does not bite, a container that dies, a full
//! disk), the end is the same: faults recovered, containers and network removed, journal sealed.

mod ending;
mod phases;
mod seen;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lab::cause::Cause;
use lab::lab::Lab;
use session::event::{Kind, Outcome, Phase};
use testbed::{Death, Engine, Images, Owner, Progress};
use tokio_util::sync::CancellationToken;

use crate::grafana;
use crate::guard::{self, Guard};
use crate::home::{Held, Home, HomeError, SessionFolder};
use crate::player::{Beginning, PlayError, Player};
use crate::recorder::{Recorder, RecorderError};
use crate::report::{Origin, ReportError};
use crate::stage::StageError;

/// What a session is made of.
pub struct Setup {
    pub engine: Engine,
    pub images: Arc<Images>,
    pub lab: Arc<Lab>,
    pub cause: Cause,
    /// Where the cause was read from.
    pub cause_file: PathBuf,
    pub mode: Mode,
    pub seed: u64,
    pub home: Home,
    pub strictness: Strictness,
    /// What watches over the session from outside of this process; `None` leaves a session that is
    /// killed to the next start.
    pub guard: Option<guard::Program>,
    /// A real Grafana to be started beside the system.
    pub grafana: Option<grafana::Wanted>,
}

/// Who the session is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// A person by themselves.
    Practice,
    /// A persona, by its id.
    Rehearsal(String),
    /// A candidate, by name, with somebody who watches.
    Interview { candidate: String },
}

/// What happens when the record cannot be relied on: the journal can no longer be written, or the
/// kernel shows no programs from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// The session stops.
    Strict,
    /// It goes on with a warning.
    BestEffort,
}

/// Hears how far a session is.
pub trait Notice: Progress {
    /// A phase begins.
    fn phase(&self, phase: Phase);
    /// Something that whoever started the session should know.
    fn warn(&self, message: &str);
}

/// How long things took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Timings {
    /// From the start until traffic was steady and a prompt was there.
    pub ready: Option<Duration>,
    /// From the first injection to the page.
    pub paged: Option<Duration>,
    /// From the page until the steady state that was sustained came back.
    pub mitigated: Option<Duration>,
    /// Removing containers and network.
    pub teardown: Option<Duration>,
}

/// A session that is over. Its journal is sealed and its system is gone.
#[derive(Debug)]
pub struct Finished {
    pub folder: SessionFolder,
    pub outcome: Outcome,
    pub timings: Timings,
    /// Whether nothing of the system is left. Else its guard goes on removing it.
    pub removed: bool,
    /// Evidence that the cause declares to show and that did not.
    pub unproven: Vec<String>,
    /// Why it did not end well.
    pub failure: Option<RunError>,
}

/// Why a session could not go on. Each names the thing and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot keep the session")]
    Home(#[from] HomeError),
    #[error("cannot record the session")]
    Recorder(#[from] RecorderError),
    #[error("cannot keep or read the files of the session")]
    Files(#[from] ReportError),
    #[error("cannot start the system")]
    Provision(#[from] testbed::ProvisionError),
    #[error("cannot connect to the system")]
    Stage(#[from] StageError),
    #[error("cannot open the first terminal")]
    Terminal(#[from] crate::terminal::TerminalError),
    #[error("the system was not ready within {}s: {state}; see `checkride doctor`, or the log lines of the service in question", within.as_secs())]
    NotReady { within: Duration, state: String },
    #[error("the healthy system did not stay healthy for {}s: {state}; is this machine busy with something else?", settle.as_secs_f64())]
    NotSteady { settle: Duration, state: String },
    #[error("the healthy system already shows `{what}`; correct its `promql` or bounds in the lab")]
    ShownWhenHealthy { what: String },
    #[error(
        "{reason}; a strict session would rely on what nobody saw. It needs the seccomp notifications of Linux 5.0, \
         let through by the engine; `checkride practice` goes on without"
    )]
    Unseen { reason: String },
    #[error("could not inject the cause")]
    Inject(#[from] fault::FaultError),
    #[error("the fault did not bite: `{symptom}` was {value} after {}s; nobody would be paged for this; make the cause's fault larger, or correct its `bites`", within.as_secs())]
    DidNotBite { symptom: String, value: String, within: Duration },
    #[error("the alert `{alert}` did not fire within {}s of the fault; check its `for` and expression", within.as_secs())]
    DidNotPage { alert: String, within: Duration },
    #[error("{what}; {remedy}")]
    Died { what: String, remedy: String },
    #[error("{0}; free some space, or set CHECKRIDE_HOME to another disk")]
    Journal(String),
    #[error("the player could not go on")]
    Play(#[from] PlayError),
    #[error("prometheus does not answer the session")]
    Prometheus(#[from] crate::prometheus::PrometheusError),
    #[error("could not remove everything; `checkride clean` removes the rest")]
    Clean(#[from] testbed::clean::CleanError),
    #[error("interrupted")]
    Interrupted,
}

/// What all phases share.
struct Session<'a> {
    setup: &'a Setup,
    /// Asked for once: the home may be gone when the system is removed.
    owner: Owner,
    recorder: Recorder,
    notice: &'a dyn Notice,
    timings: Timings,
    unproven: Vec<String>,
    leases: Vec<fault::Lease>,
}

/// Runs one session to its end.
///
/// # Errors
/// Only when there is nothing to record to. Everything later is in [`Finished::failure`], with the
/// journal sealed and the system removed.
pub async fn run(
    setup: &Setup,
    player: impl Player,
    notice: &dyn Notice,
    stop: &CancellationToken,
) -> Result<Finished, RunError> {
    let held = setup.home.create(jiff::Timestamp::now())?;
    let owner = setup.home.owner(&held.folder.id)?;
    let recorder = Recorder::begin(&held.folder, &setup.lab.id, &setup.home.key()?)?;
    let origin = Origin { lab: setup.lab.folder.clone(), cause: setup.cause_file.clone() };
    origin.keep(&held.folder)?;
    player.begin(&Beginning { folder: &held.folder, recorder: &recorder });
    recorder.truth(started(setup, &held.folder));
    let guard = guard(setup, &held.folder.id, notice).await;
    let mut session = Session {
        setup,
        owner,
        recorder,
        notice,
        timings: Timings::default(),
        unproven: Vec::new(),
        leases: Vec::new(),
    };
    let mut stage = None;
    let played = {
        let going = phases::go(&mut session, &held.folder, &mut stage, &player);
        tokio::select! {
            played = going => played,
            () = stop.cancelled() => Err(RunError::Interrupted),
        }
    };
    let finished = ending::end(session, held, stage, played, after(&player, stop)).await;
    if let Some(guard) = guard
        && finished.removed
    {
        guard.dismiss().await;
    }
    Ok(finished)
}

/// How the debrief ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Debrief {
    /// As its player wanted.
    Held,
    /// Somebody stopped the program meanwhile; what was written by then stays.
    CutShort,
}

/// What comes between the incident and the seal.
async fn after(player: &impl Player, stop: &CancellationToken) -> Debrief {
    tokio::select! {
        () = player.debrief() => Debrief::Held,
        () = stop.cancelled() => Debrief::CutShort,
    }
}

/// A session without a guard goes on: the next start does the same, only later.
async fn guard(setup: &Setup, session: &str, notice: &dyn Notice) -> Option<Guard> {
    let started = Guard::start(setup.guard.as_ref()?, setup.home.root(), session).await;
    started
        .inspect_err(|error| {
            notice.warn(&format!(
                "nobody watches over this session ({error}); if it is killed, `checkride clean` \
                 removes what is left of it"
            ));
        })
        .ok()
}

fn started(setup: &Setup, folder: &SessionFolder) -> Kind {
    let (mode, persona, candidate) = match &setup.mode {
        Mode::Practice => ("practice", None, None),
        Mode::Rehearsal(persona) => ("rehearsal", Some(persona.clone()), None),
        Mode::Interview { candidate } => ("interview", None, Some(candidate.clone())),
    };
    Kind::SessionStarted {
        session: folder.id.clone(),
        lab: setup.lab.id.clone(),
        title: setup.lab.title.clone(),
        cause: setup.cause.id.clone(),
        mode: mode.to_owned(),
        persona,
        candidate,
        seed: setup.seed,
        checkride: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine(setup.engine.version()),
    }
}

fn engine(version: &testbed::EngineVersion) -> String {
    format!("{} (API {}, {})", version.engine, version.api, version.os)
}

// === impl Session ===

impl Session<'_> {
    fn enter(&self, phase: Phase) {
        self.recorder.truth(Kind::PhaseEntered { phase });
        self.notice.phase(phase);
    }

    fn lab(&self) -> &Arc<Lab> {
        &self.setup.lab
    }
}

/// A death that the session cannot go on without.
fn is_fatal(lab: &Lab, death: &Death) -> bool {
    let prometheus = lab.system.prometheus.split(':').next();
    death.name == lab.system.workstation || Some(death.name.as_str()) == prometheus
}

/// Holds a session's folder until the very end; see [`Held`].
type Folder = Held;

/// Waits in small steps until `check` gives something, or the time is over.
async fn wait_until<T>(
    within: Duration,
    every: Duration,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = check().await {
            return Some(found);
        }
        if begun.elapsed() >= within {
            return None;
        }
        tokio::time::sleep(every).await;
    }
}
