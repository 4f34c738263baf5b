//! One running system: a network and its containers, from provision to teardown.

mod address;
mod beside;
mod control;
mod exec;
mod expected;
mod logs;
mod memory;
mod network;
mod provision;
mod spec;
mod state;
mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::Stream;
use lab::compose::Service;
use lab::lab::Lab;

use crate::boxed;
use crate::clean::{self, Removed};
use crate::{Engine, Link, Owner, Refusal};

pub use beside::Beside;
pub use exec::{ExecOutput, SpawnedExec};
pub use logs::LogLine;
pub use provision::ProvisionError;
pub use state::{Container, Ending, Limits};
pub use watch::Death;

use network::Network;
use watch::Watch;

/// A system that was started for one session. Cheap to clone; every clone is the same system.
///
/// Dropping it removes nothing, because that takes an engine that answers:
/// [`Testbed::tear_down`] does, and [`clean::orphans`] after a crash.
#[derive(Clone)]
pub struct Testbed {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    owner: Owner,
    network: Network,
    services: BTreeMap<String, Service>,
    members: Mutex<BTreeMap<String, Member>>,
    /// Addresses of what stands beside the system.
    beside: Mutex<BTreeSet<Ipv4Addr>>,
    watch: Watch,
    link: Link,
}

/// One container of the system, under the name that people type.
#[derive(Debug, Clone)]
struct Member {
    /// The engine's id; another one after a replacement.
    id: String,
    service: String,
    address: Ipv4Addr,
}

/// Why something could not be done with a running system.
#[derive(Debug, thiserror::Error)]
pub enum TestbedError {
    #[error("there is no container `{name}`; there are {there}")]
    Unknown { name: String, there: String },
    #[error("there is no service `{service}` in the Compose file")]
    UnknownService { service: String },
    #[error("a container `{name}` is there already")]
    Exists { name: String },
    #[error("the network has no address left for `{name}`; remove a replica first")]
    NoAddress { name: String },
    #[error("could not {what} container `{name}`")]
    Engine {
        what: &'static str,
        name: String,
        #[source]
        source: Refusal,
    },
    #[error("could not run `{program}` in container `{name}`")]
    Exec {
        name: String,
        program: String,
        #[source]
        source: Refusal,
    },
}

/// The environment that a service's containers start with: the Compose file's, and over it the
/// settings of the deployment that governs the service.
pub fn environment(lab: &Lab, service: &str) -> BTreeMap<String, String> {
    let mut environment = lab
        .system
        .compose
        .services
        .get(service)
        .map(|service| service.environment.clone())
        .unwrap_or_default();
    for deployment in lab.system.deployments.values().filter(|it| it.service == service) {
        for setting in deployment.config.values() {
            environment.insert(setting.env.clone(), setting.value.clone());
        }
    }
    environment
}

impl Testbed {
    /// The stream to the workstation's PID 1.
    pub fn link(&self) -> &Link {
        &self.inner.link
    }

    /// The engine that it runs on.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The session that everything here belongs to.
    pub fn session(&self) -> &str {
        &self.inner.owner.session
    }

    /// Whether there is a container of this name (`payments-1`).
    pub fn has(&self, name: &str) -> bool {
        self.inner.members().contains_key(name)
    }

    /// The containers' names as people type them (`payments-1`, `edge`), sorted.
    pub fn containers(&self) -> Vec<String> {
        self.inner.members().keys().cloned().collect()
    }

    /// Containers that died though nobody here asked them to, from the first moment on, those of
    /// before this call included. Any number of callers may listen. Ends when the engine is gone.
    pub fn deaths(&self) -> impl Stream<Item = Death> + Send + Unpin + use<> {
        self.inner.watch.deaths()
    }

    /// What a container has written since it was started, and what it goes on to write, line by
    /// line, over restarts. Ends when the container is removed (a replacement is another one).
    pub fn logs(&self, name: &str) -> impl Stream<Item = LogLine> + Send + Unpin + use<> {
        logs::follow(&self.inner, name)
    }

    /// Removes the containers with their volumes, all at once and without grace, then the network.
    /// May be called again, by any clone, also after it failed.
    ///
    /// # Errors
    /// When the engine does not answer or keeps something; [`clean::orphans`] finds that later.
    #[boxed]
    pub async fn tear_down(&self) -> Result<Removed, clean::CleanError> {
        self.inner.watch.expected().mark_all();
        let removed = clean::session(&self.inner.engine, &self.inner.owner).await?;
        self.inner.members().clear();
        Ok(removed)
    }
}

impl Inner {
    fn members(&self) -> MutexGuard<'_, BTreeMap<String, Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The addresses that are in use.
    fn taken(&self) -> BTreeSet<Ipv4Addr> {
        let mut taken: BTreeSet<_> = self.members().values().map(|it| it.address).collect();
        taken.extend(self.beside.lock().unwrap_or_else(PoisonError::into_inner).iter());
        taken
    }

    /// One more address, for something beside the system.
    fn address_beside(&self, name: &str) -> Result<Ipv4Addr, TestbedError> {
        let taken = self.taken();
        let free = self.network.subnet.free(&taken);
        let free = free.ok_or_else(|| TestbedError::NoAddress { name: name.to_owned() })?;
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).insert(free);
        Ok(free)
    }

    fn member(&self, name: &str) -> Result<Member, TestbedError> {
        let members = self.members();
        members.get(name).cloned().ok_or_else(|| TestbedError::Unknown {
            name: name.to_owned(),
            there: members.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }
}
