//! Tests of the whole that need no Docker: the rules of the repository, and the program's words.
//!
//! - [`tidy`]: the invariants of ARCHITECTURE.md that can be read off the files
//! - [`program`]: the real binary: what it prints, and how it ends
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;
mod tidy;
