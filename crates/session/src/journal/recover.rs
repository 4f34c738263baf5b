//! Reading a journal back, and going on with one whose recorder died.
//!
//! Recovery never repairs in silence: what goes on after a crash begins with an event that says
//! that the recorder stopped, and the torn bytes that it cuts off are counted in it.

use std::io::BufRead;
use std::time::Duration;

use super::line::{self, Hash, Parts};
use super::{Header, JournalError, State, verify};
use crate::event::{Door, Effect, Event, Kind, Outcome, Participant, Place};

/// What to do with a journal that a start finds.
#[derive(Debug, Clone, PartialEq)]
pub enum Recovery {
    /// It ended in order: leave it alone.
    Sealed,
    /// Cut the file to [`GoOn::keep_bytes`], [`super::Writer::resume`], append [`GoOn::append`],
    /// seal.
    GoOn(Box<GoOn>),
}

/// How to go on with a journal whose recorder died.
#[derive(Debug, Clone, PartialEq)]
pub struct GoOn {
    pub header: Header,
    /// The length of the proven part in bytes. What comes after it is a torn line.
    pub keep_bytes: u64,
    /// The length of that torn line in bytes.
    pub torn_bytes: u64,
    /// The sequence of the first line to append.
    pub next_seq: u64,
    /// The discontinuity, and the end when there was none: ready to append, in order.
    pub append: Vec<Event>,
    pub(super) last: Hash,
}

/// Looks at the journal of a session that nobody runs any more.
///
/// `wall` is now, RFC 3339. The monotonic time of what is appended is the last event's, since that
/// clock died with the recorder. A journal that is not intact is an error: it stays as it is.
pub fn recover(
    existing: &[u8],
    head: Option<&[u8]>,
    public_key: Option<&[u8; 32]>,
    wall: &str,
) -> Result<Recovery, JournalError> {
    let verdict = verify(existing, head, public_key);
    match verdict.state {
        State::Broken => return Err(JournalError::Broken(verdict.sentence)),
        State::Sealed => return Ok(Recovery::Sealed),
        State::Unsealed | State::Torn => {}
    }
    let kept = usize::try_from(verdict.intact_bytes).unwrap_or(usize::MAX).min(existing.len());
    let (kept, torn) = existing.split_at(kept);
    let (header, last) = ends(kept).ok_or(JournalError::Broken(verdict.sentence))?;
    let events = read(kept)?;
    let append = discontinuity(&events, torn.len(), wall);
    Ok(Recovery::GoOn(Box::new(GoOn {
        header,
        keep_bytes: kept.len() as u64,
        torn_bytes: torn.len() as u64,
        next_seq: events.len() as u64,
        append,
        last,
    })))
}

/// All events of a journal, for rebuilding a report. Checks nothing: that is [`verify`]'s part.
/// A torn last line and the seal are left out.
pub fn read(journal: impl BufRead) -> Result<Vec<Event>, JournalError> {
    let mut events = Vec::new();
    for line in journal.split(b'\n').skip(1) {
        let mut line = line.map_err(JournalError::Read)?;
        line.push(b'\n');
        let Some(parts) = line::parts(&line) else { break };
        if parts.seal().is_some() {
            break;
        }
        events.push(event(&parts, events.len() as u64)?);
    }
    Ok(events)
}

/// The event of a line. Apart, so that what takes an event to pieces is compiled here alone, and not once more for each
/// kind of reader.
fn event(parts: &Parts<'_>, seq: u64) -> Result<Event, JournalError> {
    serde_json::from_slice(&parts.json()).map_err(|source| JournalError::Decode { seq, source })
}

/// The header, and the hash of the last line.
fn ends(journal: &[u8]) -> Option<(Header, Hash)> {
    let header = journal.split_inclusive(|byte| *byte == b'\n').next()?;
    let header = serde_json::from_slice(&line::parts(header)?.json()).ok()?;
    let last = journal.split_inclusive(|byte| *byte == b'\n').next_back()?;
    Some((header, line::parts(last)?.hash()?))
}

fn discontinuity(events: &[Event], torn: usize, wall: &str) -> Vec<Event> {
    let at = events.last().map_or(Duration::ZERO, |event| event.at);
    let ended = events.iter().any(|event| matches!(event.kind, Kind::SessionEnded { .. }));
    let cut = match torn {
        0 => String::new(),
        bytes => format!(" A torn last line of {bytes} bytes was cut off."),
    };
    let gap = Kind::Gap {
        door: Door::Session,
        reason: format!("The recorder stopped without sealing; what came after is not known.{cut}"),
    };
    let end = Kind::SessionEnded {
        outcome: Outcome::Lost,
        detail: "Found unsealed and closed afterwards.".to_owned(),
    };
    let kinds = if ended { vec![gap] } else { vec![gap, end] };
    let first = events.len() as u64;
    let place = |(seq, kind)| Event {
        seq,
        at,
        wall: wall.to_owned(),
        participant: Participant::Lab,
        door: Door::Session,
        effect: Effect::Truth,
        place: Place::Lab,
        kind,
    };
    (first..).zip(kinds).map(place).collect()
}
