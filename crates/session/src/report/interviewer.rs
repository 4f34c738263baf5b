//! What the interviewer did, as rows that Markdown and HTML share.

use super::words::{after_inject, duration};
use crate::assessment::Assessment;

/// One thing that the interviewer did.
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) at_s: f64,
    pub(super) since_page_s: Option<f64>,
    /// Such as `hint 2 of 4`.
    pub(super) what: String,
    /// What was said or done.
    pub(super) words: String,
    /// What became of the steady state; empty where it has nothing to do with it.
    pub(super) then: String,
    /// `before` or `after` the first action; empty where that says nothing.
    pub(super) against: &'static str,
}

/// All rows in order; empty when there was no interviewer, or one who only watched.
pub(super) fn rows(assessment: &Assessment) -> Vec<Row> {
    let against = |before: bool| match (before, &assessment.first_action) {
        (_, None) => "there was none",
        (true, Some(_)) => "before",
        (false, Some(_)) => "after",
    };
    let hints = assessment.hints.iter().map(|hint| Row {
        seq: hint.seq,
        at_s: hint.at_s,
        since_page_s: hint.since_page_s,
        what: format!("hint {} of {}", hint.number, hint.of),
        words: format!("{}: {}", hint.who, hint.text),
        then: String::new(),
        against: against(hint.before_action),
    });
    let injects = assessment.injects.iter().map(|inject| Row {
        seq: inject.seq,
        at_s: inject.at_s,
        since_page_s: inject.since_page_s,
        what: format!("inject {}", inject.id),
        words: format!("{}: {}", inject.title, inject.what),
        then: after_inject(inject),
        against: against(inject.before_action),
    });
    let since = |at_s: f64| assessment.paged_at_s.map(|paged_at_s| at_s - paged_at_s);
    let pauses = assessment.pauses.iter().map(|pause| Row {
        seq: pause.seq,
        at_s: pause.from_s,
        since_page_s: since(pause.from_s),
        what: "pause".to_owned(),
        words: format!("The clock stood still for {}.", duration(pause.until_s - pause.from_s)),
        then: String::new(),
        against: "",
    });
    let extended = assessment.extended.iter().map(|more| Row {
        seq: more.seq,
        at_s: more.at_s,
        since_page_s: more.since_page_s,
        what: "more time".to_owned(),
        words: format!("{} more minutes.", more.minutes),
        then: String::new(),
        against: "",
    });
    let mut rows: Vec<Row> = hints.chain(injects).chain(pauses).chain(extended).collect();
    rows.sort_by_key(|row| row.seq);
    rows
}

/// How much of it there was, such as `2 hints, 1 of them before the first action. 1 inject.`
pub(super) fn sums(assessment: &Assessment) -> String {
    let before = assessment.hints.iter().filter(|hint| hint.before_action).count();
    let mut text = match (assessment.hints.len(), &assessment.first_action) {
        (0, _) => "No hint was given.".to_owned(),
        (count, Some(_)) => {
            format!("{}, {before} of them before the first action.", counted(count, "hint"))
        }
        (count, None) => format!("{}.", counted(count, "hint")),
    };
    if !assessment.injects.is_empty() {
        text.push_str(&format!(" {}.", counted(assessment.injects.len(), "inject")));
    }
    let stood: f64 = assessment.pauses.iter().map(|pause| pause.until_s - pause.from_s).sum();
    if stood > 0.0 {
        text.push_str(&format!(" The clock stood still for {} in all.", duration(stood)));
    }
    text
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
