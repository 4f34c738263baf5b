//! How much longer this crate takes than the raw API for the same containers.
//!
//! `cargo run --release -p testbed --example floor -- <lab folder> <programs> [rounds]` starts and
//! removes the lab's containers in turn, once by the shortest way that the API offers and once
//! through [`Testbed`], and prints one JSON object with the medians in seconds and their ratios.
//! No test: the numbers depend on what else the machine does.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig, NetworkCreateRequest};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, RemoveContainerOptionsBuilder, StartContainerOptions,
};
use futures::future::try_join_all;
use lab::lab::Lab;
use testbed::{Engine, Images, Owner, Silent, Testbed};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let (folder, programs) = match (args.next(), args.next()) {
        (Some(folder), Some(programs)) => (folder, programs),
        _ => return Err("usage: floor <lab folder> <programs> [rounds]".into()),
    };
    let rounds = args.next().map_or(Ok(5), |rounds| rounds.parse::<usize>())?;
    let lab = lab::load::lab(Path::new(&folder), &lab::files::Disk)
        .map_err(|problems| format!("{problems}"))?;
    let engine = Engine::connect().await?;
    let images = testbed::images::ensure(&engine, &lab, Path::new(&programs), &Silent).await?;
    let mut taken: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for round in 0..rounds {
        let session = format!("floor-{}-{round}", std::process::id());
        let (start, remove) = raw(&session, &lab, &images).await?;
        taken.entry("raw_start").or_default().push(start);
        taken.entry("raw_remove").or_default().push(remove);
        let (start, remove) = ours(&engine, &session, &lab, &images).await?;
        taken.entry("start").or_default().push(start);
        taken.entry("remove").or_default().push(remove);
    }
    let median = |name: &str| {
        let mut all = taken.get(name).cloned().unwrap_or_default();
        all.sort();
        all.get(all.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
    };
    println!(
        "{}",
        serde_json::json!({
            "rounds": rounds,
            "raw_start_s": median("raw_start"),
            "start_s": median("start"),
            "start_ratio": median("start") / median("raw_start"),
            "raw_remove_s": median("raw_remove"),
            "remove_s": median("remove"),
            "remove_ratio": median("remove") / median("raw_remove"),
        })
    );
    Ok(())
}

async fn ours(
    engine: &Engine,
    session: &str,
    lab: &Lab,
    images: &Images,
) -> Outcome<(Duration, Duration)> {
    let began = Instant::now();
    let owner = Owner { home: "bench".to_owned(), session: session.to_owned() };
    let testbed = Testbed::provision(engine, &owner, lab, images, &Silent).await?;
    let started = began.elapsed();
    let began = Instant::now();
    testbed.tear_down().await?;
    Ok((started, began.elapsed()))
}

/// A network, all containers at once, nothing else: no limits, no attach, no events.
async fn raw(session: &str, lab: &Lab, images: &Images) -> Outcome<(Duration, Duration)> {
    let docker = Docker::connect_with_defaults()?.negotiate_version().await?;
    let began = Instant::now();
    let network = NetworkCreateRequest {
        name: session.to_owned(),
        internal: Some(true),
        labels: Some(HashMap::from([("checkride.session".to_owned(), session.to_owned())])),
        ..NetworkCreateRequest::default()
    };
    docker.create_network(network).await?;
    let mut starts = Vec::new();
    for (key, service) in &lab.system.compose.services {
        for number in 1..=service.replicas.unwrap_or(1) {
            let name = format!("{session}-{key}-{number}");
            let body = ContainerCreateBody {
                image: Some(images.of(key).to_owned()),
                cmd: service.command.clone(),
                env: Some(service.environment.iter().map(|(k, v)| format!("{k}={v}")).collect()),
                user: service.user.clone(),
                open_stdin: Some(service.stdin_open),
                labels: Some(HashMap::from([("checkride.session".to_owned(), session.to_owned())])),
                host_config: Some(HostConfig {
                    network_mode: Some(session.to_owned()),
                    tmpfs: Some(service.tmpfs.clone().into_iter().collect()),
                    ..HostConfig::default()
                }),
                ..ContainerCreateBody::default()
            };
            starts.push(raw_start(&docker, name, body));
        }
    }
    let ids = try_join_all(starts).await?;
    let started = began.elapsed();
    let began = Instant::now();
    try_join_all(ids.iter().map(|id| {
        let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
        docker.remove_container(id, Some(options))
    }))
    .await?;
    docker.remove_network(session).await?;
    Ok((started, began.elapsed()))
}

async fn raw_start(
    docker: &Docker,
    name: String,
    body: ContainerCreateBody,
) -> Result<String, bollard::errors::Error> {
    let options = CreateContainerOptionsBuilder::new().name(&name).build();
    let id = docker.create_container(Some(options), body).await?.id;
    docker.start_container(&id, None::<StartContainerOptions>).await?;
    Ok(id)
}
