//! The timeline on disk: append-only, hash-chained, signed, sealed at the end.
//!
//! A journal is a text file of JSON lines:
//!
//! ```text
//! {"journal":"checkride","version":1,"session":…,"lab":…,"key":…,"hash":H0}
//! {"seq":0,"at_s":…,"wall":…,…,"prev":H0,"hash":H1}
//! {"seq":1,…,"prev":H1,"hash":H2}
//! {"seq":2,"seal":{"signature":…},"prev":H2,"hash":H3}
//! ```
//!
//! `hash` is the SHA-256, in lower-case hex, of the line's own bytes before `,"hash":`. It is the
//! last field and has a fixed width, so it is cut off by position and nothing is ever written
//! anew to be checked. `prev` is the hash of the line before.
//!
//! A chain alone can be made anew by anybody, and its tail cut off unseen. So the newest line is
//! named by a signed [`Head`] in a small file beside the journal, replaced at each commit, and the
//! seal carries a signature of its own. Neither helps against somebody who holds the key, or who
//! replaces journal, head and public key together: show the seal's hash outside, too.
//!
//! This module decides nothing about files: when to `fsync` and how to replace the head is the
//! caller's.
//!
//! - [`writer`]: appends events and seals
//! - [`head`]: what is signed
//! - [`verify`](mod@verify): whether a journal is whole, and where it is not
//! - [`recover`](mod@recover): reading back, and going on after a crash

pub mod head;
mod line;
pub mod recover;
pub mod verify;
pub mod writer;

use serde::{Deserialize, Serialize};

pub use head::{Head, key_id, public_key};
pub use recover::{Recovery, read, recover};
pub use verify::{Problem, State, Verdict, verify};
pub use writer::Writer;

/// The version of the format that this module writes and reads.
pub const VERSION: u32 = 1;

/// The longest line in bytes, its newline included. Writing a longer one is an error, and reading
/// one breaks the journal: it bounds what a hostile file can make a reader keep.
pub const LINE_LIMIT: usize = 16 * 1024 * 1024;

/// The first line: whose journal this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `checkride`.
    pub journal: String,
    /// [`VERSION`].
    pub version: u32,
    pub session: String,
    /// The id of the lab.
    pub lab: String,
    /// The id of the key that signs, see [`key_id`].
    pub key: String,
}

impl Header {
    /// The header of a new journal whose heads are signed with the secret `key`.
    pub fn new(session: &str, lab: &str, key: &[u8; 32]) -> Header {
        Header {
            journal: "checkride".to_owned(),
            version: VERSION,
            session: session.to_owned(),
            lab: lab.to_owned(),
            key: key_id(&public_key(key)),
        }
    }
}

/// Why a journal could not be written, or not be read back.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("journal cannot be written; free some space or choose another data directory")]
    Write(#[source] std::io::Error),
    #[error("journal cannot be read")]
    Read(#[source] std::io::Error),
    #[error("event {seq} cannot be written as json")]
    Encode {
        seq: u64,
        #[source]
        source: serde_json::Error,
    },
    #[error("event {seq} takes {bytes} bytes, more than a journal line may ({LINE_LIMIT})")]
    TooLong { seq: u64, bytes: usize },
    #[error("event {seq} is out of order, the journal goes on with {expected}")]
    OutOfOrder { seq: u64, expected: u64 },
    #[error("journal is sealed, nothing can be added to it")]
    Sealed,
    #[error("journal could not be written earlier and ends there")]
    Failed,
    #[error("journal is signed by key {journal}, the key given is {given}; give the session's own")]
    OtherKey { journal: String, given: String },
    #[error("journal is not intact: {0}; look at it with `checkride verify`")]
    Broken(String),
    #[error("line {seq} of the journal is whole but is no event of this version")]
    Decode {
        seq: u64,
        #[source]
        source: serde_json::Error,
    },
}

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod mutation_tests;
#[cfg(test)]
mod tests;
