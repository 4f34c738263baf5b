//! A journal as two files: the lines, and beside them the signed head. Knows when what reaches the
//! disk; the format is [`session::journal`]'s, and what is recorded is the recorder's business.
//!
//! The head is overwritten in its place: it fits into one sector of a disk, which is written whole
//! or not at all, and a rename with each commit would be one more change of the file system's
//! metadata to bring to the disk. Who reads it while it is being overwritten may see half of it, and
//! reads again: see [`crate::report::verify`].

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use session::event::Event;
use session::journal::recover::GoOn;
use session::journal::{Head, Header, JournalError, Writer};

/// A journal that is being written. Dropping it leaves it unsealed.
#[derive(Debug)]
pub struct JournalFile {
    writer: Writer<File>,
    disk: Arc<Disk>,
}

/// Lines that are written and signed, and not yet brought to stable storage.
#[derive(Debug)]
#[must_use = "nothing is on stable storage before it is kept"]
pub struct Commit {
    head: Head,
    disk: Arc<Disk>,
}

/// What a commit needs of a journal. Apart from the writer, so that nobody who appends waits for
/// the disk.
#[derive(Debug)]
struct Disk {
    lines: File,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    head: File,
    /// Of the newest head that was written; `None` before the first.
    lines: Option<u64>,
}

/// One sector of any disk, in bytes. A head takes some 330.
const SECTOR: usize = 512;

/// Why a journal could not be written.
#[derive(Debug, thiserror::Error)]
pub enum JournalFileError {
    #[error("cannot create `{path}`; free some space or set CHECKRIDE_HOME to another disk")]
    Create { path: PathBuf, source: io::Error },
    #[error("cannot open `{path}`")]
    Open { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("cannot bring the journal to the disk; free some space")]
    Sync(#[source] io::Error),
    #[error("somebody deleted it; leave the sessions in CHECKRIDE_HOME alone while they run")]
    Deleted,
}

impl JournalFile {
    /// Begins a journal in a new file at `path`; its head will be kept at `head`.
    ///
    /// # Errors
    /// When there is such a file already, or it cannot be created.
    pub fn create(
        path: &Path,
        head: &Path,
        header: &Header,
        key: &[u8; 32],
    ) -> Result<JournalFile, JournalFileError> {
        let file = File::create_new(path)
            .map_err(|source| JournalFileError::Create { path: path.to_owned(), source })?;
        let disk = Disk::of(&file, head)?;
        Ok(JournalFile { writer: Writer::create(file, header, key)?, disk })
    }

    /// Goes on with a journal whose recorder died; a torn last line is cut off.
    ///
    /// # Errors
    /// When the file cannot be opened or cut, or the key is another.
    pub fn resume(
        path: &Path,
        head: &Path,
        go_on: &GoOn,
        key: &[u8; 32],
    ) -> Result<JournalFile, JournalFileError> {
        let open = |source| JournalFileError::Open { path: path.to_owned(), source };
        let file = OpenOptions::new().append(true).open(path).map_err(open)?;
        file.set_len(go_on.keep_bytes).map_err(open)?;
        let disk = Disk::of(&file, head)?;
        Ok(JournalFile { writer: Writer::resume(file, go_on, key)?, disk })
    }

    /// Hands one event to the operating system: it survives this process, not yet a power cut.
    ///
    /// # Errors
    /// When it cannot be written; nothing may be appended afterwards.
    pub fn append(&mut self, event: &Event) -> Result<(), JournalFileError> {
        Ok(self.writer.append(event)?)
    }

    /// Signs everything so far. More may be appended while the [`Commit`] is being kept.
    ///
    /// # Errors
    /// When an earlier write failed.
    pub fn commit(&mut self) -> Result<Commit, JournalFileError> {
        Ok(Commit { head: self.writer.commit()?, disk: Arc::clone(&self.disk) })
    }

    /// Ends the journal with its signed seal, on stable storage.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn seal(mut self) -> Result<(), JournalFileError> {
        let head = self.writer.seal()?;
        Commit { head, disk: self.disk }.keep()
    }
}

impl Commit {
    /// Brings the lines to stable storage, then replaces the signed head. Of several at once, each
    /// waits for the one before, and has nothing to do where a later one was faster.
    ///
    /// # Errors
    /// When the disk refuses, or somebody deleted the journal.
    pub fn keep(self) -> Result<(), JournalFileError> {
        let Commit { head, disk } = self;
        let mut kept = disk.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.lines.is_some_and(|lines| lines >= head.lines) {
            return Ok(());
        }
        disk.bring()?;
        kept.replace(&head).map_err(JournalFileError::Sync)
    }
}

impl Disk {
    fn of(lines: &File, head: &Path) -> Result<Arc<Disk>, JournalFileError> {
        let create = |source| JournalFileError::Create { path: head.to_owned(), source };
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(head);
        let kept = Mutex::new(Kept { head: opened.map_err(create)?, lines: None });
        Ok(Arc::new(Disk { lines: lines.try_clone().map_err(create)?, kept }))
    }

    /// Brings the lines to stable storage, which is of use only where somebody can find them.
    fn bring(&self) -> Result<(), JournalFileError> {
        let synced = self.lines.sync_data().and_then(|()| self.lines.metadata());
        match synced.map_err(JournalFileError::Sync)?.nlink() {
            0 => Err(JournalFileError::Deleted),
            _ => Ok(()),
        }
    }
}

impl Kept {
    fn replace(&mut self, head: &Head) -> io::Result<()> {
        let mut bytes = head.to_bytes();
        // What is left of a longer one before it would be no JSON.
        bytes.resize(bytes.len().next_multiple_of(SECTOR), b'\n');
        self.head.write_all_at(&bytes, 0)?;
        self.lines = Some(head.lines);
        Ok(())
    }
}

/// What stands in the head beside a journal; `None` where there is none, or none yet.
pub fn head_beside(journal: &Path) -> Option<Vec<u8>> {
    // What cannot be read is for the verdict to judge: it says what is then unchecked.
    let bytes = std::fs::read(journal.with_extension("head")).ok();
    bytes.filter(|bytes| !bytes.is_empty())
}
