//! One session as its pages see it: who may come in, what has happened, and the doors once they are
//! open. Decides nothing of the session itself.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lab::cause::Cause;
use lab::lab::Lab;
use lab::rubric::Rubric;
use orchestrator::doors::Doors;
use orchestrator::home::SessionFolder;
use orchestrator::injects::Injects;
use orchestrator::recorder::{Gathers, Recorder};
use orchestrator::terminal::Terminals;
use session::event::{Door, Effect, Event, Happening, Kind, Participant, Place};
use tokio::sync::watch;

use crate::address::Address;
use crate::chronicle::Chronicle;
use crate::contract::{Ending, EndingHow, Me, Page, TerminalInfo};
use crate::grafana::Window;
use crate::keys::Keys;
use crate::looked::Looked;
use crate::once::Once;
use crate::problem::Problem;
use crate::record::Record;
use crate::screens::Screens;
use crate::tail::Tail;
use crate::tickets::Tickets;
use crate::words::{Phase, Role};

/// Requests of one role in a second, and at once.
const RATE: (NonZeroU32, NonZeroU32) =
    (NonZeroU32::new(60).unwrap(), NonZeroU32::new(240).unwrap());
/// So many bytes count as one request more, since most of what is sent goes into the record.
const BYTES: usize = 4096;
/// A thing that is looked at again within this time is the same look.
const SAME_LOOK: Duration = Duration::from_secs(30);

/// What a console is for.
pub struct Interview {
    pub lab: Arc<Lab>,
    pub cause: Cause,
    pub rubric: Rubric,
    /// The candidate's name.
    pub candidate: String,
    /// From the page to the end; of no meaning to somebody alone.
    pub minutes: u32,
    /// Whether somebody practises by themselves: then nobody watches, no time is set, and they are
    /// told the answer once they have written their debrief.
    pub alone: bool,
}

/// One session's console. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Console(Arc<Inner>);

struct Inner {
    interview: Interview,
    address: Address,
    keys: Mutex<Keys>,
    tickets: Mutex<Tickets>,
    chronicle: Mutex<Chronicle>,
    record: OnceLock<Record>,
    folder: OnceLock<SessionFolder>,
    desk: Mutex<Option<Desk>>,
    screens: Screens,
    opening: tokio::sync::Mutex<()>,
    looked: Mutex<Looked>,
    window: Window,
    tail: Mutex<Tail>,
    gathered: OnceLock<Arc<Gathered>>,
    glances: Mutex<HashMap<String, Instant>>,
    turn: Mutex<()>,
    lab_ready: watch::Sender<bool>,
    /// Whether the system is gone, and all that it could still tell is kept.
    system_gone: watch::Sender<bool>,
    /// Goes up whenever a page may have something new to show.
    news: watch::Sender<u64>,
    /// Goes up whenever whoever was in as a role is signed out.
    signed_out: [watch::Sender<u64>; 2],
    rates: [DefaultDirectRateLimiter; 2],
    once: [Once; 2],
    entries: DefaultDirectRateLimiter,
}

/// What there is once the incident is on.
#[derive(Clone)]
struct Desk {
    doors: Arc<Doors>,
    terminals: Terminals,
    injects: Arc<Injects>,
}

/// What the recorder tells before each act.
struct Gathered(Weak<Inner>);

impl Gathers for Gathered {
    fn record_now(&self) {
        if let Some(inner) = self.0.upgrade() {
            Console(inner).note_gathered();
        }
    }
}

// === impl Console ===

impl Console {
    pub(crate) fn new(interview: Interview, address: Address) -> Console {
        let chronicle = Chronicle::new(Arc::clone(&interview.lab), interview.cause.clone());
        let rate = || RateLimiter::direct(Quota::per_second(RATE.0).allow_burst(RATE.1));
        let entry = Quota::per_second(NonZeroU32::MIN);
        Console(Arc::new(Inner {
            interview,
            address,
            keys: Mutex::default(),
            tickets: Mutex::default(),
            chronicle: Mutex::new(chronicle),
            record: OnceLock::new(),
            folder: OnceLock::new(),
            desk: Mutex::new(None),
            screens: Screens::default(),
            opening: tokio::sync::Mutex::default(),
            looked: Mutex::default(),
            window: Window::default(),
            tail: Mutex::default(),
            gathered: OnceLock::new(),
            glances: Mutex::default(),
            turn: Mutex::default(),
            lab_ready: watch::Sender::new(false),
            system_gone: watch::Sender::new(false),
            news: watch::Sender::new(0),
            signed_out: [watch::Sender::new(0), watch::Sender::new(0)],
            rates: [rate(), rate()],
            once: Default::default(),
            entries: RateLimiter::direct(entry.allow_burst(RATE.0)),
        }))
    }

    pub(crate) fn interview(&self) -> &Interview {
        &self.0.interview
    }

    /// Where it stands on its host.
    pub fn address(&self) -> &Address {
        &self.0.address
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

    /// What is kept for a Grafana.
    pub(crate) fn window(&self) -> &Window {
        &self.0.window
    }

    /// Where browsers find this session's Grafana, if it has one; without a slash at its end.
    pub fn grafana_address(&self) -> String {
        format!("{}{}", self.address().base(), crate::grafana::PLACE)
    }

    pub(crate) fn tail(&self) -> MutexGuard<'_, Tail> {
        lock(&self.0.tail)
    }

    pub(crate) fn screens(&self) -> &Screens {
        &self.0.screens
    }

    /// Whether this role may ask one more thing of so many bytes now.
    pub(crate) fn allows(&self, role: Role, bytes: usize) -> bool {
        let more = u32::try_from(bytes / BYTES).unwrap_or(u32::MAX);
        let cost = NonZeroU32::MIN.saturating_add(more).min(RATE.1);
        matches!(of(&self.0.rates, role).check_n(cost), Ok(Ok(())))
    }

    /// What this role has been answered.
    pub(crate) fn once(&self, role: Role) -> &Once {
        of(&self.0.once, role)
    }

    /// Takes back the keys of this role, and closes its sockets.
    pub fn sign_out(&self, role: Role) {
        self.keys().revoke(role);
        self.close_sockets(role);
    }

    /// Closes the sockets of whoever was in as this role so far.
    pub(crate) fn close_sockets(&self, role: Role) {
        self.tickets().revoke(role);
        of(&self.0.signed_out, role).send_modify(|count| *count += 1);
    }

    /// Changes when whoever is in as this role is signed out.
    pub(crate) fn signed_out(&self, role: Role) -> watch::Receiver<u64> {
        of(&self.0.signed_out, role).subscribe()
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

    /// Changes to true when the incident is over and its system is gone.
    pub fn debriefing(&self) -> watch::Receiver<bool> {
        self.0.system_gone.subscribe()
    }

    /// Changes to true when the system is up and well.
    pub fn lab_ready(&self) -> watch::Receiver<bool> {
        self.0.lab_ready.subscribe()
    }
}

/// The session.
impl Console {
    /// Makes it the console of this session, which has begun to be recorded.
    pub fn begin(&self, folder: &SessionFolder, recorder: &Recorder) {
        // A console is for one session.
        let _ = self.0.folder.set(folder.clone());
        let _ = self.0.record.set(Record::Growing(recorder.clone()));
        let gathered = self.0.gathered.get_or_init(|| Arc::new(Gathered(Arc::downgrade(&self.0))));
        let gathered: Weak<dyn Gathers> = Arc::<Gathered>::downgrade(gathered);
        recorder.gathers(gathered);
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

    /// Begins with a session that was over before, as it is kept.
    pub(crate) fn look_back(&self, folder: &SessionFolder, record: Record) {
        let _ = self.0.folder.set(folder.clone());
        let _ = self.0.record.set(record);
        self.system_is_gone();
    }

    /// Where the session is kept.
    pub(crate) fn folder(&self) -> Option<&SessionFolder> {
        self.0.folder.get()
    }

    /// What is in the record, once it has begun.
    pub(crate) fn so_far(&self) -> Option<&Record> {
        self.0.record.get()
    }

    /// What has happened up to this moment.
    pub(crate) fn chronicle(&self) -> MutexGuard<'_, Chronicle> {
        let mut chronicle = lock(&self.0.chronicle);
        if let Some(record) = self.so_far() {
            for event in record.some_since(chronicle.next, usize::MAX) {
                chronicle.take(&event);
            }
        }
        chronicle
    }

    /// Records what somebody did in the console.
    ///
    /// # Errors
    /// When the session has not begun, or its record is closed.
    pub(crate) fn record(
        &self,
        by: (Participant, Door, Effect),
        kind: Kind,
    ) -> Result<Arc<Event>, Problem> {
        let record = self.so_far().ok_or_else(|| Problem::not_now(self.not_yet()))?;
        let Record::Growing(recorder) = record else { return Err(sealed()) };
        if self.chronicle().is_closed() {
            return Err(sealed());
        }
        let ((participant, door, effect), place) = (by, Place::Console);
        Ok(recorder.happened(Happening { participant, door, effect, place, kind }))
    }

    /// Whether the session was over before; nothing is added to it.
    pub(crate) fn looks_back(&self) -> bool {
        matches!(self.so_far(), Some(Record::ReadBack { .. }))
    }

    pub(crate) fn lab_is_ready(&self) {
        self.0.lab_ready.send_replace(true);
        self.tell();
    }

    /// The lab has been removed: only the debrief is left.
    pub fn system_is_gone(&self) {
        self.0.system_gone.send_replace(true);
        self.tell();
    }

    pub(crate) fn open_doors(&self, doors: &Doors, terminals: Terminals, injects: Arc<Injects>) {
        let doors = Arc::new(doors.in_the_console());
        *lock(&self.0.desk) = Some(Desk { doors, terminals, injects });
        self.tell();
    }

    /// Lets go of all that belongs to the system.
    pub(crate) fn close_doors(&self) {
        self.note_gathered();
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

    /// Held while something is looked at and then recorded, so that two clicks are not taken for two
    /// hints, and of two pieces of evidence none is lost.
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
        // One at a time, so that all are counted.
        let _alone = self.0.opening.lock().await;
        if let Some(detail) = self.screens().full() {
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
        let now_s = self.so_far().map_or(0.0, Record::now_s);
        let chronicle = self.chronicle();
        let clock = chronicle.clock;
        let is_timed = |_: &f64| !interview.alone;
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
            alone: interview.alone,
            // Whoever began at a terminal was asked nothing here.
            consented: chronicle.consented || clock.paged_at_s.is_some(),
            paged_at_s: clock.paged_at_s,
            minutes: interview.minutes + clock.added,
            ends_at_s: clock.ends_at_s(interview.minutes).filter(is_timed),
            paused_at_s: clock.paused_at_s,
            paused_s: clock.paused_s,
            done: chronicle.done,
            ended: chronicle.ended.as_ref().map(|ended| {
                let may_know = role == Role::Interviewer || interview.alone;
                told(ended, may_know || chronicle.page.is_some())
            }),
            report_ready: *self.0.system_gone.borrow(),
            submitted: chronicle.debrief.submitted_at_s.is_some(),
            closed: self.looks_back() || chronicle.is_closed(),
        }
    }
}

fn sealed() -> Problem {
    Problem::not_now("the record is sealed; nothing is added to it any more")
}

/// The one of the two that is this role's.
fn of<T>([candidate, interviewer]: &[T; 2], role: Role) -> &T {
    match role {
        Role::Candidate => candidate,
        Role::Interviewer => interviewer,
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

/// Why a session failed before its page may name the fault, and the next try may have the same one.
fn told(ended: &Ending, in_full: bool) -> Ending {
    let withheld = ended.how == EndingHow::Failed && !in_full;
    let detail = if withheld { String::new() } else { ended.detail.clone() };
    Ending { how: ended.how, detail }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
