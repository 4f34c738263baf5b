//! What can be wrong with a frame. Not what can be wrong with the stream below it.

use super::LIMIT;

/// Why bytes are no message, or a message cannot become bytes.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// A length over the limit, read or to be written.
    #[error(
        "a frame of {length} bytes is over the limit of {LIMIT}; the two sides disagree on the protocol"
    )]
    TooLong { length: usize },

    /// A length of zero: there is no tag.
    #[error("a frame without a tag; the two sides disagree on the protocol")]
    Empty,

    /// A tag that is unknown, or of another kind of message than this stream carries.
    #[error("a frame with tag {tag} does not belong on this stream")]
    Tag { tag: u8 },

    /// A payload whose size its tag fixes.
    #[error("a frame with tag {tag} has {length} bytes instead of {wanted}")]
    Size { tag: u8, wanted: usize, length: usize },

    /// JSON that is none, or that has another shape.
    #[error("the payload of a frame with tag {tag} is unreadable")]
    Json { tag: u8, source: serde_json::Error },

    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame, {left} bytes into it")]
    Cut { left: usize },
}
