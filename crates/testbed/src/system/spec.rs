//! From a Compose service to a container's configuration, all limits and refusals included. Pure.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HostConfig, HostConfigLogConfig,
    NetworkingConfig, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};
use lab::compose::Service;

use crate::Owner;

/// Limits for a service that names none, so that none is without.
const MEMORY: u64 = 512 << 20;
const PIDS: i64 = 256;
/// Open files of one process; the engine's own default is a million, which makes some programs
/// reserve memory for as many.
const OPEN_FILES: i64 = 16_384;
/// How names are looked up.
const DNS_OPTIONS: [&str; 3] = ["ndots:1", "timeout:1", "attempts:1"];

/// Where a container stands in its session.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    pub(crate) owner: &'a Owner,
    /// Host name and network name, such as `payments-1`.
    pub(crate) name: &'a str,
    /// The service, which all of its replicas also answer to.
    pub(crate) service: &'a str,
    pub(crate) network: &'a str,
    pub(crate) address: Ipv4Addr,
    /// Cores of the engine; more cannot be asked for.
    pub(crate) cpus: f64,
}

/// The names of a service's containers.
pub(crate) fn replicas(service_name: &str, service: &Service) -> Vec<String> {
    match service.replicas {
        None => vec![service_name.to_owned()],
        Some(count) => (1..=count).map(|number| format!("{service_name}-{number}")).collect(),
    }
}

/// Everything that the engine is told about a container.
pub(crate) fn container(
    place: &Place<'_>,
    service: &Service,
    image: &str,
    environment: &BTreeMap<String, String>,
) -> ContainerCreateBody {
    let linked = service.stdin_open;
    ContainerCreateBody {
        hostname: Some(place.name.to_owned()),
        user: service.user.clone(),
        image: Some(image.to_owned()),
        cmd: service.command.clone(),
        env: Some(environment.iter().map(|(key, value)| format!("{key}={value}")).collect()),
        labels: Some(place.owner.labels()),
        tty: Some(false),
        open_stdin: Some(linked),
        // When the orchestrator dies, the agent reads the end of its input and ends too.
        stdin_once: Some(linked),
        attach_stdin: Some(linked),
        attach_stdout: Some(linked),
        attach_stderr: Some(linked),
        volumes: Some(service.volumes.clone()).filter(|volumes| !volumes.is_empty()),
        stop_timeout: Some(whole_seconds(service.grace)),
        host_config: Some(host_config(place, service)),
        networking_config: Some(networking(place)),
        ..ContainerCreateBody::default()
    }
}

/// The engine knows none but whole ones, and 0 is no time at all.
fn whole_seconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)
}

fn host_config(place: &Place<'_>, service: &Service) -> HostConfig {
    let memory = bytes(service.memory.unwrap_or(MEMORY));
    HostConfig {
        privileged: Some(false),
        cap_drop: Some(vec!["ALL".to_owned()]),
        cap_add: Some(service.capabilities.clone()).filter(|added| !added.is_empty()),
        security_opt: Some(vec!["no-new-privileges=true".to_owned()]),
        readonly_rootfs: Some(service.read_only),
        tmpfs: Some(service.tmpfs.clone().into_iter().collect::<HashMap<_, _>>()),
        shm_size: service.shm.map(bytes),
        memory: Some(memory),
        // The same as memory: no swap.
        memory_swap: Some(memory),
        nano_cpus: Some(nano_cpus(service.cpus, place.cpus)),
        pids_limit: Some(service.pids.unwrap_or(PIDS)),
        ulimits: Some(vec![ulimit("nofile", OPEN_FILES), ulimit("core", 0)]),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        log_config: Some(log_config(service.stdin_open)),
        network_mode: Some(place.network.to_owned()),
        // A name from outside fails at once instead of after 20 s: the only server that the
        // engine's resolver may ask is the container itself, where none listens. It also keeps
        // an engine from carrying questions out of an internal network.
        dns: Some(vec!["127.0.0.1".to_owned()]),
        // `ndots:1` said explicitly makes the engine's resolver answer at once that a bare name
        // such as `payments-3` does not exist; without it the question times out after 2 s, and
        // whoever watches for replicas by name never learns that one is gone.
        dns_options: Some(DNS_OPTIONS.map(str::to_owned).to_vec()),
        dns_search: Some(vec![".".to_owned()]),
        ..HostConfig::default()
    }
}

/// Bounded, and none at all for the workstation, whose standard output is the link.
fn log_config(linked: bool) -> HostConfigLogConfig {
    if linked {
        return HostConfigLogConfig { typ: Some("none".to_owned()), config: None };
    }
    let config = [("max-size", "10m"), ("max-file", "2")];
    HostConfigLogConfig {
        typ: Some("json-file".to_owned()),
        config: Some(config.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
    }
}

fn networking(place: &Place<'_>) -> NetworkingConfig {
    let mut aliases = vec![place.name.to_owned()];
    if place.service != place.name {
        aliases.push(place.service.to_owned());
    }
    let endpoint = EndpointSettings {
        aliases: Some(aliases),
        ipam_config: Some(EndpointIpamConfig {
            ipv4_address: Some(place.address.to_string()),
            ..EndpointIpamConfig::default()
        }),
        ..EndpointSettings::default()
    };
    NetworkingConfig {
        endpoints_config: Some(HashMap::from([(place.network.to_owned(), endpoint)])),
    }
}

fn ulimit(name: &str, value: i64) -> ResourcesUlimits {
    ResourcesUlimits { name: Some(name.to_owned()), soft: Some(value), hard: Some(value) }
}

fn bytes(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to 0.01 up to the engine's cores")]
fn nano_cpus(asked: Option<f64>, available: f64) -> i64 {
    (asked.unwrap_or(available).clamp(0.01, available.max(0.01)) * 1e9) as i64
}

#[cfg(test)]
#[path = "spec_tests.rs"]
mod tests;
