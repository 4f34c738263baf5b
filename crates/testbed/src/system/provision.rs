//! Starting a system: the network, then all containers at once, then the link.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::query_parameters::AttachContainerOptionsBuilder;
use futures::StreamExt;
use futures::future::join_all;
use lab::compose::Service;
use lab::lab::Lab;

use super::control::{create, start};
use super::network::{self, Network, NetworkError};
use super::spec::{self, Place};
use super::watch::Watch;
use super::{Inner, Member, Testbed, environment};
use crate::boxed;
use crate::link::{Carrier, Piece};
use crate::{Engine, Images, Link, Owner, Progress, Refusal, clean};

/// The agent says its first word within this time.
const LINK_WITHIN: Duration = Duration::from_secs(15);

/// Why a system could not be started. Nothing of it is left then, unless the log says so.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error(
        "all subnets in 10.213.0.0/16 are taken; remove what earlier runs left, with `checkride \
         clean`"
    )]
    SubnetsExhausted,
    #[error("could not create the network of session `{session}`")]
    Network {
        session: String,
        #[source]
        source: Refusal,
    },
    #[error("the Compose file asks for {asked} containers; a network has room for {room}")]
    TooMany { asked: usize, room: usize },
    #[error(
        "the image `{image}` of container `{container}` is not on the engine; prepare the images again"
    )]
    ImageMissing { container: String, image: String },
    #[error("the name of container `{container}` is taken on the engine; run `checkride clean`")]
    NameTaken {
        container: String,
        #[source]
        source: Refusal,
    },
    #[error("could not {what} container `{container}`")]
    Container {
        what: &'static str,
        container: String,
        #[source]
        source: Refusal,
    },
    #[error("the lab's workstation `{service}` is no single service with `stdin_open: true`")]
    NoWorkstation { service: String },
    #[error("the workstation's link did not come up: {reason}")]
    Link { reason: String },
}

impl Testbed {
    /// Starts everything and returns when all containers run and the agent has spoken; waits for
    /// no service to be ready.
    ///
    /// When the future is dropped in the middle, what was started stays: [`clean::session`]
    /// removes it.
    ///
    /// # Errors
    /// What the engine refused, with the container's name. Everything is removed again.
    #[boxed]
    pub async fn provision(
        engine: &Engine,
        owner: &Owner,
        lab: &Lab,
        images: &Images,
        progress: &dyn Progress,
    ) -> Result<Testbed, ProvisionError> {
        let watch = Watch::start(engine, owner);
        let started = Plan { engine, owner, lab, images, progress }.carry_out().await;
        match started {
            Ok(Started { network, members, link }) => Ok(Testbed {
                inner: Arc::new(Inner {
                    engine: engine.clone(),
                    owner: owner.clone(),
                    network,
                    services: lab.system.compose.services.clone(),
                    members: Mutex::new(members),
                    beside: Mutex::default(),
                    watch,
                    link,
                }),
            }),
            Err(error) => {
                if let Err(left) = clean::session(engine, owner).await {
                    tracing::warn!(session = owner.session, error = %left, "something of a failed start is left");
                }
                Err(error)
            }
        }
    }
}

struct Plan<'a> {
    engine: &'a Engine,
    owner: &'a Owner,
    lab: &'a Lab,
    images: &'a Images,
    progress: &'a dyn Progress,
}

struct Started {
    network: Network,
    members: BTreeMap<String, Member>,
    link: Link,
}

impl Plan<'_> {
    async fn carry_out(&self) -> Result<Started, ProvisionError> {
        let services = &self.lab.system.compose.services;
        let network = self.network().await?;
        let names: Vec<(String, &str, &Service)> = services
            .iter()
            .flat_map(|(key, service)| {
                spec::replicas(key, service)
                    .into_iter()
                    .map(move |name| (name, key.as_str(), service))
            })
            .collect();
        let addresses: Vec<_> = network.subnet.hosts().collect();
        if names.len() > addresses.len() {
            return Err(ProvisionError::TooMany { asked: names.len(), room: addresses.len() });
        }
        let starts = names.iter().zip(addresses).map(|((name, key, service), address)| {
            let place = Place {
                owner: self.owner,
                name,
                service: key,
                network: &network.name,
                address,
                cpus: self.engine.cpus(),
            };
            self.container(place, service)
        });
        let mut members = BTreeMap::new();
        let mut link = None;
        // All of them are waited for, also when one fails, so that none starts behind our back.
        let started: Result<Vec<_>, _> = join_all(starts).await.into_iter().collect();
        for (name, member, its_link) in started? {
            members.insert(name, member);
            link = link.or(its_link);
        }
        let link = link.ok_or_else(|| ProvisionError::NoWorkstation {
            service: self.lab.system.workstation.clone(),
        })?;
        Ok(Started { network, members, link })
    }

    async fn network(&self) -> Result<Network, ProvisionError> {
        network::create(self.engine, self.owner).await.map_err(|error| match error {
            NetworkError::Exhausted => ProvisionError::SubnetsExhausted,
            NetworkError::Refused(source) => {
                ProvisionError::Network { session: self.owner.session.clone(), source }
            }
        })
    }

    async fn container(
        &self,
        place: Place<'_>,
        service: &Service,
    ) -> Result<(String, Member, Option<Link>), ProvisionError> {
        let image = self.images.of(place.service);
        let environment = environment(self.lab, place.service);
        let body = spec::container(&place, service, image, &environment);
        let created = create(self.engine, &self.owner.session, place.name, body).await;
        let id = created.map_err(|source| not_created(&place, image, source))?;
        let failed = |what, source| ProvisionError::Container {
            what,
            container: place.name.to_owned(),
            source,
        };
        // Attached before it starts, so that no byte is lost.
        let linked = service.stdin_open && place.name == self.lab.system.workstation;
        let link = match linked {
            true => {
                Some(attach(self.engine, &id).await.map_err(|source| failed("attach to", source))?)
            }
            false => None,
        };
        start(self.engine, &id).await.map_err(|source| failed("start", source))?;
        self.progress.started(place.name);
        if let Some(link) = &link {
            spoken(link).await?;
        }
        let member = Member { id, service: place.service.to_owned(), address: place.address };
        Ok((place.name.to_owned(), member, link))
    }
}

fn not_created(place: &Place<'_>, image: &str, source: Refusal) -> ProvisionError {
    let container = place.name.to_owned();
    if source.is_not_found() && source.said().contains("image") {
        return ProvisionError::ImageMissing { container, image: image.to_owned() };
    }
    if source.is_conflict() {
        return ProvisionError::NameTaken { container, source };
    }
    ProvisionError::Container { what: "create", container, source }
}

async fn attach(engine: &Engine, id: &str) -> Result<Link, Refusal> {
    let options = AttachContainerOptionsBuilder::new()
        .stream(true)
        .stdin(true)
        .stdout(true)
        .stderr(true)
        .build();
    let attached = engine.docker().attach_container(id, Some(options)).await?;
    let output = attached.output.map(|piece| match piece {
        Ok(LogOutput::StdErr { message }) => Ok(Piece::Stderr(message)),
        Ok(LogOutput::StdOut { message } | LogOutput::StdIn { message }) => {
            Ok(Piece::Stdout(message))
        }
        Ok(LogOutput::Console { .. }) => {
            Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "the stream lost its frames"))
        }
        Err(error) => Err(std::io::Error::other(error)),
    });
    Ok(Link::over(Carrier::new(Box::pin(output), attached.input)))
}

/// Waits until the agent has opened its first stream.
async fn spoken(link: &Link) -> Result<(), ProvisionError> {
    tokio::select! {
        () = link.spoken() => Ok(()),
        reason = link.ended() => Err(ProvisionError::Link { reason }),
        () = tokio::time::sleep(LINK_WITHIN) => {
            let reason = format!("the agent said nothing within {LINK_WITHIN:?}");
            Err(ProvisionError::Link { reason })
        }
    }
}
