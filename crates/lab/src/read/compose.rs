//! The Compose file of a system.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

use super::compose_image::image;
use super::compose_keys::subset;
use super::compose_values::{capability, memory, pairs, shared_memory, text, tmpfs, volume};
use super::folder::Folder;
use super::scalar::is_kebab;
use crate::compose::{Compose, Service};
use crate::raw::at::At;
use crate::raw::compose as raw;
use crate::rule::Rule;
use crate::source::{Findings, Source};
use crate::yaml;
use crate::yaml::node::Node;

/// What Compose itself waits between SIGTERM and SIGKILL.
const USUAL_GRACE: Duration = Duration::from_secs(10);
const GRACE: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(60);
const CORES: RangeInclusive<f64> = 0.01..=64.0;
const MOST_REPLICAS: u32 = 20;

/// Reads a Compose file; without services when it could not be read.
pub(crate) fn compose(source: &Source, folder: &mut Folder) -> Compose {
    let mut found = Findings::new(source);
    let mut services = BTreeMap::new();
    match raw(source, &mut found) {
        Ok(raw) => {
            let raw = raw.map(|raw| raw.services.value).unwrap_or_default();
            names_are_apart(&raw, &mut found);
            for (name, service) in raw {
                let read = self::service(&name, &service.value, folder, &mut found);
                services.insert(name.value, read);
            }
        }
        Err(problem) => found.problems.push(*problem),
    }
    folder.problems.append(&mut found.problems);
    Compose { services }
}

/// `None` when it is outside of the subset, which is said.
fn raw(
    source: &Source,
    found: &mut Findings,
) -> Result<Option<raw::Compose>, Box<crate::problem::Problem>> {
    let root: At<Node> = yaml::plain(source)?;
    if !subset(&root, found) {
        return Ok(None);
    }
    let raw: raw::Compose = yaml::plain(source)?;
    if raw.services.value.is_empty() {
        found.error(Rule::EmptyList, &raw.services, "`services` is empty", "add a service");
    }
    Ok(Some(raw))
}

fn service(
    name: &At<String>,
    raw: &raw::Service,
    folder: &mut Folder,
    found: &mut Findings,
) -> Service {
    if !is_kebab(&name.value) {
        let message = format!("`{}` is not a kebab-case name", name.value);
        found.error(Rule::IdForm, name, message, "it is also a host name: write `some-name`");
    }
    Service {
        image: image(raw, name, folder, found),
        command: raw.command.as_ref().map(|words| words.iter().map(text).collect()),
        environment: pairs(&raw.environment, found),
        replicas: raw.deploy.as_ref().map(|deploy| replicas(&deploy.replicas, found)),
        user: raw.user.as_ref().map(|at| found.line(at)),
        memory: raw.mem_limit.as_ref().map(|at| memory(at, found)),
        cpus: raw.cpus.as_ref().map(|at| found.number(at, &CORES)),
        pids: raw.pids_limit.as_ref().map(|at| pids(at, found)),
        read_only: raw.read_only,
        tmpfs: raw.tmpfs.as_ref().map(|raw| tmpfs(raw, found)).unwrap_or_default(),
        volumes: raw.volumes.iter().map(|at| volume(at, found)).collect(),
        capabilities: raw.cap_add.iter().map(|at| capability(at, found)).collect(),
        shm: raw.shm_size.as_ref().map(|at| shared_memory(at, found)),
        grace: raw
            .stop_grace_period
            .as_ref()
            .map_or(USUAL_GRACE, |raw| found.duration(raw, &GRACE)),
        stdin_open: raw.stdin_open,
    }
}

fn replicas(at: &At<u32>, found: &mut Findings) -> u32 {
    if !(1..=MOST_REPLICAS).contains(&at.value) {
        let message = format!("`{}` is outside of the limits", at.value);
        let help = format!("write a number from 1 to {MOST_REPLICAS}");
        found.error(Rule::Number, at, message, help);
    }
    at.value
}

fn pids(at: &At<i64>, found: &mut Findings) -> i64 {
    if at.value < 1 {
        let message = format!("`{}` processes would be no limit", at.value);
        found.error(Rule::Number, at, message, "write how many processes there may be at once");
    }
    at.value
}

/// A replica and another service must not have one name.
fn names_are_apart(services: &BTreeMap<At<String>, At<raw::Service>>, found: &mut Findings) {
    let replicas = services.iter().flat_map(|(name, service)| {
        let replicas = service.value.deploy.as_ref().map_or(0, |deploy| deploy.replicas.value);
        (1..=replicas.min(MOST_REPLICAS)).map(|number| format!("{}-{number}", name.value))
    });
    let replicas: BTreeSet<String> = replicas.collect();
    for name in services.keys().filter(|name| replicas.contains(&name.value)) {
        let message = format!("`{}` is the name of a replica of another service too", name.value);
        found.error(Rule::DuplicateId, name, message, "rename one of them");
    }
}
