//! A journal as two files: the lines, and beside them the signed head. Knows when what reaches the
//! disk; the format is [`session::journal`]'s, and what is recorded is the recorder's business.
//!
//! The head is overwritten in its place: it fits into one sector of a disk, which is written whole
//! or not at all, and it spares the journal of the file system that a rename would cost with each
//! commit (it halved what a session could write). Who reads it while it is being overwritten may see
//! half of it, and reads again: see [`crate::report::verify`].

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use session::event::Event;
use session::journal::recover::GoOn;
use session::journal::{Head, Header, JournalError, Writer};

/// A journal that is being written. Dropping it leaves it unsealed.
#[derive(Debug)]
pub struct JournalFile {
    writer: Writer<File>,
    head: File,
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
        Ok(JournalFile { writer: Writer::create(file, header, key)?, head: open_head(head)? })
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
        Ok(JournalFile { writer: Writer::resume(file, go_on, key)?, head: open_head(head)? })
    }

    /// Hands one event to the operating system: it survives this process, not yet a power cut.
    ///
    /// # Errors
    /// When it cannot be written; nothing may be appended afterwards.
    pub fn append(&mut self, event: &Event) -> Result<(), JournalFileError> {
        Ok(self.writer.append(event)?)
    }

    /// Brings everything so far to stable storage, then replaces the signed head.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn commit(&mut self) -> Result<(), JournalFileError> {
        let head = self.writer.commit()?;
        self.keep(&head)
    }

    /// Ends the journal with its signed seal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn seal(mut self) -> Result<(), JournalFileError> {
        let head = self.writer.seal()?;
        self.keep(&head)
    }

    fn keep(&self, head: &Head) -> Result<(), JournalFileError> {
        let mut bytes = head.to_bytes();
        // What is left of a longer one before it would be no JSON.
        bytes.resize(bytes.len().next_multiple_of(SECTOR), b'\n');
        let kept = self.writer.get_ref().sync_data();
        kept.and_then(|()| self.head.write_all_at(&bytes, 0)).map_err(JournalFileError::Sync)
    }
}

/// What stands in the head beside a journal; `None` where there is none, or none yet.
pub fn head_beside(journal: &Path) -> Option<Vec<u8>> {
    // What cannot be read is for the verdict to judge: it says what is then unchecked.
    let bytes = std::fs::read(journal.with_extension("head")).ok();
    bytes.filter(|bytes| !bytes.is_empty())
}

fn open_head(path: &Path) -> Result<File, JournalFileError> {
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    opened.map_err(|source| JournalFileError::Create { path: path.to_owned(), source })
}
