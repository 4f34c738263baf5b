//! Labs that are right: what is read from them, and files from outside of their folder.

use std::path::Path;
use std::time::Duration;

use crate::fixture::good;
use lab::cause::Remedy;
use lab::compose::Image;
use lab::fault::Fault;
use lab::files::{Files, Memory};
use lab::lab::Lab;
use lab::problem::Problems;
use lab::rule::{Rule, Severity};

fn read(name: &str) -> Lab {
    let (lab, problems) = lab::load::check(Path::new(name), &good(name));
    assert!(problems.is_empty(), "{problems}");
    lab.expect("a lab without problems is given out")
}

#[test]
fn the_least_lab_is_a_lab() {
    let lab = read("minimal");
    assert_eq!(lab.causes.len(), 1);
    assert!(lab.personas.is_empty() && lab.answers.is_empty() && lab.wiki.is_empty());
}

#[test]
fn everything_that_can_be_written_is_read() {
    let lab = read("full");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_debug_snapshot!("full-lab", lab);
    });
}

#[test]
fn a_release_is_one_of_a_deployment_in_order() {
    let lab = read("full");
    let shop = &lab.system.deployments["shop"];
    assert_eq!(shop.versions().collect::<Vec<_>>(), ["1.0.0", "1.0.1", "1.1.0"]);
    let image = &lab.system.compose.services["shop"].image;
    assert!(matches!(image, Image::Release { deployment, .. } if deployment == "shop"));
}

#[test]
fn a_version_may_have_a_suffix_of_words() {
    for version in ["1.0.0-rc.1", "1.0.0-rc-2"] {
        let mut tree = Memory::default();
        copy(Path::new("full"), &good("full"), &mut tree);
        let text = tree.read(Path::new("full/lab.yaml")).expect("the lab");
        tree.put("full/lab.yaml", text.replace("base: 1.0.0", &format!("base: {version}")));
        let lab = lab::load::lab(Path::new("full"), &tree).expect("a lab");
        assert_eq!(lab.system.deployments["shop"].base, version);
    }
}

#[test]
fn containers_are_named_up_to_the_most_replicas() {
    let containers = read("full").system.containers();
    assert!(containers.contains(&"shop-3".to_owned()));
    assert!(!containers.contains(&"shop-4".to_owned()));
    assert!(containers.contains(&"edge".to_owned()));
}

#[test]
fn an_anchor_of_compose_is_merged_and_a_doubled_dollar_is_one() {
    let lab = read("full");
    let shop = &lab.system.compose.services["shop"];
    assert_eq!(shop.memory, Some(64 << 20));
    assert_eq!(shop.environment["PRICE"], "$5");
    assert_eq!(shop.environment["WORKERS"], "4");
    assert_eq!(shop.grace, Duration::from_secs(5));
}

const OUTSIDE: &str = "\
version: 1
id: outage
title: The database is locked
inject:
  - sql: { service: database, application: job, statement: LOCK TABLE orders, hold: 5s }
bites: { name: errors, title: Errors, promql: errors, at-least: 0.1, unit: ratio }
bites-within: 10s
chain: [A job locks a table., Requests wait for it.]
tells:
  - { evidence: worker-setting, because: It is as it was. }
remedy: nothing
";

fn with_outside(path: &str, text: &str) -> Memory {
    let mut files = Memory::default();
    files.put(path, text);
    files
}

#[test]
fn a_cause_is_found_by_its_name_or_by_its_path() {
    let lab = read("full");
    let files = with_outside("mine/outage.yaml", OUTSIDE);
    let named = lab::load::cause("sale", &lab, &files).expect("a cause of the lab");
    assert!(matches!(named.inject[..], [Fault::Traffic { retries: 2, .. }]));
    let outside = lab::load::cause("mine/outage.yaml", &lab, &files).expect("a cause of a team");
    assert!(matches!(outside.remedy, Remedy::Nothing));
}

#[test]
fn a_cause_that_is_nowhere_is_told_with_those_that_there_are() {
    let problems = lab::load::cause("sael", &read("full"), &Memory::default())
        .expect_err("there is no such cause");
    assert_only(&problems, Rule::FileMissing);
    assert!(problems.to_string().contains("`sale`"), "{problems}");
}

#[test]
fn a_cause_from_outside_keeps_the_same_rules() {
    let wrong = OUTSIDE.replace("service: database", "service: workstation");
    let files = with_outside("outage.yaml", &wrong);
    let problems = lab::load::cause("outage.yaml", &read("full"), &files)
        .expect_err("the fault is out of bounds");
    assert_only(&problems, Rule::BlastRadius);
}

#[test]
fn a_persona_from_outside_rehearses_a_cause_from_outside() {
    let mut lab = read("full");
    let files = with_outside("outage.yaml", OUTSIDE);
    let cause = lab::load::cause("outage.yaml", &lab, &files).expect("a cause");
    lab.causes = [(cause.id.clone(), cause)].into();
    let script = "\
version: 1
id: patient
title: Waits
lab: full
rehearsals:
  outage:
    steps: [wait: { until: steady }]
";
    let files = with_outside("patient.yaml", script);
    let persona = lab::load::persona("patient.yaml", &lab, &files).expect("a persona");
    assert_eq!(persona.key_pause, Duration::from_millis(15));
}

#[test]
fn a_lab_with_warnings_only_is_given_out() {
    let mut tree = Memory::default();
    copy(Path::new("full"), &good("full"), &mut tree);
    let file = Path::new("full/personas/careful.yaml");
    let text = tree.read(file).expect("the persona");
    let cut = text.find("  lock:").expect("its last script");
    tree.put(file, &text[..cut]);
    let (lab, problems) = lab::load::check(Path::new("full"), &tree);
    assert!(lab.is_some());
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning), "{problems}");
    assert_only(&problems, Rule::NoRehearsal);
}

fn copy(folder: &Path, from: &dyn Files, to: &mut Memory) {
    for name in from.list(folder).expect("a folder") {
        let path = folder.join(name);
        if from.is_folder(&path) {
            copy(&path, from, to);
        } else {
            to.put(&path, from.read(&path).expect("a file"));
        }
    }
}

fn assert_only(problems: &Problems, rule: Rule) {
    let rules: Vec<Rule> = problems.iter().map(|problem| problem.rule).collect();
    assert_eq!(rules, [rule], "{problems}");
}
