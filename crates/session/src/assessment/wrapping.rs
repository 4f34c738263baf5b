//! Which command lines went through another door, whose own event then says more than they do.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Door, Event, Kind, Participant, Place};
use crate::report::commands::{Command, LineVerdict, ProgramFacts, commands};

/// The sequences of the command lines (starts and ends) in which the person went through another
/// door.
///
/// A door's event has no word of the line that it came from, and another terminal may have one open
/// that has nothing to do with it. So it is the line under which a program of that door ran; where
/// there is none, the youngest line of which nobody knows all programs. A line that wraps nothing and
/// is taken for one is lost to a reader, one that wraps something and is not is told twice: in doubt,
/// none.
pub(crate) fn wrapping_lines(events: &[Event]) -> BTreeSet<u64> {
    // Of all events: a program is recorded at its end, so after what it did.
    let commands = commands(events);
    let told: Told<'_> = commands
        .iter()
        .filter_map(|command| Some(((command.terminal.as_str(), command.line_id?), command)))
        .collect();
    let mut lines: Vec<Line<'_>> = Vec::new();
    for event in events.iter().filter(|event| event.participant == Participant::Candidate) {
        if let Kind::LineStarted { .. } = &event.kind {
            lines.extend(Line::begin(event, &told));
        } else if let Kind::LineEnded { .. } = &event.kind {
            if let Some(line) = lines.iter_mut().rfind(|line| line.ends_with(event)) {
                line.end(event);
            }
        } else if event.door != Door::Terminal && event.place == Place::Lab {
            went_through(&mut lines, event);
        }
    }
    lines.into_iter().filter(|line| line.wraps).flat_map(|line| line.seqs).collect()
}

/// Marks the lines that a door's event came from.
fn went_through(lines: &mut [Line<'_>], event: &Event) {
    let mut open: Vec<_> = lines.iter_mut().filter(|line| line.is_open_at(event)).collect();
    let mut known = false;
    for line in open.iter_mut().filter(|line| line.ran_program_of(event)) {
        (line.wraps, known) = (true, true);
    }
    if !known && let Some(line) = open.iter_mut().rfind(|line| line.may_have_run_more()) {
        line.wraps = true;
    }
}

/// Clocks of a server and of the terminal agree to this, in seconds.
const AGREE_S: f64 = 0.05;
/// A door may notice so late that the program is gone: what was followed is told at its end.
const NOTICED_S: f64 = 1.0;

/// What is known of a line, by terminal and line.
type Told<'a> = BTreeMap<(&'a str, u64), &'a Command>;

/// A command line, and whether another door was gone through in it.
struct Line<'a> {
    of: (&'a str, u64),
    /// Its start and its end.
    seqs: Vec<u64>,
    from_s: f64,
    /// `None` while it is open: it wraps all that follows in it.
    until_s: Option<f64>,
    told: Option<&'a Command>,
    wraps: bool,
}

impl<'a> Line<'a> {
    fn begin(event: &'a Event, told: &Told<'a>) -> Option<Line<'a>> {
        let Kind::LineStarted { terminal, line_id, .. } = &event.kind else { return None };
        let of = (terminal.as_str(), *line_id);
        let (seqs, from_s, told) = (vec![event.seq], event.at_s(), told.get(&of).copied());
        Some(Line { of, seqs, from_s, until_s: None, told, wraps: false })
    }

    fn ends_with(&self, event: &Event) -> bool {
        let Kind::LineEnded { terminal, line_id, .. } = &event.kind else { return false };
        self.until_s.is_none() && self.of == (terminal.as_str(), *line_id)
    }

    fn end(&mut self, event: &Event) {
        let Kind::LineEnded { started_s, duration_s, .. } = &event.kind else { return };
        self.seqs.push(event.seq);
        (self.from_s, self.until_s) = (*started_s, Some(started_s + duration_s));
    }

    /// What a server wrote down itself arrives when the line may be over, so its own time counts.
    fn is_open_at(&self, event: &Event) -> bool {
        let Some(at_s) = written_down_s(event) else { return self.until_s.is_none() };
        at_s >= self.from_s - AGREE_S
            && self.until_s.is_none_or(|until_s| at_s <= until_s + AGREE_S)
    }

    /// Whether a program of the event's door was running under it.
    fn ran_program_of(&self, event: &Event) -> bool {
        let at_s = written_down_s(event).unwrap_or_else(|| event.at_s());
        let names = programs_of(event.door);
        let mut programs = self.told.iter().flat_map(|command| &command.programs);
        programs.any(|program| was_running(program, at_s) && names.contains(&name(program)))
    }

    fn may_have_run_more(&self) -> bool {
        self.told.is_none_or(|it| it.programs.is_empty() || it.verdict == LineVerdict::Gap)
    }
}

/// When it happened, where a server says so itself.
fn written_down_s(event: &Event) -> Option<f64> {
    if let Kind::Sql { started_s, .. } | Kind::MetricsAsked { started_s, .. } = &event.kind {
        Some(*started_s)
    } else {
        None
    }
}

fn was_running(program: &ProgramFacts, at_s: f64) -> bool {
    let from_s = program.started_s;
    program.ran
        && at_s >= from_s - AGREE_S
        && program.duration_s.is_none_or(|duration_s| at_s <= from_s + duration_s + NOTICED_S)
}

fn name(program: &ProgramFacts) -> &str {
    program.path.rsplit('/').next().unwrap_or(&program.path)
}

/// The programs of the workstation that go through a door.
fn programs_of(door: Door) -> &'static [&'static str] {
    match door {
        Door::Terminal => &[],
        Door::Docker => &["docker", "curl"],
        Door::Sql => &["psql", "pg_dump", "vacuumdb", "reindexdb"],
        Door::Metrics => &["promtool", "curl"],
        // One program under three names.
        Door::Control
        | Door::Dashboards
        | Door::Logs
        | Door::Changes
        | Door::Wiki
        | Door::Channel
        | Door::Notebook
        | Door::Page
        | Door::Session => &["deployctl", "edgectl", "oncall"],
    }
}

#[cfg(test)]
mod tests;
