//! Inject and recover, one file a fault.
//!
//! A fault that is on is a [`Lease`]: it lives in something that dies with the system (a container,
//! a process in a container), never on the host or in the engine. Recovering it is therefore only
//! about stopping early; when the orchestrator is killed, removing the containers is enough.
//!
//! What this crate does not do: decide when to inject, prove that a fault bites, or record events.
//! That is the orchestrator's.

mod config;
mod deploy;
mod sql;
mod traffic;

use std::future::Future;

use lab::fault::Fault;
use testbed::Testbed;

/// What a fault may take hold of. The orchestrator's control plane implements it, so that a bad
/// deploy goes through the very code that a good one goes through.
pub trait Hands: Send + Sync {
    /// The running system.
    fn testbed(&self) -> &Testbed;

    /// The service that sends the traffic, if the lab has one.
    fn internet(&self) -> Option<&str>;

    /// Rolls a deployment to a release, as an entry of its history. Gives the release before.
    fn deploy(
        &self,
        deployment: &str,
        release: &str,
        by: &str,
        note: &str,
    ) -> impl Future<Output = Result<String, HandsError>> + Send;

    /// Changes a setting of a deployment, as an entry of its history. Gives the value before.
    fn configure(
        &self,
        deployment: &str,
        key: &str,
        value: &str,
        by: &str,
        note: &str,
    ) -> impl Future<Output = Result<String, HandsError>> + Send;
}

/// Why the control plane could not do what a fault asked for, in its own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct HandsError(pub String);

/// Why a fault could not be injected or recovered.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    #[error("the control plane refused the {fault} fault")]
    Refused { fault: &'static str, source: HandsError },
    #[error("the {fault} fault could not run its program in `{container}`")]
    Exec { fault: &'static str, container: String, source: testbed::TestbedError },
    #[error("the {fault} fault's program in `{container}` ended with {code}: {said}")]
    Program { fault: &'static str, container: String, code: i64, said: String },
    #[error("the lab has no service that sends traffic; name one with `system.internet`")]
    NoInternet,
}

/// A fault that is on.
#[must_use = "a lease that is dropped can only be recovered by removing the system"]
pub struct Lease {
    kind: &'static str,
    detail: String,
    recovery: Recovery,
}

enum Recovery {
    /// The change lives in containers and goes with them.
    WithTheSystem,
    Traffic(traffic::Surge),
    Sql(sql::Transaction),
}

// === impl Lease ===

impl Lease {
    /// The fault's kind, such as `deploy`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// What was done, in one line for the record.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Stops the fault where it can be stopped on its own; says what was done.
    ///
    /// # Errors
    /// When the container that holds the fault does not answer. Removing the system still ends it.
    pub async fn recover(&self, hands: &impl Hands) -> Result<String, FaultError> {
        match &self.recovery {
            Recovery::WithTheSystem => Ok("ends with the system".to_owned()),
            Recovery::Traffic(surge) => surge.recover(hands).await,
            Recovery::Sql(transaction) => transaction.recover().await,
        }
    }
}

/// Whether a fault is out of the system once it is recovered. A change of the system like any other
/// stays until somebody acts on it, and an open transaction until it is over.
pub fn can_stop(fault: &Fault) -> bool {
    match fault {
        Fault::Traffic { .. } => true,
        Fault::Deploy { .. } | Fault::Config { .. } | Fault::Sql { .. } => false,
    }
}

/// Injects one fault.
///
/// # Errors
/// When the system did not take it; nothing is left half done but what the error names.
pub async fn inject(fault: &Fault, hands: &impl Hands) -> Result<Lease, FaultError> {
    match fault {
        Fault::Deploy { deployment, release, by, note } => {
            deploy::inject(hands, deployment, release, by, note).await
        }
        Fault::Config { deployment, key, value, by, note } => {
            config::inject(hands, deployment, key, value, by, note).await
        }
        Fault::Traffic { merchant, rate, retries } => {
            traffic::inject(hands, merchant, *rate, *retries).await
        }
        Fault::Sql { service, application, statement, hold } => {
            sql::inject(hands, service, application, statement, *hold).await
        }
    }
}
