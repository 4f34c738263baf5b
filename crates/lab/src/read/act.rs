//! Acts: the verb, and parts that fit it.

use crate::cause::ActPattern;
use crate::lab::{Deployment, System, is_of};
use crate::raw::act::{Act, Verb};
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, words};

use super::system::known_deployment;

/// Reads an act.
pub(crate) fn act(raw: &Act, system: &System, found: &mut Findings) -> ActPattern {
    match raw.verb.value {
        Verb::Rollback | Verb::Deploy => on_deployment(raw, system, found, release),
        Verb::Scale => on_deployment(raw, system, found, replicas),
        Verb::ConfigSet => on_deployment(raw, system, found, setting),
        Verb::Restart
        | Verb::Stop
        | Verb::Start
        | Verb::Kill
        | Verb::Pause
        | Verb::Unpause
        | Verb::Update
        | Verb::Exec => container(raw, system, found),
        Verb::Limit | Verb::Unlimit => edge(raw, system, found),
        Verb::Drain | Verb::Undrain => {
            edge(raw, system, found);
            server(raw, system, found);
        }
        Verb::SqlTerminate
        | Verb::SqlCancel
        | Verb::SqlAlterSystem
        | Verb::SqlReload
        | Verb::SqlCreateIndex
        | Verb::SqlDropIndex
        | Verb::SqlReindex
        | Verb::SqlVacuum
        | Verb::SqlAnalyze
        | Verb::SqlLock
        | Verb::SqlDml
        | Verb::SqlDdl
        | Verb::SqlAlterRole
        | Verb::SqlGrant
        | Verb::SqlResetStatistics => database(raw, system, found),
    }
    numbers(raw, found);
    ActPattern {
        verb: raw.verb.value.name().to_owned(),
        target: raw.target.as_ref().map(|at| at.value.clone()),
        detail: raw.detail.as_ref().map(|at| at.value.clone()),
        at_least: raw.at_least.as_ref().map(|at| at.value),
        at_most: raw.at_most.as_ref().map(|at| at.value),
    }
}

/// Only some acts have a number, and the two that bound it leave one.
fn numbers(raw: &Act, found: &mut Findings) {
    let Some(bound) = raw.at_most.as_ref().or(raw.at_least.as_ref()) else { return };
    if !matches!(raw.verb.value, Verb::Scale | Verb::Limit | Verb::ConfigSet) {
        let message = format!("`{}` has no number that could be bounded", raw.verb.value.name());
        found.error(Rule::Act, bound, message, "only config-set, limit and scale have one");
    }
    if let (Some(least), Some(most)) = (&raw.at_least, &raw.at_most)
        && least.value > most.value
    {
        let message = format!("no number is at least {} and at most {}", least.value, most.value);
        found.error(Rule::Act, most, message, "exchange the two");
    }
}

/// The target is a deployment, and the detail is one that `fits` it.
fn on_deployment(
    raw: &Act,
    system: &System,
    found: &mut Findings,
    fits: fn(&At<String>, &Deployment, &mut Findings),
) {
    let Some(target) = &raw.target else { return };
    if known_deployment(target, system, found)
        && let Some(deployment) = system.deployments.get(&target.value)
        && let Some(detail) = &raw.detail
    {
        fits(detail, deployment, found);
    }
}

/// Says so when a version is neither the base nor a release.
pub(crate) fn release(at: &At<String>, deployment: &Deployment, found: &mut Findings) {
    let versions: Vec<&str> = deployment.versions().collect();
    if !versions.contains(&deployment.running.as_str()) {
        // The releases could not be read, which was said where they are named.
        return;
    }
    if !versions.contains(&at.value.as_str()) {
        let message = format!("`{}` is neither the base nor a release", at.value);
        let help = format!("versions: {}", words(versions));
        found.error(Rule::UnknownRelease, at, message, help);
    }
}

fn replicas(at: &At<String>, deployment: &Deployment, found: &mut Findings) {
    let most = deployment.max_replicas;
    if !at.value.parse().is_ok_and(|count: u32| (1..=most).contains(&count)) {
        let message = format!("`{}` is not a number of replicas", at.value);
        found.error(Rule::Act, at, message, format!("write a number from 1 to {most}"));
    }
}

/// Says so when a deployment has no setting of this name.
pub(crate) fn setting(at: &At<String>, deployment: &Deployment, found: &mut Findings) {
    if !deployment.config.contains_key(&at.value) {
        let message = format!("the deployment has no setting `{}`", at.value);
        let help = format!("its settings: {}", words(deployment.config.keys().map(String::as_str)));
        found.error(Rule::UnknownSetting, at, message, help);
    }
}

/// The target is a container; for a restart it may be a deployment as well.
fn container(raw: &Act, system: &System, found: &mut Findings) {
    let Some(target) = &raw.target else { return };
    let containers = system.containers();
    let is_restart = raw.verb.value == Verb::Restart;
    let known = containers.contains(&target.value)
        || is_restart && system.deployments.contains_key(&target.value);
    if !known && !containers.is_empty() {
        let message = format!("there is no deployment or container `{}`", target.value);
        let names = system.deployments.keys().chain(&containers).map(String::as_str);
        found.error(Rule::Act, target, message, format!("there are: {}", words(names)));
    }
}

fn edge(raw: &Act, system: &System, found: &mut Findings) {
    if system.edge.is_none() {
        let message = format!("`{}` needs an edge, and the lab has none", raw.verb.value.name());
        found.error(Rule::Act, &raw.verb, message, "name the service as `edge` in lab.yaml");
    }
}

fn database(raw: &Act, system: &System, found: &mut Findings) {
    if system.database.is_none() {
        let message = format!("`{}` needs a database, and the lab has none", raw.verb.value.name());
        let help = "name its service and the person's role as `database` in lab.yaml";
        found.error(Rule::Act, &raw.verb, message, help);
    }
}

fn server(raw: &Act, system: &System, found: &mut Findings) {
    let Some(target) = &raw.target else { return };
    let mut containers = system.containers();
    containers.retain(|name| {
        let replica_of =
            |service: &str| name.strip_prefix(service).is_some_and(|rest| rest.starts_with('-'));
        system.deployments.values().any(|deployment| replica_of(&deployment.service))
    });
    if !containers.contains(&target.value) && !containers.is_empty() {
        let message = format!("there is no server `{}` behind the edge", target.value);
        let help = format!("there are: {}", words(containers.iter().map(String::as_str)));
        found.error(Rule::Act, target, message, help);
    }
}

/// Whether one act could be an instance of both patterns.
pub(crate) fn overlap(a: &ActPattern, b: &ActPattern) -> bool {
    let agree = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => a == b,
        (None, _) | (_, None) => true,
    };
    let targets = match (&a.target, &b.target) {
        (Some(a), Some(b)) => is_of(a, b) || is_of(b, a),
        (None, _) | (_, None) => true,
    };
    let below = |most: Option<f64>, least: Option<f64>| {
        most.zip(least).is_some_and(|(most, least)| most < least)
    };
    let apart = below(a.at_most, b.at_least) || below(b.at_most, a.at_least);
    a.verb == b.verb && targets && agree(&a.detail, &b.detail) && !apart
}
