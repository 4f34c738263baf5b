//! Frames: what turns messages into bytes and back.
//!
//! One frame is four bytes of length (big endian, the tag included), one byte of tag, and the
//! payload. [`Open`], [`Dialled`] and [`Line`] are JSON inside; what people type and programs print
//! is raw bytes, never escaped and never interpreted. Works on byte buffers only: whoever owns the
//! stream reads into a [`Decoder`] and writes what [`Message::encode`] appended.

mod decoder;
mod error;
mod tag;

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use decoder::Decoder;
pub use error::WireError;

use crate::{Dialled, FromTerminal, Line, Open, Reply, ToTerminal};

/// The largest payload, in bytes, that either side accepts.
pub const LIMIT: usize = 1 << 20;

/// Length and tag.
const HEADER: usize = 5;

/// Something that travels as a frame.
pub trait Message: Sized {
    /// Appends the message to `out`: one frame, or several where raw bytes exceed [`LIMIT`].
    ///
    /// # Errors
    /// [`WireError::TooLong`] when a message that cannot be split exceeds [`LIMIT`]; `out` is then
    /// as it was.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError>;

    /// Reads the message that a frame carries.
    ///
    /// # Errors
    /// [`WireError::Tag`] for a frame of another kind, else what is wrong with the payload.
    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError>;

    /// The message as bytes of its own.
    ///
    /// # Errors
    /// As [`Message::encode`].
    fn to_frame(&self) -> Result<Vec<u8>, WireError> {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }
}

/// Appends bytes that a terminal printed, without a [`FromTerminal`] in between: the path on which
/// a copy would cost.
pub fn encode_output(bytes: &[u8], out: &mut Vec<u8>) {
    put_raw(tag::OUTPUT, bytes, out);
}

/// Appends bytes for a terminal, without a [`ToTerminal`] in between.
pub fn encode_input(bytes: &[u8], out: &mut Vec<u8>) {
    put_raw(tag::INPUT, bytes, out);
}

/// Appends one frame. The payload's length has been checked.
fn put(tag: u8, payload: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(payload.len() + 1).unwrap_or(u32::MAX);
    out.reserve(HEADER + payload.len());
    out.extend_from_slice(&length.to_be_bytes());
    out.push(tag);
    out.extend_from_slice(payload);
}

/// Appends raw bytes, in as many frames as they need; nothing is one empty frame.
fn put_raw(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.is_empty() {
        put(tag, bytes, out);
    }
    for chunk in bytes.chunks(LIMIT) {
        put(tag, chunk, out);
    }
}

/// Appends a message as JSON.
fn put_json<T: Serialize>(tag: u8, message: &T, out: &mut Vec<u8>) -> Result<(), WireError> {
    let payload = serde_json::to_vec(message).map_err(|source| WireError::Json { tag, source })?;
    if payload.len() > LIMIT {
        return Err(WireError::TooLong { length: payload.len() });
    }
    put(tag, &payload, out);
    Ok(())
}

/// Reads a message that is JSON inside.
fn get_json<T: DeserializeOwned>(wanted: u8, tag: u8, payload: &[u8]) -> Result<T, WireError> {
    if tag != wanted {
        return Err(WireError::Tag { tag });
    }
    serde_json::from_slice(payload).map_err(|source| WireError::Json { tag, source })
}

/// Reads a payload of a fixed size.
fn get_array<const N: usize>(tag: u8, payload: &[u8]) -> Result<[u8; N], WireError> {
    payload.try_into().map_err(|_| WireError::Size { tag, wanted: N, length: payload.len() })
}

impl Message for Open {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        put_json(tag::OPEN, self, out)
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        get_json(tag::OPEN, tag, payload)
    }
}

impl Message for Dialled {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        put_json(tag::DIALLED, self, out)
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        get_json(tag::DIALLED, tag, payload)
    }
}

impl Message for Line {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        put_json(tag::LINE, self, out)
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        get_json(tag::LINE, tag, payload)
    }
}

impl Message for Reply {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        match self {
            Self::Stdout(bytes) => put_raw(tag::STDOUT, bytes, out),
            Self::Stderr(bytes) => put_raw(tag::STDERR, bytes, out),
            Self::Exit(code) => put(tag::EXIT, &[*code], out),
        }
        Ok(())
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        match tag {
            tag::STDOUT => Ok(Self::Stdout(payload.to_vec())),
            tag::STDERR => Ok(Self::Stderr(payload.to_vec())),
            tag::EXIT => get_array(tag, payload).map(|[code]| Self::Exit(code)),
            _ => Err(WireError::Tag { tag }),
        }
    }
}

impl Message for ToTerminal {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        match self {
            Self::Input(bytes) => put_raw(tag::INPUT, bytes, out),
            Self::Resize { columns, rows } => {
                let ([a, b], [c, d]) = (columns.to_be_bytes(), rows.to_be_bytes());
                put(tag::RESIZE, &[a, b, c, d], out);
            }
            Self::Close => put(tag::CLOSE, &[], out),
        }
        Ok(())
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        match tag {
            tag::INPUT => Ok(Self::Input(payload.to_vec())),
            tag::RESIZE => get_array(tag, payload).map(|[a, b, c, d]| Self::Resize {
                columns: u16::from_be_bytes([a, b]),
                rows: u16::from_be_bytes([c, d]),
            }),
            tag::CLOSE => get_array(tag, payload).map(|[]| Self::Close),
            _ => Err(WireError::Tag { tag }),
        }
    }
}

impl Message for FromTerminal {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
        match self {
            Self::Output(bytes) => put_raw(tag::OUTPUT, bytes, out),
            Self::Took { bytes, masked } => {
                let [a, b, c, d] = bytes.to_be_bytes();
                put(tag::TOOK, &[a, b, c, d, u8::from(*masked)], out);
            }
            Self::Exited(None) => put(tag::EXITED, &[], out),
            Self::Exited(Some(code)) => put(tag::EXITED, &code.to_be_bytes(), out),
        }
        Ok(())
    }

    fn decode(tag: u8, payload: &[u8]) -> Result<Self, WireError> {
        match tag {
            tag::OUTPUT => Ok(Self::Output(payload.to_vec())),
            tag::TOOK => get_array(tag, payload).map(|[a, b, c, d, masked]| Self::Took {
                bytes: u32::from_be_bytes([a, b, c, d]),
                masked: masked != 0,
            }),
            tag::EXITED if payload.is_empty() => Ok(Self::Exited(None)),
            tag::EXITED => {
                get_array(tag, payload).map(|code| Self::Exited(Some(i32::from_be_bytes(code))))
            }
            _ => Err(WireError::Tag { tag }),
        }
    }
}
