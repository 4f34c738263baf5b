//! What the record has that bears on each of the rubric's five dimensions: counts and first moments, for
//! the person who chooses the level. It chooses none and adds nothing up; a dimension that it does not
//! know has no facts here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::steady::lasting;
use super::{Assessment, Hypothesis, HypothesisEntry, incident, same_words};
use crate::event::{DebriefPart, Event, InjectDid, Kind, Participant, Standing};
use crate::report::text::one_line;
use crate::report::words::duration;

/// What bears on one dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bearing {
    /// The dimension's id in the rubric.
    pub dimension: String,
    pub facts: Vec<Fact>,
}

/// One fact, in words, and where it stands in the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Untrusted: it may quote what somebody wrote.
    pub says: String,
    /// The first of them, at most [`MOMENTS`].
    pub moments: Vec<Moment>,
}

/// An event that a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    pub seq: u64,
    /// Seconds since the session's start.
    pub at_s: f64,
}

/// Moments of one fact that are told.
pub const MOMENTS: usize = 4;
/// Command lines that are told as typed again and again.
const REPEATED: usize = 3;
/// So often is again and again.
const OFTEN: usize = 3;
/// Characters of a quotation.
const QUOTE: usize = 80;

/// The facts by dimension, in the order of the rubric that comes with Checkride.
pub fn bearings(facts: &Assessment, events: &[Event]) -> Vec<Bearing> {
    let dimension = |id: &str, facts: Vec<Fact>| Bearing { dimension: id.to_owned(), facts };
    vec![
        dimension("systems-thinking", systems_thinking(facts, events)),
        dimension("uncertainty", uncertainty(facts, events)),
        dimension("automation", automation(events)),
        dimension("communication", communication(facts, events)),
        dimension("post-incident", post_incident(events)),
    ]
}

fn fact(says: impl Into<String>, moments: impl IntoIterator<Item = Moment>) -> Fact {
    Fact { says: says.into(), moments: moments.into_iter().take(MOMENTS).collect() }
}

fn of(event: &Event) -> Moment {
    Moment { seq: event.seq, at_s: event.at_s() }
}

fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        more => format!("{more} {many}"),
    }
}

fn quote(text: &str) -> String {
    format!("“{}”", one_line(text, QUOTE))
}

fn systems_thinking(facts: &Assessment, events: &[Event]) -> Vec<Fact> {
    let telling: Vec<_> = facts.evidence.iter().filter(|it| it.because.is_some()).collect();
    let before: Vec<_> = telling.iter().filter(|it| it.before_action).collect();
    let first = before.iter().filter_map(|it| it.seen.first());
    let when = match facts.first_action {
        Some(_) => "before the first action",
        None => "and no action so far",
    };
    let seen = format!(
        "{} of {} observations that tell this cause apart seen {when}",
        before.len(),
        telling.len()
    );
    let mut all = vec![fact(seen, first.map(|it| Moment { seq: it.seq, at_s: it.at_s }))];
    if let Some(act) = &facts.first_action {
        let moment = Moment { seq: act.seq, at_s: act.at_s };
        all.push(fact(format!("First action: {}", one_line(&act.words(), QUOTE)), [moment]));
    }
    all.push(ruled_out(facts));
    let own = |begun: &f64| facts.own_relief().any(|relief| relief.from_s == *begun);
    let relief = of_kind(events, |kind| matches!(kind, Kind::Relief { from_s, .. } if own(from_s)));
    if !relief.is_empty() {
        let says = count(relief.len(), "relief that did not last", "reliefs that did not last");
        all.push(fact(says, relief));
    }
    let mitigated: Vec<_> = lasting(events, &facts.relief).map(|(event, _)| of(event)).collect();
    let says = match mitigated.is_empty() {
        true => "the steady state was not back for good",
        false => "the steady state came back and was sustained",
    };
    all.push(fact(says, mitigated));
    let hints = facts.hints.iter().filter(|hint| hint.before_action);
    let hints: Vec<_> = hints.map(|it| Moment { seq: it.seq, at_s: it.at_s }).collect();
    if !hints.is_empty() {
        all.push(fact(format!("{} {when}", count(hints.len(), "hint", "hints")), hints));
    }
    all
}

/// Those that stand as ruled out at the end, and when each came to stand so.
fn ruled_out(facts: &Assessment) -> Fact {
    let noted = count(facts.hypotheses.len(), "hypothesis", "hypotheses");
    let out: Vec<_> =
        facts.hypotheses.iter().filter(|it| it.status == Standing::RuledOut).collect();
    let since = |hypothesis: &&Hypothesis| settled(hypothesis).last().map(at);
    let says = format!("{noted} noted, {} ruled out", out.len());
    fact(says, in_order(out.iter().filter_map(since)))
}

/// The entries with which a hypothesis came to stand as ruled out or confirmed. The notebook notes one
/// again as it stands for whatever else is changed of it.
fn settled(hypothesis: &Hypothesis) -> impl Iterator<Item = &HypothesisEntry> {
    let mut before = Standing::Open;
    hypothesis.entries.iter().filter(move |entry| {
        let differs = std::mem::replace(&mut before, entry.status) != entry.status;
        differs && entry.status != Standing::Open
    })
}

/// The entries with another number than the one given before; one without a number takes none back.
fn moved(hypothesis: &Hypothesis) -> impl Iterator<Item = &HypothesisEntry> {
    let mut before = None;
    hypothesis.entries.iter().filter(move |entry| {
        let Some(now) = entry.confidence else { return false };
        before.replace(now).is_some_and(|before| before != now)
    })
}

fn at(entry: &HypothesisEntry) -> Moment {
    Moment { seq: entry.seq, at_s: entry.at_s }
}

fn in_order(moments: impl IntoIterator<Item = Moment>) -> Vec<Moment> {
    let mut moments: Vec<_> = moments.into_iter().collect();
    moments.sort_by_key(|moment| moment.seq);
    moments
}

fn uncertainty(facts: &Assessment, events: &[Event]) -> Vec<Fact> {
    let all = &facts.hypotheses;
    let first = all.iter().filter_map(|it| it.entries.first());
    let sure = in_order(first.filter(|entry| entry.confidence.is_some()).map(at));
    let moved = in_order(all.iter().flat_map(moved).map(at));
    let revised = all.iter().filter(|it| settled(it).next().is_some()).count();
    let disprove = disprove(events);
    vec![
        fact(format!("{} of {} hypotheses noted with a confidence", sure.len(), all.len()), sure),
        fact(count(disprove.len(), "note", "notes") + " of what would disprove one", disprove),
        fact(count(moved.len(), "change", "changes") + " of a confidence", moved),
        fact(
            count(revised, "belief", "beliefs") + " ruled out or confirmed",
            in_order(all.iter().flat_map(settled).map(at)),
        ),
    ]
}

/// When somebody wrote what would disprove a hypothesis; the same words once more are no other note.
fn disprove(events: &[Event]) -> Vec<Moment> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let mut moments = Vec::new();
    for event in events {
        let Kind::Hypothesis { text, disprove: Some(disprove), .. } = &event.kind else { continue };
        let before = known.insert(same_words(text), disprove).unwrap_or_default();
        if !disprove.is_empty() && before != disprove {
            moments.push(of(event));
        }
    }
    moments
}

fn automation(events: &[Event]) -> Vec<Fact> {
    let mut typed: BTreeMap<String, Vec<Moment>> = BTreeMap::new();
    let mut loops = Vec::new();
    for event in events.iter().filter(|it| it.participant == Participant::Candidate) {
        let Kind::LineEnded { line, .. } = &event.kind else { continue };
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if ["watch ", "for ", "while ", "until "].iter().any(|word| line.starts_with(word)) {
            loops.push(of(event));
        }
        typed.entry(line).or_default().push(of(event));
    }
    let mut again: Vec<_> =
        typed.into_iter().filter(|(_, moments)| moments.len() >= OFTEN).collect();
    again.sort_by_key(|(_, moments)| (std::cmp::Reverse(moments.len()), moments[0].seq));
    let mut all: Vec<Fact> = again
        .into_iter()
        .take(REPEATED)
        .map(|(line, at)| fact(format!("{} typed {} times", quote(&line), at.len()), at))
        .collect();
    if all.is_empty() {
        all.push(fact(format!("no command line typed {OFTEN} times or more"), []));
    }
    all.push(fact(count(loops.len(), "line", "lines") + " that begin a loop or a watch", loops));
    all
}

fn communication(facts: &Assessment, events: &[Event]) -> Vec<Fact> {
    let updates: Vec<Moment> =
        facts.said.iter().map(|it| Moment { seq: it.seq, at_s: it.at_s }).collect();
    let first = match facts.first_said_since_page_s {
        Some(since) if since >= 0.0 => format!(", the first {} after the page", duration(since)),
        Some(_) => ", the first before the page".to_owned(),
        None => String::new(),
    };
    let mut all = vec![fact(
        count(updates.len(), "status update", "status updates") + &first,
        updates.clone(),
    )];
    if let Some(silence) = longest_silence(facts, incident(events), &updates) {
        all.push(silence);
    }
    for (moment, who) in interruptions(events) {
        let next = updates.iter().find(|update| update.seq > moment.seq);
        let answer = match next {
            Some(next) => {
                format!("the next update came {} later", duration(next.at_s - moment.at_s))
            }
            None => "no update came after that".to_owned(),
        };
        let says = format!("{} spoke; {answer}", one_line(&who, QUOTE));
        all.push(fact(says, [Some(moment), next.copied()].into_iter().flatten()));
    }
    let asked = facts.asked.iter().map(|it| Moment { seq: it.seq, at_s: it.at_s });
    all.push(fact(count(facts.asked.len(), "question", "questions") + " to colleagues", asked));
    all
}

/// The longest time without an update, from the page until the incident was over.
fn longest_silence(facts: &Assessment, incident: &[Event], updates: &[Moment]) -> Option<Fact> {
    let until_s = incident.last()?.at_s();
    let from = facts.paged_at_s?;
    let within = updates.iter().filter(|it| it.at_s > from && it.at_s < until_s);
    let mut before: (f64, Option<Moment>) = (from, None);
    let mut longest = (0.0, None);
    for (at_s, moment) in within.map(|it| (it.at_s, Some(*it))).chain([(until_s, None)]) {
        if at_s - before.0 > longest.0 {
            longest = (at_s - before.0, before.1);
        }
        before = (at_s, moment);
    }
    (longest.0 > 0.0)
        .then(|| fact(format!("longest time without one: {}", duration(longest.0)), longest.1))
}

/// When somebody else spoke to the candidate, and who.
fn interruptions(events: &[Event]) -> Vec<(Moment, String)> {
    let who = |event: &Event| {
        let who = if let Kind::Told { who, .. } = &event.kind {
            who
        } else if let Kind::InjectUsed { did: InjectDid::Said { who, .. }, .. } = &event.kind {
            who
        } else {
            return None;
        };
        Some((of(event), who.clone()))
    };
    events.iter().filter_map(who).take(MOMENTS).collect()
}

fn post_incident(events: &[Event]) -> Vec<Fact> {
    let mut written: BTreeMap<DebriefPart, (Moment, &str)> = BTreeMap::new();
    for event in events {
        if let Kind::DebriefWritten { part, text } = &event.kind {
            written.insert(*part, (of(event), text));
        }
    }
    written.retain(|_, (_, text)| !text.trim().is_empty());
    let parts =
        format!("{} of {} parts of the debrief written", written.len(), DebriefPart::ALL.len());
    let lines = |part: DebriefPart| {
        let text = written.get(&part).map_or("", |(_, text)| text);
        text.lines().filter(|line| !line.trim().is_empty()).count()
    };
    let at = |part: DebriefPart| written.get(&part).map(|(moment, _)| *moment);
    let follow_ups = lines(DebriefPart::FollowUps);
    let factors = lines(DebriefPart::Factors);
    let gap = match at(DebriefPart::Detection) {
        Some(_) => "the gap in detection is named",
        None => "no gap in detection is named",
    };
    let submitted = of_kind(events, |kind| matches!(kind, Kind::DebriefSubmitted));
    let handed_in = if submitted.is_empty() { "not handed in" } else { "handed in" };
    vec![
        fact(format!("{parts}, {handed_in}"), submitted),
        fact(count(follow_ups, "line", "lines") + " of follow-ups", at(DebriefPart::FollowUps)),
        fact(
            count(factors, "line", "lines") + " of contributing factors",
            at(DebriefPart::Factors),
        ),
        fact(gap, at(DebriefPart::Detection)),
    ]
}

fn of_kind(events: &[Event], wanted: impl Fn(&Kind) -> bool) -> Vec<Moment> {
    events.iter().filter(|event| wanted(&event.kind)).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::assess;
    use crate::event::{Attached, Door, Effect};
    use crate::fixture::{Script, jumper, leaky_release, methodical, payments};

    /// All facts, each with how many moments it points to.
    fn told(events: &[Event]) -> String {
        let facts = assess(&payments(), &leaky_release(), events);
        let mut text = String::new();
        for bearing in bearings(&facts, events) {
            text.push_str(&format!("{}\n", bearing.dimension));
            for fact in bearing.facts {
                let seqs: Vec<u64> = fact.moments.iter().map(|it| it.seq).collect();
                text.push_str(&format!("  {} {seqs:?}\n", fact.says));
            }
        }
        text
    }

    #[test]
    fn what_bears_on_each_dimension_is_told_with_its_moments() {
        insta::assert_snapshot!(format!(
            "methodical\n{}\njumper\n{}",
            told(&methodical()),
            told(&jumper())
        ));
    }

    #[test]
    fn a_record_that_has_just_begun_says_so_without_inventing_anything() {
        let said = told(&[]);
        assert!(said.contains("no status updates"), "{said}");
        assert!(said.contains("and no action so far"), "{said}");
        assert!(said.lines().filter(|line| line.starts_with("  ")).all(|it| it.ends_with("[]")));
    }

    #[test]
    fn each_moment_is_an_event_of_the_record() {
        let events = methodical();
        let facts = assess(&payments(), &leaky_release(), &events);
        for fact in bearings(&facts, &events).iter().flat_map(|it| &it.facts) {
            assert!(fact.moments.len() <= MOMENTS);
            for moment in &fact.moments {
                let event = events.iter().find(|event| event.seq == moment.seq).unwrap();
                assert_eq!(event.at_s(), moment.at_s, "{}", fact.says);
            }
        }
    }

    /// What is said, with its moments, of one hypothesis that was noted again and again.
    fn noted(entries: &[(Option<u8>, Standing)]) -> String {
        let mut script = Script::new(|_| true);
        for (confidence, status) in entries {
            let [source, title, text] = ["log", "payments", "exhausted"].map(str::to_owned);
            let kind = Kind::Hypothesis {
                text: "A leak".to_owned(),
                confidence: *confidence,
                status: *status,
                disprove: Some("a level pool".to_owned()),
                evidence: vec![Attached { source, title, text }],
            };
            script.candidate(Door::Notebook, Effect::Think, kind);
        }
        told(&script.into_events())
    }

    #[test]
    fn a_hypothesis_that_is_noted_again_as_it_stands_counts_once() {
        let out = (Some(20), Standing::RuledOut);
        let said = noted(&[(Some(20), Standing::Open), out, out]);
        for says in [
            "  1 hypothesis noted, 1 ruled out [1]\n",
            "  1 belief ruled out or confirmed [1]\n",
            "  1 note of what would disprove one [0]\n",
            "  no changes of a confidence []\n",
        ] {
            assert!(said.contains(says), "{says} is not in {said}");
        }
    }

    #[test]
    fn a_hypothesis_that_was_ruled_out_and_then_confirmed_is_not_ruled_out() {
        let said = noted(&[(None, Standing::RuledOut), (None, Standing::Confirmed)]);
        assert!(said.contains("  1 hypothesis noted, 0 ruled out []\n"), "{said}");
        assert!(said.contains("  1 belief ruled out or confirmed [0, 1]\n"), "{said}");
        let said = noted(&[(None, Standing::RuledOut), (None, Standing::Open)]);
        assert!(said.contains("  1 hypothesis noted, 0 ruled out []\n"), "{said}");
    }

    #[test]
    fn a_note_without_a_number_is_no_change_of_a_confidence() {
        let said = noted(&[(Some(30), Standing::Open), (None, Standing::RuledOut)]);
        assert!(said.contains("  no changes of a confidence []\n"), "{said}");
        let said = noted(&[(None, Standing::Open), (Some(30), Standing::Open)]);
        assert!(said.contains("  no changes of a confidence []\n"), "{said}");
        let entries =
            [(Some(30), Standing::Open), (None, Standing::Open), (Some(60), Standing::Open)];
        let said = noted(&entries);
        assert!(said.contains("  1 change of a confidence [2]\n"), "{said}");
    }
}
