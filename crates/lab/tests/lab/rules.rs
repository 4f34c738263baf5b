//! What authors read when a lab is wrong. Each rule has a file of edits under `fixtures/wrong/`,
//! and the messages stand under `snapshots/`, to be reviewed like any other text.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lab::files::Files;
use lab::problem::Problems;
use lab::rule::Rule;

use crate::fixture::{Tree, cases, fixtures};

/// One case after it was read: the rule that it is to break, and what was told.
struct Told {
    rule: String,
    case: String,
    tree: Tree,
    problems: Problems,
}

/// All cases, read once for all tests, in the order of the files.
static TOLD: LazyLock<Vec<Told>> = LazyLock::new(|| {
    let read = |file: &PathBuf| {
        let rule = file.file_stem().expect("a name").to_string_lossy().into_owned();
        cases(file).into_iter().map(move |case| {
            let tree = Tree::edited(&case);
            let (_, problems) = lab::load::check(Path::new("full"), &tree);
            Told { rule: rule.clone(), case: case.name, tree, problems }
        })
    };
    edits().iter().flat_map(read).collect()
});

#[test]
fn every_rule_has_edits_that_break_it() {
    let rules: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    let broken: BTreeSet<&str> = TOLD.iter().map(|told| told.rule.as_str()).collect();
    assert_eq!(broken, rules);
}

#[test]
fn each_edit_is_told_by_its_rule() {
    for Told { rule, case, problems, .. } in TOLD.iter() {
        let hit = problems.iter().any(|problem| problem.rule.name() == rule);
        assert!(hit, "{rule}, {case}: {problems}");
    }
}

#[test]
fn each_message_has_a_remedy_and_no_full_stop() {
    for problem in TOLD.iter().flat_map(|told| told.problems.iter()) {
        // What is wrong with YAML itself is only known to the parser, which has no remedies.
        let has_help = problem.help.as_ref().is_some_and(|help| !help.is_empty());
        assert!(has_help || problem.rule == Rule::Syntax, "no remedy: {problem}");
        assert!(!problem.message.ends_with('.'), "a full stop: {problem}");
    }
}

#[test]
fn authors_read_these_messages() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for rule in Rule::ALL {
            let mut text = String::new();
            for told in TOLD.iter().filter(|told| told.rule == rule.name()) {
                writeln!(text, "=== {}\n{}\n", told.case, told.problems).expect("a String");
            }
            insta::assert_snapshot!(rule.name(), text);
        }
    });
}

#[test]
fn a_place_is_the_same_in_lines_and_in_bytes() {
    for told in TOLD.iter() {
        for problem in told.problems.iter() {
            let Some(span) = &problem.span else { continue };
            let text = told.tree.read(&problem.file).expect("the file");
            let before = text.get(..span.start).expect("a span on character boundaries");
            assert_eq!(before.matches('\n').count() + 1, problem.line, "{problem}");
        }
    }
}

fn edits() -> Vec<PathBuf> {
    let folder = fixtures().join("wrong");
    let entries = std::fs::read_dir(folder).expect("the folder of edits");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}
