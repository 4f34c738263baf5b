//! How often was looked, through which door.

use std::collections::BTreeMap;

use crate::event::{Door, Effect, Event, Kind, Participant};

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
    );
    is_own && !repeats
}

/// The sequences of the command lines (starts and ends) during which the same person went through
/// another door. A line without an end wraps all that follows in it.
pub(crate) fn wrapping_lines(events: &[Event]) -> std::collections::BTreeSet<u64> {
    let mut open: BTreeMap<(&str, u64), (u64, bool)> = BTreeMap::new();
    let mut wrapping = std::collections::BTreeSet::new();
    for event in events.iter().filter(|event| event.participant == Participant::Candidate) {
        if let Kind::LineStarted { terminal, line_id, .. } = &event.kind {
            open.insert((terminal, *line_id), (event.seq, false));
        } else if let Kind::LineEnded { terminal, line_id, .. } = &event.kind {
            if let Some((start, true)) = open.remove(&(terminal.as_str(), *line_id)) {
                wrapping.extend([start, event.seq]);
            }
        } else if event.door != Door::Terminal {
            open.values_mut().for_each(|(_, wraps)| *wraps = true);
        }
    }
    wrapping.extend(open.into_values().filter(|(_, wraps)| *wraps).map(|(start, _)| start));
    wrapping
}
