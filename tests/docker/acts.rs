//! Acts through all doors, in many disguises: each is recognised by what it did, and no look is
//! taken for one. Typed into the real terminal of a real session; the journal is what is checked.
//!
//! A sample by default, 1,000 with CHECKRIDE_TEST_FULL.

mod cases;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ground::{Ground, wait_until};
use crate::live::Live;
use cases::{Act, Case, corpus};

/// What the journal says of one case.
#[derive(Default)]
struct Seen {
    acts: Vec<(String, String, String)>,
    argvs: Vec<Vec<String>>,
    /// All that the record has of it, for whoever asks why it is wrong.
    events: Vec<String>,
}

#[derive(Default)]
struct Row {
    cases: usize,
    acts: usize,
    recognised: usize,
    looks_taken_for_acts: usize,
    runs: usize,
    recorded: usize,
}

#[test]
fn every_act_is_told_from_every_look_however_it_is_dressed() {
    let full = std::env::var_os("CHECKRIDE_TEST_FULL").is_some();
    let cases = corpus(if full { 1000 } else { 150 });
    let ground = Ground::new();
    let mut live = Live::start(&ground, "leaky-release");
    live.type_line("cd ~");
    let mut marks = vec![needle(&live.type_ahead(":"))];
    for case in &cases {
        let mark = live.type_ahead(&case.line);
        live.through(&mark);
        marks.push(needle(&mark));
    }
    // A statement that is recorded as late as any: what it ended is waited for.
    let last = live.type_ahead("psql -qAtc \"select pg_cancel_backend(0), 'the last of all'\"");
    live.through(&last);
    let journal = wait_until("the last line and its statement are recorded", || {
        let journal = ground.journal(&live.session);
        let holds = |kind: &str, text: &str| {
            journal.lines().any(|line| line.contains(kind) && line.contains(text))
        };
        let all = holds(r#""sql""#, "the last of all") && holds(r#""line-ended""#, &needle(&last));
        all.then_some(journal)
    });
    let events: Vec<Value> =
        journal.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let seen = by_case(&events, &marks);
    let (table, wrong) = judge(&cases, &seen);
    println!("{table}");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What stands in the line of a case, from the mark that it prints.
fn needle(mark: &str) -> String {
    let sum: u32 = mark.trim_start_matches("through-").parse().unwrap();
    format!("through-$(({}+7))", sum - 7)
}

/// When a case was through: by the record, and by the agent, which tells when programs began.
#[derive(Clone, Copy)]
struct Through {
    at_s: f64,
    ended_s: f64,
}

/// Puts each act and each program to the case in whose time it began. Each has the bounds of its own
/// clock: the record hears of a line's end when the next one may have begun.
fn by_case(events: &[Value], marks: &[String]) -> Vec<Seen> {
    let through: Vec<Through> = marks.iter().map(|needle| through(events, needle)).collect();
    let mut seen: Vec<Seen> = through[1..].iter().map(|_| Seen::default()).collect();
    for event in events {
        let data = &event["data"];
        // The last line of a journal seals it and is no event.
        let Some(began) = data["started_s"].as_f64().or(event["at_s"].as_f64()) else { continue };
        let is_program = event["kind"] == "program-ran";
        let bound = |it: &Through| if is_program { it.ended_s } else { it.at_s };
        let is_in = |it: &[Through]| began > bound(&it[0]) && began <= bound(&it[1]);
        let Some(case) = through.windows(2).position(is_in) else { continue };
        seen[case].events.push(event.to_string());
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // Its end says what was done, and whether.
        if event["effect"] == "act" && event["kind"] != "act-started" {
            seen[case].acts.push((
                word(&event["door"]),
                word(&data["verb"]),
                word(&data["target"]),
            ));
        }
        if is_program {
            let words = data["argv"].as_array().unwrap();
            seen[case].argvs.push(words.iter().map(word).collect());
        }
    }
    seen
}

fn through(events: &[Value], needle: &str) -> Through {
    let is_it = |event: &&Value| {
        let line = event["data"]["line"].as_str();
        event["kind"] == "line-ended" && line.is_some_and(|line| line.contains(needle))
    };
    let event = events.iter().find(is_it).unwrap_or_else(|| panic!("`{needle}` has no end"));
    let data = &event["data"];
    let ended_s = data["started_s"].as_f64().unwrap() + data["duration_s"].as_f64().unwrap();
    Through { at_s: event["at_s"].as_f64().unwrap(), ended_s }
}

/// The table by class, and what is wrong.
fn judge(cases: &[Case], seen: &[Seen]) -> (String, Vec<String>) {
    let (mut rows, mut wrong) = (BTreeMap::<&str, Row>::new(), Vec::new());
    for (case, seen) in cases.iter().zip(seen) {
        for row in [case.class, "~all"] {
            rows.entry(row).or_default().add(case, seen);
        }
        let missed: Vec<_> = case.runs.iter().filter(|run| !seen.argvs.contains(run)).collect();
        if !missed.is_empty() || sorted(&case.acts) != seen.sorted() {
            let (want, got) = (sorted(&case.acts), seen.sorted());
            wrong.push(format!(
                "{}\n   acts {want:?}, recorded {got:?}; not run {missed:?}\n   {}",
                case.line,
                seen.events.join("\n   ")
            ));
        }
    }
    let mut table = "| disguise | cases | acts | recognised | looks taken for acts | executions | recorded |\n|---|---|---|---|---|---|---|\n".to_owned();
    for (class, row) in rows {
        let Row { cases, acts, recognised, looks_taken_for_acts, runs, recorded } = row;
        let class = class.replace("~all", "**all**");
        table.push_str(&format!(
            "| {class} | {cases} | {acts} | {recognised} | {looks_taken_for_acts} | {runs} | {recorded} |\n"
        ));
    }
    (table, wrong)
}

fn sorted(acts: &[Act]) -> Vec<(String, String, String)> {
    let owned = |&(door, verb, target): &Act| (door.to_owned(), verb.to_owned(), target.to_owned());
    let mut acts: Vec<_> = acts.iter().map(owned).collect();
    acts.sort();
    acts
}

impl Seen {
    fn sorted(&self) -> Vec<(String, String, String)> {
        let mut acts = self.acts.clone();
        acts.sort();
        acts
    }
}

impl Row {
    fn add(&mut self, case: &Case, seen: &Seen) {
        let mut left = seen.acts.clone();
        let mut is_there = |act: &(String, String, String)| {
            let place = left.iter().position(|it| it == act);
            place.map(|place| left.remove(place)).is_some()
        };
        self.recognised += sorted(&case.acts).iter().filter(|act| is_there(act)).count();
        self.looks_taken_for_acts += left.len();
        self.cases += 1;
        self.acts += case.acts.len();
        self.runs += case.runs.len();
        self.recorded += case.runs.iter().filter(|run| seen.argvs.contains(run)).count();
    }
}
