//! The releases of the payments lab: each patch applies on top of the one before, in a repository
//! whose root is the service's crate, and what comes out compiles, its tests included.
//!
//! No engine is needed. A release is checked in a stand-in for this workspace, so that what lints before it
//! (`make ci`) have checked is not checked once more.
#![expect(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The patches in their order, with the versions that their names promise.
fn patches() -> Vec<(String, PathBuf)> {
    let folder = workspace().join("labs/payments/releases");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let version = |path: &Path| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        name.split_once('-').unwrap().1.to_owned()
    };
    paths.into_iter().map(|path| (version(&path), path)).collect()
}

/// Runs a program in a folder; what it says on failure fails the test.
#[track_caller]
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "test")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "test@localhost")))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} failed:\n{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// A repository whose only commit is the service's crate.
fn repository() -> TempDir {
    let folder = TempDir::new().unwrap();
    copy(&workspace().join("crates/payments"), folder.path());
    run(folder.path(), "git", &["init", "--quiet"]);
    run(folder.path(), "git", &["add", "--all"]);
    run(folder.path(), "git", &["commit", "--quiet", "--message", "base"]);
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Compiles what is checked out, in the place of the crate.
fn check(repository: &Path) {
    let folder = TempDir::new().unwrap();
    let place = testbed::images::stand_in(&workspace().join("crates/payments"), folder.path());
    let place = place.unwrap();
    fs::create_dir(&place).unwrap();
    copy(repository, &place);
    // `<target>/<triple>/tmp`
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).ancestors().nth(2).unwrap();
    let how = ["check", "--release", "--offline", "--quiet", "--workspace", "--target-dir"];
    let what = ["--bin", "payments", "--test", "api", "--test", "bank"];
    let arguments = [&how[..], &[target.to_str().unwrap()], &what].concat();
    run(folder.path(), env!("CARGO"), &arguments);
}

fn version(repository: &Path) -> String {
    let manifest = fs::read_to_string(repository.join("Cargo.toml")).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("version = ")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

#[test]
fn each_release_applies_on_the_one_before_and_compiles() {
    let repository = repository();
    let root = repository.path();
    check(root);
    for (promised, patch) in patches() {
        run(root, "git", &["am", "--quiet", patch.to_str().unwrap()]);
        assert_eq!(version(root), promised, "{}", patch.display());
        let changelog = fs::read_to_string(root.join("CHANGELOG.md")).unwrap();
        assert!(changelog.contains(&format!("\n## {promised}\n")), "{}", patch.display());
        check(root);
    }
}

#[test]
fn releases_are_there_and_their_commits_are_those_of_people() {
    let repository = repository();
    let root = repository.path();
    let patches = patches();
    let versions: Vec<&str> = patches.iter().map(|(version, _)| version.as_str()).collect();
    assert_eq!(versions, ["2.3.1", "2.3.2", "2.4.0"]);
    for (_, patch) in &patches {
        run(root, "git", &["am", "--quiet", patch.to_str().unwrap()]);
        let log =
            run(root, "git", &["log", "-1", "--format=%ae%n%ad%n%s%n%b", "--date=format:%u %H"]);
        let mut lines = log.lines();
        assert!(lines.next().unwrap().ends_with("@payments.example"), "{log}");
        let (day, hour) = lines.next().unwrap().split_once(' ').unwrap();
        assert!(("1"..="5").contains(&day) && ("08".."18").contains(&hour), "{log}");
        assert!(lines.next().unwrap().len() <= 72, "{log}");
        assert!(lines.next().is_some_and(|line| !line.is_empty()), "the message has a body: {log}");
    }
}
