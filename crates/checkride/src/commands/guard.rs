//! The hidden verb behind which a session's guard runs; see [`orchestrator::guard`].

use std::path::{Path, PathBuf};

use anyhow::Result;
use orchestrator::guard::{self, Program};

use crate::cli::GUARD;
use crate::exit::Code;

/// This program under that verb. By the kernel's own link, so that it is this very file even when
/// another one has been built in its place.
pub(super) fn program() -> Option<Program> {
    let link = PathBuf::from("/proc/self/exe");
    let path = if link.exists() { link } else { std::env::current_exe().ok()? };
    Some(Program { path, args: vec![GUARD.to_owned()] })
}

pub(super) async fn run(home: &Path, session: &str) -> Result<Code> {
    guard::keep(home, session).await?;
    Ok(Code::Ok)
}
