//! The consoles behind one port: which request is for which of them, how many there may be, and those
//! that look back at a session that was over before. It starts no session; a request that is for nobody is told so.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use orchestrator::home::{Home, SessionFolder};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use crate::address::{self, Address, OPERATOR};
use crate::console::{Console, Interview};
use crate::grafana::PLACE;
use crate::guard::{self, Hosts};
use crate::operator::{Kept, Opens, Operator};
use crate::problem::Problem;
use crate::record::Record;
use crate::routes::grafana;
use crate::routes::operator::Hosted;
use crate::who::by_cookie;
use crate::words::Role;
use crate::{api, once, page, sockets};

/// The largest body that is read, in bytes (64 KiB).
pub(crate) const BODY: usize = 64 << 10;
/// How long the pages of a session that is over can still be read.
const LINGERS: Duration = Duration::from_secs(3600);

/// The consoles behind one port. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    hosts: Hosts,
    most: usize,
    slots: RwLock<BTreeMap<String, Slot>>,
    operator: OnceLock<Operator>,
}

/// One console, what serves it, and what ends its session.
struct Slot {
    console: Console,
    pages: Router,
    stop: CancellationToken,
    opened: Instant,
    over: Option<Over>,
}

/// A session is over.
struct Over {
    since: Instant,
    trouble: Option<String>,
}

/// A console that is served from now on.
#[derive(Clone)]
pub struct Opened {
    /// Its name on the host.
    pub slot: String,
    pub console: Console,
    pub links: Links,
}

/// The two ways in. Each works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    pub candidate: String,
    pub interviewer: String,
}

/// There are as many sessions as there may be.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} sessions run already, and more are not allowed at once; end one first, or start the program with a larger --sessions"
)]
pub struct Full(usize);

// === impl Host ===

impl Host {
    pub(crate) fn new(hosts: Hosts, most: usize) -> Host {
        let (slots, operator) = (RwLock::default(), OnceLock::new());
        Host(Arc::new(Inner { hosts, most, slots, operator }))
    }

    /// Scheme, name and port, such as `http://127.0.0.1:8080`.
    pub fn origin(&self) -> &str {
        self.0.hosts.origin()
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// How many sessions may run at once.
    pub fn most(&self) -> usize {
        self.0.most
    }

    /// Lets an operator in, and gives the link.
    pub fn operate(&self, opens: Arc<dyn Opens>, home: Home) -> String {
        let address = Address::of_operator(self.0.hosts.origin());
        // A host has one operator.
        self.0.operator.get_or_init(|| Operator::new(address, opens, home)).new_link()
    }

    /// A new link for the operator, who is there already; whoever came by the old one is signed out.
    pub fn new_operator_link(&self) -> Option<String> {
        self.operator().map(Operator::new_link)
    }

    pub(crate) fn operator(&self) -> Option<&Operator> {
        self.0.operator.get()
    }

    /// Opens a console for one more session, which `stop` ends, and gives its two links out.
    ///
    /// # Errors
    /// When as many run as may.
    pub fn open(&self, interview: Interview, stop: CancellationToken) -> Result<Opened, Full> {
        let mut slots = self.write();
        tidy(&mut slots);
        if slots.values().filter(|slot| slot.over.is_none()).count() >= self.0.most {
            return Err(Full(self.0.most));
        }
        let slot = address::fresh_slot();
        let console = Console::new(interview, Address::of_session(self.0.hosts.origin(), &slot));
        let links = Links {
            candidate: console.new_link(Role::Candidate),
            interviewer: console.new_link(Role::Interviewer),
        };
        let pages = pages(console.clone());
        let opened = Instant::now();
        slots.insert(
            slot.clone(),
            Slot { console: console.clone(), pages, stop, opened, over: None },
        );
        Ok(Opened { slot, console, links })
    }

    /// The path of a link to the report and the replay of a session that is over. `kept` reads it; one
    /// that was asked for before is not read again.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn look_back(
        &self,
        folder: &SessionFolder,
        kept: impl FnOnce() -> Result<Kept, Problem>,
    ) -> Result<String, Problem> {
        if let Some(link) = self.looked_back(folder) {
            return Ok(link);
        }
        let Kept { interview, events, verdict } = kept()?;
        let slot = address::fresh_slot();
        let console = Console::new(interview, Address::of_session(self.0.hosts.origin(), &slot));
        let record = Record::ReadBack { events: events.into(), verdict: verdict.into() };
        console.look_back(folder, record);
        let link = self.path_in(&console);
        let (pages, stop) = (pages(console.clone()), CancellationToken::new());
        let opened = Instant::now();
        let over = Some(Over { since: opened, trouble: None });
        let mut slots = self.write();
        tidy(&mut slots);
        slots.insert(slot, Slot { console, pages, stop, opened, over });
        Ok(link)
    }

    /// A new link into the console that looks back at this session, if there is one.
    fn looked_back(&self, folder: &SessionFolder) -> Option<String> {
        let mut slots = self.write();
        let at_it = |slot: &&mut Slot| {
            let session = slot.console.folder().map(|folder| &folder.id);
            slot.console.looks_back() && session == Some(&folder.id)
        };
        let slot = slots.values_mut().find(at_it)?;
        slot.over = Some(Over { since: Instant::now(), trouble: None });
        Some(self.path_in(&slot.console))
    }

    /// The path of a new link. A browser that is at the host already stays at the name it has for it:
    /// a cookie of another name would not be sent.
    fn path_in(&self, console: &Console) -> String {
        let link = console.new_link(Role::Interviewer);
        link.strip_prefix(self.0.hosts.origin()).unwrap_or(&link).to_owned()
    }

    /// The session of a slot is over; its pages can be read for an hour. `trouble` is why it did not
    /// end well, for the operator.
    pub fn over(&self, slot: &str, trouble: Option<String>) {
        if let Some(slot) = self.write().get_mut(slot) {
            slot.over = Some(Over { since: Instant::now(), trouble });
            slot.console.tell();
        }
    }

    /// Ends the session of a slot in order.
    ///
    /// # Errors
    /// When there is none, or it is over.
    pub(crate) fn end(&self, slot: &str) -> Result<(), Problem> {
        match self.read().get(slot) {
            None => Err(no_slot(slot)),
            Some(slot) if slot.over.is_some() => Err(Problem::not_now("the session is over")),
            Some(slot) => {
                slot.stop.cancel();
                Ok(())
            }
        }
    }

    /// The console of a slot.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn console(&self, slot: &str) -> Result<Console, Problem> {
        self.read().get(slot).map(|slot| slot.console.clone()).ok_or_else(|| no_slot(slot))
    }

    /// The consoles of all sessions that were started here, in the order in which they were opened.
    pub(crate) fn hosted(&self) -> Vec<Hosted> {
        let slots = self.read();
        let mut all: Vec<_> = slots.iter().filter(|(_, slot)| !slot.console.looks_back()).collect();
        all.sort_by_key(|(_, slot)| slot.opened);
        let now = Instant::now();
        let link = |slot: &Slot, role| slot.console.keys().standing(role, now);
        let told = all.into_iter().map(|(name, slot)| Hosted {
            slot: name.clone(),
            candidate_link: link(slot, Role::Candidate),
            interviewer_link: link(slot, Role::Interviewer),
            me: slot.console.me(Role::Interviewer),
            cause: slot.console.interview().cause.title.clone(),
            over: slot.over.is_some(),
            trouble: slot.over.as_ref().and_then(|over| over.trouble.clone()),
        });
        told.collect()
    }

    /// What serves a slot.
    fn pages(&self, slot: &str) -> Option<Router> {
        self.read().get(slot).map(|hosted| hosted.pages.clone())
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Slot>> {
        self.0.slots.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Slot>> {
        self.0.slots.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Links and cookies last as long as any session can: waited for, held, and debriefed.
const LAST: Duration = Duration::from_secs(24 * 3600);

impl Console {
    /// A new link for whoever holds the interview.
    pub fn new_interviewer_link(&self) -> String {
        self.new_link(Role::Interviewer)
    }

    /// A new link for the candidate, or for somebody who practises alone.
    pub fn new_candidate_link(&self) -> String {
        self.new_link(Role::Candidate)
    }

    /// A new link of this role; those that were given out before stop working.
    pub(crate) fn new_link(&self, role: Role) -> String {
        let secret = self.keys().give_out(role, Instant::now(), LAST);
        self.address().link(&secret)
    }
}

/// Lets go of what nobody reads any more.
fn tidy(slots: &mut BTreeMap<String, Slot>) {
    slots.retain(|_, slot| slot.over.as_ref().is_none_or(|over| over.since.elapsed() < LINGERS));
}

fn no_slot(slot: &str) -> Problem {
    Problem::not_found(format!("no session runs at `{slot}`; load the list again"))
}

/// All that is served.
pub fn app(host: Host) -> Router {
    let (operator, _) = api::operator_routes().split_for_parts();
    let operator = operator
        .route(OPERATOR, get(operator_page))
        .route(&format!("{OPERATOR}/"), get(operator_page))
        .route(&format!("{OPERATOR}/{{*file}}"), get(operator_page))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(host.clone(), once_for_the_operator))
        .layer(middleware::from_fn_with_state(host.clone(), where_there_is_one));
    operator
        .fallback(any(hand_on))
        .layer(middleware::from_fn_with_state(host.clone(), guard::stand))
        .with_state(host)
}

/// What is served of one session, by paths inside of its slot.
fn pages(console: Console) -> Router {
    let (routes, _) = api::routes().split_for_parts();
    routes
        .route("/ws/live", get(sockets::live))
        .route("/ws/terminal/{name}", get(sockets::terminal))
        .route(PLACE, any(grafana::below))
        .route(&format!("{PLACE}/"), any(grafana::below))
        .route(&format!("{PLACE}/{{*path}}"), any(grafana::below))
        .fallback(get(page::serve))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(console.clone(), once_for_a_role))
        .with_state(console)
}

/// What somebody who is in sends twice is carried out once; whoever is not in has nothing carried out.
async fn once_for_a_role(
    State(console): State<Console>,
    request: Request<Body>,
    next: middleware::Next,
) -> Response {
    let asked =
        once::key_of(&request).and_then(|key| Some((key, by_cookie(request.headers(), &console)?)));
    match asked {
        Some((key, role)) => console.once(role).carry_out(key, request, BODY, next).await,
        None => next.run(request).await,
    }
}

/// The same for whoever is in as the operator.
async fn once_for_the_operator(
    State(host): State<Host>,
    request: Request<Body>,
    next: middleware::Next,
) -> Response {
    let asked = once::key_of(&request).and_then(|key| {
        Some((key, host.operator().filter(|operator| operator.is_known(request.headers()))?))
    });
    match asked {
        Some((key, operator)) => operator.once().carry_out(key, request, BODY, next).await,
        None => next.run(request).await,
    }
}

/// Hands a request on to the console that it is for.
async fn hand_on(State(host): State<Host>, mut request: Request<Body>) -> Response {
    let path = request.uri().path().to_owned();
    let Some((slot, rest)) = address::split(&path) else { return nowhere() };
    let Some(pages) = host.pages(slot) else { return nowhere() };
    if rest.is_empty() {
        return with_a_slash(&path);
    }
    let Some(inside) = within(rest, request.uri().query()) else { return nowhere() };
    *request.uri_mut() = inside;
    // A router answers everything itself.
    pages.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// A file of the page at the operator's path.
async fn operator_page(uri: Uri) -> Response {
    match address::inside(uri.path()) {
        OPERATOR => with_a_slash(OPERATOR),
        inside => within(inside, None).map_or_else(nowhere, |inside| page::serve_now(&inside)),
    }
}

/// A host without an operator has none of their paths.
async fn where_there_is_one(
    State(host): State<Host>,
    request: Request<Body>,
    next: middleware::Next,
) -> Response {
    if host.operator().is_some() { next.run(request).await } else { nowhere() }
}

/// The page finds its files beside itself, so its address ends with a slash.
fn with_a_slash(path: &str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{path}/"))]).into_response()
}

/// The address of a request as its console knows it.
fn within(rest: &str, query: Option<&str>) -> Option<Uri> {
    let text = query.map_or_else(|| rest.to_owned(), |query| format!("{rest}?{query}"));
    PathAndQuery::try_from(text).ok().map(Uri::from)
}

fn nowhere() -> Response {
    let sentence = "Nothing is here, or not any more. Open the link that you were given.";
    page::says(StatusCode::NOT_FOUND, "No such page", sentence)
}
