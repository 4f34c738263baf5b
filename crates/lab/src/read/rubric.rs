//! What is judged.

use std::collections::BTreeSet;

use crate::raw::rubric as raw;
use crate::rubric::{Dimension, Rubric};
use crate::rule::Rule;
use crate::source::Findings;

/// Reads the whole file.
pub(crate) fn rubric(raw: &raw::Rubric, found: &mut Findings) -> Rubric {
    found.filled(&raw.dimensions, "dimensions", "name at least one respect that is judged");
    let mut ids = BTreeSet::new();
    let mut dimensions = Vec::new();
    for one in &raw.dimensions.value {
        if !ids.insert(&one.id.value) {
            let message = format!("a second dimension has the id `{}`", one.id.value);
            found.error(Rule::DuplicateId, &one.id, message, "give it another id");
        }
        dimensions.push(dimension(one, found));
    }
    Rubric { dimensions }
}

fn dimension(raw: &raw::Dimension, found: &mut Findings) -> Dimension {
    found.filled(&raw.levels, "levels", "say what a person does on each level, from 1 up");
    let levels = raw.levels.value.iter().map(|level| found.text(level)).collect();
    Dimension {
        id: found.id(&raw.id),
        title: found.line(&raw.title),
        about: found.text(&raw.about),
        levels,
    }
}
