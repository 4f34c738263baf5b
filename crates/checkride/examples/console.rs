//! How fast the console is: a key through the browser's socket against two plain ttys of the same
//! container (`docker exec -it`, and its API alone, without the client program), an event on its way to
//! the interviewer, and what the page weighs before the terminal.
//!
//! `cargo run --release -p checkride --example console -- <checkride> [keys]` holds a real interview and
//! lets `cat` echo single keys through all ways in turn (interleaved, so that both meet the same
//! machine). Prints one JSON object: p50 and p99 in milliseconds, sizes in kB. No test: the numbers
//! depend on what else the machine does.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use client::{Browser, Outcome, Program, Socket, ms, part};
use plain::Plain;

mod client;
mod plain;

/// What the echoing shell says when it is ready for keys.
const READY: &[u8] = b"ready-for-keys";
/// Raw, so that a byte comes back as it is, once.
const CAT: &str = "stty raw -echo; echo ready-for-''keys; exec cat";
const EVENTS: usize = 50;

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let program = args.next().ok_or("usage: console <checkride> [keys]")?;
    let keys = args.next().map_or(Ok(500), |keys| keys.parse::<usize>())?;
    let words =
        ["interview", "payments", "--candidate", "Bench", "--cause", "leaky-release", "--json"];
    let (running, links) = Program::start(&program, &words)?;
    let text = |key: &str| links[key].as_str().ok_or("no links");
    let candidate = Browser::enter(text("candidate_url")?)?;
    let interviewer = Browser::enter(text("interviewer_url")?)?;
    candidate.post("/api/consent", &json!({}))?;
    candidate.until(|me| me["phase"] == "live")?;
    let mut live = interviewer.socket("/ws/live")?;
    let mut printed = echo(&candidate, &interviewer, text("session")?, keys)?;
    let events = printed.as_object_mut().ok_or("no figures")?;
    events.extend(event(&candidate, &mut live)?);
    events.insert("page_js_gzip_kb".to_owned(), page(&candidate)?.into());
    println!("{printed}");
    drop(running);
    Ok(())
}

/// Keys through the console, with the interviewer's mirror open, and through a plain tty.
fn echo(candidate: &Browser, interviewer: &Browser, session: &str, keys: usize) -> Outcome<Value> {
    let mut ours = candidate.socket("/ws/terminal/terminal-1")?;
    let _mirror = interviewer.socket("/ws/terminal/terminal-1")?;
    ours.send(format!("{CAT}\r").as_bytes())?;
    ours.until(READY)?;
    let container = format!("{session}-workstation");
    let (mut api, mut program) = (Plain::api(&container, CAT)?, Plain::program(&container, CAT)?);
    api.until(READY)?;
    program.until(READY)?;
    let (mut through, mut floor, mut typed) = (Vec::new(), Vec::new(), Vec::new());
    for key in 0..keys {
        let byte = [b'a' + u8::try_from(key % 26)?];
        let begun = Instant::now();
        ours.send(&byte)?;
        ours.until(&byte)?;
        through.push(ms(begun));
        for (plain, took) in [(&mut api, &mut floor), (&mut program, &mut typed)] {
            let begun = Instant::now();
            plain.send(&byte)?;
            plain.until(&byte)?;
            took.push(ms(begun));
        }
    }
    let p50 = part(&mut through, 0.5);
    let (api50, exec50) = (part(&mut floor, 0.5), part(&mut typed, 0.5));
    Ok(json!({
        "keys": keys,
        "console_p50_ms": p50, "console_p99_ms": part(&mut through, 0.99),
        "exec_p50_ms": exec50, "exec_p99_ms": part(&mut typed, 0.99),
        "exec_api_p50_ms": api50, "exec_api_p99_ms": part(&mut floor, 0.99),
        "console_to_exec": p50 / exec50, "console_to_exec_api": p50 / api50,
    }))
}

/// From the candidate's request to the interviewer's socket; the event lies between.
fn event(candidate: &Browser, live: &mut Socket) -> Outcome<serde_json::Map<String, Value>> {
    let mut took = Vec::new();
    for number in 0..EVENTS {
        let text = format!("status number {number}.");
        let begun = Instant::now();
        candidate.post("/api/say", &json!({ "text": text }))?;
        live.until(text.as_bytes())?;
        took.push(ms(begun));
    }
    let figures = json!({
        "event_p50_ms": part(&mut took, 0.5), "event_p99_ms": part(&mut took, 0.99),
    });
    figures.as_object().cloned().ok_or_else(|| "no figures".into())
}

/// The scripts that the page asks for by itself, each packed, in kB.
fn page(candidate: &Browser) -> Outcome<f64> {
    let (_, html) = candidate.request("GET", "/", "")?;
    let html = String::from_utf8(html)?;
    let scripts: BTreeSet<&str> = html
        .split(['"', '\''])
        .filter(|it| it.starts_with("./assets/") && it.ends_with(".js"))
        .collect();
    if scripts.is_empty() {
        return Err("the program was built without its page".into());
    }
    let mut bytes = 0;
    for script in scripts {
        let (_, body) = candidate.request("GET", script.trim_start_matches('.'), "")?;
        let mut gzip = Command::new("gzip").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdin = gzip.stdin.take().ok_or("no pipe")?;
        let writing = std::thread::spawn(move || stdin.write_all(&body));
        bytes += gzip.wait_with_output()?.stdout.len();
        writing.join().map_err(|_| "gzip broke off")??;
    }
    Ok(bytes as f64 / 1000.0)
}
