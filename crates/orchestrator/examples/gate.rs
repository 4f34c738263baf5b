//! What the gate adds to `docker inspect`: the same question through the workstation's Docker socket
//! and straight to the engine, in turn.
//!
//! `cargo run --release -p orchestrator --example gate -- <lab folder> <programs> [requests]` starts
//! the lab and asks with curl, fifty times a connection, in the workstation and on this machine.
//! Prints one JSON object, times in milliseconds. No test: the numbers depend on what else the
//! machine does.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use orchestrator::control::Control;
use orchestrator::docker::{Gate, Upstairs};
use orchestrator::home::Home;
use orchestrator::logs::Logs;
use orchestrator::recorder::Recorder;
use testbed::{Engine, Incoming, Silent, Testbed};
use wire::Open;

type Outcome<T> = Result<T, Box<dyn Error>>;
/// Requests of one connection.
const AT_ONCE: usize = 50;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let (folder, programs) = match (args.next(), args.next()) {
        (Some(folder), Some(programs)) => (folder, programs),
        _ => return Err("usage: gate <lab folder> <programs> [requests]".into()),
    };
    let requests = args.next().map_or(Ok(400), |count| count.parse::<usize>())?;
    let lab = lab::load::lab(Path::new(&folder), &lab::files::Disk)
        .map_err(|problems| format!("{problems}"))?;
    let lab = Arc::new(lab);
    let engine = Engine::connect().await?;
    let images = testbed::images::ensure(&engine, &lab, Path::new(&programs), &Silent).await?;
    let images = Arc::new(images);
    let home_folder = tempfile::tempdir()?;
    let home = Home::open(home_folder.path())?;
    let held = home.create(jiff::Timestamp::now())?;
    let recorder = Recorder::begin(&held.folder, &lab.id, &home.key()?)?;
    let owner = home.owner(&held.folder.id)?;
    let testbed = Testbed::provision(&engine, &owner, &lab, &images, &Silent).await?;
    let testbed = Arc::new(testbed);
    let control = Arc::new(Control::new(
        Arc::clone(&lab),
        Arc::clone(&testbed),
        Arc::clone(&images),
        Logs::default(),
        jiff::Timestamp::now(),
    ));
    let upstairs = Upstairs::new(&lab, &testbed, &images, &control);
    let gate = Gate::new(upstairs, recorder, held.folder.clone());
    let incoming = testbed.link().incoming().ok_or("somebody else has the link")?;
    let serving = tokio::spawn(serve(incoming, gate));
    let measured = measure(&testbed, &lab.system.workstation, requests).await;
    serving.abort();
    testbed.tear_down().await?;
    println!("{}", measured?);
    Ok(())
}

async fn serve(mut incoming: Incoming, gate: Gate<Upstairs>) {
    let mut kept = Vec::new();
    while let Some((open, stream)) = incoming.recv().await {
        match open {
            Open::Docker => drop(tokio::spawn(gate.clone().serve(stream))),
            // The agent would end with its stream.
            Open::Lines { .. } | Open::Call(_) | Open::Terminal { .. } | Open::Dial { .. } => {
                kept.push(stream);
            }
        }
    }
}

async fn measure(
    testbed: &Testbed,
    workstation: &str,
    requests: usize,
) -> Outcome<serde_json::Value> {
    let member = testbed.members().into_iter().find(|it| it.name == "payments-1");
    let id = member.ok_or("the lab has no payments-1")?.id;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..requests.div_ceil(AT_ONCE) {
        let asked = curl("/run/docker.sock", "payments-1");
        let argv: Vec<&str> = asked.iter().map(String::as_str).collect();
        let output = testbed.exec(workstation, &argv, None).await?;
        ours.extend(times(&output.stdout)?);
        let asked = curl("/var/run/docker.sock", &id);
        let output =
            tokio::task::spawn_blocking(move || Command::new(&asked[0]).args(&asked[1..]).output());
        theirs.extend(times(&output.await??.stdout)?);
    }
    let (through, straight) = (median(&mut ours), median(&mut theirs));
    Ok(serde_json::json!({
        "requests": ours.len(),
        "inspect_p50_ms": through, "straight_p50_ms": straight, "gate_adds_ms": through - straight,
    }))
}

/// The same question again and again over one connection; prints how long each took.
fn curl(socket: &str, container: &str) -> Vec<String> {
    let begin = ["curl", "-sf", "--unix-socket", socket, "-w", "%{time_total} %{http_code}\n"];
    let each = ["-o", "/dev/null", &format!("http://d/v1.41/containers/{container}/json")]
        .map(str::to_owned);
    let all = std::iter::repeat_n(each, AT_ONCE).flatten();
    begin.map(str::to_owned).into_iter().chain(all).collect()
}

fn times(printed: &[u8]) -> Outcome<Vec<f64>> {
    let text = String::from_utf8_lossy(printed);
    let times: Option<Vec<f64>> = text
        .lines()
        .map(|line| line.strip_suffix(" 200")?.parse::<f64>().ok().map(|seconds| seconds * 1e3))
        .collect();
    let times = times.filter(|times| times.len() == AT_ONCE);
    times.ok_or_else(|| format!("curl did not get its answers: {text}").into())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
