//! How fast the console is: a key through the browser's socket against a plain `docker exec` tty of the
//! same container, an event on its way to the interviewer, and what the page weighs before the terminal.
//!
//! `cargo run --release -p checkride --example console -- <checkride> [keys]` holds a real interview and
//! lets `cat` echo single keys through both ways in turn (interleaved, so that both meet the same
//! machine). Prints one JSON object: p50 and p99 in milliseconds, sizes in kB. No test: the numbers
//! depend on what else the machine does.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use client::{Browser, Outcome, Program, Socket, ms, part};

mod client;

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
    let mut plain = exec(session)?;
    until(&mut plain, READY)?;
    let (mut through, mut floor) = (Vec::new(), Vec::new());
    for key in 0..keys {
        let byte = [b'a' + u8::try_from(key % 26)?];
        let begun = Instant::now();
        ours.send(&byte)?;
        ours.until(&byte)?;
        through.push(ms(begun));
        let begun = Instant::now();
        plain.write_all(&byte)?;
        until(&mut plain, &byte)?;
        floor.push(ms(begun));
    }
    let (p50, floor50) = (part(&mut through, 0.5), part(&mut floor, 0.5));
    Ok(json!({
        "keys": keys,
        "console_p50_ms": p50, "console_p99_ms": part(&mut through, 0.99),
        "exec_p50_ms": floor50, "exec_p99_ms": part(&mut floor, 0.99),
        "console_p50_ratio": p50 / floor50,
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

/// A tty of `docker exec` in the workstation, through the engine's API.
fn exec(session: &str) -> Outcome<UnixStream> {
    let container = format!("{session}-workstation");
    let config =
        json!({ "Cmd": ["sh", "-c", CAT], "Tty": true, "AttachStdin": true, "AttachStdout": true });
    let mut stream = UnixStream::connect("/var/run/docker.sock")?;
    ask(&mut stream, &format!("/containers/{container}/exec"), &config, "Connection: close")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let id = answer.split(r#""Id":""#).nth(1).and_then(|rest| rest.split('"').next());
    let id = id.ok_or_else(|| format!("no exec: {answer}"))?;
    let mut stream = UnixStream::connect("/var/run/docker.sock")?;
    let upgrade = "Connection: Upgrade\r\nUpgrade: tcp";
    ask(&mut stream, &format!("/exec/{id}/start"), &json!({ "Tty": true }), upgrade)?;
    Ok(stream)
}

fn ask(stream: &mut UnixStream, path: &str, body: &Value, more: &str) -> Outcome<()> {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{more}\r\n\r\n{body}",
        body.len()
    );
    Ok(stream.write_all(request.as_bytes())?)
}

/// Reads on until what has come since holds this.
fn until(stream: &mut UnixStream, wanted: &[u8]) -> Outcome<()> {
    let (mut seen, mut chunk) = (Vec::new(), [0; 4096]);
    while !seen.windows(wanted.len()).any(|it| it == wanted) {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Err("the exec is gone".into());
        }
        seen.extend_from_slice(chunk.get(..count).unwrap_or_default());
    }
    Ok(())
}
