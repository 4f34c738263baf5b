//! Where the text of a lab comes from. This is the one way in which this crate sees files.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

/// More than any file of a lab needs; a larger one is refused before it is parsed.
pub const LARGEST_FILE: u64 = 1024 * 1024;

/// A tree of files. Paths are as the caller wrote them, relative to whatever the tree is rooted in.
pub trait Files {
    /// The whole text of a file, which must be UTF-8 and at most [`LARGEST_FILE`] bytes.
    ///
    /// # Errors
    /// `NotFound`, `InvalidData` (not UTF-8), `FileTooLarge`, or what the system says.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// The names of what is in a folder, sorted, folders included.
    ///
    /// # Errors
    /// `NotFound`, `NotADirectory`, or what the system says.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Whether there is a file or a folder.
    fn exists(&self, path: &Path) -> bool;

    /// Whether there is a folder.
    fn is_folder(&self, path: &Path) -> bool;
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<String> {
        if std::fs::metadata(path)?.len() > LARGEST_FILE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        std::fs::read_to_string(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }
}

/// Files in memory: a lab that is being edited, or a test's.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, String>,
}

impl Memory {
    /// Adds a file, or replaces it.
    pub fn put(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Takes a file, or a folder with all that is in it, away.
    pub fn remove(&mut self, path: &Path) {
        self.files.retain(|file, _| !file.starts_with(path));
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<String> {
        let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        if text.len() as u64 > LARGEST_FILE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(text.clone())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names: BTreeSet<String> = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(folder).ok()?.components().next())
            .map(|name| name.as_os_str().to_string_lossy().into_owned())
            .collect();
        if names.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(names.into_iter().collect())
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file.starts_with(path))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.exists(path) && !self.files.contains_key(path)
    }
}

/// `path` with `.` and `name/..` taken out, by its text alone.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        let after_name = matches!(tidy.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if after_name => {
                tidy.pop();
            }
            Component::ParentDir
            | Component::Normal(_)
            | Component::RootDir
            | Component::Prefix(_) => tidy.push(component),
        }
    }
    tidy
}
