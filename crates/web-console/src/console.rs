//! One session as its pages see it: who may come in, what has happened, and the doors once they are
//! open. Decides nothing of the session itself.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lab::cause::Cause;
use lab::lab::Lab;
use lab::rubric::Rubric;
use orchestrator::doors::Doors;
use orchestrator::injects::Injects;
use orchestrator::recorder::Recorder;
use orchestrator::terminal::Terminals;
use session::event::{Door, Effect, Event, Happening, Kind, Participant, Place};
use tokio::sync::watch;

use crate::chronicle::Chronicle;
use crate::contract::{Me, Page, TerminalInfo};
use crate::guard::Hosts;
use crate::keys::Keys;
use crate::looked::Looked;
use crate::problem::Problem;
use crate::screens::Screens;
use crate::tail::{Gathered, Tail};
use crate::tickets::Tickets;
use crate::words::{Phase, Role};

/// Requests of one role in a second, and at once.
const RATE: (NonZeroU32, NonZeroU32) =
    (NonZeroU32::new(60).unwrap(), NonZeroU32::new(240).unwrap());
/// Terminals of one session, open or not.
const TERMINALS: usize = 12;
/// A thing that is looked at again within this time is the same look.
const SAME_LOOK: Duration = Duration::from_secs(30);

/// What a console is for.
pub struct Interview {
    pub lab: Arc<Lab>,
    pub cause: Cause,
    pub rubric: Rubric,
    /// The candidate's name.
    pub candidate: String,
    /// From the page to the end.
    pub minutes: u32,
}

/// One session's console. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    interview: Interview,
    address: SocketAddr,
    hosts: Hosts,
    /// The first of the names under which it is spoken to.
    base: String,
    keys: Mutex<Keys>,
    tickets: Mutex<Tickets>,
    chronicle: Mutex<Chronicle>,
    recorder: OnceLock<Recorder>,
    desk: Mutex<Option<Desk>>,
    screens: Screens,
    looked: Mutex<Looked>,
    tail: Mutex<Tail>,
    glances: Mutex<HashMap<String, Instant>>,
    turn: Mutex<()>,
    lab_ready: watch::Sender<bool>,
    /// Goes up whenever a page may have something new to show.
    news: watch::Sender<u64>,
    rates: [DefaultDirectRateLimiter; 2],
    entries: DefaultDirectRateLimiter,
}

/// What there is once the incident is on.
#[derive(Clone)]
struct Desk {
    doors: Arc<Doors>,
    terminals: Terminals,
    injects: Arc<Injects>,
}

// === impl Console ===

impl Console {
    pub(crate) fn new(interview: Interview, address: SocketAddr, name: &str) -> Console {
        let chronicle = Chronicle::new(Arc::clone(&interview.lab), interview.cause.clone());
        let rate = || RateLimiter::direct(Quota::per_second(RATE.0).allow_burst(RATE.1));
        let entry = Quota::per_second(NonZeroU32::MIN);
        Console(Arc::new(Inner {
            hosts: Hosts::of(name, address.port()),
            base: format!("http://{name}:{}", address.port()),
            interview,
            address,
            keys: Mutex::default(),
            tickets: Mutex::default(),
            chronicle: Mutex::new(chronicle),
            recorder: OnceLock::new(),
            desk: Mutex::new(None),
            screens: Screens::default(),
            looked: Mutex::default(),
            tail: Mutex::default(),
            glances: Mutex::default(),
            turn: Mutex::default(),
            lab_ready: watch::Sender::new(false),
            news: watch::Sender::new(0),
            rates: [rate(), rate()],
            entries: RateLimiter::direct(entry.allow_burst(RATE.0)),
        }))
    }

    pub(crate) fn interview(&self) -> &Interview {
        &self.0.interview
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }

    /// Cookies know no port, so that two consoles on one machine need two names.
    pub(crate) fn cookie_name(&self) -> String {
        format!("checkride-{}", self.0.address.port())
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys> {
        lock(&self.0.keys)
    }

    pub(crate) fn tickets(&self) -> MutexGuard<'_, Tickets> {
        lock(&self.0.tickets)
    }

    pub(crate) fn looked(&self) -> MutexGuard<'_, Looked> {
        lock(&self.0.looked)
    }

    pub(crate) fn tail(&self) -> MutexGuard<'_, Tail> {
        lock(&self.0.tail)
    }

    pub(crate) fn screens(&self) -> &Screens {
        &self.0.screens
    }

    /// Whether this role may ask one more thing now.
    pub(crate) fn allows(&self, role: Role) -> bool {
        let [candidate, interviewer] = &self.0.rates;
        let rate = match role {
            Role::Candidate => candidate,
            Role::Interviewer => interviewer,
        };
        rate.check().is_ok()
    }

    /// Whether one more link may be tried now.
    pub(crate) fn allows_entry(&self) -> bool {
        self.0.entries.check().is_ok()
    }

    /// Whether this has not been looked at for a while, so that looking now is a look of its own.
    pub(crate) fn glances(&self, what: &str) -> bool {
        let (mut glances, now) = (lock(&self.0.glances), Instant::now());
        let is_new = glances.get(what).is_none_or(|last| now - *last >= SAME_LOOK);
        if is_new {
            glances.insert(what.to_owned(), now);
        }
        is_new
    }

    /// Changes whenever a page may have something new to show.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.0.news.subscribe()
    }

    pub(crate) fn tell(&self) {
        self.0.news.send_modify(|count| *count += 1);
    }

    /// The session's id; empty before it has begun.
    pub fn session(&self) -> String {
        self.chronicle().session.clone()
    }

    /// Changes to true when the system is up and well.
    pub fn lab_ready(&self) -> watch::Receiver<bool> {
        self.0.lab_ready.subscribe()
    }
}

/// The session.
impl Console {
    pub(crate) fn begin(&self, recorder: &Recorder) {
        // A console is for one session.
        let _ = self.0.recorder.set(recorder.clone());
        let (console, mut events) = (self.clone(), recorder.follow());
        tokio::spawn(async move {
            use tokio::sync::broadcast::error::RecvError::Closed;
            // One that lags reads the timeline itself anyway.
            while !matches!(events.recv().await, Err(Closed)) {
                console.tell();
            }
        });
        self.tell();
    }

    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.0.recorder.get()
    }

    /// What has happened up to this moment.
    pub(crate) fn chronicle(&self) -> MutexGuard<'_, Chronicle> {
        let mut chronicle = lock(&self.0.chronicle);
        if let Some(recorder) = self.recorder() {
            for event in recorder.since(chronicle.next) {
                chronicle.take(&event);
            }
        }
        chronicle
    }

    /// Records what somebody did in the console.
    ///
    /// # Errors
    /// When the session has not begun.
    pub(crate) fn record(
        &self,
        by: (Participant, Door, Effect),
        kind: Kind,
    ) -> Result<Arc<Event>, Problem> {
        let recorder = self.recorder().ok_or_else(|| Problem::not_now(self.not_yet()))?;
        let ((participant, door, effect), place) = (by, Place::Console);
        Ok(recorder.happened(Happening { participant, door, effect, place, kind }))
    }

    pub(crate) fn lab_is_ready(&self) {
        self.0.lab_ready.send_replace(true);
        self.tell();
    }

    pub(crate) fn open_doors(&self, doors: &Doors, terminals: Terminals, injects: Arc<Injects>) {
        let doors = Arc::new(doors.in_the_console());
        *lock(&self.0.desk) = Some(Desk { doors, terminals, injects });
        self.tell();
    }

    /// Lets go of all that belongs to the system.
    pub(crate) fn close_doors(&self) {
        let rest = self.tail().rest();
        if let Some(rest) = rest {
            self.note_tail(&rest, true);
        }
        *lock(&self.0.desk) = None;
        self.0.screens.hang_up();
        self.tell();
    }

    /// The doors of the candidate.
    ///
    /// # Errors
    /// When the incident is not on.
    pub(crate) fn doors(&self) -> Result<Arc<Doors>, Problem> {
        self.desk().map(|desk| desk.doors)
    }

    /// What the interviewer may let happen.
    ///
    /// # Errors
    /// When the incident is not on.
    pub(crate) fn injects(&self) -> Result<Arc<Injects>, Problem> {
        self.desk().map(|desk| desk.injects)
    }

    /// Held while something of the interviewer's is looked at and then recorded, so that two clicks
    /// are not taken for two hints.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        lock(&self.0.turn)
    }

    fn desk(&self) -> Result<Desk, Problem> {
        let desk = lock(&self.0.desk).clone();
        desk.ok_or_else(|| Problem::not_now(self.not_yet()))
    }

    /// Why there are no doors.
    pub(crate) fn not_yet(&self) -> String {
        match &self.chronicle().ended {
            Some(_) => "the session is over".to_owned(),
            None => "the incident has not begun; the page will call you".to_owned(),
        }
    }

    /// Records what was shown of a log that is followed.
    pub(crate) fn note_tail(&self, gathered: &Gathered, continued: bool) {
        let Ok(doors) = self.doors() else { return };
        doors.note_logs_read(&orchestrator::doors::logs::Reading {
            service: &gathered.question.service,
            grep: gathered.question.grep.as_deref(),
            lines: gathered.lines,
            text: &gathered.text,
            continued,
        });
    }

    /// Opens one more terminal.
    ///
    /// # Errors
    /// When the incident is not on, there are many already, or the workstation does not answer.
    pub(crate) async fn open_terminal(
        &self,
        columns: u16,
        rows: u16,
    ) -> Result<TerminalInfo, Problem> {
        let desk = self.desk()?;
        if self.screens().list().len() >= TERMINALS {
            let detail = format!("there are {TERMINALS} already; use one of them");
            return Err(Problem::not_now(detail));
        }
        let (columns, rows) = size(columns, rows);
        let opened = desk.terminals.open(columns, rows).await;
        let terminal = opened.map_err(|error| {
            Problem::not_now(format!("no terminal: {}", orchestrator::reasons::in_words(&error)))
        })?;
        let screen = self.screens().hold(terminal, columns, rows);
        self.tell();
        Ok(screen.info())
    }

    /// The page, once it is out.
    pub(crate) fn page(&self) -> Option<Page> {
        self.chronicle().page.clone()
    }

    /// Who one is here, and where the session is.
    pub(crate) fn me(&self, role: Role) -> Me {
        let interview = self.interview();
        let lab_ready = *self.0.lab_ready.borrow();
        let now_s = self.recorder().map_or(0.0, |recorder| recorder.now().as_secs_f64());
        let chronicle = self.chronicle();
        let clock = chronicle.clock;
        Me {
            role,
            candidate: interview.candidate.clone(),
            lab: interview.lab.id.clone(),
            title: interview.lab.title.clone(),
            session: chronicle.session.clone(),
            phase: shown_to(role, chronicle.phase.into()),
            started: chronicle.started.clone(),
            now_s,
            lab_ready,
            consented: chronicle.consented,
            paged_at_s: clock.paged_at_s,
            minutes: interview.minutes + clock.added,
            ends_at_s: clock.ends_at_s(interview.minutes),
            paused_at_s: clock.paused_at_s,
            paused_s: clock.paused_s,
            done: chronicle.done,
            ended: chronicle.ended.clone(),
        }
    }
}

/// A size that a terminal may have.
pub(crate) fn size(columns: u16, rows: u16) -> (u16, u16) {
    (columns.clamp(20, 500), rows.clamp(5, 200))
}

/// The candidate is not told that a fault goes in, nor that the lab takes it for cured.
fn shown_to(role: Role, phase: Phase) -> Phase {
    match (role, phase) {
        (Role::Candidate, Phase::Inject) => Phase::Baseline,
        (Role::Candidate, Phase::Mitigated) => Phase::Live,
        (_, phase) => phase,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
