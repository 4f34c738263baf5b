//! How fast a journal is written and checked, against the least that could be done.
//!
//! `cargo run --release -p orchestrator --example journal [-- <events> <group>]` writes the same
//! number of bytes twice into files of one folder, in groups that are brought to the disk in turn:
//! as ready lines and nothing else (the floor), and as events, serialised, chained, and with the
//! signed head replaced after each group. As in a session, the next group is appended while one is
//! on its way to the disk, never more than that. Then it checks and recovers the journal. Prints one
//! JSON object. No test: the numbers depend on the disk.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use orchestrator::journal::{Commit, JournalFile, JournalFileError};
use session::event::{Door, Effect, Event, Happening, Kind, Participant};
use session::journal::{Header, State, public_key, read, recover, verify};
use session::timeline::Timeline;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Any key does.
const KEY: [u8; 32] = [7; 32];
/// Pairs of measurements; the medians are told.
const ROUNDS: usize = 5;
/// Groups that are written in one turn.
const TURN: usize = 50;

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let events = args.next().map_or(Ok(50_000), |count| count.parse())?;
    let group = args.next().map_or(Ok(100), |count| count.parse())?;
    let events = happened(events);
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("journal.jsonl");
    // Once for the lines, which are the floor's.
    let lines = written(&path, &events)?;
    let (mut floors, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (our, floor) = race(&path, &folder.path().join("floor.jsonl"), &events, &lines, group)?;
        ours.push(our);
        floors.push(floor);
    }
    let (floor, ours) = (median(floors), median(ours));
    let bytes = std::fs::metadata(&path)?.len();
    let (verified, recovered) = read_back(&path, events.len())?;
    let per_s = |taken: Duration| events.len() as f64 / taken.as_secs_f64();
    println!(
        "{}",
        serde_json::json!({
            "events": events.len(),
            "group": group,
            "bytes": bytes,
            "floor_events_per_s": per_s(floor).round(),
            "events_per_s": per_s(ours).round(),
            "ratio": floor.as_secs_f64() / ours.as_secs_f64(),
            "verify_mb_per_s": (bytes as f64 / 1e6 / verified.as_secs_f64()).round(),
            "recover_s_per_million": recovered.as_secs_f64() * 1e6 / events.len() as f64,
        })
    );
    Ok(())
}

/// Command lines as a session has them, with some output each.
fn happened(count: usize) -> Vec<Event> {
    let mut timeline = Timeline::new();
    for number in 0..count {
        let happening = Happening {
            participant: Participant::Candidate,
            door: Door::Terminal,
            effect: Effect::Look,
            place: session::event::Place::Lab,
            kind: Kind::LineEnded {
                terminal: "terminal-1".to_owned(),
                line_id: number as u64,
                line: "curl -s http://edge:8404/metrics | grep -c backend".to_owned(),
                cwd: "/home/oncall".to_owned(),
                started_s: number as f64 / 100.0,
                duration_s: 0.013,
                exit: Some(0),
                printed_bytes: 80,
                printed: "haproxy_backend_active_servers{proxy=\"payments\"} 2\n".repeat(2),
            },
        };
        let wall = "2026-01-01T00:00:00.000Z".to_owned();
        timeline.record(happening, Duration::from_millis(number as u64 * 10), wall);
    }
    timeline.events().to_vec()
}

/// The journal's text, for lines to write anew.
fn written(path: &Path, events: &[Event]) -> Outcome<Vec<u8>> {
    let header = Header::new("bench", "payments", &KEY);
    let mut journal = JournalFile::create(path, &path.with_extension("head"), &header, &KEY)?;
    for event in events {
        journal.append(event)?;
    }
    journal.seal()?;
    Ok(std::fs::read(path)?)
}

/// The journal as a session writes it, and the same lines ready-made: one write each and one
/// `fdatasync` a group. Some groups of the one and of the other in turn, so that what else the machine
/// does meets both.
fn race(
    path: &Path,
    floor: &Path,
    events: &[Event],
    text: &[u8],
    group: usize,
) -> Outcome<(Duration, Duration)> {
    gone(path)?;
    gone(floor)?;
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let header = Header::new("bench", "payments", &KEY);
    let mut journal = JournalFile::create(path, &path.with_extension("head"), &header, &KEY)?;
    let mut file = File::create_new(floor)?;
    let (mut ours, mut floors) = (Duration::ZERO, Duration::ZERO);
    for (events, lines) in events.chunks(group * TURN).zip(lines.chunks(group * TURN)) {
        let began = Instant::now();
        write_journal(&mut journal, events, group)?;
        ours += began.elapsed();
        let began = Instant::now();
        for lines in lines.chunks(group) {
            for line in lines {
                file.write_all(line)?;
            }
            file.sync_data()?;
        }
        floors += began.elapsed();
    }
    journal.seal()?;
    Ok((ours, floors))
}

/// Appends the events; a thread of its own keeps each group, as the recorder's does.
fn write_journal(journal: &mut JournalFile, events: &[Event], group: usize) -> Outcome<()> {
    // Taken from hand to hand: who appends waits where the disk has not done with the group before.
    let (hand_over, groups) = mpsc::sync_channel::<Commit>(0);
    std::thread::scope(|scope| {
        let keeper = scope.spawn(move || groups.iter().try_for_each(Commit::keep));
        let written = append(journal, events, group, &hand_over);
        drop(hand_over);
        let kept: Result<(), JournalFileError> = keeper.join().map_err(|_| "the keeper died")?;
        Ok(kept.and(written)?)
    })
}

fn append(
    journal: &mut JournalFile,
    events: &[Event],
    group: usize,
    hand_over: &mpsc::SyncSender<Commit>,
) -> Result<(), JournalFileError> {
    for events in events.chunks(group) {
        for event in events {
            journal.append(event)?;
        }
        let commit = journal.commit()?;
        // The keeper says itself why it takes no more.
        let Ok(()) = hand_over.send(commit) else { break };
    }
    Ok(())
}

/// How long it takes to check the journal, and to find where to go on with an unsealed one.
fn read_back(path: &Path, events: usize) -> Outcome<(Duration, Duration)> {
    let key = public_key(&KEY);
    let head = std::fs::read(path.with_extension("head"))?;
    let began = Instant::now();
    let verdict = verify(BufReader::new(File::open(path)?), Some(&head), Some(&key));
    let verified = began.elapsed();
    if verdict.state != State::Sealed || verdict.events != events as u64 {
        return Err(verdict.sentence.into());
    }
    let bytes = std::fs::read(path)?;
    let sealed_at = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n');
    let unsealed = &bytes[..sealed_at.map_or(0, |at| at + 1)];
    let began = Instant::now();
    recover(unsealed, None, Some(&key), "2026-01-01T00:00:00.000Z")?;
    let recovered = began.elapsed();
    if read(unsealed)?.len() != events {
        return Err("the journal does not read back".into());
    }
    Ok((verified, recovered))
}

fn gone(path: &Path) -> Outcome<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}
