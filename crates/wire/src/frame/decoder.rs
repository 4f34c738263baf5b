//! The reading half: bytes go in as they come, messages come out when they are whole.

use super::{HEADER, LIMIT, Message, WireError};

/// Collects bytes until they make frames. After an error the stream is of no more use.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    /// How much of `buffer` has been handed out.
    taken: usize,
}

impl Decoder {
    /// One without bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes as they were read. Never fails; [`Decoder::next`] judges them.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.taken == self.buffer.len() {
            self.buffer.clear();
            self.taken = 0;
        } else if self.taken > LIMIT {
            self.buffer.drain(..self.taken);
            self.taken = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes are pushed.
    ///
    /// # Errors
    /// A length over [`LIMIT`] as soon as it is seen (nothing is allocated for it), and whatever
    /// [`Message::decode`] finds.
    #[expect(clippy::should_implement_trait, reason = "the kind of message is the caller's choice")]
    pub fn next<M: Message>(&mut self) -> Result<Option<M>, WireError> {
        let rest = self.rest();
        let Some((length, after)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length > LIMIT + 1 {
            return Err(WireError::TooLong { length: length - 1 });
        }
        if length == 0 {
            return Err(WireError::Empty);
        }
        let Some(([tag], payload)) = after.get(..length).and_then(|body| body.split_first_chunk())
        else {
            return Ok(None);
        };
        let message = M::decode(*tag, payload);
        self.taken += HEADER - 1 + length;
        message.map(Some)
    }

    /// The bytes that no message has used yet. After [`crate::Dialled`] they are the first raw ones.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.taken..).unwrap_or_default()
    }

    /// The bytes that no message has used yet.
    pub fn into_rest(mut self) -> Vec<u8> {
        self.buffer.split_off(self.taken.min(self.buffer.len()))
    }

    /// To be asked when the stream has ended.
    ///
    /// # Errors
    /// [`WireError::Cut`] when it ended inside a frame.
    pub fn finish(&self) -> Result<(), WireError> {
        match self.rest().len() {
            0 => Ok(()),
            left => Err(WireError::Cut { left }),
        }
    }
}
