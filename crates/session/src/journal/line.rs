//! The layout of one line: where its hash, its predecessor's hash and its sequence stand.
//!
//! All by position, without parsing JSON, so that checking a journal costs little more than its
//! SHA-256.

use sha2::{Digest, Sha256};

/// A SHA-256 in lower-case hex.
pub(super) type Hash = [u8; 64];

const HASH_FIELD: &[u8] = b",\"hash\":\"";
const PREV_FIELD: &[u8] = b",\"prev\":\"";
const END: &[u8] = b"\"}\n";
const HASH_TAIL: usize = HASH_FIELD.len() + 64 + END.len();
const PREV_TAIL: usize = PREV_FIELD.len() + 64 + 1;

/// Ends a line: `line` is a JSON object without its closing brace, and gets `prev` (but for the
/// header), its hash, the brace and a newline. Gives the hash.
pub(super) fn finish(line: &mut Vec<u8>, prev: Option<&Hash>) -> Hash {
    if let Some(prev) = prev {
        line.extend_from_slice(PREV_FIELD);
        line.extend_from_slice(prev);
        line.push(b'"');
    }
    let hash = hash_of(line);
    line.extend_from_slice(HASH_FIELD);
    line.extend_from_slice(&hash);
    line.extend_from_slice(END);
    hash
}

pub(super) fn hash_of(bytes: &[u8]) -> Hash {
    let mut hash = [0; 64];
    // Cannot fail: a SHA-256 is 32 bytes, which are 64 digits.
    let _ = hex::encode_to_slice(Sha256::digest(bytes), &mut hash);
    hash
}

/// A hash as text; it is ASCII by construction, anything else is shown as it can be.
pub(super) fn text(hash: &Hash) -> String {
    String::from_utf8_lossy(hash).into_owned()
}

/// A line taken apart by position. Says nothing yet about whether its hash is right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    /// What the hash is made over.
    pub(super) hashed: &'a [u8],
    /// The object without `prev` and `hash`, without the closing brace.
    pub(super) body: &'a [u8],
    pub(super) prev: Option<&'a [u8]>,
    pub(super) hash: &'a [u8],
}

/// Takes a line (with its newline) apart; `None` when it has not the layout.
pub(super) fn parts(line: &[u8]) -> Option<Parts<'_>> {
    let (hashed, tail) = line.split_at_checked(line.len().checked_sub(HASH_TAIL)?)?;
    let hash = tail.strip_prefix(HASH_FIELD)?.strip_suffix(END)?;
    if !hashed.starts_with(b"{\"") {
        return None;
    }
    let (body, prev) = split_prev(hashed).map_or((hashed, None), |(body, prev)| (body, Some(prev)));
    Some(Parts { hashed, body, prev, hash })
}

fn split_prev(hashed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (body, tail) = hashed.split_at_checked(hashed.len().checked_sub(PREV_TAIL)?)?;
    Some((body, tail.strip_prefix(PREV_FIELD)?.strip_suffix(b"\"")?))
}

impl Parts<'_> {
    /// Whether the line's content matches its own hash.
    pub(super) fn is_true(&self) -> bool {
        hash_of(self.hashed) == *self.hash
    }

    /// The hash, when it is as long as one.
    pub(super) fn hash(&self) -> Option<Hash> {
        self.hash.try_into().ok()
    }

    /// The sequence number, by position: `{"seq":N,`.
    pub(super) fn seq(&self) -> Option<u64> {
        let digits = self.body.strip_prefix(b"{\"seq\":")?;
        let end = digits.iter().position(|byte| *byte == b',')?;
        std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
    }

    /// The object as JSON text.
    pub(super) fn json(&self) -> Vec<u8> {
        [self.body, b"}"].concat()
    }

    /// The signature of a seal, when this line is one.
    pub(super) fn seal(&self) -> Option<String> {
        let after_seq = &self.body[self.body.iter().position(|byte| *byte == b',')?..];
        let rest = after_seq.strip_prefix(b",\"seal\":{\"signature\":\"")?;
        let signature = rest.strip_suffix(b"\"}")?;
        String::from_utf8(signature.to_vec()).ok()
    }
}

/// The body of a seal, up to where [`finish`] goes on.
pub(super) fn seal(seq: u64, signature: &str) -> Vec<u8> {
    format!("{{\"seq\":{seq},\"seal\":{{\"signature\":\"{signature}\"}}").into_bytes()
}
