//! Changes to a running system: another image or environment, more or fewer replicas, restarts.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use bollard::models::ContainerCreateBody;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, RestartContainerOptions, StartContainerOptions,
    StopContainerOptions,
};
use lab::compose::Service;

use super::expected::Purpose;
use super::spec::{self, Place};
use super::{Inner, Member, Testbed, TestbedError};
use crate::boxed;
use crate::{Engine, Refusal, clean};

impl Testbed {
    /// Stops a container gracefully and puts another one in its place: same name, same address,
    /// another image, and `environment` over the one of the Compose file.
    ///
    /// # Errors
    /// [`TestbedError::Unknown`], or what the engine refused. Without the image everything stays as it
    /// is. A container that could not be started stays there, stopped, under its name; when it could not even be created, the name
    /// is unknown from then on and [`Testbed::add_replica`] can give it back.
    #[boxed]
    pub async fn replace(
        &self,
        name: &str,
        image: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<(), TestbedError> {
        let member = self.inner.member(name)?;
        // Before anything is given up for it.
        let there = self.inner.engine.docker().inspect_image(image).await;
        there.map_err(|error| failed("replace", name, error.into()))?;
        self.end(name, &member).await?;
        self.put(name, &member.service, member.address, image, environment).await
    }

    /// Starts one more container of a service under a name that is not taken (`payments-3`), with
    /// `environment` over the one of the Compose file.
    ///
    /// # Errors
    /// When the service is unknown, the name is taken, the network is full or the engine refuses.
    #[boxed]
    pub async fn add_replica(
        &self,
        service: &str,
        name: &str,
        image: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<(), TestbedError> {
        let address = self.inner.free_address(name)?;
        self.put(name, service, address, image, environment).await
    }

    /// Stops a container gracefully and removes it with its volumes.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn remove(&self, name: &str) -> Result<(), TestbedError> {
        let member = self.inner.member(name)?;
        self.end(name, &member).await
    }

    /// Stops a container gracefully and starts it again, with the same image and environment.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn restart(&self, name: &str) -> Result<(), TestbedError> {
        let member = self.inner.member(name)?;
        let expected = self.inner.watch.expected();
        expected.mark(&member.id, Purpose::Restart);
        let docker = self.inner.engine.docker();
        let restarted = docker.restart_container(&member.id, None::<RestartContainerOptions>);
        restarted.await.map_err(|error| {
            expected.take_back(&member.id);
            failed("restart", name, error.into())
        })
    }

    /// Stops a container gracefully; it stays there and [`Testbed::restart`] starts it again.
    ///
    /// # Errors
    /// When it is unknown or the engine refuses.
    #[boxed]
    pub async fn stop(&self, name: &str) -> Result<(), TestbedError> {
        let member = self.inner.member(name)?;
        self.halt(name, &member).await
    }

    /// The engine applies the grace period that the container was created with.
    async fn halt(&self, name: &str, member: &Member) -> Result<(), TestbedError> {
        let expected = self.inner.watch.expected();
        expected.mark(&member.id, Purpose::Stop);
        let docker = self.inner.engine.docker();
        let stopped = docker.stop_container(&member.id, None::<StopContainerOptions>).await;
        stopped.map_err(|error| {
            expected.take_back(&member.id);
            failed("stop", name, error.into())
        })
    }

    async fn end(&self, name: &str, member: &Member) -> Result<(), TestbedError> {
        self.halt(name, member).await?;
        let removed = clean::container(&self.inner.engine, &member.id).await;
        removed.map_err(|source| failed("remove", name, source))?;
        self.inner.members().remove(name);
        Ok(())
    }

    async fn put(
        &self,
        name: &str,
        service_name: &str,
        address: Ipv4Addr,
        image: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<(), TestbedError> {
        let inner = &self.inner;
        let service = inner
            .services
            .get(service_name)
            .ok_or_else(|| TestbedError::UnknownService { service: service_name.to_owned() })?;
        let body = inner.body(name, service_name, service, address, image, environment);
        let id = create(&inner.engine, &inner.owner.session, name, body).await;
        let id = id.map_err(|source| failed("create", name, source))?;
        let member = Member { id: id.clone(), service: service_name.to_owned(), address };
        inner.members().insert(name.to_owned(), member);
        start(&inner.engine, &id).await.map_err(|source| failed("start", name, source))
    }
}

impl Inner {
    fn free_address(&self, name: &str) -> Result<Ipv4Addr, TestbedError> {
        if self.members().contains_key(name) {
            return Err(TestbedError::Exists { name: name.to_owned() });
        }
        let free = self.network.subnet.free(&self.taken());
        free.ok_or_else(|| TestbedError::NoAddress { name: name.to_owned() })
    }

    pub(super) fn body(
        &self,
        name: &str,
        service_name: &str,
        service: &Service,
        address: Ipv4Addr,
        image: &str,
        environment: &BTreeMap<String, String>,
    ) -> ContainerCreateBody {
        let place = Place {
            owner: &self.owner,
            name,
            service: service_name,
            network: &self.network.name,
            address,
            cpus: self.engine.cpus(),
        };
        let mut whole = service.environment.clone();
        whole.extend(environment.clone());
        spec::container(&place, service, image, &whole)
    }
}

/// Creates a container; gives its id.
pub(super) async fn create(
    engine: &Engine,
    session: &str,
    name: &str,
    body: ContainerCreateBody,
) -> Result<String, Refusal> {
    let docker = engine.docker().clone();
    let options = CreateContainerOptionsBuilder::new().name(&format!("{session}-{name}")).build();
    let created = engine.create(async move { docker.create_container(Some(options), body).await });
    Ok(created.await?.id)
}

/// Starts a container that was created.
pub(super) async fn start(engine: &Engine, id: &str) -> Result<(), Refusal> {
    let docker = engine.docker().clone();
    let id = id.to_owned();
    let request = async move { docker.start_container(&id, None::<StartContainerOptions>).await };
    engine.create(request).await
}

pub(super) fn failed(what: &'static str, name: &str, source: Refusal) -> TestbedError {
    TestbedError::Engine { what, name: name.to_owned(), source }
}
