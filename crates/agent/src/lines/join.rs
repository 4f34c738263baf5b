//! Which prompt ends which line. Pure: told what the shells said and when, it says what to send.
//! What was printed is added afterwards, by whoever can wait for it.

use std::collections::{BTreeMap, HashSet};

use wire::Line;

use super::record::{Begin, Prompt};
use crate::terminal::Known;

/// The exit code of a line whose shell vanished before it could tell.
const UNKNOWN: i32 = -1;

/// What to send.
#[derive(Debug)]
pub(super) enum Step {
    Say(Line),
    /// A line has ended; what it printed is still to be added.
    End(Ending),
}

/// A line that has ended.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) id: u64,
    pub(super) shell: u32,
    /// Of the line, in the shell.
    pub(super) number: u32,
    pub(super) terminal: Option<Known>,
    pub(super) exit: i32,
    pub(super) at_us: u64,
}

/// The lines under way.
#[derive(Debug, Default)]
pub(super) struct Joiner {
    last_id: u64,
    /// By number, so that what began later ends first.
    under_way: BTreeMap<u64, UnderWay>,
    /// Names of the terminals whose first prompt was seen.
    ready: HashSet<String>,
}

#[derive(Debug)]
struct UnderWay {
    shell: u32,
    number: u32,
    terminal: Option<Known>,
}

impl UnderWay {
    fn is_in(&self, name: &str) -> bool {
        self.terminal.as_ref().is_some_and(|terminal| terminal.name == name)
    }
}

impl Joiner {
    /// A shell begins a line.
    pub(super) fn begin(&mut self, begin: Begin, terminal: Option<Known>, at_us: u64) -> Vec<Step> {
        // A shell runs one line at a time.
        let mut steps = self.passes(begin.shell, at_us);
        self.last_id += 1;
        let name = terminal.as_ref().map(|terminal| terminal.name.clone()).unwrap_or_default();
        steps.push(Step::Say(Line::Started {
            id: self.last_id,
            terminal: name,
            line: begin.line,
            cwd: begin.cwd,
            at_us,
        }));
        let line = UnderWay { shell: begin.shell, number: begin.number, terminal };
        self.under_way.insert(self.last_id, line);
        steps
    }

    /// A shell begins a line that is not told. An earlier one has ended without a prompt.
    pub(super) fn passes(&mut self, shell: u32, at_us: u64) -> Vec<Step> {
        self.end(UNKNOWN, at_us, |_, line| line.shell == shell)
    }

    /// The number of the line that began last.
    pub(super) fn last_id(&self) -> u64 {
        self.last_id
    }

    /// A shell is back at its prompt.
    pub(super) fn prompt(
        &mut self,
        prompt: &Prompt,
        terminal: Option<Known>,
        at_us: u64,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(terminal) = terminal
            && self.ready.insert(terminal.name.clone())
        {
            steps.push(Step::Say(Line::Ready { terminal: terminal.name, at_us }));
        }
        let ended = self.under_way.iter().find(|(_, line)| line.shell == prompt.shell);
        if let Some((id, line)) = ended {
            // What a nested shell had under way ends with it: `exit` shows no prompt.
            let (id, terminal) = (*id, line.terminal.as_ref().map(|known| known.name.clone()));
            steps.extend(self.end(prompt.exit, at_us, |other, line| {
                other == id || other > id && terminal.as_ref().is_some_and(|name| line.is_in(name))
            }));
        }
        steps
    }

    /// The shell of a terminal of ours is gone.
    pub(super) fn gone(&mut self, terminal: &Known, exit: Option<i32>, at_us: u64) -> Vec<Step> {
        self.ready.remove(&terminal.name);
        self.end(exit.unwrap_or(UNKNOWN), at_us, |_, line| line.is_in(&terminal.name))
    }

    /// Ends the lines of shells that are gone without anybody having told.
    pub(super) fn vanished(&mut self, at_us: u64, is_gone: impl Fn(u32) -> bool) -> Vec<Step> {
        self.end(UNKNOWN, at_us, |_, line| is_gone(line.shell))
    }

    /// Ends the lines that `which` picks, the innermost first.
    fn end(&mut self, exit: i32, at_us: u64, which: impl Fn(u64, &UnderWay) -> bool) -> Vec<Step> {
        let ids = self.under_way.iter().rev().filter(|(id, line)| which(**id, line));
        let ids: Vec<u64> = ids.map(|(id, _)| *id).collect();
        ids.into_iter()
            .filter_map(|id| {
                let UnderWay { shell, number, terminal } = self.under_way.remove(&id)?;
                Some(Step::End(Ending { id, shell, number, terminal, exit, at_us }))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Plays `script` in terminal `t1`: `shell:line` begins a line, `shell=exit` is a prompt.
    fn played(joiner: &mut Joiner, script: &str) -> String {
        let mut seen = Vec::new();
        for word in script.split_whitespace() {
            let steps = if let Some((shell, line)) = word.split_once(':') {
                joiner.begin(begin(shell.parse().unwrap(), line), Some(known()), 5)
            } else {
                let (shell, exit) = word.split_once('=').unwrap();
                let (shell, exit) = (shell.parse().unwrap(), exit.parse().unwrap());
                joiner.prompt(&Prompt { shell, tty: "0".into(), exit }, Some(known()), 5)
            };
            seen.extend(steps.iter().map(told));
        }
        seen.join(" ")
    }

    fn known() -> Known {
        Known { name: "t1".into(), printed: Arc::default() }
    }

    fn begin(shell: u32, line: &str) -> Begin {
        let (tty, cwd) = ("0".to_owned(), "/".to_owned());
        Begin { shell, number: 0, tty, cwd, line: line.to_owned() }
    }

    fn told(step: &Step) -> String {
        match step {
            Step::Say(Line::Started { id, line, .. }) => format!("{id}:{line}"),
            Step::Say(Line::Ready { .. }) => "ready".to_owned(),
            Step::Say(other) => format!("{other:?}"),
            Step::End(ending) => format!("{}={}", ending.id, ending.exit),
        }
    }

    #[test]
    fn a_prompt_ends_the_line_before_it() {
        assert_eq!(
            played(&mut Joiner::default(), "7=0 7:ls 7=2 7:ps 7=0"),
            "ready 1:ls 1=2 2:ps 2=0"
        );
    }

    #[test]
    fn prompts_without_a_line_end_nothing() {
        assert_eq!(played(&mut Joiner::default(), "7=0 7=130 7=0 7:ls 7=0"), "ready 1:ls 1=0");
    }

    #[test]
    fn a_nested_shell_ends_with_the_line_that_started_it() {
        let script = "7:bash 8=0 8:ls 8=0 8:exit 7=3";
        assert_eq!(played(&mut Joiner::default(), script), "1:bash ready 2:ls 2=0 3:exit 3=3 1=3");
    }

    #[test]
    fn a_shell_that_replaces_itself_ends_its_line() {
        assert_eq!(
            played(&mut Joiner::default(), "7:exec 7=0 7:ls 7=0"),
            "1:exec ready 1=0 2:ls 2=0"
        );
    }

    #[test]
    fn a_missed_prompt_is_noticed_at_the_next_line() {
        assert_eq!(played(&mut Joiner::default(), "7:ls 7:ps"), "1:ls 1=-1 2:ps");
    }

    #[test]
    fn a_line_that_is_not_told_ends_the_one_before_it_and_has_no_end_itself() {
        let mut joiner = Joiner::default();
        played(&mut joiner, "7=0 7:ls");
        assert_eq!(joiner.passes(7, 5).iter().map(told).collect::<Vec<_>>(), ["1=-1"]);
        assert_eq!(played(&mut joiner, "7=0 7:ps 7=0"), "2:ps 2=0");
    }

    #[test]
    fn a_terminal_that_is_gone_ends_what_ran_in_it() {
        let mut joiner = Joiner::default();
        played(&mut joiner, "7:bash 8:top");
        let ends: Vec<String> = joiner.gone(&known(), Some(129), 9).iter().map(told).collect();
        assert_eq!(ends, ["2=129", "1=129"]);
    }

    #[test]
    fn a_shell_elsewhere_ends_when_it_vanishes() {
        let mut joiner = Joiner::default();
        joiner.begin(begin(9, "top"), None, 1);
        assert!(joiner.vanished(2, |_| false).is_empty());
        assert_eq!(joiner.vanished(3, |shell| shell == 9).len(), 1);
    }
}
