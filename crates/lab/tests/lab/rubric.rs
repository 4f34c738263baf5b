//! What is judged: the rubric of this repository, and what authors read when theirs is wrong.

use std::path::Path;

use lab::files::{Disk, Memory};
use lab::load;

#[test]
fn the_rubric_of_this_repository_has_five_dimensions_with_four_levels() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/rubric.yaml");
    let rubric = load::rubric(&file, &Disk).expect("a good rubric");
    let levels: Vec<_> = rubric.dimensions.iter().map(|it| (&*it.id, it.levels.len())).collect();
    let ids = ["systems-thinking", "uncertainty", "automation", "communication", "post-incident"];
    assert_eq!(levels, ids.map(|id| (id, 4)));
}

fn check(text: &str, expected: &str) {
    let mut files = Memory::default();
    files.put("rubric.yaml", text.to_owned());
    let problems = load::rubric(Path::new("rubric.yaml"), &files).expect_err("it is wrong");
    assert!(problems.to_string().contains(expected), "{problems}");
}

#[test]
fn what_is_wrong_with_a_rubric_is_told_with_its_place() {
    let dimension = |id: &str, levels: &str| {
        format!("  - id: {id}\n    title: T\n    about: A\n    levels: {levels}\n")
    };
    let head = "version: 1\ndimensions:\n";
    check("version: 1\ndimensions: []\n", "dimensions");
    check(&format!("{head}{}", dimension("a", "[]")), "rubric.yaml:6");
    check(&format!("{head}{}", dimension("A b", "[x]")), "kebab");
    let twice = format!("{head}{}{}", dimension("a", "[x]"), dimension("a", "[x]"));
    check(&twice, "a second dimension has the id `a`");
    check(&format!("{head}{}    weight: 2\n", dimension("a", "[x]")), "weight");
    check("version: 2\ndimensions: []\n", "version");
    let none = load::rubric(Path::new("nowhere.yaml"), &Memory::default()).expect_err("none there");
    assert!(none.to_string().contains("nowhere.yaml"), "{none}");
}
