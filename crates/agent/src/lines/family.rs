//! Which process belongs to which command line. Pure: told of shells, lines, starts and ends, it
//! finds the line of a program by the processes that it descends from, and remembers those, so that
//! what goes on in the background, or is orphaned, is found later.

use std::collections::{HashMap, VecDeque};

/// Longer chains of ancestors are not followed.
const DEEPEST: usize = 64;
/// Processes that are remembered after their end, by whose group or session others are found.
const REMEMBERED: usize = 4096;

/// Where a program ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The command line; `None` when it ran under none.
    pub(crate) line: Option<u64>,
    /// Empty when it is none of ours.
    pub(crate) terminal: String,
}

/// What the kernel says of a process that is about to run a program.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Descent {
    pub(crate) pid: u32,
    /// 0 when it is not known.
    pub(crate) parent: u32,
}

/// What the kernel can be asked in addition.
pub(crate) trait Ancestry {
    /// The parent of any process.
    fn parent(&self, pid: u32) -> Option<u32>;
    /// The process group of the process itself.
    fn group(&self) -> Option<u32>;
    /// Its session.
    fn session(&self) -> Option<u32>;
}

/// All that is known.
#[derive(Debug)]
pub(crate) struct Family {
    /// Process 1 of the workstation: whose children have lost their parent.
    agent: u32,
    shells: HashMap<u32, Shell>,
    kin: HashMap<u32, Kin>,
    /// In the order of their ends.
    dead: VecDeque<u32>,
}

/// A shell that tells of its lines.
#[derive(Debug)]
struct Shell {
    terminal: String,
    /// The line under way.
    current: Option<u64>,
    last: Option<u64>,
}

#[derive(Debug)]
struct Kin {
    place: Place,
    alive: bool,
}

impl Family {
    pub(crate) fn new(agent: u32) -> Self {
        Self { agent, shells: HashMap::new(), kin: HashMap::new(), dead: VecDeque::new() }
    }

    /// A shell of a terminal was started; it has told nothing yet.
    pub(crate) fn shell(&mut self, pid: u32, terminal: &str) {
        let terminal = terminal.to_owned();
        self.shells.insert(pid, Shell { terminal, current: None, last: None });
    }

    /// A shell begins a line.
    pub(crate) fn begins(&mut self, shell: u32, terminal: &str, line: u64) {
        let terminal = terminal.to_owned();
        self.shells.insert(shell, Shell { terminal, current: Some(line), last: Some(line) });
    }

    /// A shell begins a line that is not told: what runs in it belongs to none, and to no earlier one.
    pub(crate) fn passes(&mut self, shell: u32) {
        if let Some(shell) = self.shells.get_mut(&shell) {
            (shell.current, shell.last) = (None, None);
        }
    }

    /// A shell is at its prompt. Gives the line that it was in.
    pub(crate) fn prompts(&mut self, shell: u32) -> Option<u64> {
        self.shells.get_mut(&shell)?.current.take()
    }

    /// Whether the shell is at its prompt, and its last line, of which what it still has for
    /// children are jobs.
    pub(crate) fn jobs_of(&self, shell: u32) -> Option<Place> {
        let it = self.shells.get(&shell).filter(|it| it.current.is_none())?;
        Some(Place { line: Some(it.last?), terminal: it.terminal.clone() })
    }

    /// Remembers a process that has run no program yet, unless it is known.
    /// Whether it was not known before.
    pub(crate) fn adopt(&mut self, pid: u32, place: &Place) -> bool {
        if self.knows(pid) || self.shells.contains_key(&pid) {
            return false;
        }
        self.kin.insert(pid, Kin { place: place.clone(), alive: true });
        true
    }

    /// Whether a process is remembered and alive.
    fn knows(&self, pid: u32) -> bool {
        self.kin.get(&pid).is_some_and(|kin| kin.alive)
    }

    /// A process has ended.
    pub(crate) fn died(&mut self, pid: u32) {
        self.shells.remove(&pid);
        if let Some(kin) = self.kin.get_mut(&pid)
            && std::mem::take(&mut kin.alive)
        {
            self.dead.push_back(pid);
        }
        while self.dead.len() > REMEMBERED {
            if let Some(pid) = self.dead.pop_front()
                && self.kin.get(&pid).is_some_and(|kin| !kin.alive)
            {
                self.kin.remove(&pid);
            }
        }
    }

    /// Shells that are gone without anybody having told.
    pub(crate) fn vanished(&mut self, is_gone: impl Fn(u32) -> bool) {
        self.shells.retain(|shell, _| !is_gone(*shell));
    }

    /// Finds where a process belongs, and remembers it and its ancestors. Gives the place and whoever
    /// is now remembered and was not before.
    pub(crate) fn place(&mut self, descent: Descent, kernel: &impl Ancestry) -> (Place, Vec<u32>) {
        let mut chain = vec![descent.pid];
        let place = self.up(descent, &mut chain, kernel).or_else(|| self.aside(kernel));
        let Some(place) = place else {
            let fresh = self.adopt(descent.pid, &Place::default());
            return (Place::default(), Vec::from_iter(fresh.then_some(descent.pid)));
        };
        chain.retain(|pid| self.adopt(*pid, &place));
        (place, chain)
    }

    /// By its ancestors, which are put into `chain` while they are unknown.
    fn up(&self, descent: Descent, chain: &mut Vec<u32>, kernel: &impl Ancestry) -> Option<Place> {
        if let Some(place) = self.of(descent.pid) {
            return Some(place);
        }
        let mut pid = descent.parent;
        for _ in 0..DEEPEST {
            if pid <= 1 || pid == self.agent {
                return None;
            }
            if let Some(place) = self.of(pid) {
                return Some(place);
            }
            chain.push(pid);
            pid = kernel.parent(pid)?;
        }
        None
    }

    /// Orphans, by the job or the session that they were born into.
    fn aside(&self, kernel: &impl Ancestry) -> Option<Place> {
        let known = |pid: u32| self.kin.get(&pid).map(|kin| kin.place.clone());
        let of_shell = |pid: u32| {
            let shell = self.shells.get(&pid)?;
            let line = shell.current.or(shell.last);
            Some(Place { line, terminal: shell.terminal.clone() })
        };
        if let Some(place) = kernel.group().and_then(known) {
            return Some(place);
        }
        let session = kernel.session()?;
        of_shell(session).or_else(|| known(session))
    }

    /// A living process that is known.
    fn of(&self, pid: u32) -> Option<Place> {
        let kin = self.kin.get(&pid).filter(|kin| kin.alive).map(|kin| kin.place.clone());
        let Some(shell) = self.shells.get(&pid) else { return kin };
        match shell.current {
            // What an inner shell starts at its prompt belongs to the line that started the shell.
            None if kin.is_some() => kin,
            line => Some(Place { line, terminal: shell.terminal.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The agent is 1, the shell of `t1` is 10, in line 7.
    fn at_work() -> Family {
        let mut family = Family::new(1);
        family.shell(10, "t1");
        family.begins(10, "t1", 7);
        family
    }

    #[derive(Default)]
    struct Told<'a> {
        /// The nearest first.
        chain: &'a [u32],
        group: Option<u32>,
        session: Option<u32>,
    }

    impl Ancestry for Told<'_> {
        fn parent(&self, pid: u32) -> Option<u32> {
            let at = self.chain.iter().position(|it| *it == pid)?;
            Some(self.chain.get(at + 1).copied().unwrap_or(1))
        }

        fn group(&self) -> Option<u32> {
            self.group
        }

        fn session(&self) -> Option<u32> {
            self.session
        }
    }

    /// The line of `pid`, whose ancestors are `chain`, the nearest first.
    fn line(family: &mut Family, pid: u32, chain: &[u32]) -> Option<u64> {
        let parent = chain.first().copied().unwrap_or(1);
        family.place(Descent { pid, parent }, &Told { chain, ..Told::default() }).0.line
    }

    /// The line of an orphan.
    fn orphan(family: &mut Family, pid: u32, group: u32, session: u32) -> Option<u64> {
        let told = Told { chain: &[], group: Some(group), session: Some(session) };
        family.place(Descent { pid, parent: 1 }, &told).0.line
    }

    #[test]
    fn a_child_of_the_shell_belongs_to_the_line_under_way() {
        assert_eq!(line(&mut at_work(), 11, &[10]), Some(7));
        assert_eq!(line(&mut at_work(), 14, &[13, 12, 10]), Some(7));
    }

    #[test]
    fn a_child_of_a_shell_at_its_prompt_belongs_to_no_line() {
        let mut family = at_work();
        family.prompts(10);
        assert_eq!(line(&mut family, 11, &[10]), None);
        let mut family = Family::new(1);
        family.shell(10, "t1");
        let (place, _) = family.place(Descent { pid: 11, parent: 10 }, &Told::default());
        assert_eq!(place, Place { line: None, terminal: "t1".into() });
    }

    #[test]
    fn what_runs_on_in_the_background_keeps_its_line() {
        let mut family = at_work();
        assert_eq!(line(&mut family, 12, &[11, 10]), Some(7));
        family.prompts(10);
        family.begins(10, "t1", 8);
        assert_eq!(line(&mut family, 13, &[11, 10]), Some(7));
        assert_eq!(line(&mut family, 12, &[10]), Some(7), "it becomes another program");
        assert_eq!(line(&mut family, 14, &[10]), Some(8));
    }

    #[test]
    fn a_job_that_has_run_nothing_yet_is_adopted_at_the_prompt() {
        let mut family = at_work();
        family.prompts(10);
        let place = family.jobs_of(10).unwrap();
        assert!(family.adopt(11, &place) && !family.adopt(11, &place));
        family.begins(10, "t1", 8);
        assert_eq!(line(&mut family, 12, &[11, 10]), Some(7));
    }

    #[test]
    fn an_orphan_is_known_by_its_job_and_then_by_its_session() {
        let mut family = at_work();
        line(&mut family, 12, &[11, 10]);
        family.died(11);
        family.prompts(10);
        family.begins(10, "t1", 8);
        assert_eq!(orphan(&mut family, 20, 11, 10), Some(7));
        assert_eq!(orphan(&mut family, 21, 99, 10), Some(8));
        assert_eq!(orphan(&mut family, 22, 99, 99), None);
        assert_eq!(line(&mut family, 23, &[20]), Some(7));
    }

    #[test]
    fn a_number_that_is_used_again_is_another_process() {
        let mut family = at_work();
        line(&mut family, 11, &[10]);
        family.died(11);
        family.begins(10, "t1", 8);
        assert_eq!(line(&mut family, 11, &[10]), Some(8));
    }

    #[test]
    fn an_inner_shell_has_lines_of_its_own() {
        let mut family = at_work();
        assert_eq!(line(&mut family, 11, &[10]), Some(7));
        family.begins(11, "t1", 8);
        assert_eq!(line(&mut family, 12, &[11, 10]), Some(8));
        family.prompts(11);
        assert_eq!(line(&mut family, 13, &[11, 10]), Some(7));
        family.died(11);
        assert_eq!(line(&mut family, 14, &[10]), Some(7));
    }

    #[test]
    fn only_so_many_of_the_dead_are_remembered() {
        let mut family = at_work();
        for pid in 100..100 + 2 * REMEMBERED as u32 {
            line(&mut family, pid, &[10]);
            family.died(pid);
        }
        assert_eq!(family.kin.len(), REMEMBERED);
    }
}
