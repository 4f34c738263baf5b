//! Which lines of a workspace's `Cargo.lock` concern one of its crates. Used to tell whether a
//! release has to be compiled again: another crate's new dependency is no reason to.

use std::collections::{BTreeMap, BTreeSet};

use cargo_lock::{Lockfile, Package};

/// Every package that `root` is built with, itself left out: name, version and checksum, sorted.
/// `None` when the text is no lock file or has no such package; the whole text counts then.
pub(super) fn concerning(lock: &str, root: &str) -> Option<Vec<String>> {
    let lockfile: Lockfile = lock.parse().ok()?;
    let by_name: BTreeMap<(&str, String), &Package> = lockfile
        .packages
        .iter()
        .map(|package| ((package.name.as_str(), package.version.to_string()), package))
        .collect();
    let start = lockfile.packages.iter().find(|package| package.name.as_str() == root)?;
    let (mut waiting, mut found) = (vec![start], BTreeSet::new());
    while let Some(package) = waiting.pop() {
        for dependency in &package.dependencies {
            let key = (dependency.name.as_str(), dependency.version.to_string());
            let Some(next) = by_name.get(&key) else { continue };
            if found.insert(line(next)) {
                waiting.push(next);
            }
        }
    }
    Some(found.into_iter().collect())
}

fn line(package: &Package) -> String {
    let checksum = package.checksum.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} {} {checksum}", package.name, package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"version = 4

[[package]]
name = "greeter"
version = "1.0.0"
dependencies = ["itoa"]

[[package]]
name = "itoa"
version = "1.0.15"
dependencies = ["ryu"]

[[package]]
name = "ryu"
version = "1.0.20"

[[package]]
name = "stranger"
version = "9.9.9"
"#;

    #[test]
    fn what_a_crate_is_built_with_concerns_it_and_nothing_else_does() {
        let lines = concerning(LOCK, "greeter").unwrap();
        assert_eq!(lines, ["itoa 1.0.15 ", "ryu 1.0.20 "]);
    }

    #[test]
    fn a_text_that_is_no_lock_file_or_lacks_the_crate_is_left_to_the_caller() {
        assert_eq!(concerning("]", "greeter"), None);
        assert_eq!(concerning(LOCK, "nobody"), None);
    }
}
