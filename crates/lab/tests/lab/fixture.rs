//! Labs for tests: a good one from a folder, and edits that make it wrong.
//!
//! A file of edits holds cases, `=== name`, each with edits of the lab `full`:
//! `@@ replace <file>` with `-` lines, of which the text must stand there once, and the `+` lines
//! that take its place; `@@ write <file>` with its text; `@@ remove <path>`; `@@ fill <file> <bytes>`;
//! `@@ not-text <file>`. Lines that begin with `# ` before the first edit are comments.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use lab::files::{Files, Memory};

/// A lab in memory, of which some files are not text.
#[derive(Clone, Default)]
pub struct Tree {
    files: Memory,
    not_text: BTreeSet<PathBuf>,
}

/// One case of a file of edits.
pub struct Case {
    pub name: String,
    pub edits: Vec<Edit>,
}

/// One edit: what to do, and the lines below.
pub struct Edit {
    command: String,
    lines: Vec<String>,
}

/// The folder of the fixtures.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The good lab of this name, under its own name as the folder.
pub fn good(name: &str) -> Tree {
    let mut tree = Tree::default();
    add(&fixtures().join(name), Path::new(name), &mut tree);
    tree
}

fn add(from: &Path, to: &Path, tree: &mut Tree) {
    for entry in std::fs::read_dir(from).expect("a folder of fixtures") {
        let entry = entry.expect("an entry of that folder");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            add(&from, &to, tree);
        } else {
            let text = std::fs::read_to_string(&from).expect("a fixture");
            tree.files.put(to, text);
        }
    }
}

/// The cases of a file of edits.
pub fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a file of edits");
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.to_owned(), edits: Vec::new() });
        } else if let Some(command) = line.strip_prefix("@@ ") {
            let case = cases.last_mut().expect("a case before its edits");
            case.edits.push(Edit { command: command.to_owned(), lines: Vec::new() });
        } else if let Some(edit) = cases.last_mut().and_then(|case| case.edits.last_mut()) {
            edit.lines.push(line.to_owned());
        }
    }
    cases
}

impl Tree {
    /// The lab `full` after the edits of a case.
    pub fn edited(case: &Case) -> Self {
        let mut tree = good("full");
        for edit in &case.edits {
            tree.apply(edit);
        }
        tree
    }

    fn apply(&mut self, edit: &Edit) {
        let words: Vec<&str> = edit.command.split(' ').collect();
        let path = Path::new("full").join(words[1]);
        match words[0] {
            "replace" => self.replace(&path, &edit.lines),
            "write" => self.files.put(path, edit.lines.join("\n") + "\n"),
            "remove" => self.files.remove(&path),
            "fill" => {
                let bytes = words[2].parse().expect("a number of bytes");
                self.files.put(path, "x".repeat(bytes));
            }
            other => {
                assert_eq!(other, "not-text", "there is no such edit");
                self.not_text.insert(path);
            }
        }
    }

    fn replace(&mut self, path: &Path, lines: &[String]) {
        let with = |mark: char| -> String {
            let lines: Vec<&str> =
                lines.iter().filter_map(|line| line.strip_prefix(mark)).collect();
            lines.join("\n")
        };
        let (mut old, new) = (with('-'), with('+'));
        if new.is_empty() {
            old.push('\n');
        }
        let text = self.files.read(path).expect("a file to edit");
        assert_eq!(text.matches(&old).count(), 1, "not once in {}:\n{old}", path.display());
        self.files.put(path, text.replacen(&old, &new, 1));
    }
}

impl Files for Tree {
    fn read(&self, path: &Path) -> io::Result<String> {
        if self.not_text.contains(path) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.files.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.files.list(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.exists(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files.is_folder(path)
    }
}
