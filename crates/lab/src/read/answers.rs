//! What teammates say.

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::Answer;
use crate::raw::answers as raw;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, words};

/// Reads the whole file.
pub(crate) fn answers(raw: &raw::Answers, found: &mut Findings) -> Vec<Answer> {
    let mut ids = BTreeSet::new();
    let mut answers = Vec::new();
    for one in &raw.answers {
        if !ids.insert(&one.id.value) {
            let message = format!("a second answer has the id `{}`", one.id.value);
            found.error(Rule::DuplicateId, &one.id, message, "give it another id");
        }
        answers.push(answer(one, found));
    }
    answers
}

fn answer(raw: &raw::Answer, found: &mut Findings) -> Answer {
    found.filled(&raw.asked, "asked", "add groups of words, such as `[[traffic], [flash, sale]]`");
    let mut asked = Vec::new();
    for group in &raw.asked.value {
        found.filled(group, "a group of words", "an empty group would fit every question");
        asked.push(group.value.iter().map(|at| word(at, found)).collect());
    }
    let mut unless = BTreeMap::new();
    for (cause, says) in &raw.unless {
        unless.insert(cause.value.clone(), found.text(says));
    }
    Answer {
        id: found.id(&raw.id),
        who: found.line(&raw.who),
        asked,
        says: found.text(&raw.says),
        unless,
    }
}

fn word(at: &At<String>, found: &mut Findings) -> String {
    let is_word = !at.value.is_empty()
        && at.value.chars().all(|c| c.is_lowercase() || c.is_numeric() || c == '-' || c == '.');
    if !is_word {
        let message = format!("`{}` is not one word in lower case", at.value);
        let help = format!("write `[{}]`", at.value.to_lowercase().replace(' ', ", "));
        found.error(Rule::Line, at, message, help);
    }
    at.value.clone()
}

/// Says so when other words are for a cause that does not exist.
pub(crate) fn causes_exist(raw: &raw::Answers, causes: &BTreeSet<String>, found: &mut Findings) {
    for at in raw.answers.iter().flat_map(|answer| answer.unless.keys()) {
        // Without any cause there is one mistake to be told, not one for each mention.
        if !causes.is_empty() && !causes.contains(&at.value) {
            let message = format!("the lab has no cause `{}`", at.value);
            let help = format!("its causes: {}", words(causes.iter().map(String::as_str)));
            found.error(Rule::UnknownCause, at, message, help);
        }
    }
}
