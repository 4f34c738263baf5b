//! Whether a session was what a rehearsal expects of it.

use lab::cause::ActPattern;
use lab::persona::Expect;
use serde::{Deserialize, Serialize};

use super::{Act, Assessment, is_instance};

/// One expectation, and whether it held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// Such as `first-action` or `seen recent-changes`.
    pub name: String,
    pub held: bool,
    /// What was found, and what was expected where that is not plain from the name.
    pub detail: String,
}

/// Every expectation that `expect` states, in a fixed order. What it leaves open is not listed.
pub fn expectations(expect: &Expect, assessment: &Assessment) -> Vec<Expectation> {
    let mut list = Vec::new();
    list.extend(expect.mitigated.map(|wanted| mitigated(wanted, assessment)));
    list.extend(expect.first_action.as_ref().map(|wanted| first_action(wanted, assessment)));
    list.extend(expect.seen.iter().map(|id| seen(id, assessment)));
    list.extend(expect.not_seen.iter().map(|id| not_seen(id, assessment)));
    list.extend(expect.relief.map(|wanted| relief(wanted, assessment)));
    list.push(at_least("said", "status updates", expect.said, assessment.said.len()));
    let hypotheses = assessment.hypotheses.len();
    list.push(at_least("hypotheses", "hypotheses", expect.hypotheses, hypotheses));
    list.retain(|expectation| !expectation.detail.is_empty());
    list
}

fn mitigated(wanted: bool, assessment: &Assessment) -> Expectation {
    let detail = match (assessment.mitigated_since_s, wanted) {
        (Some(since), _) => format!("the steady state held from {since:.1} s on"),
        (None, true) => "the steady state did not come back for good".to_owned(),
        (None, false) => "the steady state did not come back for good, as expected".to_owned(),
    };
    Expectation { name: "mitigated".to_owned(), held: assessment.mitigated == wanted, detail }
}

fn first_action(wanted: &Option<ActPattern>, assessment: &Assessment) -> Expectation {
    let found = assessment.first_action.as_ref();
    let held = match (wanted, found) {
        (None, None) => true,
        (Some(pattern), Some(act)) => is_instance(pattern, act),
        (Some(_), None) | (None, Some(_)) => false,
    };
    let wanted = wanted.as_ref().map_or("no action".to_owned(), pattern_words);
    let found = found.map_or("no action".to_owned(), Act::words);
    let detail = format!("{found}; expected {wanted}");
    Expectation { name: "first-action".to_owned(), held, detail }
}

fn pattern_words(pattern: &ActPattern) -> String {
    let parts = [Some(&pattern.verb), pattern.target.as_ref(), pattern.detail.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn seen(id: &str, assessment: &Assessment) -> Expectation {
    let (held, detail) = sighting(id, assessment);
    Expectation { name: format!("seen {id}"), held, detail }
}

fn not_seen(id: &str, assessment: &Assessment) -> Expectation {
    let (held, detail) = sighting(id, assessment);
    Expectation { name: format!("not-seen {id}"), held: !held, detail }
}

fn sighting(id: &str, assessment: &Assessment) -> (bool, String) {
    let by_then = match assessment.first_action {
        Some(_) => "before the first action",
        None => "by the end",
    };
    let Some(record) = assessment.evidence.iter().find(|record| record.id == id) else {
        return (false, "the lab declares no such evidence".to_owned());
    };
    let detail = match (record.before_action, record.seen.first()) {
        (true, Some(seen)) => format!("seen at {:.1} s: {}", seen.at_s, seen.how),
        (false, Some(seen)) => format!("not seen {by_then}, only at {:.1} s", seen.at_s),
        (_, None) => format!("not seen {by_then}"),
    };
    (record.before_action, detail)
}

fn relief(wanted: bool, assessment: &Assessment) -> Expectation {
    let times = assessment.own_relief().count();
    let detail = match times {
        0 => "there was no relief that did not last".to_owned(),
        1 => "relief once that did not last".to_owned(),
        _ => format!("relief {times} times that did not last"),
    };
    Expectation { name: "relief".to_owned(), held: (times > 0) == wanted, detail }
}

/// Nothing expected is nothing to state: the detail stays empty.
fn at_least(name: &str, what: &str, wanted: u32, found: usize) -> Expectation {
    let detail = match wanted {
        0 => String::new(),
        _ => format!("{found} {what}, expected at least {wanted}"),
    };
    Expectation { name: name.to_owned(), held: found >= wanted as usize, detail }
}
