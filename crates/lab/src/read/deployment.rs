//! One deployment: its source, its releases and its settings.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::Folder;
use super::system::service;
use crate::compose::{Compose, Image};
use crate::lab::{Deployment, Ready, Release, Setting};
use crate::raw::scalar::Id;
use crate::raw::{self, at::At};
use crate::rule::Rule;
use crate::source::{Findings, words};

/// More replicas than any lab on one machine needs.
const MOST_REPLICAS: u32 = 20;

/// How a version is written, for a help text.
const VERSION: &str = "`2.3.0` or `2.3.0-rc.1`, the suffix of lower-case letters and digits with \
    single `.` or `-` between";

/// Reads a deployment.
pub(crate) fn deployment(
    id: &Id,
    raw: &raw::system::Deployment,
    system: &raw::system::System,
    compose: &Compose,
    folder: &mut Folder,
    found: &mut Findings,
) -> Deployment {
    placed(id, raw, system, compose, found);
    replicas(raw, compose, found);
    version(&raw.base, found);
    let source = found.path(&raw.source, folder.path());
    if let Some(source) = &source {
        folder.folder_exists(&raw.source, source, "the source of the deployment", found);
    }
    let releases = releases(raw, folder, found);
    let known = |wanted: &str| {
        wanted == raw.base.value || releases.iter().any(|release| release.version == wanted)
    };
    // Without a single patch the folder of the releases could not be read, which was said there.
    let readable = raw.releases.is_none() || !releases.is_empty();
    if readable && !known(&raw.running.value) {
        let message = format!("`{}` is neither the base nor a release", raw.running.value);
        let all = releases.iter().map(|release| release.version.as_str());
        let help = format!("versions: {}", words([raw.base.as_str()].into_iter().chain(all)));
        found.error(Rule::UnknownRelease, &raw.running, message, help);
    }
    Deployment {
        service: raw.service.value.clone(),
        max_replicas: raw.max_replicas.value,
        source: source.unwrap_or_default(),
        base: raw.base.value.clone(),
        releases,
        running: raw.running.value.clone(),
        ready: raw.ready.as_ref().map(|raw| ready(raw, found)),
        config: settings(raw, compose, found),
    }
}

/// The service is built as this deployment, and is not one that the session itself stands on.
fn placed(
    id: &Id,
    raw: &raw::system::Deployment,
    system: &raw::system::System,
    compose: &Compose,
    found: &mut Findings,
) {
    service(&raw.service, compose, found);
    let name = raw.service.as_str();
    let prometheus = system.prometheus.value.split(':').next().unwrap_or_default();
    if name == system.workstation.value || name == prometheus {
        let message = format!("the session itself stands on `{name}`; it cannot be deployed");
        let help = "deploy a service of the system under test";
        found.error(Rule::BlastRadius, &raw.service, message, help);
        return;
    }
    let Some(service) = compose.services.get(name) else { return };
    if !matches!(&service.image, Image::Release { deployment, .. } if *deployment == id.value) {
        let message = format!("the service `{name}` does not run releases of `{}`", id.value);
        let help = format!("add `x-deployment: {}` to it in the Compose file", id.value);
        found.error(Rule::UnknownDeployment, &raw.service, message, help);
    }
}

fn replicas(raw: &raw::system::Deployment, compose: &Compose, found: &mut Findings) {
    let most = raw.max_replicas.value;
    let service = compose.services.get(raw.service.as_str());
    let at_start = service.and_then(|service| service.replicas);
    if service.is_some() && at_start.is_none() {
        let message = format!("the service `{}` has no replicas", raw.service.value);
        let help = "add `deploy: { replicas: 1 }`, or more, to it in the Compose file";
        found.error(Rule::ComposeValue, &raw.service, message, help);
    }
    if !(at_start.unwrap_or(1).max(1)..=MOST_REPLICAS).contains(&most) {
        let message = format!("`{most}` replicas are outside of the limits");
        let help = format!(
            "write a number from {} (the replicas at the start) to {MOST_REPLICAS}",
            at_start.unwrap_or(1)
        );
        found.error(Rule::Number, &raw.max_replicas, message, help);
    }
}

fn ready(raw: &raw::system::Ready, found: &mut Findings) -> Ready {
    if raw.port.value == 0 {
        found.error(Rule::Number, &raw.port, "0 is no port", "write a number from 1 to 65535");
    }
    if !raw.path.value.starts_with('/') {
        let message = format!("`{}` is not a path of a URL", raw.path.value);
        found.error(Rule::Path, &raw.path, message, "begin it with `/`");
    }
    Ready { port: raw.port.value, path: raw.path.value.clone() }
}

/// The patches of the releases folder, in order.
fn releases(
    raw: &raw::system::Deployment,
    folder: &mut Folder,
    found: &mut Findings,
) -> Vec<Release> {
    let Some(at) = &raw.releases else { return Vec::new() };
    let Some(path) = found.path(at, folder.path()) else { return Vec::new() };
    let names = folder.list_at(at, &path, "the folder of the releases", found);
    let mut seen = BTreeSet::from([raw.base.value.clone()]);
    let mut releases = Vec::new();
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        if let Some(version) = release(at, name, releases.len() + 1, found) {
            if !seen.insert(version.clone()) {
                let message = format!("the version `{version}` stands twice in the releases");
                found.error(Rule::Releases, at, message, "give the later one its own version");
            }
            releases.push(Release { version, patch: path.join(name) });
        }
    }
    releases
}

/// The version of the `number`-th patch, when its name is right.
fn release(at: &At<String>, name: &str, number: usize, found: &mut Findings) -> Option<String> {
    let parts = name.strip_suffix(".patch").and_then(|stem| stem.split_once('-'));
    let Some((digits, version)) = parts.filter(|(_, version)| is_version(version)) else {
        let message = format!("`{name}` in the releases is not called `NNNN-<version>.patch`");
        let help = format!(
            "call it `{number:04}-<version>.patch`, with the version as {VERSION}; or take it away"
        );
        found.error(Rule::Releases, at, message, help);
        return None;
    };
    let told =
        |found: &Findings| found.problems.iter().any(|told| told.message.ends_with(" is due"));
    if digits != format!("{number:04}") && !told(found) {
        let message = format!("the release `{name}` stands where number {number:04} is due");
        let help = "number the patches 0001, 0002, … without a gap, in the order they apply";
        found.error(Rule::Releases, at, message, help);
    }
    Some(version.to_owned())
}

fn version(at: &At<String>, found: &mut Findings) {
    if !is_version(&at.value) {
        let message = format!("`{}` is not a version", at.value);
        found.error(Rule::UnknownRelease, at, message, format!("write it as {VERSION}"));
    }
}

/// Three numbers with dots between, and perhaps a suffix after a hyphen. A release's image has the
/// version in its name, and an engine takes nothing else there.
fn is_version(text: &str) -> bool {
    let (numbers, suffix) = match text.split_once('-') {
        Some((numbers, suffix)) => (numbers, Some(suffix)),
        None => (text, None),
    };
    let number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    numbers.split('.').count() == 3
        && numbers.split('.').all(number)
        && suffix.is_none_or(|suffix| suffix.split(['.', '-']).all(word))
}

fn settings(
    raw: &raw::system::Deployment,
    compose: &Compose,
    found: &mut Findings,
) -> BTreeMap<String, Setting> {
    let environment = compose.services.get(raw.service.as_str()).map(|found| &found.environment);
    let mut settings = BTreeMap::new();
    for (key, setting) in &raw.config {
        let at_start = environment.and_then(|environment| environment.get(&setting.env.value));
        settings.insert(found.id(key), one_setting(setting, at_start, found));
    }
    settings
}

fn one_setting(
    raw: &raw::system::Setting,
    at_start: Option<&String>,
    found: &mut Findings,
) -> Setting {
    let range = raw.range.as_ref().map(|range| range.value);
    if let (Some((low, high)), Some(at)) = (range, &raw.range)
        && low > high
    {
        let help = "write the smaller number first";
        found.error(Rule::Setting, at, format!("no value is from {low} to {high}"), help);
    }
    let setting = Setting {
        env: found.line(&raw.env),
        value: raw.value.value.clone(),
        range,
        about: found.line(&raw.about),
    };
    in_range(&setting, &raw.value, found);
    if let Some(start) = at_start.filter(|start| **start != setting.value) {
        let message = format!("`{}` is `{start}` in the Compose file", setting.env);
        let help = "write the same value in both, or leave it out of the Compose file";
        found.error(Rule::Setting, &raw.value, message, help);
    }
    setting
}

/// Says so when a value is not one that the setting takes.
pub(crate) fn in_range(setting: &Setting, value: &At<String>, found: &mut Findings) {
    let Some((low, high)) = setting.range else { return };
    if low <= high && !value.value.parse().is_ok_and(|number: i64| (low..=high).contains(&number)) {
        let message = format!("`{}` is not a value of this setting", value.value);
        let help = format!("write a whole number from {low} to {high}");
        found.error(Rule::Setting, value, message, help);
    }
}
