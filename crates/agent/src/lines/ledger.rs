//! Which programs are told home, and when: at their end, or after a while when they run longer.
//! Attempts along `PATH` become one program; what is too much to be told one by one is counted. Pure.

use std::collections::{BTreeMap, HashMap};

use wire::{Line, Program};

use super::bucket::Bucket;
use super::family::Place;

/// A program that runs this long is told while it runs, in microseconds.
const LONG: u64 = 1_000_000;
/// As many may be told at once, and as many more in each second.
const AT_ONCE: u64 = 5_000;
const A_SECOND: u64 = 50;

/// The programs under way.
#[derive(Debug)]
pub(crate) struct Ledger {
    last_id: u64,
    under_way: HashMap<u32, UnderWay>,
    bucket: Bucket,
    missed: BTreeMap<(String, Option<u64>), u64>,
}

#[derive(Debug)]
struct UnderWay {
    program: Program,
    told: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            last_id: 0,
            under_way: HashMap::new(),
            bucket: Bucket::full(AT_ONCE, A_SECOND),
            missed: BTreeMap::new(),
        }
    }
}

impl Ledger {
    /// A process is about to run a program; what it ran before has ended with it. `id` is given here.
    pub(crate) fn begins(&mut self, mut program: Program) -> Option<Line> {
        let (pid, at_us) = (program.pid, program.at_us);
        let before = self.under_way.remove(&pid);
        if !self.bucket.take(at_us) {
            let place = (program.terminal, program.line);
            *self.missed.entry(place).or_default() += 1;
            return before.map(|before| before.ends(at_us, None));
        }
        self.last_id += 1;
        program.id = self.last_id;
        let again = |it: &UnderWay| !it.program.ran && it.program.argv == program.argv;
        // The next folder of PATH: the same attempt goes on.
        let told = before.filter(|before| !again(before)).map(|before| before.ends(at_us, None));
        self.under_way.insert(pid, UnderWay { program, told: false });
        told
    }

    /// The program that a process was about to run at that time never ran.
    pub(crate) fn retract(&mut self, pid: u32, at_us: u64) {
        if self.under_way.get(&pid).is_some_and(|it| it.program.at_us == at_us && !it.told) {
            self.under_way.remove(&pid);
        }
    }

    /// A process has ended; how, comes with [`Ledger::ends`].
    pub(crate) fn died(&mut self, pid: u32, at_us: u64) -> Option<Dead> {
        let mut it = self.under_way.remove(&pid)?;
        it.program.ended_us = Some(at_us);
        Some(Dead(it))
    }

    /// What is due without anything having happened.
    pub(crate) fn tick(&mut self, at_us: u64) -> Vec<Line> {
        let due = |it: &&mut UnderWay| !it.told && at_us.saturating_sub(it.program.at_us) >= LONG;
        let mut told: Vec<Program> = self
            .under_way
            .values_mut()
            .filter(due)
            .map(|it| {
                it.told = true;
                it.program.clone()
            })
            .collect();
        told.sort_by_key(|program| program.id);
        let missed = std::mem::take(&mut self.missed).into_iter();
        let missed = missed.map(|((terminal, line), count)| Line::ProgramsMissed {
            terminal,
            line,
            count: Some(count),
            reason: "too many programs in too short a time".to_owned(),
            at_us,
        });
        told.into_iter().map(Line::Program).chain(missed).collect()
    }

    /// The programs of a terminal are not seen at all.
    pub(crate) fn unseen(place: Place, reason: String, at_us: u64) -> Line {
        let Place { line, terminal } = place;
        Line::ProgramsMissed { terminal, line, count: None, reason, at_us }
    }
}

/// A program that has ended, and how is not known yet.
#[derive(Debug)]
pub(crate) struct Dead(UnderWay);

impl Dead {
    pub(crate) fn how(self, exit: Option<i32>) -> Line {
        let at_us = self.0.program.ended_us.unwrap_or_default();
        self.0.ends(at_us, exit)
    }
}

impl UnderWay {
    fn ends(self, at_us: u64, exit: Option<i32>) -> Line {
        let Self { mut program, told } = self;
        if told {
            return Line::ProgramEnded { id: program.id, at_us, exit };
        }
        program.ended_us = Some(at_us);
        program.exit = exit;
        Line::Program(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(pid: u32, words: &str, ran: bool, at_us: u64) -> Program {
        let argv = words.split(' ').map(str::to_owned).collect();
        let terminal = "t1".to_owned();
        let (path, cwd) = (String::new(), String::new());
        let (line, cut, ended_us, exit) = (Some(1), false, None, None);
        let (id, parent) = (0, 10);
        Program {
            id,
            terminal,
            line,
            pid,
            parent,
            path,
            argv,
            cut,
            cwd,
            ran,
            at_us,
            ended_us,
            exit,
        }
    }

    fn told(line: &Line) -> String {
        if let Line::Program(Program { id, argv, ran, ended_us, exit, .. }) = line {
            let words = argv.join(" ");
            format!("{id} {words} ran={ran} ended={ended_us:?} exit={exit:?}")
        } else if let Line::ProgramEnded { id, at_us, exit } = line {
            format!("{id} ended={at_us} exit={exit:?}")
        } else {
            format!("{line:?}")
        }
    }

    #[test]
    fn a_program_is_told_at_its_end() {
        let mut ledger = Ledger::default();
        assert!(ledger.begins(program(11, "ls -l", true, 5)).is_none());
        let line = ledger.died(11, 9).unwrap().how(Some(2));
        assert_eq!(told(&line), "1 ls -l ran=true ended=Some(9) exit=Some(2)");
        assert!(ledger.died(11, 9).is_none());
    }

    #[test]
    fn attempts_along_path_are_one_program() {
        let mut ledger = Ledger::default();
        assert!(ledger.begins(program(11, "ls -l", false, 1)).is_none());
        assert!(ledger.begins(program(11, "ls -l", false, 2)).is_none());
        assert!(ledger.begins(program(11, "ls -l", true, 3)).is_none());
        let line = ledger.died(11, 9).unwrap().how(Some(0));
        assert_eq!(told(&line), "3 ls -l ran=true ended=Some(9) exit=Some(0)");
    }

    #[test]
    fn a_process_that_becomes_another_program_is_two() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "env ls", true, 1));
        let first = ledger.begins(program(11, "ls", true, 3)).unwrap();
        assert_eq!(told(&first), "1 env ls ran=true ended=Some(3) exit=None");
    }

    #[test]
    fn an_attempt_that_nothing_follows_is_told_as_one() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "nosuch", false, 1));
        assert!(told(&ledger.died(11, 2).unwrap().how(Some(127))).contains("ran=false"));
    }

    #[test]
    fn what_was_killed_before_it_began_is_not_told() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "ls", true, 1));
        ledger.retract(11, 1);
        assert!(ledger.died(11, 2).is_none());
    }

    #[test]
    fn what_runs_for_long_is_told_while_it_runs() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "top", true, 0));
        assert!(ledger.tick(LONG - 1).is_empty());
        assert_eq!(
            ledger.tick(LONG).iter().map(told).collect::<Vec<_>>(),
            ["1 top ran=true ended=None exit=None"]
        );
        assert!(ledger.tick(2 * LONG).is_empty());
        assert_eq!(told(&ledger.died(11, 7).unwrap().how(Some(130))), "1 ended=7 exit=Some(130)");
    }

    #[test]
    fn too_many_are_counted_and_later_ones_are_told_again() {
        let mut ledger = Ledger::default();
        let flood = AT_ONCE as u32 + 30;
        let mut seen = 0;
        for pid in 0..flood {
            ledger.begins(program(pid + 100, "x", true, 0));
            seen += u32::from(ledger.died(pid + 100, 0).is_some());
        }
        assert_eq!(u64::from(seen), AT_ONCE);
        assert!(matches!(ledger.tick(1)[..], [Line::ProgramsMissed { count: Some(30), .. }]));
        ledger.begins(program(11, "ls", true, 1_000_000));
        assert!(ledger.died(11, 1_000_001).is_some());
    }
}
