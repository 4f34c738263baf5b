//! A stand-in for the workspace that a crate lies in: the same manifest, the same lock file and the
//! same members, but for the one crate, in whose place another version of it may be put. What cargo
//! builds there has the dependencies of the workspace itself, with the same features and the same
//! profile, so none of them is compiled a second time.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What a stand-in has no use for: cargo's output and the history.
const LEFT_OUT: [&str; 2] = ["target", ".git"];

/// Makes `folder` a stand-in for the workspace of `source`, a crate's folder; gives the place for
/// the crate, which is not there yet. A crate without a workspace goes into `folder` itself.
///
/// # Errors
/// When something cannot be read or made, as when `folder` has something in it.
pub fn stand_in(source: &Path, folder: &Path) -> io::Result<PathBuf> {
    let source = source.canonicalize()?;
    let Some(root) = root(&source) else { return Ok(folder.to_owned()) };
    let (mut original, mut copy) = (root.clone(), folder.to_owned());
    for step in source.strip_prefix(&root).unwrap_or(Path::new("")) {
        fs::create_dir_all(&copy)?;
        for entry in fs::read_dir(&original)? {
            let name = entry?.file_name();
            if name != step && !LEFT_OUT.iter().any(|it| name == *it) {
                place(&original.join(&name), &copy.join(&name))?;
            }
        }
        original.push(step);
        copy.push(step);
    }
    Ok(copy)
}

/// The folder of a crate's workspace, unless it is the crate's own.
fn root(source: &Path) -> Option<PathBuf> {
    let lock = lock_file(source)?;
    lock.parent().filter(|root| *root != source).map(Path::to_owned)
}

/// The nearest lock file from the crate's folder upwards.
pub(super) fn lock_file(source: &Path) -> Option<PathBuf> {
    source.ancestors().map(|folder| folder.join("Cargo.lock")).find(|path| path.is_file())
}

/// A link, but to the lock file, which cargo writes to.
fn place(original: &Path, copy: &Path) -> io::Result<()> {
    if original.file_name().is_some_and(|name| name == "Cargo.lock") {
        return fs::copy(original, copy).map(drop);
    }
    symlink(original, copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn everything_is_there_but_the_crate_and_the_lock_file_is_a_copy() {
        let ground = tempfile::tempdir().unwrap();
        let (root, folder) = (ground.path().join("root"), ground.path().join("stand-in"));
        let files =
            ["Cargo.toml", "Cargo.lock", "crates/greeter/Cargo.toml", "crates/other/Cargo.toml"];
        files.iter().for_each(|file| write(&root.join(file), file));
        write(&root.join("target/debug/greeter"), "");
        let place = stand_in(&root.join("crates/greeter"), &folder).unwrap();
        assert_eq!(place, folder.join("crates/greeter"));
        assert!(!place.exists() && !folder.join("target").exists());
        let there = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        assert_eq!(there("Cargo.toml"), "Cargo.toml");
        assert_eq!(there("crates/other/Cargo.toml"), "crates/other/Cargo.toml");
        fs::write(folder.join("Cargo.lock"), "new").unwrap();
        assert_eq!(fs::read_to_string(root.join("Cargo.lock")).unwrap(), "Cargo.lock");
    }

    #[test]
    fn a_crate_without_a_workspace_has_the_folder_for_itself() {
        let ground = tempfile::tempdir().unwrap();
        let greeter = ground.path().join("greeter");
        write(&greeter.join("Cargo.toml"), "");
        write(&greeter.join("Cargo.lock"), "");
        let folder = ground.path().join("copy");
        assert_eq!(stand_in(&greeter, &folder).unwrap(), folder);
    }
}
