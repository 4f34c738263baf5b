//! How often was looked, through which door.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Door, Effect, Event, Kind, Participant, Place};

/// Looks of the candidate before sequence `limit`, by door.
///
/// A command line that went through another door (`oncall logs`, `deployctl history`, a script
/// that calls them) is counted as that door's look alone: it wraps an event of that door.
pub(super) fn by_door(events: &[Event], limit: u64) -> BTreeMap<Door, u64> {
    let wrapping = wrapping_lines(events);
    let mut looks = BTreeMap::new();
    let until = events.partition_point(|event| event.seq < limit);
    for event in events[..until].iter().filter(|event| is_look(event)) {
        let wraps =
            matches!(&event.kind, Kind::LineStarted { .. }) && wrapping.contains(&event.seq);
        if !wraps {
            *looks.entry(event.door).or_default() += 1;
        }
    }
    looks
}

/// One event a look: a command line is looked through when it starts.
fn is_look(event: &Event) -> bool {
    let is_own = event.participant == Participant::Candidate && event.effect == Effect::Look;
    let repeats = matches!(
        event.kind,
        Kind::LineEnded { .. }
            | Kind::TerminalOpened { .. }
            | Kind::TerminalResized { .. }
            | Kind::TerminalClosed { .. }
            | Kind::Docker { continued: true, .. }
            | Kind::DashboardViewed { continued: true, .. }
            | Kind::LogsRead { continued: true, .. }
    );
    is_own && !repeats
}

/// The sequences of the command lines (starts and ends) during which the same person went through
/// another door. A line without an end wraps all that follows in it.
///
/// What a server wrote down itself arrives when the line may be over, so its own time counts.
pub(crate) fn wrapping_lines(events: &[Event]) -> BTreeSet<u64> {
    let mut open: BTreeMap<(&str, u64), Line> = BTreeMap::new();
    let mut ended: Vec<Line> = Vec::new();
    for event in events.iter().filter(|event| event.participant == Participant::Candidate) {
        if let Kind::LineStarted { terminal, line_id, .. } = &event.kind {
            let line = Line { seqs: vec![event.seq], from_s: event.at_s(), ..Line::default() };
            open.insert((terminal, *line_id), line);
        } else if let Kind::LineEnded { terminal, line_id, started_s, duration_s, .. } = &event.kind
        {
            let Some(mut line) = open.remove(&(terminal.as_str(), *line_id)) else { continue };
            line.seqs.push(event.seq);
            (line.from_s, line.until_s) = (*started_s, Some(started_s + duration_s));
            ended.push(line);
        } else if let Kind::Sql { started_s, .. } | Kind::MetricsAsked { started_s, .. } =
            &event.kind
            && event.place == Place::Lab
        {
            let during = |line: &&mut Line| line.holds(*started_s);
            open.values_mut().chain(&mut ended).filter(during).for_each(|line| line.wraps = true);
        } else if event.door != Door::Terminal && event.place == Place::Lab {
            open.values_mut().for_each(|line| line.wraps = true);
        }
    }
    let lines = open.into_values().chain(ended).filter(|line| line.wraps);
    lines.flat_map(|line| line.seqs).collect()
}

/// Clocks of a server and of the terminal agree to this, in seconds.
const AGREE_S: f64 = 0.05;

/// A command line, and whether another door was gone through in it.
#[derive(Default)]
struct Line {
    /// Its start and its end.
    seqs: Vec<u64>,
    from_s: f64,
    until_s: Option<f64>,
    wraps: bool,
}

impl Line {
    fn holds(&self, at_s: f64) -> bool {
        at_s >= self.from_s - AGREE_S
            && self.until_s.is_none_or(|until_s| at_s <= until_s + AGREE_S)
    }
}
