//! The agent as a process, driven over its stdin and stdout as the other side drives it: terminals,
//! command lines, dials and questions. Runs as whoever runs the tests, with the very `bash.bashrc` of
//! the image; what only the image can show is in `image.rs`.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that sees anything else than it expects fails, also in what its cases share; one \
              prints its table"
)]

#[path = "link/home.rs"]
mod home;

#[path = "link/calls.rs"]
mod calls;
#[path = "link/cases.rs"]
mod cases;
#[path = "link/corpus.rs"]
mod corpus;
#[path = "link/dial.rs"]
mod dial;
#[path = "link/lines.rs"]
mod lines;
#[path = "link/programs.rs"]
mod programs;
#[path = "link/terminal.rs"]
mod terminal;
