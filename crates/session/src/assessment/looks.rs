//! How often was looked, through which door.

use std::collections::BTreeMap;

use super::wrapping::wrapping_lines;
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
            | Kind::DashboardViewed { continued: true, .. }
            | Kind::LogsRead { continued: true, .. }
    );
    is_own && !repeats
}
