//! Process 1: sets everything up, runs it side by side on one thread, and ends when the link does.

use std::ffi::OsString;
use std::fs::{DirBuilder, Permissions, set_permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tokio_util::compat::TokioAsyncReadCompatExt;

use crate::clock::Clock;
use crate::context::{Context, Settings};
use crate::reaper::{Reaper, Signals};
use crate::terminal::Terminals;
use crate::{AgentError, calls, docker, lines, link, stdio, streams};

/// Runs until the other side is gone or somebody outside asks to end. A single argument names the
/// folder of a trial run.
pub fn main(args: &[OsString]) -> ExitCode {
    let settings = match args {
        [] => Settings::workstation(),
        [folder, ..] => Settings::trial(Path::new(folder)),
    };
    let ended = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(AgentError::system("start"))
        .and_then(|runtime| {
            let ended = runtime.block_on(run(settings));
            // A lookup of a name may still be under way; nobody waits for it any more.
            runtime.shutdown_background();
            ended
        });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The last word; if nobody can read it, there is nobody to tell.
            let _ = writeln!(io::stderr(), "{error}{}", reasons(&error));
            ExitCode::FAILURE
        }
    }
}

/// What lies below an error, for the one place that prints it.
fn reasons(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source())
        .map(|reason| format!(": {reason}"))
        .collect()
}

async fn run(settings: Settings) -> Result<(), AgentError> {
    // Nobody in the container may look into this process, even as the same user.
    nix::sys::prctl::set_dumpable(false).map_err(AgentError::system("hide the process"))?;
    // As process 1 would: who has lost its parent becomes a child of ours, and stays within reach.
    nix::sys::prctl::set_child_subreaper(true).map_err(AgentError::system("take orphans in"))?;
    let signals = Signals::take()?;
    let clock = Clock::start();
    make_folder(&settings.run)?;
    let reaper = Arc::new(Reaper::default());
    let terminals = Arc::new(Terminals::default());
    let (lines, recorder) = lines::prepare(&settings.lines(), clock, Arc::clone(&terminals))?;
    let listener = calls::listen(&settings.calls())?;
    let docker = calls::listen(&settings.docker())?;
    let (link, driver) = link::over(stdio::take()?.compat());
    let context = Arc::new(Context { settings, reaper: Arc::clone(&reaper), terminals, lines });
    let inbound = |stream| {
        let context = Arc::clone(&context);
        tokio::spawn(async move {
            // The other side sees its stream end; the rest goes on.
            let _ = streams::serve(stream, context).await;
        });
    };
    tokio::select! {
        ended = driver.run(inbound) => ended,
        asked = signals.run(&reaper) => asked,
        ended = recorder.run(link.clone()) => ended,
        ended = calls::run(listener, link.clone()) => ended,
        ended = docker::run(docker, link) => ended,
    }
}

/// Everybody may enter it; only its owner may put something there.
fn make_folder(path: &Path) -> Result<(), AgentError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(path)
        .and_then(|()| set_permissions(path, Permissions::from_mode(0o755)))
        .map_err(|source| AgentError::Run { path: path.to_owned(), source })
}
