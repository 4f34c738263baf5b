//! What a key costs through the recorded terminal, against a plain `docker exec` tty of the same
//! container; how fast a flood comes through both; and what the idle lab weighs.
//!
//! `cargo run --release -p testbed --example echo -- <lab folder> <programs> [keys]` starts the lab
//! and lets `cat` echo single keys through both ways in turn (interleaved, so that both meet the
//! same machine), then lets both flood, the recorded one into a file as the recorder writes it. Prints
//! one JSON object: p50 and p99 in microseconds, MB/s, their ratios, memory in MiB. No test: the numbers depend on what else the machine does.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::StartExecResults;
use bollard::models::ExecConfig;
use bollard::query_parameters::ListContainersOptionsBuilder;
use futures::{Stream, StreamExt};
use testbed::{Engine, LinkStream, Owner, Silent, Testbed};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use wire::frame::{Decoder, Message};
use wire::{FromTerminal, Open, ToTerminal};

type Outcome<T> = Result<T, Box<dyn Error>>;
/// What the echoing shell says when it is ready for keys.
const READY: &str = "ready-for-keys";
/// Raw, so that a byte comes back as it is, once.
const CAT: &str = "stty raw -echo; echo ready-for-''keys; exec cat";
/// As many bytes a flood has.
const FLOOD: usize = 32_000_000;
const FLOODS: usize = 3;
/// What stands at the end of a flood.
const OVER: &[u8] = b"flood-over";

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let (folder, programs) = match (args.next(), args.next()) {
        (Some(folder), Some(programs)) => (folder, programs),
        _ => return Err("usage: echo <lab folder> <programs> [keys]".into()),
    };
    let keys = args.next().map_or(Ok(500), |keys| keys.parse::<usize>())?;
    let lab = lab::load::lab(Path::new(&folder), &lab::files::Disk)
        .map_err(|problems| format!("{problems}"))?;
    let engine = Engine::connect().await?;
    let images = testbed::images::ensure(&engine, &lab, Path::new(&programs), &Silent).await?;
    let owner = Owner { home: "bench".to_owned(), session: format!("echo-{}", std::process::id()) };
    let testbed = Testbed::provision(&engine, &owner, &lab, &images, &Silent).await?;
    let measured = measure(&testbed, &lab.system.workstation, keys).await;
    testbed.tear_down().await?;
    println!("{}", measured?);
    Ok(())
}

async fn measure(testbed: &Testbed, workstation: &str, keys: usize) -> Outcome<serde_json::Value> {
    let mut recorded = Recorded::open(testbed, CAT).await?;
    let mut plain = Plain::open(testbed.session(), workstation, CAT).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for key in 0..keys {
        let byte = b'a' + u8::try_from(key % 26)?;
        ours.push(recorded.echo(byte).await?);
        theirs.push(plain.echo(byte).await?);
    }
    let memory: u64 = testbed.memory().await?.values().sum();
    let (flood, carrier) = floods(testbed, workstation).await?;
    let micros = |all: &mut Vec<Duration>, part: f64| {
        all.sort();
        let index = ((all.len() as f64 - 1.0) * part) as usize;
        all.get(index).map_or(f64::NAN, |it| it.as_secs_f64() * 1e6)
    };
    let (p50, p99) = (micros(&mut ours, 0.5), micros(&mut ours, 0.99));
    let (floor50, floor99) = (micros(&mut theirs, 0.5), micros(&mut theirs, 0.99));
    Ok(serde_json::json!({
        "keys": keys,
        "echo_p50_us": p50, "exec_p50_us": floor50, "echo_p50_ratio": p50 / floor50,
        "echo_p99_us": p99, "exec_p99_us": floor99, "echo_p99_ratio": p99 / floor99,
        "flood_mb_s": flood, "exec_flood_mb_s": carrier, "flood_ratio": flood / carrier,
        "memory_mib": memory as f64 / 1048576.0,
    }))
}

/// MB/s of the recorded terminal and of the plain one, the medians.
async fn floods(testbed: &Testbed, workstation: &str) -> Outcome<(f64, f64)> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let flood = format!("head -c {FLOOD} /dev/zero | tr '\\0' y; echo flood-''over");
    let prepared = format!("echo ready-for-''keys; read -r x; {flood}");
    let folder = tempfile::tempdir()?;
    for number in 0..FLOODS {
        let mut file = BufWriter::new(File::create(folder.path().join(number.to_string()))?);
        let mut recorded = Recorded::open(testbed, &prepared).await?;
        let begun = Instant::now();
        recorded.send(b"\r".to_vec()).await?;
        while !is_over(&recorded.printed) {
            keep_end(&mut recorded.printed);
            recorded.receive().await?;
            let text = String::from_utf8_lossy(&recorded.printed);
            serde_json::to_writer(&mut file, &(begun.elapsed().as_secs_f64(), "o", text))?;
            file.flush()?;
        }
        ours.push(speed(begun));
        let mut plain = Plain::open(testbed.session(), workstation, &prepared).await?;
        let begun = Instant::now();
        plain.input.write_all(b"\r").await?;
        plain.input.flush().await?;
        while !is_over(&plain.printed) {
            keep_end(&mut plain.printed);
            plain.receive().await?;
        }
        theirs.push(speed(begun));
    }
    let median = |all: &mut Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(FLOODS / 2).copied().unwrap_or(f64::NAN)
    };
    Ok((median(&mut ours), median(&mut theirs)))
}

/// Whether the end has come, in the last chunk or across it and the one before.
fn is_over(chunk: &[u8]) -> bool {
    let tail = chunk.get(chunk.len().saturating_sub(200)..).unwrap_or_default();
    tail.windows(OVER.len()).any(|window| window == OVER)
}

/// Drops all but what may be the beginning of the end.
fn keep_end(printed: &mut Vec<u8>) {
    printed.drain(..printed.len().saturating_sub(OVER.len()));
}

fn speed(begun: Instant) -> f64 {
    FLOOD as f64 / 1e6 / begun.elapsed().as_secs_f64()
}

/// The terminal that the agent owns.
struct Recorded {
    stream: LinkStream,
    decoder: Decoder,
    printed: Vec<u8>,
}

impl Recorded {
    async fn open(testbed: &Testbed, command: &str) -> Outcome<Recorded> {
        let open = Open::Terminal { terminal: "echo".to_owned(), columns: 80, rows: 24 };
        let stream = testbed.link().open(&open).await?;
        let mut it = Recorded { stream, decoder: Decoder::new(), printed: Vec::new() };
        it.send(format!("{command}\r").into_bytes()).await?;
        while !String::from_utf8_lossy(&it.printed).contains(READY) {
            it.receive().await?;
        }
        it.printed.clear();
        Ok(it)
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Outcome<()> {
        self.stream.write_all(&ToTerminal::Input(bytes).to_frame()?).await?;
        Ok(self.stream.flush().await?)
    }

    async fn receive(&mut self) -> Outcome<()> {
        let mut chunk = [0; 4096];
        let count = self.stream.read(&mut chunk).await?;
        self.decoder.push(chunk.get(..count).unwrap_or_default());
        while let Some(message) = self.decoder.next::<FromTerminal>()? {
            match message {
                FromTerminal::Output(bytes) => self.printed.extend(bytes),
                FromTerminal::Took { .. } => {}
                FromTerminal::Exited(_) => return Err("the shell is gone".into()),
            }
        }
        if count == 0 { Err("the link is gone".into()) } else { Ok(()) }
    }

    async fn echo(&mut self, byte: u8) -> Outcome<Duration> {
        let begun = Instant::now();
        self.send(vec![byte]).await?;
        while !self.printed.contains(&byte) {
            self.receive().await?;
        }
        let took = begun.elapsed();
        self.printed.clear();
        Ok(took)
    }
}

/// A tty of `docker exec`, through the API.
struct Plain {
    input: Pin<Box<dyn AsyncWrite + Send>>,
    output: Pin<Box<dyn Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>,
    printed: Vec<u8>,
}

impl Plain {
    async fn open(session: &str, workstation: &str, command: &str) -> Outcome<Plain> {
        let docker = Docker::connect_with_defaults()?.negotiate_version().await?;
        let label = format!("checkride.session={session}");
        let filters = std::collections::HashMap::from([("label".to_owned(), vec![label])]);
        let options = ListContainersOptionsBuilder::new().filters(&filters).build();
        let list = docker.list_containers(Some(options)).await?;
        let ends = |name: &String| name.ends_with(&format!("-{workstation}"));
        let found = list.into_iter().find(|it| it.names.iter().flatten().any(ends));
        let id = found.and_then(|it| it.id).ok_or("the workstation is not there")?;
        let words = ["sh", "-c", command].map(str::to_owned).to_vec();
        let config = ExecConfig {
            cmd: Some(words),
            tty: Some(true),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            ..ExecConfig::default()
        };
        let exec = docker.create_exec(&id, config).await?.id;
        match docker.start_exec(&exec, None).await? {
            StartExecResults::Attached { output, input } => {
                let mut it = Plain { input, output, printed: Vec::new() };
                while !String::from_utf8_lossy(&it.printed).contains(READY) {
                    it.receive().await?;
                }
                it.printed.clear();
                Ok(it)
            }
            StartExecResults::Detached => Err("the exec did not attach".into()),
        }
    }

    async fn receive(&mut self) -> Outcome<()> {
        let chunk = self.output.next().await.ok_or("the exec is gone")??;
        self.printed.extend(chunk.into_bytes());
        Ok(())
    }

    async fn echo(&mut self, byte: u8) -> Outcome<Duration> {
        let begun = Instant::now();
        self.input.write_all(&[byte]).await?;
        self.input.flush().await?;
        while !self.printed.contains(&byte) {
            self.receive().await?;
        }
        let took = begun.elapsed();
        self.printed.clear();
        Ok(took)
    }
}
