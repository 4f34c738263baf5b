//! The services that play a named part, and the past.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::deployment::deployment;
use super::folder::Folder;
use crate::compose::Compose;
use crate::lab::{Database, PastChange, System};
use crate::raw::{self, at::At};
use crate::rule::Rule;
use crate::source::{Findings, words};

/// How far back the believable past may reach.
const PAST: RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(3 * 365 * 24 * 60 * 60);

/// Reads the system; `compose` is what its Compose file says, without services when that could not
/// be read.
pub(crate) fn system(
    raw: &raw::system::System,
    compose: Compose,
    folder: &mut Folder,
    found: &mut Findings,
) -> System {
    container(&raw.workstation, &compose, found);
    prometheus(&raw.prometheus, &compose, found);
    let database = raw.database.as_ref().map(|database| &database.service);
    for named in [raw.internet.as_ref(), raw.edge.as_ref(), database].into_iter().flatten() {
        container(named, &compose, found);
    }
    workstation_is_linked(&raw.workstation, &compose, found);
    let mut deployments = BTreeMap::new();
    for (id, one) in &raw.deployments {
        deployments.insert(found.id(id), deployment(id, one, raw, &compose, folder, found));
    }
    built_deployments(raw, &compose, found);
    let text = |named: &Option<At<String>>| named.as_ref().map(|at| at.value.clone());
    let mut system = System {
        compose,
        workstation: raw.workstation.value.clone(),
        prometheus: raw.prometheus.value.clone(),
        internet: text(&raw.internet),
        edge: text(&raw.edge),
        database: raw.database.as_ref().map(|raw| Database {
            service: raw.service.value.clone(),
            role: found.line(&raw.role),
        }),
        deployments,
        history: Vec::new(),
    };
    system.history = raw.history.iter().map(|change| past(change, &system, found)).collect();
    system
}

/// Says so when a service is not in the Compose file.
pub(crate) fn service(at: &At<String>, compose: &Compose, found: &mut Findings) {
    if compose.services.is_empty() || compose.services.contains_key(&at.value) {
        return;
    }
    let message = format!("the Compose file has no service `{}`", at.value);
    let help = format!("its services: {}", words(compose.services.keys().map(String::as_str)));
    found.error(Rule::UnknownService, at, message, help);
}

/// Says so when a service is not in the Compose file, or is not one container with the service's
/// name. The session reaches it by that name; a replica has a number behind it, even the only one.
pub(crate) fn container(at: &At<String>, compose: &Compose, found: &mut Findings) {
    service(at, compose, found);
    if compose.services.get(&at.value).is_some_and(|service| service.replicas.is_some()) {
        let message =
            format!("the service `{0}` has replicas, so no container is called `{0}`", at.value);
        let help = "take `deploy` out of this service in the Compose file, or name another service";
        found.error(Rule::ComposeValue, at, message, help);
    }
}

/// Says so when a deployment is not in `lab.yaml`.
pub(crate) fn known_deployment(at: &At<String>, system: &System, found: &mut Findings) -> bool {
    if system.deployments.contains_key(&at.value) {
        return true;
    }
    let message = format!("the lab has no deployment `{}`", at.value);
    let help = format!("its deployments: {}", words(system.deployments.keys().map(String::as_str)));
    found.error(Rule::UnknownDeployment, at, message, help);
    false
}

fn prometheus(at: &At<String>, compose: &Compose, found: &mut Findings) {
    match at.value.split_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => {
            container(&at.with(host.to_owned()), compose, found);
        }
        _ => {
            let message = format!("`{}` is not `service:port`", at.value);
            found.error(Rule::UnknownService, at, message, "write `prometheus:9090`, or alike");
        }
    }
}

/// The orchestrator speaks to the agent over the standard input of the workstation.
fn workstation_is_linked(at: &At<String>, compose: &Compose, found: &mut Findings) {
    if compose.services.get(&at.value).is_some_and(|service| !service.stdin_open) {
        let message = format!("the workstation `{}` has no open input", at.value);
        let help = "add `stdin_open: true` to this service in the Compose file";
        found.error(Rule::ComposeValue, at, message, help);
    }
}

/// Each `x-deployment` of the Compose file must be a deployment here.
fn built_deployments(raw: &raw::system::System, compose: &Compose, found: &mut Findings) {
    for (name, service) in &compose.services {
        let crate::compose::Image::Release { deployment, .. } = &service.image else { continue };
        if raw.deployments.keys().any(|id| id.value == *deployment) {
            continue;
        }
        let message =
            format!("the service `{name}` is a deployment `{deployment}` that is not here");
        let help = format!("add `{deployment}` to `deployments`, or take `x-deployment` out");
        found.error(Rule::UnknownDeployment, &raw.compose, message, help);
    }
}

fn past(raw: &raw::system::PastChange, system: &System, found: &mut Findings) -> PastChange {
    known_deployment(&raw.target, system, found);
    PastChange {
        ago: found.duration(&raw.ago, &PAST),
        by: found.line(&raw.by),
        verb: raw.verb.name().to_owned(),
        target: raw.target.value.clone(),
        change: found.line(&raw.change),
        note: found.line(&raw.note),
    }
}
