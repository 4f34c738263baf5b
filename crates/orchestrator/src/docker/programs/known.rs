//! What is remembered of programs: those that were made, those that ran, and the containers in which
//! they did. Bounded, whatever a client asks for.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use gate::{Exec, Refusal};

use super::Tape;

/// Programs that are remembered; the oldest are forgotten.
const REMEMBERED: usize = 512;
/// Programs that were made and not started. The engine keeps each for as long as its container runs,
/// and nobody can take one back.
const WAITING: usize = 32;
/// One that nobody has started by then counts no longer: a client that died between its two calls
/// takes no place for good, and the engine keeps no more than so many in so long.
const GIVEN_UP: Duration = Duration::from_secs(600);
/// A container that dies so soon after a program ran in it was ended by the program.
const AFTERMATH: Duration = Duration::from_secs(10);

/// One program.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) container: String,
    pub(super) exec: Exec,
    /// `None` until it is started.
    pub(super) tape: Option<Tape>,
    made: Instant,
}

#[derive(Default)]
pub(super) struct Known {
    by_id: HashMap<String, Program>,
    order: VecDeque<String>,
    /// Programs that the engine is asked to make right now.
    making: usize,
    /// When a program last ran in a container.
    touched: HashMap<String, Instant>,
    /// Containers whose memory the candidate limited.
    limited: HashSet<String>,
}

impl Program {
    pub(super) fn new(container: &str, exec: &Exec) -> Program {
        let (container, exec) = (container.to_owned(), exec.clone());
        Program { container, exec, tape: None, made: Instant::now() }
    }

    fn is_waiting(&self) -> bool {
        self.tape.is_none() && self.made.elapsed() < GIVEN_UP
    }
}

impl Known {
    /// Takes a place for a program that the engine is about to make; it is left with
    /// [`Known::is_made`].
    pub(super) fn makes(&mut self) -> Result<(), Refusal> {
        let waiting = self.by_id.values().filter(|program| program.is_waiting()).count();
        if waiting + self.making >= WAITING {
            let message = format!(
                "{WAITING} programs were made and not started; start one of them, or wait some minutes"
            );
            return Err(Refusal { status: 429, message });
        }
        self.making += 1;
        Ok(())
    }

    /// The engine has made one, or has not.
    pub(super) fn is_made(&mut self) {
        self.making = self.making.saturating_sub(1);
    }

    pub(super) fn remember(&mut self, id: &str, program: Program) {
        if self.by_id.insert(id.to_owned(), program).is_none() {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }

    pub(super) fn find(&self, id: &str) -> Result<Program, Refusal> {
        self.by_id.get(id).cloned().ok_or_else(|| Refusal::no_exec(id))
    }

    /// As [`Known::find`], for one that was not started yet. The engine starts none twice; asked all the
    /// same, each time would be one more act and one more recording.
    pub(super) fn startable(&self, id: &str) -> Result<Program, Refusal> {
        let program = self.find(id)?;
        if program.tape.is_some() {
            let message = format!("exec {id} has already run");
            return Err(Refusal { status: 409, message });
        }
        Ok(program)
    }

    /// A program is about to be started.
    pub(super) fn starts(&mut self, id: &str, tape: Tape) -> Result<(), Refusal> {
        self.startable(id)?;
        if let Some(program) = self.by_id.get_mut(id) {
            program.tape = Some(tape);
        }
        Ok(())
    }

    /// The engine did not start it. One that it has not got any more waits for nothing.
    pub(super) fn did_not_start(&mut self, id: &str, why: &Refusal) {
        if let Some(program) = self.by_id.get_mut(id).filter(|_| why.status != 404) {
            program.tape = None;
        }
    }

    pub(super) fn touch(&mut self, container: &str) {
        self.touched.insert(container.to_owned(), Instant::now());
    }

    pub(super) fn limit(&mut self, container: &str) {
        self.limited.insert(container.to_owned());
    }

    /// The command by which the candidate ended a container, if they did.
    pub(super) fn explains(&self, container: &str, oom: bool) -> Option<&'static str> {
        if self.touched.get(container).is_some_and(|at| at.elapsed() < AFTERMATH) {
            return Some("exec");
        }
        (oom && self.limited.contains(container)).then_some("update")
    }
}
