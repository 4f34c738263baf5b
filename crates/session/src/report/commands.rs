//! Command lines and the programs under them: how far the two records, the shell's and the kernel's,
//! agree, and what ran that nobody typed.

mod builtin;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{Event, Kind};

/// How far a line is told by more than one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineVerdict {
    /// The shell told the line, and the kernel told at least one program under it; or the line is
    /// made of words that the shell carries out itself, and its end was seen. The two records agree;
    /// that the line was typed is what the terminal's recording shows.
    Confirmed,
    /// The shell told the line, and no program was seen: an unknown word, a function of builtins, a
    /// line that was given up.
    LineOnly,
    /// Programs were seen, and no line.
    ExecOnly,
    /// The recorder knows that it missed programs of this line.
    Gap,
}

/// One command line, or (without a line) all programs of a terminal that ran under none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Command {
    pub terminal: String,
    pub line_id: Option<u64>,
    pub line: String,
    /// Seconds since the session's start.
    pub started_s: f64,
    pub verdict: LineVerdict,
    /// In the order in which they began.
    pub programs: Vec<ProgramFacts>,
    /// Programs that were counted and not recorded one by one.
    pub missed: u64,
}

/// One program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgramFacts {
    pub program_id: u64,
    pub argv: Vec<String>,
    pub path: String,
    pub cut: bool,
    pub cwd: String,
    pub pid: u32,
    pub parent: u32,
    /// `false` when there was no such file, so that nothing ran.
    pub ran: bool,
    /// Whether its name does not stand in the line: it ran inside something else.
    pub hidden: bool,
    pub started_s: f64,
    pub duration_s: Option<f64>,
    pub exit: Option<i32>,
}

impl ProgramFacts {
    /// The words of it, for people; raw.
    pub(super) fn words(&self) -> String {
        let words = if self.argv.is_empty() { self.path.clone() } else { self.argv.join(" ") };
        let cut = if self.cut { " …" } else { "" };
        format!("{words}{cut}")
    }
}

/// What the events tell of one line.
#[derive(Default)]
struct Draft {
    line: String,
    started_s: f64,
    ended: bool,
    gap: bool,
    missed: u64,
    programs: Vec<ProgramFacts>,
}

/// By terminal and line; what ran under no line comes last of its terminal.
type Drafts = BTreeMap<(String, u64), Draft>;

const NO_LINE: u64 = u64::MAX;

/// All command lines of a session in the order in which they began.
pub(crate) fn commands(events: &[Event]) -> Vec<Command> {
    let mut drafts = Drafts::new();
    // Terminals whose programs were not seen; the empty name stands for all.
    let mut blind = Vec::new();
    for event in events {
        note(event, &mut drafts, &mut blind);
    }
    ends(events, &mut drafts);
    let command = |((terminal, line_id), draft): ((String, u64), Draft)| {
        let is_blind = blind.iter().any(|it| *it == terminal || it.is_empty());
        finish(terminal, line_id, draft, is_blind)
    };
    let mut commands: Vec<_> = drafts.into_iter().map(command).collect();
    commands.sort_by(|one, other| one.started_s.total_cmp(&other.started_s));
    commands
}

fn note(event: &Event, drafts: &mut Drafts, blind: &mut Vec<String>) {
    if let Kind::LineStarted { terminal, line_id, line, .. } = &event.kind {
        let draft = drafts.entry((terminal.clone(), *line_id)).or_default();
        (draft.line, draft.started_s) = (line.clone(), event.at_s());
    } else if let Kind::LineEnded { terminal, line_id, started_s, .. } = &event.kind {
        let draft = drafts.entry((terminal.clone(), *line_id)).or_default();
        (draft.ended, draft.started_s) = (true, *started_s);
    } else if let Kind::ProgramsMissed { terminal, line_id, count, .. } = &event.kind {
        match count {
            None => blind.push(terminal.clone()),
            Some(count) => {
                let key = (terminal.clone(), line_id.unwrap_or(NO_LINE));
                let draft = drafts.entry(key).or_default();
                draft.gap = true;
                draft.missed += count;
            }
        }
    } else if let Kind::ProgramRan { terminal, line_id, started_s, .. } = &event.kind {
        let key = (terminal.clone(), line_id.unwrap_or(NO_LINE));
        let draft = drafts.entry(key).or_default();
        if line_id.is_none() && draft.programs.is_empty() {
            draft.started_s = *started_s;
        }
        draft.programs.extend(facts(&event.kind));
    }
}

fn facts(kind: &Kind) -> Option<ProgramFacts> {
    let Kind::ProgramRan {
        terminal: _,
        line_id: _,
        program_id,
        pid,
        parent,
        path,
        argv,
        cut,
        cwd,
        ran,
        started_s,
        duration_s,
        exit,
    } = kind
    else {
        return None;
    };
    Some(ProgramFacts {
        program_id: *program_id,
        argv: argv.clone(),
        path: path.clone(),
        cut: *cut,
        cwd: cwd.clone(),
        pid: *pid,
        parent: *parent,
        ran: *ran,
        hidden: false,
        started_s: *started_s,
        duration_s: *duration_s,
        exit: *exit,
    })
}

/// Adds how programs ended that ran when they were recorded.
fn ends(events: &[Event], drafts: &mut Drafts) {
    let end = |event: &Event| {
        let Kind::ProgramEnded { program_id, duration_s, exit } = event.kind else { return None };
        Some((program_id, (duration_s, exit)))
    };
    let ends: BTreeMap<u64, (f64, Option<i32>)> = events.iter().filter_map(end).collect();
    for program in drafts.values_mut().flat_map(|draft| &mut draft.programs) {
        if let Some((duration_s, exit)) = ends.get(&program.program_id) {
            (program.duration_s, program.exit) = (Some(*duration_s), *exit);
        }
    }
}

fn finish(terminal: String, line_id: u64, mut draft: Draft, is_blind: bool) -> Command {
    let line_id = (line_id != NO_LINE).then_some(line_id);
    draft.programs.sort_by_key(|program| program.program_id);
    for program in &mut draft.programs {
        program.hidden = !names(&draft.line, program);
    }
    let verdict = match line_id {
        Some(_) | None if draft.gap || is_blind => LineVerdict::Gap,
        None => LineVerdict::ExecOnly,
        Some(_) if !draft.programs.is_empty() => LineVerdict::Confirmed,
        Some(_) if draft.ended && builtin::only(&draft.line) => LineVerdict::Confirmed,
        Some(_) => LineVerdict::LineOnly,
    };
    Command {
        terminal,
        line_id,
        line: draft.line,
        started_s: draft.started_s,
        verdict,
        programs: draft.programs,
        missed: draft.missed,
    }
}

/// Whether the program's name stands in the line as a word.
fn names(line: &str, program: &ProgramFacts) -> bool {
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let wanted = [program.argv.first().map(|word| base(word)), Some(base(&program.path))];
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    line.split(|c| !is_part(c)).any(|word| wanted.iter().flatten().any(|name| name == word))
}

#[cfg(test)]
mod tests;
