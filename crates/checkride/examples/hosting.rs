//! Many interviews in one `checkride serve`, each with both pages open: how long they take to be up and
//! live, how long an event takes to its interviewer while all run, and what the program weighs.
//!
//! `cargo run --release -p checkride --example hosting -- <checkride> [sessions]` starts them through the
//! operator's page, on real labs. Prints one JSON object: seconds, milliseconds, MiB, and how many were
//! live at once: a machine may be too busy for the last of them. No test: the numbers depend on it.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::Instant;

use serde_json::{Value, json};

use client::{Browser, Outcome, Program, Socket, ms, part};

mod client;

/// Events of each session.
const EVENTS: usize = 10;

/// An interview with its pages open.
struct Held {
    candidate: Browser,
    /// Of the candidate, of the interviewer, and the interviewer's mirror of the terminal.
    live: [Socket; 2],
    _mirror: Socket,
}

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let program = args.next().ok_or("usage: hosting <checkride> [sessions]")?;
    let most = args.next().map_or(Ok(20), |most| most.parse::<usize>())?;
    let words = ["serve", "--json", "--sessions", &most.to_string()];
    let (running, link) = Program::start(&program, &words)?;
    let operator = Browser::enter(link["operator_url"].as_str().ok_or("no link")?)?;
    let begun = Instant::now();
    let started: Vec<(Browser, Browser)> =
        (0..most).map(|number| start(&operator, number)).collect::<Outcome<_>>()?;
    for (candidate, _) in &started {
        // One that the machine is too busy for is missing from `live_at_once`.
        if candidate.until(|me| me["lab_ready"] == true).is_ok() {
            candidate.post("/api/consent", &json!({}))?;
        }
    }
    let up = begun.elapsed().as_secs_f64();
    let mut held: Vec<Held> = started.into_iter().filter_map(|pair| hold(pair).ok()).collect();
    let live = begun.elapsed().as_secs_f64();
    let mut took = Vec::new();
    for number in 0..EVENTS {
        for one in &mut held {
            took.push(event(one, number)?);
        }
    }
    let list = operator.get("/api/sessions")?;
    let rows = list["running"].as_array().cloned().unwrap_or_default();
    let are_live = rows.iter().filter(|row| row["me"]["phase"] == "live").count();
    let memory = running.memory()?;
    let ending = Instant::now();
    drop(held);
    drop(running);
    println!(
        "{}",
        json!({
            "sessions": most, "live_at_once": are_live, "up_s": up, "live_s": live,
            "event_p50_ms": part(&mut took, 0.5), "event_p99_ms": part(&mut took, 0.99),
            "serve_memory_mib": memory, "ended_s": ending.elapsed().as_secs_f64(),
        })
    );
    Ok(())
}

/// Starts one and comes in by both links.
fn start(operator: &Browser, number: usize) -> Outcome<(Browser, Browser)> {
    let asked = json!({ "lab": "payments", "cause": "leaky-release", "minutes": 60,
        "candidate": format!("Candidate {number}") });
    let started: Value = operator.post("/api/sessions", &asked)?;
    let link = |key: &str| started[key].as_str().ok_or_else(|| format!("no links: {started}"));
    Ok((Browser::enter(link("candidate_url")?)?, Browser::enter(link("interviewer_url")?)?))
}

/// Opens the pages' sockets once the incident is on.
fn hold((candidate, interviewer): (Browser, Browser)) -> Outcome<Held> {
    candidate.until(|me| me["phase"] == "live")?;
    let live = [candidate.socket("/ws/live")?, interviewer.socket("/ws/live")?];
    let mirror = interviewer.socket("/ws/terminal/terminal-1")?;
    Ok(Held { candidate, live, _mirror: mirror })
}

/// From the candidate's request to both of the session's sockets.
fn event(held: &mut Held, number: usize) -> Outcome<f64> {
    let text = format!("status number {number}.");
    let begun = Instant::now();
    held.candidate.post("/api/say", &json!({ "text": text }))?;
    for socket in held.live.iter_mut().rev() {
        socket.until(text.as_bytes())?;
    }
    Ok(ms(begun))
}
