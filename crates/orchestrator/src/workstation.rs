//! What comes from the workstation by itself: command lines, programs, calls and Docker clients.
//!
//! The agent opens these streams. Everything in them was under a stranger's hands: a stream that
//! makes no sense is recorded as a gap and closed, and nothing else suffers.

mod clock;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use session::event::{Door, Effect, Kind, Participant};
use testbed::{Incoming, LinkStream};
use tokio::sync::watch;
use wire::{Line, Open, Reply};

use crate::docker::LabGate;
use crate::doors::{Doors, Printed};
use crate::frames::{FrameReader, send};
use crate::recorder::Recorder;

/// What is remembered of lines that have not ended.
type OpenLines = BTreeMap<u64, (String, String, String, Duration)>;

/// When the programs began that were told while they ran, by the agent's clock.
type Running = BTreeMap<u64, u64>;

/// Serves the streams that the agent opens, until the link ends.
pub(crate) async fn serve(
    mut incoming: Incoming,
    recorder: Recorder,
    doors: Arc<Doors>,
    docker: LabGate,
    prompts: watch::Sender<u32>,
) {
    while let Some((open, stream)) = incoming.recv().await {
        match open {
            Open::Lines { version } if version == wire::VERSION => {
                tokio::spawn(lines(stream, recorder.clone(), prompts.clone()));
            }
            Open::Lines { version } => gap(
                &recorder,
                format!("the agent speaks version {version}; rebuild the workstation's image"),
            ),
            Open::Call(call) => {
                tokio::spawn(answer(stream, call, Arc::clone(&doors), recorder.clone()));
            }
            Open::Docker => {
                tokio::spawn(docker.clone().serve(stream));
            }
            Open::Terminal { .. } | Open::Dial { .. } => {
                gap(
                    &recorder,
                    "the agent opened a stream of a kind that is not its own".to_owned(),
                );
            }
        }
    }
}

async fn answer(mut stream: LinkStream, call: wire::Call, doors: Arc<Doors>, recorder: Recorder) {
    let printed = doors.call(&call.program, &call.args, call.columns).await;
    let sent = reply(&mut stream, printed).await;
    if let Err(error) = sent {
        gap(&recorder, format!("the answer to `{}` did not arrive: {error}", call.program));
    }
}

async fn reply(stream: &mut LinkStream, printed: Printed) -> std::io::Result<()> {
    for part in printed.stdout.as_bytes().chunks(wire::frame::LIMIT / 2) {
        send(stream, &Reply::Stdout(part.to_vec())).await?;
    }
    for part in printed.stderr.as_bytes().chunks(wire::frame::LIMIT / 2) {
        send(stream, &Reply::Stderr(part.to_vec())).await?;
    }
    send(stream, &Reply::Exit(printed.code)).await?;
    tokio::io::AsyncWriteExt::shutdown(stream).await
}

/// Reads command lines and records them.
async fn lines(stream: LinkStream, recorder: Recorder, prompts: watch::Sender<u32>) {
    let mut frames = FrameReader::new(stream);
    let mut clock = Clock::default();
    let (mut open, mut running) = (OpenLines::new(), Running::new());
    loop {
        match frames.next::<Line>().await {
            Ok(Some(line)) => {
                record(line, &recorder, &mut clock, &mut open, &mut running, &prompts)
            }
            Ok(None) => return,
            Err(error) => {
                return gap(&recorder, format!("command lines are no longer read: {error}"));
            }
        }
    }
}

fn record(
    line: Line,
    recorder: &Recorder,
    clock: &mut Clock,
    open: &mut OpenLines,
    running: &mut Running,
    prompts: &watch::Sender<u32>,
) {
    let look = |kind| {
        recorder.record(Participant::Candidate, Door::Terminal, Effect::Look, kind);
    };
    let truth = |kind| {
        recorder.record(Participant::Candidate, Door::Terminal, Effect::Truth, kind);
    };
    match line {
        Line::Clock { at_us } => clock.observe(at_us, recorder.now()),
        Line::Ready { .. } => prompts.send_modify(|count| *count += 1),
        Line::Started { id, terminal, line, cwd, at_us } => {
            open.insert(id, (terminal.clone(), line.clone(), cwd.clone(), clock.session(at_us)));
            look(Kind::LineStarted { terminal, line_id: id, line, cwd });
        }
        Line::Ended { id, exit, at_us, printed_bytes, printed, .. } => {
            let Some((terminal, line, cwd, started)) = open.remove(&id) else {
                return gap(recorder, format!("line {id} ended but never began"));
            };
            let duration = clock.session(at_us).saturating_sub(started);
            look(Kind::LineEnded {
                terminal,
                line_id: id,
                line,
                cwd,
                started_s: started.as_secs_f64(),
                duration_s: duration.as_secs_f64(),
                exit: Some(exit),
                printed_bytes,
                printed,
            });
        }
        Line::Lost { reason, .. } => gap(recorder, reason),
        Line::Program(program) => {
            if program.ended_us.is_none() {
                running.insert(program.id, program.at_us);
            }
            truth(program_ran(program, clock));
        }
        Line::ProgramEnded { id, at_us, exit } => {
            let Some(began_us) = running.remove(&id) else {
                return gap(recorder, format!("program {id} ended but never began"));
            };
            let duration_s = at_us.saturating_sub(began_us) as f64 / 1e6;
            truth(Kind::ProgramEnded { program_id: id, duration_s, exit });
        }
        Line::ProgramsMissed { terminal, line, count, reason, .. } => {
            truth(Kind::ProgramsMissed { terminal, line_id: line, count, reason });
        }
    }
}

fn program_ran(program: wire::Program, clock: &Clock) -> Kind {
    let wire::Program { id, terminal, line, pid, parent, path, argv, cut, .. } = program;
    let (cwd, ran, exit) = (program.cwd, program.ran, program.exit);
    let ran_us = program.ended_us.map(|ended_us| ended_us.saturating_sub(program.at_us));
    Kind::ProgramRan {
        terminal,
        line_id: line,
        program_id: id,
        pid,
        parent,
        path,
        argv,
        cut,
        cwd,
        ran,
        started_s: clock.session(program.at_us).as_secs_f64(),
        duration_s: ran_us.map(|micros| micros as f64 / 1e6),
        exit,
    }
}

fn gap(recorder: &Recorder, reason: String) {
    let kind = Kind::Gap { door: Door::Terminal, reason };
    recorder.record(Participant::Lab, Door::Terminal, Effect::Truth, kind);
}
