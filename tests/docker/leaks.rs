//! Whether the answer leaks: a walk over everything that a person can read in the workstation, at
//! the moment of the page. No word of ours may stand anywhere, and what differs between two causes
//! is only what a real incident would show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::live::{Live, docker, text};

/// What was read, by section.
pub type Seen = BTreeMap<String, String>;

/// Sections in which two causes must be alike. What is in no other list may differ in nothing.
const ALIKE: [&str; 10] = [
    "environment",
    "processes",
    "kernel",
    "host",
    "files",
    "contents",
    "history",
    "documents",
    "prometheus",
    "database",
];

/// Sections that show the incident itself, and what of it may differ between causes: what a real
/// one would show as well.
const INCIDENT: [(&str, &str); 5] = [
    ("changes", "releases, settings and their history"),
    ("containers", "the release and the settings that run, log lines"),
    ("incident", "the page, alerts, log lines, charts"),
    ("measurements", "which series exist and how high they are"),
    ("sessions", "who is connected to the database, and what they ask"),
];

const CAUSES: [&str; 4] = ["leaky-release", "flash-sale", "shrunk-pool", "all-quiet"];

/// Words that only somebody who knows of the lab would use.
const OURS: &str = r"(?i)checkride|\b(chaos|personas?|rehears\w*|candidates?|faults?|injected|injection|scenario)\b";

/// Reads everything, and the programs of our own, which the person may run but not read.
pub fn walk(live: &Live<'_>) -> Seen {
    let said = live.run(include_str!("leaks.sh"));
    let mut seen = Seen::new();
    for part in said.split("\n@@section ").filter(|part| !part.trim().is_empty()) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        seen.insert(name.to_owned(), body.to_owned());
    }
    seen.insert("programs".to_owned(), programs(live));
    seen
}

/// The readable strings of our own programs, from the containers that a person may enter.
fn programs(live: &Live<'_>) -> String {
    let mut all = String::new();
    for (container, path) in [
        ("workstation", "/sbin/init"),
        ("payments-1", "/usr/local/bin/payments"),
        ("acquirer", "/usr/local/bin/acquirer"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        let from = format!("{}-{container}:{path}", live.session);
        docker(&["cp", "--follow-link", &from, file.to_str().unwrap()]);
        let bytes = std::fs::read(&file).unwrap();
        for word in bytes.split(|byte| !(b' '..=b'~').contains(byte)).filter(|it| it.len() >= 4) {
            all.push_str(&format!("{container}: {}\n", text(word)));
        }
    }
    all
}

/// Words that give something away; the table counts what was read.
pub fn words(seen: &Seen) -> (String, Vec<String>) {
    let ours = Regex::new(OURS).unwrap();
    let causes = Regex::new(&format!("(?i){}", CAUSES.join("|"))).unwrap();
    // In a program there are the words of the libraries that it is made of.
    let own_only = Regex::new("(?i)checkride|chaos|persona|rehears").unwrap();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for (section, body) in seen {
        let pattern = if section == "programs" { &own_only } else { &ours };
        let mut found: Vec<&str> =
            body.lines().filter(|line| pattern.is_match(line) || causes.is_match(line)).collect();
        found.dedup();
        table.push_str(&format!(
            "{section:<14} {:>8} lines {:>9} bytes, words of ours: {}\n",
            body.lines().count(),
            body.len(),
            found.len()
        ));
        let shown = found.iter().take(8).map(|line| line.chars().take(240).collect::<String>());
        wrong.extend(shown.map(|line| format!("{section}: {line}")));
        if body.trim().is_empty() {
            wrong.push(format!("{section}: nothing was read"));
        }
    }
    for section in ALIKE.into_iter().chain(INCIDENT.map(|(section, _)| section)) {
        if !seen.contains_key(section) {
            wrong.push(format!("{section}: the walk did not come so far"));
        }
    }
    (table, wrong)
}

/// What stands in one and not in the other, with numbers and ids left out.
pub fn differences(one: &Seen, other: &Seen) -> (String, Vec<String>) {
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for section in ALIKE {
        let found = differing(one, other, section);
        table.push_str(&format!("{section:<14} {:>4} lines differ\n", found.len()));
        wrong.extend(found.iter().take(12).map(|line| format!("{section} differs: {line}")));
    }
    for (section, why) in INCIDENT {
        let found = differing(one, other, section);
        table.push_str(&format!("{section:<14} {:>4} lines differ: {why}\n", found.len()));
    }
    (table, wrong)
}

fn differing(one: &Seen, other: &Seen, section: &str) -> Vec<String> {
    let lines = |seen: &Seen| -> BTreeSet<String> {
        seen.get(section).map(|body| body.lines().map(plain).collect()).unwrap_or_default()
    };
    let (one, other) = (lines(one), lines(other));
    one.symmetric_difference(&other).cloned().collect()
}

/// What differs between any two sessions: ids, hashes, names of layers, numbers.
static IDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"overlay2/l/[A-Z0-9]+|\d{8}-\d{6}-[a-z0-9]{4}|\b[0-9a-f]{12,64}\b|[0-9]+(?:\.[0-9]{1,4}\b)*",
    )
    .unwrap()
});

/// A line without that.
fn plain(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    IDS.replace_all(&words.join(" "), "#").into_owned()
}

#[test]
fn a_word_or_a_difference_that_is_planted_is_found() {
    let mut one: Seen = ALIKE.map(|section| (section.to_owned(), "well".to_owned())).into();
    one.extend(INCIDENT.map(|(section, _)| (section.to_owned(), "well".to_owned())));
    assert_eq!(words(&one).1, [] as [&str; 0]);
    let mut other = one.clone();
    other.insert("files".to_owned(), "/etc/leaky-release\n/run/a fault injected".to_owned());
    assert_eq!(words(&other).1.len(), 2);
    assert_eq!(differences(&one, &one).1, [] as [&str; 0]);
    assert_eq!(differences(&one, &other).1.len(), 3);
    // Numbers, ids and layers differ between any two sessions.
    let same = |a: &str, b: &str| assert_eq!(plain(a), plain(b));
    same("20261124-153925-jhcb-edge  10.213.0.3", "20261125-090001-k3f9-edge 10.213.7.93");
    same("payments-1.20261124-153925-jhcb at 4.25%", "payments-1.20261125-090001-k3f9 at 5%");
}
