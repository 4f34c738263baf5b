//! `checkride doctor`: does this machine have what Checkride needs, and what to do where not.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use testbed::Engine;
use testbed::advisory::Harm;

use crate::exit::Code;
use crate::{places, print};

/// One thing that is looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    /// `good`, `warning`, `missing`.
    state: &'static str,
    detail: String,
}

pub(super) async fn run(named: Option<&Path>, json: bool) -> Result<Code> {
    let mut findings = engine().await;
    findings.extend([data_folder(), programs(), labs(named)]);
    findings.extend(tools());
    let good = findings.iter().all(|finding| finding.state != "missing");
    if json {
        print::json(&findings)?;
    } else {
        for finding in &findings {
            let mark = match finding.state {
                "good" => "✓",
                "warning" => "!",
                _ => "✗",
            };
            print::out(&format!("{mark} {:<14} {}", finding.what, finding.detail));
        }
    }
    Ok(if good { Code::Ok } else { Code::Environment })
}

fn version(version: &testbed::EngineVersion) -> String {
    let runc = version.runc.as_deref().map_or(String::new(), |runc| format!(", runc {runc}"));
    format!("{} (API {}, {}{runc})", version.engine, version.api, version.os)
}

async fn engine() -> Vec<Finding> {
    let what = "docker engine";
    let engine = match Engine::connect().await {
        Ok(engine) => engine,
        Err(error) => return vec![missing(what, &error.into())],
    };
    let there = Finding { what, state: "good", detail: version(engine.version()) };
    let known = testbed::advisory::of(engine.version()).into_iter().map(|advisory| Finding {
        what: match advisory.harm {
            Harm::Escape => "known escapes",
            Harm::Hang => "known hangs",
        },
        state: "warning",
        detail: format!("{}: {}", advisory.known_as, advisory.detail),
    });
    std::iter::once(there).chain(known).collect()
}

fn data_folder() -> Finding {
    let what = "data folder";
    match places::home() {
        Ok(home) => Finding { what, state: "good", detail: home.root().display().to_string() },
        Err(error) => missing(what, &error),
    }
}

/// The programs that go into images lie beside this one.
fn programs() -> Finding {
    let what = "programs";
    let folder = match places::programs() {
        Ok(folder) => folder,
        Err(error) => return missing(what, &error),
    };
    let wanted = ["agent", "acquirer", "internet", "scribe"];
    let gone: Vec<&str> = wanted.into_iter().filter(|name| !folder.join(name).is_file()).collect();
    if gone.is_empty() {
        return Finding { what, state: "good", detail: folder.display().to_string() };
    }
    let detail = format!("{} not in {}; `make build`", gone.join(", "), folder.display());
    Finding { what, state: "missing", detail }
}

fn labs(named: Option<&Path>) -> Finding {
    let what = "labs";
    match places::labs(named) {
        Ok(folder) => Finding { what, state: "good", detail: folder.display().to_string() },
        Err(error) => missing(what, &error),
    }
}

/// Programs that are only needed while images are built.
fn tools() -> Vec<Finding> {
    let needed = [
        ("git", "applies the releases' patches; install git"),
        ("cargo", "builds the releases; install Rust"),
        ("mmdebstrap", "makes the base image where none can be pulled; install mmdebstrap"),
    ];
    needed
        .into_iter()
        .map(|(what, why)| match on_path(what) {
            true => Finding { what, state: "good", detail: "found".to_owned() },
            false => Finding { what, state: "warning", detail: format!("not found: it {why}") },
        })
        .collect()
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn missing(what: &'static str, error: &anyhow::Error) -> Finding {
    Finding { what, state: "missing", detail: format!("{error:#}") }
}
