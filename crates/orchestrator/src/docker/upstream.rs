//! What lies behind the gate: the engine, and what a lab shows of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use gate::filter::EngineFacts;
use gate::{Change, Container, Ending, Refusal, Scope, Version};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response};
use lab::lab::Lab;
use testbed::{Images, Testbed, TestbedError};

use super::body::Body;
use crate::asked::lines::RecordLines;
use crate::control::{Control, versions};

/// What the gate needs. A lab's own is [`Upstairs`]; a test puts one there that counts.
pub trait Upstream: Send + Sync + 'static {
    /// What is told about the engine.
    fn facts(&self) -> EngineFacts;
    /// Which containers there are right now.
    fn scope(&self) -> Scope;
    /// The lines that a container writes for the record alone; `None` when it writes none.
    fn record_lines(&self, container: &str) -> Option<RecordLines>;
    /// Sends a request to the engine; the gate wrote every byte of it.
    fn ask(
        &self,
        request: Request<Full<Bytes>>,
    ) -> impl Future<Output = Result<Response<Body>, Refusal>> + Send;
    /// Changes the state of a container.
    fn change(
        &self,
        container: &str,
        change: &Change,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// The engine of a running lab.
pub struct Upstairs {
    testbed: Arc<Testbed>,
    control: Arc<Control>,
    /// Without its containers, which come and go.
    scope: Scope,
    facts: EngineFacts,
    record: RecordLines,
}

impl Upstairs {
    /// The engine and the containers of a running lab.
    pub fn new(
        lab: &Lab,
        testbed: &Arc<Testbed>,
        images: &Images,
        control: &Arc<Control>,
    ) -> Upstairs {
        let version = testbed.engine().version();
        let facts = EngineFacts {
            engine: version.engine.clone(),
            api: Version::parse(&version.api).unwrap_or(Version { major: 1, minor: 41 }),
            platform: version.os.clone(),
        };
        let scope = Scope {
            session: testbed.session().to_owned(),
            containers: Vec::new(),
            hidden: hidden(lab),
            images: names_of_images(lab, images),
            settings: settings(lab),
        };
        let (testbed, control) = (Arc::clone(testbed), Arc::clone(control));
        Upstairs { testbed, control, scope, facts, record: RecordLines::of(&lab.system) }
    }
}

/// Where the person sits, and where the customers do: neither is a container of the team's.
fn hidden(lab: &Lab) -> BTreeSet<String> {
    let workstation = [lab.system.workstation.clone()];
    workstation.into_iter().chain(lab.system.internet.clone()).collect()
}

fn names_of_images(lab: &Lab, images: &Images) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (name, deployment) in &lab.system.deployments {
        for version in versions(deployment) {
            if let Some(image) = images.release(name, &version) {
                names.insert(image.to_owned(), format!("{name}:{version}"));
            }
        }
    }
    for service in lab.system.compose.services.keys() {
        let image = images.of(service).to_owned();
        names.entry(image).or_insert_with(|| format!("{service}:latest"));
    }
    names
}

/// What `deployctl config get` shows.
fn settings(lab: &Lab) -> BTreeMap<String, BTreeSet<String>> {
    let mut settings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for deployment in lab.system.deployments.values() {
        let variables = deployment.config.values().map(|setting| setting.env.clone());
        settings.entry(deployment.service.clone()).or_default().extend(variables);
    }
    settings
}

impl Upstream for Upstairs {
    fn facts(&self) -> EngineFacts {
        self.facts.clone()
    }

    fn scope(&self) -> Scope {
        let mut scope = self.scope.clone();
        let members = self.testbed.members().into_iter();
        scope.containers = members
            .filter(|member| !self.scope.hidden.contains(&member.service))
            .map(|member| Container { id: member.id, name: member.name, service: member.service })
            .collect();
        scope
    }

    fn record_lines(&self, container: &str) -> Option<RecordLines> {
        self.record.are_in(container).then(|| self.record.clone())
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Response<Body>, Refusal> {
        let answered = self.testbed.engine().ask(request).await;
        let response = answered.map_err(|error| {
            tracing::warn!(%error, "the engine did not answer the gate");
            Refusal { status: 500, message: "the engine does not answer".to_owned() }
        })?;
        Ok(response.map(|body| body.map_err(std::io::Error::other).boxed_unsync()))
    }

    async fn change(&self, container: &str, change: &Change) -> Result<(), Refusal> {
        let testbed = &self.testbed;
        let done = match change {
            Change::Start => testbed.start(container).await,
            Change::Stop(ending) => testbed.stop_with(container, in_testbeds_terms(ending)).await,
            Change::Restart(ending) => {
                testbed.restart_with(container, in_testbeds_terms(ending)).await
            }
            Change::Kill(signal) => testbed.kill(container, signal.as_deref()).await,
            Change::Pause => testbed.pause(container).await,
            Change::Unpause => testbed.unpause(container).await,
            Change::Update(limits) => {
                let gate::Limits { memory, nano_cpus, pids } = *limits;
                testbed.limit(container, testbed::Limits { memory, nano_cpus, pids }).await
            }
        };
        if done.is_ok() && matches!(change, Change::Start | Change::Restart(_)) {
            let (control, container) = (Arc::clone(&self.control), container.to_owned());
            // It waits for a rollout that is under way; the person need not.
            tokio::spawn(async move { control.note_started(&container).await });
        }
        done.map_err(|error| refused(&self.scope, container, &error))
    }
}

fn in_testbeds_terms(ending: &Ending) -> testbed::Ending {
    testbed::Ending { within_s: ending.within_s, signal: ending.signal.clone() }
}

fn refused(scope: &Scope, container: &str, error: &TestbedError) -> Refusal {
    match error {
        TestbedError::Engine { source, .. } | TestbedError::Exec { source, .. } => {
            let status = match source {
                testbed::Refusal::NotFound { .. } => 404,
                testbed::Refusal::Conflict { .. } => 409,
                testbed::Refusal::Refused { status, .. } => status.unwrap_or(500),
                testbed::Refusal::DiskFull { .. }
                | testbed::Refusal::TimedOut
                | testbed::Refusal::Unreachable(_) => 500,
            };
            let said = if source.said().is_empty() { "the engine refused" } else { source.said() };
            Refusal { status, message: scope.clean(said) }
        }
        TestbedError::Unknown { .. }
        | TestbedError::UnknownService { .. }
        | TestbedError::Exists { .. }
        | TestbedError::NoAddress { .. } => Refusal::no_container(container),
    }
}
