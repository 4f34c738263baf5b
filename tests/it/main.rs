//! Tests of the whole that need no Docker: the rules of the repository, and the program's words.
//!
//! - [`tidy`]: the invariants of ARCHITECTURE.md that can be read off the files
//! - [`document`]: the lab that `docs/creating-a-lab.md` has people write
//! - [`program`]: the real binary: what it prints, and how it ends
#![allow(clippy::unwrap_used, clippy::panic)]

mod document;
mod program;
mod tidy;
