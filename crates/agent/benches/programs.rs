//! What it costs a program to be seen: the same loop of `/bin/true` in a plain bash, in a terminal of
//! the agent, and under `strace -f` where that is installed, in turn, so that all meet the same
//! machine. Prints one JSON object: medians in microseconds for each program, their ratios to the plain
//! loop, and how many times as much `strace` adds to a program as being seen does.
//!
//! `cargo bench -p agent --bench programs -- [rounds]`. No test: the numbers depend on what else the
//! machine does.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    dead_code,
    reason = "its output is its purpose, and what it shares with the tests is more than it needs"
)]

#[path = "../tests/link/home.rs"]
mod home;

use std::path::Path;
use std::process::Command;

use home::{Home, Talk};
use wire::FromTerminal;

/// Programs in one round.
const PROGRAMS: u32 = 200;

/// Prints how long it took, in microseconds.
const LOOP: &str = "s=$EPOCHREALTIME\n\
    for ((i = 0; i < 200; i++)); do /bin/true; done\n\
    e=$EPOCHREALTIME\n\
    echo \"took=$(( ${e/./} - ${s/./} )).\"\n";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let rounds = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(20);
    let mut home = Home::here();
    let mut lines = home.lines().await;
    // What is told must be taken, as the other side does.
    let told = tokio::spawn(async move {
        let mut programs = 0_u32;
        loop {
            programs += u32::from(matches!(lines.any_line().await, wire::Line::Program(_)));
            if programs.is_multiple_of(1000) {
                tokio::task::yield_now().await;
            }
        }
    });
    let mut terminal = home.terminal("t1").await;
    let script = home.run().with_file_name("loop.sh");
    std::fs::write(&script, LOOP).unwrap();
    let strace = Command::new("strace").arg("-V").output().is_ok();
    let (mut plain, mut seen, mut traced) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        plain.push(run(Command::new("bash").arg(&script)));
        seen.push(typed(&mut terminal, &script).await);
        if strace {
            let mut command = Command::new("strace");
            traced.push(run(command.args(["-f", "-o", "/dev/null", "bash"]).arg(&script)));
        }
    }
    told.abort();
    print(&mut plain, &mut seen, &mut traced);
}

fn run(command: &mut Command) -> f64 {
    took(&String::from_utf8(command.output().unwrap().stdout).unwrap()).unwrap()
}

async fn typed(terminal: &mut Talk, script: &Path) -> f64 {
    terminal.type_in(&format!("bash {}\r", script.display())).await;
    let mut seen = Vec::new();
    loop {
        match terminal.hear().await {
            Some(FromTerminal::Output(bytes)) => seen.extend(bytes),
            Some(FromTerminal::Took { .. }) => {}
            other => panic!("{other:?}"),
        }
        if let Some(took) = took(&String::from_utf8_lossy(&seen)) {
            return took;
        }
    }
}

/// For one program.
fn took(text: &str) -> Option<f64> {
    let (micros, _) = text.split_once("took=")?.1.split_once('.')?;
    Some(micros.parse::<f64>().unwrap() / f64::from(PROGRAMS))
}

fn print(plain: &mut [f64], seen: &mut [f64], traced: &mut [f64]) {
    let (plain, seen) = (median(plain).unwrap(), median(seen).unwrap());
    let traced = median(traced);
    let strace = match traced {
        Some(traced) => format!(
            "\"strace_us\": {traced:.0}, \"strace_ratio\": {:.2}, \"strace_to_seen\": {:.2}, \
             \"strace_adds_to_seen_adds\": {:.1}",
            traced / plain,
            traced / seen,
            (traced - plain) / (seen - plain)
        ),
        None => "\"strace\": \"not installed\"".to_owned(),
    };
    println!(
        "{{ \"plain_us\": {plain:.0}, \"seen_us\": {seen:.0}, \"seen_ratio\": {:.3}, {strace} }}",
        seen / plain
    );
}

fn median(all: &mut [f64]) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied()
}
