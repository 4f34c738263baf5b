//! The control plane of a lab: what runs where, in which release, with which settings, and who
//! changed it. `deployctl`, `edgectl` and the faults all go through it, so that a bad deploy and a
//! good one are the same thing, and every act knows the state before and after.
//!
//! It does not print and does not record; `doors` does both.
//!
//! - [`history`]: the changes, those from before the session among them
//! - [`roll`]: deploy, rollback, config, scale, restart: replica by replica
//! - [`edge`]: limits and drains at HAProxy, through its admin socket

pub mod edge;
pub mod history;
pub mod roll;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fault::{Hands, HandsError};
use lab::lab::{Deployment, Lab};
use testbed::{Images, Testbed, TestbedError};
use tokio::sync::{Mutex, MutexGuard};

use self::history::History;
use crate::boxed;
use crate::logs::Logs;

/// A replica that is being stopped has some seconds for its last requests.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);

/// The control plane. One change at a time: a second one waits for the first.
pub struct Control {
    lab: Arc<Lab>,
    testbed: Arc<Testbed>,
    images: Arc<Images>,
    logs: Logs,
    state: Mutex<State>,
    history: std::sync::Mutex<History>,
    /// Whether the system is about to go.
    closed: AtomicBool,
}

/// What the control plane wants to be running, by deployment.
pub(crate) type State = BTreeMap<String, Running>;

/// How one deployment runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub release: String,
    /// The release that ran before this one, for `rollback`.
    pub previous: Option<String>,
    pub config: BTreeMap<String, String>,
    pub replicas: BTreeMap<String, Replica>,
}

/// One replica.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    pub release: String,
    pub started: jiff::Timestamp,
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub verb: &'static str,
    pub target: String,
    pub detail: String,
    pub before: String,
    pub after: String,
}

/// Why the control plane refused or failed. The words are for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    #[error("there is no {what} `{name}`; there is {known}")]
    Unknown { what: &'static str, name: String, known: String },
    #[error("`{key}` takes {range}, not `{value}`")]
    Value { key: String, value: String, range: String },
    #[error("{deployment} runs {what} already")]
    Already { deployment: String, what: String },
    #[error("{deployment} has no earlier release to go back to")]
    NothingBefore { deployment: String },
    #[error("the edge answered: {0}")]
    Edge(String),
    #[error(
        "{replica} did not become ready within {seconds} s and was left as it is; its log may say \
         why, and the same call again goes on from here"
    )]
    NotReady { replica: String, seconds: u64 },
    #[error("the platform could not change `{name}`")]
    Platform { name: String, source: TestbedError },
    #[error("the platform could not run a command in `{name}`")]
    Command { name: String, source: TestbedError },
    #[error("the session is ending, and nothing is changed any more")]
    Ending,
}

// === impl ControlError ===

impl ControlError {
    /// Whether the system may have been changed before it failed: an act that was carried out in part.
    pub fn left_a_change(&self) -> bool {
        match self {
            ControlError::NotReady { .. }
            | ControlError::Platform { .. }
            | ControlError::Ending => true,
            ControlError::Unknown { .. }
            | ControlError::Value { .. }
            | ControlError::Already { .. }
            | ControlError::NothingBefore { .. }
            | ControlError::Edge(_)
            | ControlError::Command { .. } => false,
        }
    }
}

// === impl Control ===

impl Control {
    /// The control plane of a system that was just provisioned.
    pub fn new(
        lab: Arc<Lab>,
        testbed: Arc<Testbed>,
        images: Arc<Images>,
        logs: Logs,
        started: jiff::Timestamp,
    ) -> Control {
        let state = lab
            .system
            .deployments
            .iter()
            .map(|(name, deployment)| (name.clone(), first_state(&lab, deployment, started)))
            .collect();
        let history = History::before(&lab.system.history, started);
        Control {
            lab,
            testbed,
            images,
            logs,
            state: Mutex::new(state),
            history: std::sync::Mutex::new(history),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes no more changes, and waits (not for long) until one that is under way has ended after the
    /// replica it is at: what it would start later would be left over when the system has gone.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        // An engine that takes longer is cleaned up after.
        let _ = tokio::time::timeout(CLOSED_WITHIN, self.lock()).await;
    }

    fn check_open(&self) -> Result<(), ControlError> {
        if self.closed.load(Ordering::Relaxed) { Err(ControlError::Ending) } else { Ok(()) }
    }

    /// How all deployments run now. Waits while a change is under way.
    #[boxed]
    pub async fn running(&self) -> BTreeMap<String, Running> {
        self.state.lock().await.clone()
    }

    /// A copy of the changes so far.
    pub fn history(&self) -> History {
        self.history.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Notes that somebody started a container by another way than this control plane.
    pub(crate) async fn note_started(&self, container: &str) {
        let mut state = self.lock().await;
        for running in state.values_mut() {
            if let Some(replica) = running.replicas.get_mut(container) {
                replica.started = jiff::Timestamp::now();
            }
        }
    }

    pub(crate) fn note_change(&self, change: history::Change) {
        self.history.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(change);
    }

    pub(crate) async fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().await
    }

    /// The deployment of this name, as the lab declares it.
    ///
    /// # Errors
    /// When there is none; the message lists those that there are.
    pub fn deployment(&self, name: &str) -> Result<&Deployment, ControlError> {
        let deployments = &self.lab.system.deployments;
        deployments.get(name).ok_or_else(|| unknown("deployment", name, deployments.keys()))
    }
}

impl Hands for Control {
    fn testbed(&self) -> &Testbed {
        &self.testbed
    }

    fn internet(&self) -> Option<&str> {
        self.lab.system.internet.as_deref()
    }

    async fn deploy(
        &self,
        deployment: &str,
        release: &str,
        by: &str,
        note: &str,
    ) -> Result<String, HandsError> {
        let act = Control::deploy(self, deployment, release, by, note).await.map_err(in_words)?;
        Ok(act.before)
    }

    async fn configure(
        &self,
        deployment: &str,
        key: &str,
        value: &str,
        by: &str,
        note: &str,
    ) -> Result<String, HandsError> {
        let act = self.set_config(deployment, key, value, by, note).await.map_err(in_words)?;
        Ok(act.before)
    }
}

/// The error with its sources, for somebody who only gets one line.
fn in_words(error: ControlError) -> HandsError {
    HandsError(format!("{:#}", anyhow::Error::from(error)))
}

pub(crate) fn unknown<'a>(
    what: &'static str,
    name: &str,
    known: impl Iterator<Item = &'a String>,
) -> ControlError {
    let known: Vec<&str> = known.map(String::as_str).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    ControlError::Unknown { what, name: name.to_owned(), known }
}

fn first_state(lab: &Lab, deployment: &Deployment, started: jiff::Timestamp) -> Running {
    let service = lab.system.compose.services.get(&deployment.service);
    let replicas = match service.and_then(|service| service.replicas) {
        None => vec![deployment.service.clone()],
        Some(count) => (1..=count).map(|n| format!("{}-{n}", deployment.service)).collect(),
    };
    let replica = Replica { release: deployment.running.clone(), started };
    Running {
        release: deployment.running.clone(),
        previous: release_before(deployment, &deployment.running),
        config: deployment
            .config
            .iter()
            .map(|(key, setting)| (key.clone(), setting.value.clone()))
            .collect(),
        replicas: replicas.into_iter().map(|name| (name, replica.clone())).collect(),
    }
}

/// The release that stands before `version` in the order of the patches.
fn release_before(deployment: &Deployment, version: &str) -> Option<String> {
    let versions = versions(deployment);
    let position = versions.iter().position(|it| it == version)?;
    versions.get(position.checked_sub(1)?).cloned()
}

/// All versions of a deployment, oldest first.
pub fn versions(deployment: &Deployment) -> Vec<String> {
    let released = deployment.releases.iter().map(|release| release.version.clone());
    std::iter::once(deployment.base.clone()).chain(released).collect()
}
