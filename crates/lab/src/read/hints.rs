//! The ladder of hints of a cause: as many rungs as help, and the answer on none but the last.

use std::ops::RangeInclusive;

use crate::cause::Cause;
use crate::fault::Fault;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::Findings;

/// Fewer are no ladder, more are a script.
const RUNGS: RangeInclusive<usize> = 3..=5;
/// Characters of one hint, as the console allows them in the channel.
const MOST: usize = 600;

/// Reads the hints of a cause whose faults have been read.
pub(crate) fn hints(raw: &At<Vec<At<String>>>, cause: &Cause, found: &mut Findings) -> Vec<String> {
    let count = raw.value.len();
    if !RUNGS.contains(&count) {
        let message = format!("a ladder of {count} hints");
        let help = format!("write {} to {}, from general to concrete", RUNGS.start(), RUNGS.end());
        found.error(Rule::HintLadder, raw, message, help);
    }
    let words = telling(cause);
    for (hint, number) in raw.value.iter().zip(1..) {
        let told = words.iter().find(|word| names(&hint.value, word));
        if let Some(word) = told.filter(|_| number < count) {
            let message =
                format!("`{word}` is what was changed, and this is hint {number} of {count}");
            found.error(Rule::HintTells, hint, message, "keep it for the last hint");
        }
        let long = hint.value.trim().chars().count();
        if long > MOST {
            let message = format!("this hint has {long} characters");
            found.error(Rule::TooLong, hint, message, format!("say it in {MOST} or fewer"));
        }
    }
    raw.value.iter().map(|hint| found.line(hint)).collect()
}

/// The words that give a cause away: what its faults change, by name, and its own id.
fn telling(cause: &Cause) -> Vec<String> {
    let by_name = |fault: &Fault| match fault {
        Fault::Deploy { release, .. } => release.clone(),
        Fault::Config { key, .. } => key.clone(),
        Fault::Traffic { merchant, .. } => merchant.clone(),
        Fault::Sql { application, .. } => application.clone(),
    };
    cause.inject.iter().map(by_name).chain([cause.id.clone()]).collect()
}

/// Whether a text has a word in it, as a word of its own.
fn names(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let is_part = |c: char| c.is_alphanumeric();
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !word.is_empty() && !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
