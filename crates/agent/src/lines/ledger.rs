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
    /// The last one that a process failed to become, which goes on as the program that it was.
    failed: HashMap<u32, Program>,
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
            failed: HashMap::new(),
            bucket: Bucket::full(AT_ONCE, A_SECOND),
            missed: BTreeMap::new(),
        }
    }
}

impl Ledger {
    /// A process is about to run a program. What it ran before has ended with it, unless there is
    /// none to run: then that goes on. `id` is given here.
    pub(crate) fn begins(&mut self, mut program: Program) -> Vec<Line> {
        let (pid, at_us) = (program.pid, program.at_us);
        let goes_on = !program.ran && self.under_way.get(&pid).is_some_and(|it| it.program.ran);
        if !self.bucket.take(at_us) {
            let place = (program.terminal, program.line);
            *self.missed.entry(place).or_default() += 1;
            return if goes_on { Vec::new() } else { self.replaced(pid, at_us) };
        }
        self.last_id += 1;
        program.id = self.last_id;
        self.forget_tried(&program);
        if goes_on {
            return self.failed.insert(pid, program).map(never_ran).into_iter().collect();
        }
        let told = self.replaced(pid, at_us);
        self.under_way.insert(pid, UnderWay { program, told: false });
        told
    }

    /// The next folder of `PATH`: the same attempt goes on, as `program`. One that was told is told to
    /// its end.
    fn forget_tried(&mut self, program: &Program) {
        let (pid, argv) = (program.pid, &program.argv);
        if self.failed.get(&pid).is_some_and(|failed| failed.argv == *argv) {
            self.failed.remove(&pid);
        }
        let is_tried = |it: &UnderWay| !it.told && !it.program.ran && it.program.argv == *argv;
        if self.under_way.get(&pid).is_some_and(is_tried) {
            self.under_way.remove(&pid);
        }
    }

    /// Whatever the process was before is over.
    fn replaced(&mut self, pid: u32, at_us: u64) -> Vec<Line> {
        let failed = self.failed.remove(&pid).map(never_ran);
        let before = self.under_way.remove(&pid).map(|before| before.ends(at_us, None));
        failed.into_iter().chain(before).collect()
    }

    /// The program that a process was about to run at that time never ran.
    pub(crate) fn retract(&mut self, pid: u32, at_us: u64) {
        if self.failed.get(&pid).is_some_and(|failed| failed.at_us == at_us) {
            self.failed.remove(&pid);
        }
        if self.under_way.get(&pid).is_some_and(|it| it.program.at_us == at_us && !it.told) {
            self.under_way.remove(&pid);
        }
    }

    /// A process has ended; how, comes with [`Dead::how`].
    pub(crate) fn died(&mut self, pid: u32, at_us: u64) -> Option<Dead> {
        let failed = self.failed.remove(&pid);
        let mut it = self.under_way.remove(&pid)?;
        it.program.ended_us = Some(at_us);
        Some(Dead { failed, it })
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
        let is_over = |failed: &Program| at_us.saturating_sub(failed.at_us) >= LONG;
        let failed = self.failed.extract_if(|_, failed| is_over(failed));
        told.extend(failed.map(|(_, failed)| at_once(failed)));
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
pub(crate) struct Dead {
    /// What it failed to become.
    failed: Option<Program>,
    it: UnderWay,
}

impl Dead {
    pub(crate) fn how(self, exit: Option<i32>) -> impl Iterator<Item = Line> {
        let at_us = self.it.program.ended_us.unwrap_or_default();
        self.failed.map(never_ran).into_iter().chain([self.it.ends(at_us, exit)])
    }
}

/// The process that failed to become it went on, so that the attempt has no exit code of its own.
fn never_ran(failed: Program) -> Line {
    Line::Program(at_once(failed))
}

fn at_once(mut failed: Program) -> Program {
    failed.ended_us = Some(failed.at_us);
    failed
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

    fn all(lines: impl IntoIterator<Item = Line>) -> Vec<String> {
        lines.into_iter().map(|line| told(&line)).collect()
    }

    /// What is told when process 11 ends.
    fn ends(ledger: &mut Ledger, at_us: u64, exit: i32) -> Vec<String> {
        all(ledger.died(11, at_us).unwrap().how(Some(exit)))
    }

    #[test]
    fn a_program_is_told_at_its_end() {
        let mut ledger = Ledger::default();
        assert!(ledger.begins(program(11, "ls -l", true, 5)).is_empty());
        assert_eq!(ends(&mut ledger, 9, 2), ["1 ls -l ran=true ended=Some(9) exit=Some(2)"]);
        assert!(ledger.died(11, 9).is_none());
    }

    #[test]
    fn attempts_along_path_are_one_program() {
        let mut ledger = Ledger::default();
        assert!(ledger.begins(program(11, "ls -l", false, 1)).is_empty());
        assert!(ledger.begins(program(11, "ls -l", false, 2)).is_empty());
        assert!(ledger.begins(program(11, "ls -l", true, 3)).is_empty());
        assert_eq!(ends(&mut ledger, 9, 0), ["3 ls -l ran=true ended=Some(9) exit=Some(0)"]);
    }

    #[test]
    fn a_process_that_becomes_another_program_is_two() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "env ls", true, 1));
        let first = all(ledger.begins(program(11, "ls", true, 3)));
        assert_eq!(first, ["1 env ls ran=true ended=Some(3) exit=None"]);
    }

    #[test]
    fn a_process_that_finds_its_next_program_along_path_is_two() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "env ls", true, 1));
        assert!(ledger.begins(program(11, "ls", false, 2)).is_empty());
        assert!(ledger.begins(program(11, "ls", false, 3)).is_empty());
        let first = all(ledger.begins(program(11, "ls", true, 4)));
        assert_eq!(first, ["1 env ls ran=true ended=Some(4) exit=None"]);
        assert_eq!(ends(&mut ledger, 9, 0), ["4 ls ran=true ended=Some(9) exit=Some(0)"]);
    }

    #[test]
    fn a_program_goes_on_when_there_is_none_to_become() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "python3", true, 1));
        assert!(ledger.begins(program(11, "nosuch", false, 2)).is_empty());
        assert!(ledger.begins(program(11, "nosuch", false, 3)).is_empty());
        let other = all(ledger.begins(program(11, "other", false, 4)));
        assert_eq!(other, ["3 nosuch ran=false ended=Some(3) exit=None"]);
        assert_eq!(
            all(ledger.tick(LONG + 4)),
            [
                "1 python3 ran=true ended=None exit=None",
                "4 other ran=false ended=Some(4) exit=None"
            ]
        );
        ledger.begins(program(11, "nosuch", false, LONG + 5));
        let last = ["5 nosuch ran=false ended=Some(1000005) exit=None", "1 ended=9 exit=Some(7)"];
        assert_eq!(ends(&mut ledger, 9, 7), last);
    }

    #[test]
    fn a_program_that_failed_to_become_another_one_ends_with_a_third() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "sh", true, 1));
        ledger.begins(program(11, "nosuch", false, 2));
        assert_eq!(
            all(ledger.begins(program(11, "ls", true, 3))),
            ["2 nosuch ran=false ended=Some(2) exit=None", "1 sh ran=true ended=Some(3) exit=None"]
        );
    }

    #[test]
    fn an_attempt_that_was_told_is_told_to_its_end_when_it_is_tried_again() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "nosuch", false, 0));
        assert_eq!(all(ledger.tick(LONG)), ["1 nosuch ran=false ended=None exit=None"]);
        let again = all(ledger.begins(program(11, "nosuch", false, LONG + 1)));
        assert_eq!(again, ["1 ended=1000001 exit=None"]);
    }

    #[test]
    fn an_attempt_too_many_ends_no_program() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "python3", true, 0));
        for _ in 0..AT_ONCE {
            ledger.begins(program(12, "x", true, 0));
        }
        assert!(ledger.begins(program(11, "nosuch", false, 0)).is_empty());
        assert_eq!(ends(&mut ledger, 9, 0), ["1 python3 ran=true ended=Some(9) exit=Some(0)"]);
    }

    #[test]
    fn an_attempt_that_nothing_follows_is_told_as_one() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "nosuch", false, 1));
        let seen = ends(&mut ledger, 2, 127);
        assert_eq!(seen, ["1 nosuch ran=false ended=Some(2) exit=Some(127)"]);
    }

    #[test]
    fn what_was_killed_before_it_began_is_not_told() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "ls", true, 1));
        ledger.retract(11, 1);
        assert!(ledger.died(11, 2).is_none());
        ledger.begins(program(11, "env x", true, 3));
        ledger.begins(program(11, "x", false, 4));
        ledger.retract(11, 4);
        assert_eq!(ends(&mut ledger, 5, 137), ["2 env x ran=true ended=Some(5) exit=Some(137)"]);
    }

    #[test]
    fn what_runs_for_long_is_told_while_it_runs() {
        let mut ledger = Ledger::default();
        ledger.begins(program(11, "top", true, 0));
        assert!(ledger.tick(LONG - 1).is_empty());
        assert_eq!(all(ledger.tick(LONG)), ["1 top ran=true ended=None exit=None"]);
        assert!(ledger.tick(2 * LONG).is_empty());
        assert_eq!(ends(&mut ledger, 7, 130), ["1 ended=7 exit=Some(130)"]);
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
