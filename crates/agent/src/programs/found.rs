//! Whether there is a file that a process is about to run: looked for as that process would, from its
//! own root and folder and by the very bytes that it gave. What the kernel finds may be something else
//! only when somebody changes it at this very moment.
//!
//! Says no only when it is sure: a program that ran and is recorded as one that did not is a lie, the
//! other way round it is a line too many.

use std::ffi::{OsStr, OsString};
use std::fs::{Metadata, metadata, read_link, symlink_metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use nix::libc;
use rustix::fs::{PROC_SUPER_MAGIC, statfs};

/// Links that are followed; the kernel follows as many.
const LINKS: usize = 40;

/// Where a relative path begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Folder {
    OfTheProcess,
    /// One that the process has open, or with an empty path the file itself.
    Open(i32),
}

/// Whether process `pid` finds a file there that could run.
pub(super) fn is_there(pid: u32, folder: Folder, path: &OsStr) -> bool {
    let path = Path::new(path);
    let root = PathBuf::from(format!("/proc/{pid}/root"));
    let from = match folder {
        _ if path.is_absolute() => root.clone(),
        Folder::OfTheProcess if path.as_os_str().is_empty() => return true,
        Folder::OfTheProcess => PathBuf::from(format!("/proc/{pid}/cwd")),
        Folder::Open(fd) => PathBuf::from(format!("/proc/{pid}/fd/{fd}")),
    };
    let mut parts: Vec<OsString> = names(path);
    let straight = parts.iter().rev().fold(from.clone(), |way, name| way.join(name));
    if metadata(&straight).is_ok_and(|file| may_run(&file)) {
        return true;
    }
    // Step by step, since what leads through /proc leads us elsewhere than the process.
    let (mut here, mut links) = (from, 0);
    while let Some(name) = parts.pop() {
        match statfs(&here) {
            Ok(system) if system.f_type == PROC_SUPER_MAGIC => return true,
            Ok(_) => {}
            // Even where it begins is hidden from us.
            Err(_) => return true,
        }
        let next = here.join(name);
        match symlink_metadata(&next) {
            Ok(file) if file.is_symlink() => {
                links += 1;
                let Ok(target) = read_link(&next) else { return true };
                if links > LINKS {
                    return true;
                }
                if target.is_absolute() {
                    here.clone_from(&root);
                }
                parts.extend(names(&target));
            }
            Ok(_) => here = next,
            Err(error) => return !is_plain(&error),
        }
    }
    metadata(&here).map_or_else(|error| !is_plain(&error), |file| may_run(&file))
}

/// The names on a path, the last first.
fn names(path: &Path) -> Vec<OsString> {
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    };
    path.components().rev().filter_map(name).collect()
}

fn may_run(file: &Metadata) -> bool {
    file.is_file() && file.mode() & 0o111 != 0
}

/// Whether it says that there is no such file, or that it is not for this user.
fn is_plain(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::EACCES | libc::ENOTDIR))
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, create_dir, set_permissions, write};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::{Child, Command};

    use super::*;

    /// A process in a folder whose name is no UTF-8.
    struct Ground {
        child: Child,
        folder: PathBuf,
        _held: tempfile::TempDir,
    }

    impl Ground {
        fn new() -> Self {
            let held = tempfile::tempdir().unwrap();
            let folder = held.path().join(OsStr::from_bytes(b"odd\xff\xfe"));
            create_dir(&folder).unwrap();
            for (name, mode) in [("program", 0o755), ("text", 0o644)] {
                write(folder.join(name), "").unwrap();
                set_permissions(folder.join(name), Permissions::from_mode(mode)).unwrap();
            }
            let child = Command::new("sleep").arg("60").current_dir(&folder).spawn().unwrap();
            Self { child, folder, _held: held }
        }

        fn finds(&self, path: impl AsRef<OsStr>) -> bool {
            is_there(self.child.id(), Folder::OfTheProcess, path.as_ref())
        }

        fn link(&self, name: &str, target: impl AsRef<Path>) {
            symlink(target, self.folder.join(name)).unwrap();
        }
    }

    impl Drop for Ground {
        fn drop(&mut self) {
            // It may have ended by itself.
            let _ = self.child.kill();
            self.child.wait().unwrap();
        }
    }

    #[test]
    fn a_path_of_any_bytes_is_found_from_the_folder_of_the_process() {
        let ground = Ground::new();
        write(ground.folder.join(OsStr::from_bytes(b"\xc3")), "").unwrap();
        for path in
            ["program", "./program", "../odd/../nowhere", "text", "absent", "program/x", "."]
        {
            let is_there = matches!(path, "program" | "./program");
            assert_eq!(ground.finds(path), is_there, "{path}");
        }
        assert!(ground.finds(ground.folder.join("program")));
        assert!(!ground.finds(ground.folder.join("absent")));
        assert!(!ground.finds(OsStr::from_bytes(b"\xc3")), "it may not run");
        assert!(ground.finds("/bin/sh"));
    }

    #[test]
    fn a_link_is_followed_and_one_that_leads_nowhere_runs_nothing() {
        let ground = Ground::new();
        ground.link("one", "two");
        ground.link("two", ground.folder.join("program"));
        ground.link("absent", "/nowhere");
        ground.link("up", "..");
        assert!(ground.finds("one"));
        assert!(!ground.finds("absent"));
        assert!(!ground.finds("up/absent"));
    }

    #[test]
    fn what_leads_through_proc_is_the_processs_own_and_taken_to_run() {
        let ground = Ground::new();
        ground.link("own", "/proc/self/fd/77");
        ground.link("by-way", "own");
        ground.link("fds", "/dev/fd");
        for path in ["own", "by-way", "fds/77", "/proc/self/fd/77", "/dev/fd/77", "/proc/self/exe"]
        {
            assert!(ground.finds(path), "{path}");
        }
    }

    #[test]
    fn a_file_that_is_open_is_found_by_its_descriptor() {
        let ground = Ground::new();
        let of = |path: &str, fd| is_there(std::process::id(), Folder::Open(fd), OsStr::new(path));
        let folder = std::fs::File::open(&ground.folder).unwrap();
        let program = std::fs::File::open(ground.folder.join("program")).unwrap();
        let [folder, program] = [&folder, &program].map(std::os::fd::AsRawFd::as_raw_fd);
        assert!(of("program", folder) && of("", program));
        assert!(!of("absent", folder) && !of("text", folder));
    }
}
