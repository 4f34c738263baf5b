//! Changes of a container's state that somebody in the lab asks for: started, stopped, killed,
//! paused, limited. A death that follows is on purpose.

use std::time::Duration;

use bollard::errors::Error;
use bollard::models::ContainerUpdateBody;
use bollard::query_parameters::{
    KillContainerOptions, RestartContainerOptions, StartContainerOptions, StopContainerOptions,
};

use super::expected::Purpose;
use super::{Testbed, TestbedError};
use crate::boxed;

/// A container that a signal was to end, and that still runs after this, has ignored it.
const SIGNAL_WORKS_WITHIN: Duration = Duration::from_secs(10);

/// As often is a container to be frozen before it is said that it would not freeze.
const FREEZES: u32 = 5;

/// One container of the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The engine's id; another one after a replacement.
    pub id: String,
    /// As people type it, such as `payments-1`.
    pub name: String,
    /// The service that it is a replica of.
    pub service: String,
}

/// How a container is asked to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// Seconds until it is killed; `None` for the grace that it was created with.
    pub within_s: Option<u32>,
    /// A signal's name or number; `None` for its own.
    pub signal: Option<String>,
}

/// Limits to be set; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, swap included: there is none.
    pub memory: Option<u64>,
    /// Processors, in billionths.
    pub nano_cpus: Option<u64>,
    pub pids: Option<u32>,
}

impl Testbed {
    /// The containers, sorted by name.
    pub fn members(&self) -> Vec<Container> {
        let members = self.inner.members();
        let one = |(name, member): (&String, &super::Member)| Container {
            id: member.id.clone(),
            name: name.clone(),
            service: member.service.clone(),
        };
        members.iter().map(one).collect()
    }

    /// Starts a container that has ended; does nothing when it runs.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn start(&self, name: &str) -> Result<(), TestbedError> {
        let id = self.inner.member(name)?.id;
        let docker = self.inner.engine.docker();
        asked("start", name, docker.start_container(&id, None::<StartContainerOptions>).await)
    }

    /// As [`Testbed::stop`], in a given way.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn stop_with(&self, name: &str, ending: Ending) -> Result<(), TestbedError> {
        let t = ending.within_s.and_then(|seconds| i32::try_from(seconds).ok());
        let options = StopContainerOptions { signal: ending.signal, t };
        let docker = self.inner.engine.docker();
        self.ending("stop", name, Purpose::Stop, async |id| {
            docker.stop_container(id, Some(options)).await
        })
        .await
    }

    /// As [`Testbed::restart`], in a given way.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn restart_with(&self, name: &str, ending: Ending) -> Result<(), TestbedError> {
        let t = ending.within_s.and_then(|seconds| i32::try_from(seconds).ok());
        let options = RestartContainerOptions { signal: ending.signal, t };
        let docker = self.inner.engine.docker();
        self.ending("restart", name, Purpose::Restart, async |id| {
            docker.restart_container(id, Some(options)).await
        })
        .await
    }

    /// Sends a container's first process a signal, by name or number; `None` for SIGKILL.
    ///
    /// # Errors
    /// When it is unknown or does not run.
    #[boxed]
    pub async fn kill(&self, name: &str, signal: Option<&str>) -> Result<(), TestbedError> {
        let signal = signal.unwrap_or("SIGKILL").to_owned();
        let docker = self.inner.engine.docker();
        let options = KillContainerOptions { signal };
        self.ending("kill", name, Purpose::Stop, async |id| {
            docker.kill_container(id, Some(options)).await
        })
        .await?;
        self.forget_when_ignored(name);
        Ok(())
    }

    /// A signal need not end anything. When it did not, a later death is not on purpose.
    fn forget_when_ignored(&self, name: &str) {
        let (testbed, name) = (self.clone(), name.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(SIGNAL_WORKS_WITHIN).await;
            let Ok(member) = testbed.inner.member(&name) else { return };
            let docker = testbed.inner.engine.docker();
            // When it cannot be asked, the container or the engine is gone.
            let Ok(inspected) = docker.inspect_container(&member.id, None).await else { return };
            if inspected.state.and_then(|state| state.running) == Some(true) {
                testbed.inner.watch.expected().take_back(&member.id);
            }
        });
    }

    /// Freezes a container's processes.
    ///
    /// # Errors
    /// When it is unknown or does not run.
    #[boxed]
    pub async fn pause(&self, name: &str) -> Result<(), TestbedError> {
        let id = self.inner.member(name)?.id;
        let docker = self.inner.engine.docker();
        let frozen = freeze(|| docker.pause_container(&id)).await;
        asked("pause", name, frozen)
    }

    /// Lets them go on.
    ///
    /// # Errors
    /// When it is unknown or not paused.
    #[boxed]
    pub async fn unpause(&self, name: &str) -> Result<(), TestbedError> {
        let id = self.inner.member(name)?.id;
        asked("unpause", name, self.inner.engine.docker().unpause_container(&id).await)
    }

    /// Sets limits.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses, for memory that is in use already say.
    #[boxed]
    pub async fn limit(&self, name: &str, limits: Limits) -> Result<(), TestbedError> {
        let id = self.inner.member(name)?.id;
        let whole = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
        let body = ContainerUpdateBody {
            memory: whole(limits.memory),
            memory_swap: whole(limits.memory),
            nano_cpus: whole(limits.nano_cpus),
            pids_limit: limits.pids.map(i64::from),
            ..ContainerUpdateBody::default()
        };
        asked("limit", name, self.inner.engine.docker().update_container(&id, body).await)
    }

    async fn ending(
        &self,
        what: &'static str,
        name: &str,
        purpose: Purpose,
        request: impl AsyncFnOnce(&str) -> Result<(), Error>,
    ) -> Result<(), TestbedError> {
        let id = self.inner.member(name)?.id;
        let expected = self.inner.watch.expected();
        expected.mark(&id, purpose);
        let done = request(&id).await;
        if done.is_err() {
            expected.take_back(&id);
        }
        asked(what, name, done)
    }
}

/// Freezes, and again as long as it would not.
async fn freeze<F>(request: impl Fn() -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    for _ in 1..FREEZES {
        let done = request().await;
        if !done.as_ref().is_err_and(would_not_freeze) {
            return done;
        }
    }
    request().await
}

/// Whether runc gave up. With cgroup v1 a container whose processes multiply meanwhile freezes by chance, and after
/// so many tries "failures are possible" (opencontainers/runc#2791). The engine does not try again.
fn would_not_freeze(error: &Error) -> bool {
    matches!(error, Error::DockerResponseServerError { message, .. } if message.contains("unable to freeze"))
}

fn asked(what: &'static str, name: &str, done: Result<(), Error>) -> Result<(), TestbedError> {
    done.map_err(|error| TestbedError::Engine { what, name: name.to_owned(), source: error.into() })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// How often it is asked to freeze when it says this so many times before it does, and whether it does.
    async fn frozen(times: u32, said: &str) -> (u32, bool) {
        let asked = Cell::new(0);
        let request = async || {
            asked.set(asked.get() + 1);
            if asked.get() > times {
                return Ok(());
            }
            Err(Error::DockerResponseServerError { status_code: 500, message: said.to_owned() })
        };
        let done = freeze(request).await;
        (asked.get(), done.is_ok())
    }

    #[tokio::test]
    async fn what_would_not_freeze_is_frozen_again_and_what_is_refused_is_not() {
        let unlucky =
            "Cannot pause container e46: OCI runtime pause failed: unable to freeze: unknown";
        assert_eq!(frozen(0, unlucky).await, (1, true));
        assert_eq!(frozen(FREEZES - 1, unlucky).await, (FREEZES, true));
        assert_eq!(frozen(FREEZES, unlucky).await, (FREEZES, false));
        assert_eq!(frozen(1, "Container e46 is already paused").await, (1, false));
    }
}
