//! Whoever started a server of several sessions: their key, and what the program does for them. Sees
//! no session from inside; for that there are links.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use orchestrator::home::{Home, HomeError, SessionFolder};
use orchestrator::summary::Summary;
use serde::{Deserialize, Serialize};
use session::event::Event;
use session::journal::Verdict;
use utoipa::ToSchema;

use crate::address::Address;
use crate::console::Interview;
use crate::host::{Host, Opened};
use crate::keys::Keys;
use crate::once::Once;
use crate::problem::Problem;

/// How long the operator's key is good for. A server may stand for weeks, and a new link is to be had
/// from the program alone.
const LASTS: Duration = Duration::from_secs(30 * 24 * 3600);
/// Requests in a second, and at once.
const RATE: (NonZeroU32, NonZeroU32) = (NonZeroU32::new(20).unwrap(), NonZeroU32::new(60).unwrap());
/// Sessions that have ended and are listed.
const LISTED: usize = 100;

/// What the program around this crate does for an operator.
pub trait Opens: Send + Sync + 'static {
    /// The labs of which a session may be started.
    ///
    /// # Errors
    /// When they cannot be read.
    fn labs(&self) -> Result<Vec<LabChoice>, Problem>;

    /// Opens a console on the host and starts its session, which then runs by itself.
    ///
    /// # Errors
    /// When what was asked for does not exist, or there are too many sessions.
    fn open(&self, host: &Host, asked: NewInterview) -> Result<Opened, Problem>;

    /// The report of a session that has ended, as a page of its own.
    ///
    /// # Errors
    /// When it cannot be made.
    fn report(&self, session: &SessionFolder) -> Result<String, Problem>;

    /// A session that has ended, as it is kept.
    ///
    /// # Errors
    /// When its journal or its lab cannot be read.
    fn kept(&self, session: &SessionFolder) -> Result<Kept, Problem>;
}

/// A session that has ended.
pub struct Kept {
    pub interview: Interview,
    /// All of its journal, in order.
    pub events: Vec<Event>,
    pub verdict: Verdict,
}

/// A lab that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LabChoice {
    pub id: String,
    pub title: String,
    /// In the order of their names.
    pub causes: Vec<CauseChoice>,
}

/// A cause that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CauseChoice {
    pub id: String,
    pub title: String,
}

/// An interview that is to be held.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInterview {
    /// A lab's id.
    pub lab: String,
    /// One of its causes; drawn when left out.
    #[serde(default)]
    pub cause: Option<String>,
    /// The candidate's name, 1 to 100 characters.
    pub candidate: String,
    /// From the page to the end, 1 to 480.
    pub minutes: u32,
}

/// The operator's side of a host.
pub(crate) struct Operator {
    address: Address,
    keys: Mutex<Keys<Key>>,
    rate: DefaultDirectRateLimiter,
    once: Once,
    entries: DefaultDirectRateLimiter,
    opens: Arc<dyn Opens>,
    home: Home,
    /// Sessions that will not change any more.
    ended: Mutex<HashMap<String, Summary>>,
}

/// What an operator's link lets in as; there is one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key;

/// The operator, by their cookie.
pub(crate) struct Operating(pub(crate) Host);

// === impl Operator ===

impl Operator {
    pub(crate) fn new(address: Address, opens: Arc<dyn Opens>, home: Home) -> Operator {
        let entry = Quota::per_second(NonZeroU32::MIN).allow_burst(RATE.0);
        Operator {
            address,
            keys: Mutex::default(),
            rate: RateLimiter::direct(Quota::per_second(RATE.0).allow_burst(RATE.1)),
            once: Once::default(),
            entries: RateLimiter::direct(entry),
            opens,
            home,
            ended: Mutex::default(),
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, Keys<Key>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn opens(&self) -> Arc<dyn Opens> {
        Arc::clone(&self.opens)
    }

    /// A new link; one that was given out before and not used stops working.
    pub(crate) fn new_link(&self) -> String {
        let secret = self.keys().give_out(Key, Instant::now(), LASTS);
        self.address.link(&secret)
    }

    /// What they have been answered.
    pub(crate) fn once(&self) -> &Once {
        &self.once
    }

    /// Whether one more link may be tried now.
    pub(crate) fn allows_entry(&self) -> bool {
        self.entries.check().is_ok()
    }

    pub(crate) fn is_known(&self, headers: &HeaderMap) -> bool {
        let mut own = self.address.cookies(headers);
        own.any(|cookie| self.keys().who(cookie, Instant::now()).is_some())
    }

    /// The newest sessions of this home that nobody runs any more, newest first, and how many there
    /// are besides. Reads files.
    ///
    /// # Errors
    /// When the home cannot be read.
    pub(crate) fn ended(&self) -> Result<(Vec<Summary>, usize), HomeError> {
        let mut over = self.home.sessions()?;
        over.retain(|folder| !folder.is_live());
        let left_out = over.len().saturating_sub(LISTED);
        let mut known = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = over.iter().take(LISTED).map(|folder| match known.get(&folder.id) {
            Some(summary) => summary.clone(),
            None => {
                let summary = Summary::of(folder);
                if summary.is_final() {
                    known.insert(folder.id.clone(), summary.clone());
                }
                summary
            }
        });
        Ok((newest.collect(), left_out))
    }

    /// The folder of a session that has ended, by its whole id.
    ///
    /// # Errors
    /// When there is none, or it still runs.
    pub(crate) fn folder(&self, session: &str) -> Result<SessionFolder, Problem> {
        let found = self.home.sessions().map_err(|error| unreadable(&error))?;
        let folder = found.into_iter().find(|folder| folder.id == session);
        let folder =
            folder.ok_or_else(|| Problem::not_found(format!("there is no session `{session}`")))?;
        if folder.is_live() {
            return Err(Problem::not_now("the session still runs; its report comes at its end"));
        }
        Ok(folder)
    }
}

/// The home cannot be read.
pub(crate) fn unreadable(error: &HomeError) -> Problem {
    let detail = orchestrator::reasons::in_words(error);
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the sessions cannot be read", detail)
}

impl FromRequestParts<Host> for Operating {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, host: &Host) -> Result<Operating, Problem> {
        let operator = host.operator().ok_or_else(|| Problem::not_found("nobody operates here"))?;
        if !operator.is_known(&parts.headers) {
            let detail = "open the operator's link; the program prints it when it starts";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "not signed in", detail));
        }
        if operator.rate.check().is_err() {
            let detail = "wait a moment and try again";
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many at once", detail));
        }
        Ok(Operating(host.clone()))
    }
}
