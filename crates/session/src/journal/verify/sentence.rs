//! A verdict in words.

use super::{Break, Problem, Signature, State};

/// One or two sentences that say how a journal stands.
pub(super) fn sentence(
    state: State,
    events: u64,
    signature: Signature,
    broken: Option<Break>,
    torn: u64,
) -> String {
    if let Some(place) = broken {
        return where_broken(events, place);
    }
    let covered = match signature {
        Signature::Seal => "The signature of its seal is right.".to_owned(),
        Signature::Head { lines: 0 } => "Its signed head names no event yet.".to_owned(),
        Signature::Head { lines } => format!("It is signed up to event {}.", lines - 1),
        Signature::Unchecked | Signature::Wrong => {
            "No signature was checked: a tail cut off would not be noticed.".to_owned()
        }
    };
    match state {
        State::Sealed => format!("Intact and sealed: {}. {covered}", count(events)),
        State::Unsealed => format!("Intact but not sealed: {} so far. {covered}", count(events)),
        State::Torn | State::Broken => format!(
            "Intact for {}, then a last line that was not written to its end ({torn} bytes), as a \
             crash leaves it. {covered}",
            count(events)
        ),
    }
}

fn where_broken(events: u64, Break { problem, seq, offset }: Break) -> String {
    let seq = seq.map_or_else(|| "the header".to_owned(), |seq| format!("event {seq}"));
    let what = match problem {
        Problem::Unreadable => format!("{seq} could not be read from the disk"),
        Problem::NoHeader => "the file does not begin with the header of a journal".to_owned(),
        Problem::Altered => format!("{seq} is not what was written, its hash does not match"),
        Problem::Missing => format!("{seq} is missing, a later one stands in its place"),
        Problem::Reordered => format!("{seq} is not in its place but further on"),
        Problem::Repeated => format!("an earlier event stands again in the place of {seq}"),
        Problem::Foreign => {
            format!("what stands as {seq} is not of this chain: of another journal, or made anew")
        }
        Problem::Truncated => {
            format!("the end was cut off: {seq} was written and signed, and is not there")
        }
        Problem::AfterSeal => "something was added after the seal".to_owned(),
        Problem::TooLong => format!("{seq} is longer than any line that is written"),
        Problem::BadHead => {
            "the head beside it is unreadable, of another journal, or not signed by this key"
                .to_owned()
        }
        Problem::BadSeal => "the seal is not signed by this key".to_owned(),
        Problem::OtherKey => "the header names another key than the one given".to_owned(),
    };
    format!("Broken at byte {offset}: {what}. What comes before it is intact ({}).", count(events))
}

fn count(events: u64) -> String {
    match events {
        0 => "no event".to_owned(),
        1 => "1 event".to_owned(),
        many => format!("{many} events"),
    }
}
