//! When processes end, and how. Most live for a moment: they are looked at together, in beats. Those
//! that live longer are waited for one by one, so that nothing beats while nothing happens.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::sleep;

use super::process::{Process, part};
use crate::lines::{Dead, Lines};

/// The end of a process that lived for less than [`LONG`] is known as exactly as this.
const BEAT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(1);

/// How long a parent may take to collect a child: only then does the kernel tell the exit code.
const COLLECTED: Duration = Duration::from_secs(1);

/// Where processes are handed in whose end is of interest.
pub(crate) type Ends = mpsc::UnboundedSender<Process>;

/// Processes that have ended, and since when, and what is still to be told of them.
type Uncollected = Vec<(Process, Instant, Option<Dead>)>;

/// Tells of each end, for as long as there is anybody to tell.
pub(crate) async fn run(mut processes: mpsc::UnboundedReceiver<Process>, lines: Lines) {
    let (back, mut late) = mpsc::unbounded_channel::<Process>();
    let mut young: Vec<(Process, Instant)> = Vec::new();
    let mut dead = Uncollected::new();
    loop {
        if young.is_empty() && dead.is_empty() {
            tokio::select! {
                Some(process) = processes.recv() => young.push((process, Instant::now())),
                Some(process) = late.recv() => dead.push(mourn(process, &lines)),
                else => return,
            }
        }
        sleep(BEAT).await;
        while let Ok(process) = processes.try_recv() {
            young.push((process, Instant::now()));
        }
        while let Ok(process) = late.try_recv() {
            dead.push(mourn(process, &lines));
        }
        // Asked with good descriptors the kernel always answers; were it not to, they are let go.
        let [ended, alive] = part(std::mem::take(&mut young)).unwrap_or_default();
        dead.extend(ended.into_iter().map(|(process, _)| mourn(process, &lines)));
        for (process, since) in alive {
            if since.elapsed() < LONG {
                young.push((process, since));
                continue;
            }
            let back = back.clone();
            tokio::spawn(async move {
                if let Ok(process) = process.end().await {
                    // Refused only when the agent is about to end.
                    let _ = back.send(process);
                }
            });
        }
        dead = collected(dead, &lines);
    }
}

fn mourn(process: Process, lines: &Lines) -> (Process, Instant, Option<Dead>) {
    let dead = lines.died(process.pid);
    (process, Instant::now(), dead)
}

/// Tells how those ended of whom it is known, or will not be known; gives the others.
fn collected(dead: Uncollected, lines: &Lines) -> Uncollected {
    let mut waiting = Uncollected::new();
    for (process, since, told) in dead {
        let Some(told) = told else { continue };
        match process.exit() {
            None if since.elapsed() < COLLECTED => waiting.push((process, since, Some(told))),
            exit => lines.ended(told, exit),
        }
    }
    waiting
}
