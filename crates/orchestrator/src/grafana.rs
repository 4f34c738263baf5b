//! A real Grafana beside the system: how it is set up and started, and the one way to it. It gives
//! nothing away: which questions pass, and what is recorded of them, is the console's.
//!
//! It is no part of the system, and a session goes on without it.

mod setup;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use http_body_util::Full;
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::{Request, Response};
use lab::lab::Lab;
use session::event::Kind;
use testbed::{AnswerBody, Beside, Link, LinkError, Testbed};
use tokio::sync::watch;

use crate::boxed;
use crate::health::Now;
use crate::prometheus::Pass;
use crate::reasons::in_words;
use crate::recorder::Recorder;

pub use setup::{NAME, Wanted};

/// One that has not answered by then does not work.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// Between two looks at whether it answers.
const POLL: Duration = Duration::from_millis(250);
/// Who a browser is to Grafana.
const USER: &str = "oncall";

/// The way to a session's Grafana. Cheap to clone.
#[derive(Clone)]
pub struct Grafana {
    link: Link,
    wanted: Arc<Wanted>,
    /// The header that Grafana takes for who somebody is. Its name is known here alone, so nobody who
    /// reaches its port from inside the network comes in.
    key: HeaderName,
    state: watch::Receiver<State>,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Starting,
    Ready,
    /// It does not work: why, and what is there instead.
    Failed(String),
}

/// What starts one, and watches over it.
pub(crate) struct Keeper {
    testbed: Arc<Testbed>,
    grafana: Grafana,
    service: lab::compose::Service,
    files: setup::Files,
    recorder: Recorder,
    state: watch::Sender<State>,
}

// === impl Grafana ===

impl Grafana {
    /// One for this system, and what has to run for it.
    pub(crate) fn new(
        testbed: &Arc<Testbed>,
        wanted: &Wanted,
        lab: &Lab,
        pass: &Pass,
        recorder: &Recorder,
    ) -> (Grafana, Keeper) {
        let secret = format!("{:032x}", rand::random::<u128>());
        let name = format!("x-console-{secret}");
        let (state, told) = watch::channel(State::Starting);
        let key = HeaderName::try_from(&name).unwrap_or(HeaderName::from_static("x-console"));
        let (link, wanted) = (testbed.link().clone(), Arc::new(wanted.clone()));
        let service = setup::service(&wanted, key.as_str());
        let files = setup::files(lab, pass);
        let grafana = Grafana { link, wanted, key, state: told };
        let keeper = Keeper {
            testbed: Arc::clone(testbed),
            grafana: grafana.clone(),
            service,
            files,
            recorder: recorder.clone(),
            state,
        };
        (grafana, keeper)
    }

    /// How far it is.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// The path below which it stands for browsers, without a slash at its end.
    pub fn path(&self) -> &str {
        self.wanted.path()
    }

    /// Passes a request on, as a viewer. The path is below [`Grafana::path`] and begins with `/`; who
    /// asks, and for whom, is set here.
    ///
    /// # Errors
    /// When it does not answer.
    #[boxed]
    pub async fn ask(&self, request: Request<Bytes>) -> Result<Response<AnswerBody>, LinkError> {
        let (mut head, body) = request.into_parts();
        let target = format!("{}{}", self.path(), head.uri);
        head.uri = target.parse().map_err(|_| LinkError::Path { path: target })?;
        let host = HeaderValue::try_from(self.wanted.host());
        head.headers.insert(HOST, host.unwrap_or(HeaderValue::from_static(NAME)));
        head.headers.insert(&self.key, HeaderValue::from_static(USER));
        let request = Request::from_parts(head, Full::new(body));
        self.link.carry(NAME, setup::PORT, request).await
    }
}

// === impl Keeper ===

impl Keeper {
    /// Starts it once the system has been steady for so long, and not before: a start takes a core for
    /// some seconds. Waits until it answers, and then for its death. What goes wrong is in the record.
    pub(crate) async fn keep(self, mut now: watch::Receiver<Now>, settle: Duration) {
        let steady = now.wait_for(|now| match (&now.health, now.steady_since) {
            (Some(health), Some(since)) => health.at.saturating_sub(since) >= settle,
            _ => false,
        });
        if steady.await.is_err() {
            return; // The session is over.
        }
        let mut deaths = Box::pin(self.testbed.deaths());
        let died = async {
            while let Some(death) = deaths.next().await {
                if death.name == NAME {
                    let why = if death.oom { " for lack of memory" } else { "" };
                    return format!("it ended with {}{why}", death.exit_code);
                }
            }
            std::future::pending().await
        };
        let starting = async {
            match self.start().await {
                Ok(()) => {
                    self.state.send_replace(State::Ready);
                    std::future::pending().await
                }
                Err(reason) => reason,
            }
        };
        let reason = tokio::select! { reason = died => reason, reason = starting => reason };
        self.failed(&reason);
    }

    async fn start(&self) -> Result<(), String> {
        let beside = Beside {
            name: NAME,
            image: &self.grafana.wanted.image,
            service: &self.service,
            folder: setup::FOLDER,
            files: &self.files,
        };
        self.testbed.put_beside(&beside).await.map_err(|error| in_words(&error))?;
        let health = format!("{}/api/health", self.grafana.path());
        let begun = Instant::now();
        loop {
            // Until it listens there is no answer; that is what is waited for.
            let answer = self.grafana.link.http_get(NAME, setup::PORT, &health).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if begun.elapsed() >= READY_WITHIN {
                return Err(format!("it did not answer within {}s", READY_WITHIN.as_secs()));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn failed(&self, reason: &str) {
        let what =
            format!("`{NAME}` of image `{}` does not work: {reason}", self.grafana.wanted.image);
        let remedy =
            "the console draws the same dashboards; `docker logs` of it says more".to_owned();
        self.state.send_replace(State::Failed(reason.to_owned()));
        self.recorder.truth(Kind::Trouble { what, remedy });
    }
}
