//! `checkride verify`: is a journal whole and unaltered, and if not, where is it broken.

use std::path::PathBuf;

use anyhow::Result;
use orchestrator::report;

use crate::exit::Code;
use crate::{places, print};

pub(super) fn run(session: &str, json: bool) -> Result<Code> {
    let home = places::home()?;
    let journal = match journal_at(session) {
        Some(path) => path,
        None => home.find(session)?.journal(),
    };
    let verdict = report::verify(&home, &journal)?;
    if json {
        print::json(&verdict)?;
    } else {
        print::out(&format!("{}: {}", journal.display(), verdict.sentence));
    }
    Ok(if verdict.is_intact() { Code::Ok } else { Code::No })
}

/// A path of a journal, or of a folder with one.
fn journal_at(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    let inside = path.join("journal.jsonl");
    if inside.is_file() { Some(inside) } else { path.is_file().then_some(path) }
}
