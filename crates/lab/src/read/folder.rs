//! The folder of a lab: reads its files, says which are missing, and remembers what was wrong.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::{Files, LARGEST_FILE};
use crate::problem::Problem;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, Source, whole_file};

/// A folder and the problems of its files.
pub(crate) struct Folder<'a> {
    path: PathBuf,
    files: &'a dyn Files,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(path: &Path, files: &'a dyn Files) -> Self {
        Self { path: path.to_path_buf(), files, problems: Vec::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn files(&self) -> &'a dyn Files {
        self.files
    }

    /// A file that must be there. `None`, and a problem, when it cannot be read.
    pub(crate) fn read(&mut self, file: &Path, help: &str) -> Option<Source> {
        match self.files.read(file) {
            Ok(text) => Some(Source { file: file.to_path_buf(), text }),
            Err(error) => {
                let mut problem = unreadable(file, &error);
                if problem.rule == Rule::FileMissing {
                    problem.help = Some(help.to_owned());
                }
                self.problems.push(problem);
                None
            }
        }
    }

    /// A file that may be absent.
    pub(crate) fn read_if_there(&mut self, file: &Path) -> Option<Source> {
        if self.files.exists(file) { self.read(file, "") } else { None }
    }

    /// The files with this ending in a folder that may be absent, sorted.
    pub(crate) fn with_ending(&mut self, folder: &Path, ending: &str) -> Vec<PathBuf> {
        if !self.files.is_folder(folder) {
            return Vec::new();
        }
        match self.files.list(folder) {
            Ok(names) => names
                .iter()
                .filter(|name| name.ends_with(ending) && !name.starts_with('.'))
                .map(|name| folder.join(name))
                .collect(),
            Err(error) => {
                self.problems.push(unreadable(folder, &error));
                Vec::new()
            }
        }
    }

    /// What is in a folder that is named at `at` and must be there.
    pub(crate) fn list_at(
        &mut self,
        at: &At<String>,
        folder: &Path,
        what: &str,
        found: &mut Findings,
    ) -> Vec<String> {
        if !self.folder_exists(at, folder, what, found) {
            return Vec::new();
        }
        self.files.list(folder).unwrap_or_else(|error| {
            self.problems.push(unreadable(folder, &error));
            Vec::new()
        })
    }

    /// Says so, at `at`, when a folder is not there.
    pub(crate) fn folder_exists(
        &self,
        at: &At<String>,
        folder: &Path,
        what: &str,
        found: &mut Findings,
    ) -> bool {
        let exists = self.files.is_folder(folder);
        if !exists {
            let message = format!("{what} is not there: {}", folder.display());
            let help = "make the folder, or write its path relative to this file";
            found.error(Rule::FileMissing, at, message, help);
        }
        exists
    }

    /// `briefing.md`, which must say something.
    pub(crate) fn briefing(&mut self) -> String {
        let file = self.path.join("briefing.md");
        let source = self.read(&file, "write what the candidate is told, in Markdown");
        let Some(source) = source else { return String::new() };
        if source.text.trim().is_empty() {
            let mut problem = whole_file(Rule::FileEmpty, &file, "the briefing is empty");
            problem.help = Some("write what the candidate is told, in Markdown".to_owned());
            self.problems.push(problem);
        }
        source.text
    }

    /// `wiki/*.md` by name.
    pub(crate) fn wiki(&mut self) -> BTreeMap<String, String> {
        let folder = self.path.join("wiki");
        let mut pages = BTreeMap::new();
        for file in self.with_ending(&folder, ".md") {
            let text = self.read(&file, "").map(|source| source.text).unwrap_or_default();
            if let Some(name) = stem(&file) {
                pages.insert(name, text);
            }
        }
        pages
    }
}

/// The name of a file without its ending.
pub(crate) fn stem(file: &Path) -> Option<String> {
    Some(file.file_stem()?.to_string_lossy().into_owned())
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    let missing = || whole_file(Rule::FileMissing, file, "this file is not there");
    let refused = |message: String, help: &str| {
        let mut problem = whole_file(Rule::FileUnreadable, file, message);
        problem.help = Some(help.to_owned());
        problem
    };
    if error.kind() == io::ErrorKind::NotFound {
        missing()
    } else if error.kind() == io::ErrorKind::FileTooLarge {
        let message = format!("this file is larger than {} KiB", LARGEST_FILE / 1024);
        let mut problem = refused(message, "make it smaller, or split it");
        problem.rule = Rule::FileTooLarge;
        problem
    } else if error.kind() == io::ErrorKind::InvalidData {
        refused("this file is not text in UTF-8".to_owned(), "save it as UTF-8")
    } else {
        refused(format!("this file cannot be read: {error}"), "see to its permissions")
    }
}
