//! Appends events to a journal and seals it.
//!
//! Each line goes to the given [`Write`] whole. When it must reach the disk is the caller's
//! decision: after [`Writer::commit`], `fsync` what [`Writer::get_ref`] gives, then replace the
//! head file with the head's bytes. In that order a crash between the two leaves lines that no
//! head names yet, never a head that names lines which are not there.

use std::io::Write;

use ed25519_dalek::SigningKey;

use super::head::{Head, key_id, seal_message, signature};
use super::line::{self, Hash};
use super::recover::GoOn;
use super::{Header, JournalError, LINE_LIMIT};
use crate::event::Event;

/// Writes one journal. Dropping it leaves the journal unsealed, which a later start finds.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    /// Room for one line, kept from one to the next.
    line: Vec<u8>,
    key: SigningKey,
    session: String,
    /// The sequence of the next line.
    next: u64,
    last: Hash,
    sealed: bool,
    /// A line may have been written in part: nothing may follow it.
    failed: bool,
}

impl<W: Write> Writer<W> {
    /// Starts a journal in `out`, which must be empty, with its header.
    ///
    /// `key` is the secret key (32 random bytes); `header` must have been made with it.
    pub fn create(mut out: W, header: &Header, key: &[u8; 32]) -> Result<Self, JournalError> {
        let key = own_key(&header.key, key)?;
        let mut line =
            serde_json::to_vec(header).map_err(|source| JournalError::Encode { seq: 0, source })?;
        line.pop();
        let last = line::finish(&mut line, None);
        out.write_all(&line).map_err(JournalError::Write)?;
        Ok(Writer {
            out,
            line,
            key,
            session: header.session.clone(),
            next: 0,
            last,
            sealed: false,
            failed: false,
        })
    }

    /// Goes on with a journal that [`super::recover()`] found unsealed. `out` must stand at the end
    /// of the journal cut to [`GoOn::keep_bytes`].
    pub fn resume(out: W, go_on: &GoOn, key: &[u8; 32]) -> Result<Self, JournalError> {
        let key = own_key(&go_on.header.key, key)?;
        let session = go_on.header.session.clone();
        Ok(Writer {
            out,
            line: Vec::new(),
            key,
            session,
            next: go_on.next_seq,
            last: go_on.last,
            sealed: false,
            failed: false,
        })
    }

    /// Writes one event. Its sequence must be the next one.
    pub fn append(&mut self, event: &Event) -> Result<(), JournalError> {
        let seq = event.seq;
        if seq != self.next {
            return Err(JournalError::OutOfOrder { seq, expected: self.next });
        }
        put(event, &mut self.line)?;
        self.write()
    }

    /// Hands everything written so far to the operating system, and signs it.
    ///
    /// A new head each time; [`Head::to_bytes`] is what belongs into the head file.
    pub fn commit(&mut self) -> Result<Head, JournalError> {
        if self.failed {
            return Err(JournalError::Failed);
        }
        if let Err(error) = self.out.flush() {
            self.failed = true;
            return Err(JournalError::Write(error));
        }
        let hash = line::text(&self.last);
        Ok(Head::sign(&self.key, &self.session, self.next, hash, self.sealed))
    }

    /// Ends the journal with a signed seal and commits. Nothing can be added afterwards.
    pub fn seal(&mut self) -> Result<Head, JournalError> {
        let message = seal_message(&self.session, self.next, &line::text(&self.last));
        self.line = line::seal(self.next, &signature(&self.key, &message));
        self.write()?;
        self.sealed = true;
        self.commit()
    }

    /// What is written to, for `fsync`.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Gives back what is written to. What was not committed may still be in its buffer.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Ends [`Self::line`] and hands it on.
    fn write(&mut self) -> Result<(), JournalError> {
        if self.sealed {
            return Err(JournalError::Sealed);
        }
        if self.failed {
            return Err(JournalError::Failed);
        }
        let hash = line::finish(&mut self.line, Some(&self.last));
        let bytes = self.line.len();
        if bytes > LINE_LIMIT {
            self.line = Vec::new();
            return Err(JournalError::TooLong { seq: self.next, bytes });
        }
        if let Err(error) = self.out.write_all(&self.line) {
            self.failed = true;
            return Err(JournalError::Write(error));
        }
        self.last = hash;
        self.next += 1;
        Ok(())
    }
}

/// Makes an event the beginning of `line`, which [`line::finish`] ends. Apart from the writer, so that what writes an
/// event down is compiled here alone, and not once more for each kind of file.
fn put(event: &Event, line: &mut Vec<u8>) -> Result<(), JournalError> {
    line.clear();
    serde_json::to_writer(&mut *line, event)
        .map_err(|source| JournalError::Encode { seq: event.seq, source })?;
    line.pop();
    Ok(())
}

fn own_key(wanted: &str, key: &[u8; 32]) -> Result<SigningKey, JournalError> {
    let key = SigningKey::from_bytes(key);
    let given = key_id(key.verifying_key().as_bytes());
    if given != wanted {
        return Err(JournalError::OtherKey { journal: wanted.to_owned(), given });
    }
    Ok(key)
}
