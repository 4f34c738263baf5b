//! What is known of shells, lines and programs, and what of it is still to be told home. Everybody
//! in the agent who learns something tells it here, at once, so that the order in which things are
//! written down is the order in which they happened.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::unix::pipe;
use tokio::sync::Notify;
use wire::{Line, Program};

use super::budget::Budget;
use super::family::{Ancestry, Descent, Family, Place};
use super::join::{Joiner, Step};
use super::ledger::{Dead, Ledger};
use super::record::{Record, Splitter};
use crate::clock::Clock;
use crate::programs::ends::Ends;
use crate::programs::{self, Kernel, Process};
use crate::reaper::lock;
use crate::terminal::{Known, Terminals};

/// With so much still to be told, programs wait before they start.
const BACKLOG: usize = 4096;

/// A line whose beginning was seen in a terminal is told by its shell well before this.
const STRANGERS: Duration = Duration::from_secs(1);

/// What is read from the pipe in one piece.
const PIECE: usize = 64 * 1024;
/// Pieces that a pipe can hold: whoever writes there may make it as large as `pipe-max-size`, 1 MiB.
const PIECES: usize = 16;

/// Cheap to clone; all clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pipe: pipe::Receiver,
    clock: Clock,
    terminals: Arc<Terminals>,
    ends: Ends,
    state: Mutex<State>,
    /// Something is to be told.
    more: Notify,
    /// Something was told.
    room: Notify,
}

#[derive(Debug)]
struct State {
    joiner: Joiner,
    splitter: Splitter,
    budget: Budget,
    family: Family,
    ledger: Ledger,
    /// Records that could not be read since the last tick.
    unreadable: u64,
    steps: VecDeque<Step>,
    /// Whether one of `steps` should be told at once.
    urgent: bool,
    buffer: Vec<u8>,
}

impl Lines {
    pub(super) fn new(
        pipe: pipe::Receiver,
        clock: Clock,
        terminals: Arc<Terminals>,
        ends: Ends,
    ) -> Self {
        let state = State {
            joiner: Joiner::default(),
            splitter: Splitter::default(),
            budget: Budget::default(),
            family: Family::new(std::process::id()),
            ledger: Ledger::default(),
            unreadable: 0,
            steps: VecDeque::new(),
            urgent: false,
            buffer: vec![0; PIECE],
        };
        let (more, room) = (Notify::new(), Notify::new());
        let state = Mutex::new(state);
        Self { shared: Arc::new(Shared { pipe, clock, terminals, ends, state, more, room }) }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.shared.clock
    }

    /// A terminal's shell was started.
    pub(crate) fn started(&self, shell: u32, terminal: &Known) {
        lock(&self.shared.state).family.shell(shell, &terminal.name);
    }

    /// A terminal's shell is gone: whatever ran in it has ended.
    pub(crate) fn gone(&self, shell: u32, terminal: &Known, exit: Option<i32>) {
        self.heard();
        let at_us = self.shared.clock.at_us();
        let state = &mut *lock(&self.shared.state);
        state.family.died(shell);
        let steps = state.joiner.gone(terminal, exit, at_us);
        self.tell(state, steps);
    }

    /// Takes what the shells have written so far. Whoever judges what runs where calls it first.
    pub(crate) fn heard(&self) {
        let state = &mut *lock(&self.shared.state);
        // No more than was there: somebody may write without an end.
        for _ in 0..PIECES {
            let read = rustix::io::read(&self.shared.pipe, &mut state.buffer[..]);
            // Nothing there; what is really wrong with the pipe is found by whoever waits for it.
            let Ok(read) = read else { return };
            self.records(state, read);
            if read < state.buffer.len() {
                return;
            }
        }
    }

    /// As [`Lines::heard`], when something is there to be read.
    pub(super) async fn hear(&self) -> io::Result<()> {
        self.shared.pipe.readable().await?;
        let state = &mut *lock(&self.shared.state);
        match self.shared.pipe.try_read(&mut state.buffer) {
            Ok(read) => self.records(state, read),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The first `read` bytes of the buffer.
    fn records(&self, state: &mut State, read: usize) {
        let at_us = self.shared.clock.at_us();
        let State { joiner, splitter, budget, family, unreadable, buffer, .. } = state;
        let (mut steps, mut prompted) = (Vec::new(), BTreeMap::new());
        splitter.feed(buffer.get(..read).unwrap_or_default(), |record| match record {
            Ok(record) => {
                let known = self.shared.terminals.find(record.tty());
                match record {
                    Record::Begin(begin) => {
                        let name = known.as_ref().map_or("", |known| &known.name).to_owned();
                        let shell = begin.shell;
                        if !budget.allows(&name, at_us) {
                            steps.extend(joiner.passes(shell, at_us));
                            family.passes(shell);
                            return;
                        }
                        if let Some(known) = &known {
                            known.printed.told(shell, begin.number);
                        }
                        steps.extend(joiner.begin(begin, known, at_us));
                        family.begins(shell, &name, joiner.last_id());
                    }
                    Record::Prompt(prompt) => {
                        steps.extend(joiner.prompt(&prompt, known.clone(), at_us));
                        family.prompts(prompt.shell);
                        prompted.insert(prompt.shell, known);
                    }
                }
            }
            Err(_unreadable) => *unreadable += 1,
        });
        for (shell, known) in prompted {
            self.adopt_jobs(state, shell);
            if let Some(known) = known {
                known.printed.forget_strangers(shell, STRANGERS);
            }
        }
        self.tell(state, steps);
    }

    /// What a shell at its prompt still has for children are jobs of its last line, and so are the
    /// orphans of its session of whom nobody has heard, even those that have not run a program yet.
    fn adopt_jobs(&self, state: &mut State, shell: u32) {
        let Some(place) = state.family.jobs_of(shell) else { return };
        let mut fresh = programs::children(shell);
        fresh.retain(|job| state.family.adopt(*job, &place));
        let session = programs::session(shell);
        let agent = std::process::id();
        for orphan in programs::children(agent) {
            if programs::session(orphan) == session {
                // It may be of an earlier line, whose job it was born into.
                let descent = Descent { pid: orphan, parent: agent };
                fresh.extend(state.family.place(descent, &Kernel { pid: orphan }).1);
            }
        }
        fresh.into_iter().for_each(|pid| programs::attend(self, pid));
    }

    /// A process is about to run a program; where it belongs is found here. Gives the processes of
    /// which nobody has heard before.
    pub(crate) fn begins(
        &self,
        descent: Descent,
        mut program: Program,
        kernel: &impl Ancestry,
    ) -> Vec<u32> {
        let state = &mut *lock(&self.shared.state);
        let (place, fresh) = state.family.place(descent, kernel);
        (program.line, program.terminal) = (place.line, place.terminal);
        let told = state.ledger.begins(program);
        self.tell_later(state, told);
        fresh
    }

    /// The program that was about to begin then never ran.
    pub(crate) fn retract(&self, pid: u32, at_us: u64) {
        lock(&self.shared.state).ledger.retract(pid, at_us);
    }

    /// A process is about to leave its session. As [`Lines::begins`].
    pub(crate) fn leaves(&self, descent: Descent, kernel: &impl Ancestry) -> Vec<u32> {
        lock(&self.shared.state).family.place(descent, kernel).1
    }

    /// Waits for the end of a process.
    pub(crate) fn attend(&self, process: Process) {
        // Refused only when the agent is about to end.
        let _ = self.shared.ends.send(process);
    }

    /// A process has ended, and how is not known yet.
    pub(crate) fn died(&self, pid: u32) -> Option<Dead> {
        let at_us = self.shared.clock.at_us();
        let state = &mut *lock(&self.shared.state);
        state.family.died(pid);
        state.ledger.died(pid, at_us)
    }

    /// How a process has ended is known, or never will be.
    pub(crate) fn ended(&self, dead: Dead, exit: Option<i32>) {
        let state = &mut *lock(&self.shared.state);
        self.tell_later(state, dead.how(exit));
    }

    /// The programs of a terminal are not seen.
    pub(crate) fn unseen(&self, terminal: &str, reason: String) {
        let place = Place { line: None, terminal: terminal.to_owned() };
        let line = Ledger::unseen(place, reason, self.shared.clock.at_us());
        self.tell(&mut lock(&self.shared.state), vec![Step::Say(line)]);
    }

    /// Whether too much is still to be told.
    pub(crate) fn is_behind(&self) -> bool {
        lock(&self.shared.state).steps.len() >= BACKLOG
    }

    /// Waits until not too much is still to be told.
    pub(crate) async fn room(&self) {
        loop {
            let notified = self.shared.room.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if !self.is_behind() {
                return;
            }
            notified.await;
        }
    }

    /// What is due once a second.
    pub(super) fn tick(&self) {
        let at_us = self.shared.clock.at_us();
        let state = &mut *lock(&self.shared.state);
        let mut steps = vec![Step::Say(Line::Clock { at_us })];
        if state.unreadable > 0 {
            let reason = format!("{} unreadable records of command lines", state.unreadable);
            state.unreadable = 0;
            steps.push(Step::Say(Line::Lost { reason, at_us }));
        }
        steps.extend(state.budget.tick(at_us).into_iter().map(Step::Say));
        let is_gone = |shell: u32| !Path::new("/proc").join(shell.to_string()).exists();
        steps.extend(state.joiner.vanished(at_us, is_gone));
        state.family.vanished(is_gone);
        steps.extend(state.ledger.tick(at_us).into_iter().map(Step::Say));
        self.tell(state, steps);
    }

    /// All that is to be told.
    pub(super) fn take(&self) -> VecDeque<Step> {
        let state = &mut *lock(&self.shared.state);
        state.urgent = false;
        self.shared.room.notify_waiters();
        std::mem::take(&mut state.steps)
    }

    /// Waits until something is to be told: at once, or, for what is not urgent, until there may be
    /// more of it.
    pub(super) async fn more(&self, patience: Duration) {
        loop {
            let (urgent, any) = {
                let state = lock(&self.shared.state);
                (state.urgent, !state.steps.is_empty())
            };
            if urgent {
                return;
            }
            if any {
                // Out of patience is what this waits for.
                let _ = tokio::time::timeout(patience, self.urgent()).await;
                return;
            }
            self.shared.more.notified().await;
        }
    }

    async fn urgent(&self) {
        while !lock(&self.shared.state).urgent {
            self.shared.more.notified().await;
        }
    }

    fn tell(&self, state: &mut State, steps: Vec<Step>) {
        if !steps.is_empty() {
            state.steps.extend(steps);
            state.urgent = true;
            self.shared.more.notify_one();
        }
    }

    /// Not worth a message of its own.
    fn tell_later(&self, state: &mut State, lines: impl IntoIterator<Item = Line>) {
        for line in lines {
            if state.steps.is_empty() {
                self.shared.more.notify_one();
            }
            state.steps.push_back(Step::Say(line));
        }
    }
}
