//! The rules of the repository, as checks that fail.

use std::fs;
use std::path::{Path, PathBuf};

/// No Rust file is longer; see CONTRIBUTING.md.
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All files below `folder` with this ending, build output and dependencies left out.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// The names of a manifest's dependencies, those for tests left out.
fn dependencies(krate: &str) -> Vec<String> {
    let manifest =
        fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let name = |line: &str| {
        let end = line.find(['.', ' ', '='])?;
        Some(line[..end].to_owned()).filter(|name| !name.is_empty() && !name.starts_with('#'))
    };
    section.lines().filter_map(name).collect()
}

/// The offending lines, or nothing.
fn check(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn only_testbed_depends_on_the_docker_client() {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let users: Vec<String> = crates
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|krate| dependencies(krate).iter().any(|name| name == "bollard"))
        .collect();
    assert_eq!(users, ["testbed"]);
}

#[test]
fn pure_crates_have_no_runtime_clock_or_network() {
    let impure = ["tokio", "jiff", "chrono", "time", "hyper", "reqwest", "bollard", "rand", "nix"];
    let mut offences = Vec::new();
    for krate in ["lab", "session", "dashboard", "wire", "gate"] {
        for name in dependencies(krate) {
            if impure.contains(&name.as_str()) {
                offences.push(format!("{krate} depends on {name}"));
            }
        }
        for file in files(&root().join("crates").join(krate).join("src"), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            for word in ["Instant::now", "SystemTime::now", "std::net::Tcp", "std::thread::sleep"] {
                if text.contains(word) && !file.to_string_lossy().contains("test") {
                    offences.push(format!("{} uses {word}", file.display()));
                }
            }
        }
    }
    check(&offences);
}

#[test]
fn arrows_between_crates_only_go_down() {
    let floor = |name: &str| match name {
        "checkride" => Some(5),
        "web-console" => Some(4),
        "orchestrator" => Some(3),
        "fault" => Some(2),
        "testbed" | "session" | "dashboard" | "gate" => Some(1),
        "lab" | "wire" => Some(0),
        _ => None,
    };
    let apart = ["agent", "scribe", "payments", "acquirer", "internet"];
    let mut offences = Vec::new();
    let crates = [
        "checkride",
        "web-console",
        "orchestrator",
        "fault",
        "testbed",
        "session",
        "dashboard",
        "gate",
        "lab",
        "wire",
    ];
    for krate in crates {
        for name in dependencies(krate) {
            let up = floor(&name).is_some_and(|below| Some(below) >= floor(krate));
            if up || apart.contains(&name.as_str()) {
                offences.push(format!("{krate} depends on {name}"));
            }
        }
    }
    for krate in apart {
        for name in dependencies(krate) {
            let own = floor(&name).is_some() && (krate, name.as_str()) != ("agent", "wire");
            if own || apart.contains(&name.as_str()) {
                offences.push(format!("{krate} depends on {name}"));
            }
        }
    }
    check(&offences);
}

#[test]
fn what_others_await_is_compiled_once() {
    let mut offences = Vec::new();
    for krate in ["testbed", "orchestrator"] {
        for file in files(&root().join("crates").join(krate).join("src"), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            let heads = text.match_indices("pub async fn ").map(|(at, _)| text.split_at(at));
            for (before, head) in heads {
                let head = head.split(" {").next().unwrap_or_default();
                let name = head.split('(').next().unwrap_or_default();
                let generic = name.contains('<') || head.contains("impl ");
                let above = before.trim_end().lines().next_back().unwrap_or_default().trim();
                if !generic && !above.starts_with("#[boxed") {
                    offences.push(format!("{}: `{name}` is not `#[boxed]`", file.display()));
                }
            }
        }
    }
    check(&offences);
}

#[test]
fn the_system_under_test_has_no_word_of_the_lab() {
    let words = ["checkride", "chaos", "persona", "candidate", "rehears", "leaky", "flash-sale"];
    let mut offences = Vec::new();
    let folders = ["crates/payments", "crates/acquirer", "labs/payments/releases"];
    for folder in folders {
        let folder = root().join(folder);
        let all = [".rs", ".toml", ".sql", ".md", ".patch"];
        for file in all.iter().flat_map(|ending| files(&folder, ending)) {
            let text = fs::read_to_string(&file).unwrap().to_lowercase();
            for word in words {
                if text.contains(word) {
                    offences.push(format!("{} says `{word}`", file.display()));
                }
            }
        }
    }
    check(&offences);
}

#[test]
fn every_file_says_what_it_is_and_none_is_too_long() {
    let mut offences = Vec::new();
    for folder in ["crates", "tests"] {
        for file in files(&root().join(folder), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            if !text.starts_with("//!") {
                offences.push(format!("{} does not open with what it is", file.display()));
            }
            if text.lines().count() > LONGEST {
                offences.push(format!("{} has over {LONGEST} lines", file.display()));
            }
        }
    }
    check(&offences);
}

#[test]
fn nothing_is_left_undone_or_switched_off() {
    // Put together here, so that this file does not find itself.
    let marks: Vec<String> =
        [("to", "do!("), ("unimple", "mented!("), ("FIX", "ME"), ("#[ig", "nore"), ("TO", "DO")]
            .iter()
            .map(|(a, b)| format!("{a}{b}"))
            .collect();
    let mut offences = Vec::new();
    for folder in ["crates", "tests"] {
        for file in files(&root().join(folder), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            for mark in &marks {
                if text.contains(mark.as_str()) {
                    offences.push(format!("{} has `{mark}`", file.display()));
                }
            }
        }
    }
    check(&offences);
}

#[test]
fn only_one_file_prints() {
    let mut offences = Vec::new();
    let quiet = [
        "checkride",
        "web-console",
        "orchestrator",
        "fault",
        "testbed",
        "session",
        "gate",
        "lab",
        "wire",
    ];
    for krate in quiet {
        for file in files(&root().join("crates").join(krate).join("src"), ".rs") {
            let text = fs::read_to_string(&file).unwrap();
            let prints = ["println!(", "eprintln!(", "print!(", "eprint!("]
                .iter()
                .any(|word| text.contains(word));
            if prints && !file.ends_with("crates/checkride/src/print.rs") && !is_test(&file) {
                offences.push(format!("{} prints", file.display()));
            }
        }
    }
    check(&offences);
}

fn is_test(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.contains("tests") || name.contains("fixture")
}
