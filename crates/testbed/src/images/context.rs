//! A build context in memory: which files, in which order, hashed and as a tar. Reads files, asks
//! nobody anything.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Folders that never go into a context.
const LEFT_OUT: [&str; 2] = ["target", ".git"];

/// The files of a context by their path in it, with `/` between the parts.
#[derive(Debug, Default)]
pub(super) struct Context {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug)]
enum Entry {
    File { executable: bool, bytes: Vec<u8> },
    Link { target: PathBuf },
}

/// What went wrong while a context was put together.
#[derive(Debug)]
pub(super) enum ContextError {
    Read { path: PathBuf, source: io::Error },
    Twice { name: String },
}

impl Context {
    /// Adds a file under `name`, or a folder's files under `name/…`; an empty name is the root.
    pub(super) fn add(&mut self, name: &str, source: &Path) -> Result<(), ContextError> {
        let failed =
            |source_error| ContextError::Read { path: source.to_owned(), source: source_error };
        let what = fs::metadata(source).map_err(failed)?;
        if what.is_dir() {
            return self.add_folder(name, source);
        }
        let bytes = fs::read(source).map_err(failed)?;
        let executable = what.permissions().mode() & 0o111 != 0;
        self.put(name, Entry::File { executable, bytes })
    }

    fn add_folder(&mut self, name: &str, folder: &Path) -> Result<(), ContextError> {
        let failed = |source| ContextError::Read { path: folder.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() && LEFT_OUT.contains(&file.as_str()) {
                continue;
            }
            let inner = if name.is_empty() { file } else { format!("{name}/{file}") };
            if kind.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(failed)?;
                self.put(&inner, Entry::Link { target })?;
            } else {
                self.add(&inner, &entry.path())?;
            }
        }
        Ok(())
    }

    fn put(&mut self, name: &str, entry: Entry) -> Result<(), ContextError> {
        match self.entries.insert(name.to_owned(), entry) {
            None => Ok(()),
            Some(_) => Err(ContextError::Twice { name: name.to_owned() }),
        }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// Feeds everything that the engine will see into `hash`.
    pub(super) fn hash(&self, hash: &mut Inputs) {
        for (name, entry) in &self.entries {
            hash.add(name.as_bytes());
            match entry {
                Entry::File { executable, bytes } => {
                    hash.add(if *executable { b"x" } else { b"-" });
                    hash.add(bytes);
                }
                Entry::Link { target } => {
                    hash.add(b"l");
                    hash.add(target.as_os_str().as_encoded_bytes());
                }
            }
        }
    }

    /// The tar that the engine is sent. Owner and times are the same for everybody, so that its
    /// layer cache works.
    pub(super) fn tar(&self) -> io::Result<Vec<u8>> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, entry) in &self.entries {
            let mut header = tar::Header::new_gnu();
            header.set_mtime(0);
            match entry {
                Entry::File { executable, bytes } => {
                    header.set_mode(if *executable { 0o755 } else { 0o644 });
                    header.set_size(bytes.len() as u64);
                    tar.append_data(&mut header, name, bytes.as_slice())?;
                }
                Entry::Link { target } => {
                    header.set_entry_type(tar::EntryType::Symlink);
                    header.set_mode(0o777);
                    header.set_size(0);
                    tar.append_link(&mut header, name, target)?;
                }
            }
        }
        tar.into_inner()
    }
}

/// A hash over a list of inputs, each with its length, so that no two lists give the same bytes.
pub(super) struct Inputs(Sha256);

impl Inputs {
    /// `format` changes when images have to be built anew although nothing else changed.
    pub(super) fn new(format: &str) -> Inputs {
        let mut inputs = Inputs(Sha256::new());
        inputs.add(format.as_bytes());
        inputs
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Twelve hexadecimal digits, for a tag.
    pub(super) fn tag(self) -> String {
        hex::encode(&self.0.finalize()[..6])
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
