//! Every limit and refusal of a container's configuration, one sentence each.

use std::time::Duration;

use lab::compose::Image;

use super::*;

fn service() -> Service {
    Service {
        image: Image::Named("debian:trixie-slim".into()),
        command: Some(vec!["sleep".into(), "60".into()]),
        environment: BTreeMap::new(),
        replicas: None,
        user: Some("1000:1000".into()),
        memory: Some(64 << 20),
        cpus: Some(0.5),
        pids: Some(32),
        read_only: true,
        tmpfs: BTreeMap::from([("/tmp".into(), "size=4m".into())]),
        volumes: vec!["/data".into()],
        capabilities: Vec::new(),
        shm: Some(8 << 20),
        grace: Duration::from_secs(3),
        stdin_open: false,
    }
}

fn owner() -> Owner {
    Owner { home: "h-1".into(), session: "s-1".into() }
}

fn place(owner: &Owner) -> Place<'_> {
    Place {
        owner,
        name: "payments-2",
        service: "payments",
        network: "s-1",
        address: Ipv4Addr::new(10, 213, 0, 7),
        cpus: 2.0,
    }
}

fn made(service: &Service) -> ContainerCreateBody {
    let environment = BTreeMap::from([("POOL_SIZE".to_owned(), "8".to_owned())]);
    container(&place(&owner()), service, "checkride/payments:1", &environment)
}

fn host(service: &Service) -> HostConfig {
    made(service).host_config.unwrap()
}

#[test]
fn all_capabilities_are_dropped_and_only_the_named_ones_kept() {
    let kept = Service { capabilities: vec!["NET_ADMIN".into()], ..service() };
    assert_eq!(host(&kept).cap_drop, Some(vec!["ALL".to_owned()]));
    assert_eq!(host(&kept).cap_add, Some(vec!["NET_ADMIN".to_owned()]));
    assert_eq!(host(&service()).cap_add, None);
}

#[test]
fn nothing_gains_privileges() {
    assert_eq!(host(&service()).privileged, Some(false));
    assert_eq!(host(&service()).security_opt, Some(vec!["no-new-privileges=true".to_owned()]));
}

#[test]
fn the_host_is_neither_mounted_nor_published_nor_shared() {
    let host = host(&service());
    assert_eq!(host.binds, None);
    assert_eq!(host.mounts, None);
    assert_eq!(host.devices, None);
    assert_eq!(host.port_bindings, None);
    assert_eq!(host.publish_all_ports, None);
    assert_eq!((host.pid_mode, host.ipc_mode, host.uts_mode), (None, None, None));
    assert_eq!(host.network_mode.as_deref(), Some("s-1"));
}

#[test]
fn the_limits_are_the_services_own() {
    let host = host(&service());
    assert_eq!(host.memory, Some(64 << 20));
    assert_eq!(host.memory_swap, host.memory);
    assert_eq!(host.nano_cpus, Some(500_000_000));
    assert_eq!(host.pids_limit, Some(32));
    assert_eq!(host.shm_size, Some(8 << 20));
    assert_eq!(host.readonly_rootfs, Some(true));
    assert_eq!(host.tmpfs.unwrap()["/tmp"], "size=4m");
}

#[test]
fn a_service_without_limits_is_given_some() {
    let host = host(&Service { memory: None, cpus: None, pids: None, ..service() });
    assert_eq!(host.memory, Some(512 << 20));
    assert_eq!(host.nano_cpus, Some(2_000_000_000));
    assert_eq!(host.pids_limit, Some(256));
}

#[test]
fn no_more_cores_are_asked_for_than_the_engine_has() {
    assert_eq!(nano_cpus(Some(64.0), 2.0), 2_000_000_000);
    assert_eq!(nano_cpus(Some(0.75), 2.0), 750_000_000);
    assert_eq!(nano_cpus(None, 0.0), 10_000_000);
}

#[test]
fn a_container_is_not_restarted_and_leaves_no_core_file() {
    let host = host(&service());
    assert_eq!(host.restart_policy.unwrap().name, Some(RestartPolicyNameEnum::NO));
    let core = host.ulimits.unwrap().into_iter().find(|it| it.name.as_deref() == Some("core"));
    assert_eq!(core.unwrap().hard, Some(0));
}

#[test]
fn logs_are_bounded() {
    let config = host(&service()).log_config.unwrap();
    assert_eq!(config.typ.as_deref(), Some("json-file"));
    assert_eq!(config.config.unwrap()["max-size"], "10m");
}

#[test]
fn the_workstations_input_is_open_once_and_its_output_is_not_logged() {
    let made = made(&Service { stdin_open: true, ..service() });
    assert_eq!((made.open_stdin, made.stdin_once), (Some(true), Some(true)));
    assert_eq!(made.tty, Some(false));
    assert_eq!(made.host_config.unwrap().log_config.unwrap().typ.as_deref(), Some("none"));
}

#[test]
fn nobody_else_has_an_input() {
    assert_eq!(made(&service()).open_stdin, Some(false));
}

#[test]
fn a_replica_answers_to_its_own_name_and_to_the_services() {
    let made = made(&service());
    assert_eq!(made.hostname.as_deref(), Some("payments-2"));
    let endpoint = made.networking_config.unwrap().endpoints_config.unwrap().remove("s-1").unwrap();
    assert_eq!(endpoint.aliases, Some(vec!["payments-2".to_owned(), "payments".to_owned()]));
    let address = endpoint.ipam_config.unwrap().ipv4_address;
    assert_eq!(address.as_deref(), Some("10.213.0.7"));
}

#[test]
fn names_from_outside_fail_soon_and_are_asked_of_nobody() {
    let host = host(&service());
    assert_eq!(host.dns, Some(vec!["127.0.0.1".to_owned()]));
    assert_eq!(
        host.dns_options.as_deref(),
        Some(&["ndots:1", "timeout:1", "attempts:1"].map(str::to_owned)[..])
    );
}

#[test]
fn the_only_labels_are_the_session_and_the_home() {
    let labels = made(&service()).labels.unwrap();
    let wanted = [("checkride.session", "s-1"), ("checkride.home", "h-1")];
    assert_eq!(labels, wanted.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    assert_eq!(made(&service()).env, Some(vec!["POOL_SIZE=8".to_owned()]));
}

#[test]
fn a_service_without_replicas_bears_its_own_name() {
    assert_eq!(replicas("edge", &service()), ["edge"]);
    let two = Service { replicas: Some(2), ..service() };
    assert_eq!(replicas("payments", &two), ["payments-1", "payments-2"]);
}

#[test]
fn a_grace_is_a_whole_second_at_least_unless_there_is_none() {
    for (millis, seconds) in [(0, 0), (500, 1), (1_900, 2), (3_000, 3)] {
        let service = Service { grace: Duration::from_millis(millis), ..service() };
        assert_eq!(made(&service).stop_timeout, Some(seconds), "{millis} ms");
    }
}
