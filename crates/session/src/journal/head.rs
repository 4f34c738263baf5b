//! What is signed: the newest line of a journal, so that a tail cut off later is missed.
//!
//! The public key is stored beside the journal; the secret one never enters the lab.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The signed name of a journal's newest line. Its bytes are the whole of the head file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub session: String,
    /// The id of the key that signed.
    pub key: String,
    /// Lines after the header so far; the newest has sequence `lines - 1`. 0 when there is none.
    pub lines: u64,
    /// Of the newest line, lower-case hex.
    pub hash: String,
    /// Whether that line is the seal.
    pub sealed: bool,
    /// Ed25519 over the fields above, lower-case hex.
    pub signature: String,
}

impl Head {
    pub(super) fn sign(
        key: &SigningKey,
        session: &str,
        lines: u64,
        hash: String,
        sealed: bool,
    ) -> Head {
        let mut head = Head {
            session: session.to_owned(),
            key: key_id(key.verifying_key().as_bytes()),
            lines,
            hash,
            sealed,
            signature: String::new(),
        };
        head.signature = hex::encode(key.sign(&head.signed_bytes()).to_bytes());
        head
    }

    /// The bytes of the head file: one line of JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, a number and a bool always have a JSON form.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a head file; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Head> {
        serde_json::from_slice(bytes).ok()
    }

    /// Whether `public_key` signed exactly this.
    pub fn is_signed_by(&self, public_key: &[u8; 32]) -> bool {
        is_signed(public_key, &self.signed_bytes(), &self.signature)
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let Head { session, key, lines, hash, sealed, signature: _ } = self;
        message("head", &[session, key, &lines.to_string(), hash, &sealed.to_string()])
    }
}

/// What the seal of a journal signs: the line before it.
pub(super) fn seal_message(session: &str, seq: u64, prev: &str) -> Vec<u8> {
    message("seal", &[session, &seq.to_string(), prev])
}

/// Fields with their lengths, so that no two lists of fields give the same bytes.
fn message(purpose: &str, fields: &[&str]) -> Vec<u8> {
    let mut message = format!("checkride journal 1 {purpose}\n");
    for field in fields {
        message.push_str(&format!("{} {field}\n", field.len()));
    }
    message.into_bytes()
}

pub(super) fn signature(key: &SigningKey, message: &[u8]) -> String {
    hex::encode(key.sign(message).to_bytes())
}

pub(super) fn is_signed(public_key: &[u8; 32], message: &[u8], signature: &str) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public_key) else { return false };
    let mut bytes = [0; 64];
    // `hex` also reads capitals; one signature has one spelling here.
    if hex::decode_to_slice(signature, &mut bytes).is_err() || hex::encode(bytes) != signature {
        return false;
    }
    key.verify_strict(message, &Signature::from_bytes(&bytes)).is_ok()
}

/// The public half of a secret key.
pub fn public_key(key: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(key).verifying_key().to_bytes()
}

/// The short name of a public key: the first 16 hex digits of its SHA-256.
pub fn key_id(public_key: &[u8; 32]) -> String {
    hex::encode(&Sha256::digest(public_key)[..8])
}
