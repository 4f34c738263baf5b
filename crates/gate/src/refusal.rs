//! Why a call does not pass, in Docker's own form for an error.

use std::fmt;

/// An answer instead of the one that was asked for. The Docker CLI shows the message as
/// `Error response from daemon: <message>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the HTTP answer: 400, 403, 404, 409, 413, 429 or 500.
    pub status: u16,
    /// Lowercase, no full stop, with the remedy where there is one.
    pub message: String,
}

impl Refusal {
    /// The request is not one that a Docker client would send.
    pub fn malformed(message: impl Into<String>) -> Refusal {
        Refusal { status: 400, message: message.into() }
    }

    /// The request is understood and not allowed.
    pub fn forbidden(message: impl Into<String>) -> Refusal {
        Refusal { status: 403, message: message.into() }
    }

    /// There is no such container, in the words of the engine.
    pub fn no_container(reference: &str) -> Refusal {
        Refusal { status: 404, message: format!("No such container: {reference}") }
    }

    /// There is no such exec, in the words of the engine.
    pub fn no_exec(id: &str) -> Refusal {
        Refusal { status: 404, message: format!("No such exec instance: {id}") }
    }

    /// The body of the answer.
    pub fn body(&self) -> String {
        serde_json::json!({ "message": self.message }).to_string()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
