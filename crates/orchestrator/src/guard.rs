//! The guard of a session: a process of its own that removes the system when the orchestrator dies
//! without having done so, be it by SIGKILL, and closes the journal.
//!
//! It holds the reading end of a pipe whose writing end only the orchestrator has: the kernel
//! closes that one however the orchestrator ends. So there is no interval, no port, nothing in the
//! lab that a person could see, and it is the same with an engine on another machine. It leads a
//! session of its own, so that a signal to the orchestrator's process group or the end of its
//! terminal does not reach it. Should it be killed as well, the next start does what it would have.

use std::convert::Infallible;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use testbed::{Engine, clean};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

use crate::boxed;
use crate::home::{Home, HomeError};
use crate::lost;

/// A guard that has not come up by then is not waited for.
const UP_WITHIN: Duration = Duration::from_secs(10);
/// What the guard says once nothing that happens to the orchestrator can reach it.
const READY: u8 = b'r';
/// What the orchestrator says when it has removed everything itself.
const DISMISSED: u8 = b'd';
/// The engine may still be carrying out what the dead orchestrator asked for last. After nothing
/// has been found for so long, it has.
const QUIET: Duration = Duration::from_secs(8);
/// A process that is dying has let go of its locks by then.
const RELEASED_WITHIN: Duration = Duration::from_secs(20);
/// Between two looks at a lock.
const POLL: Duration = Duration::from_millis(20);
/// Between two looks at the engine.
const LOOK: Duration = Duration::from_secs(1);
/// An engine that has not answered for so long is left to the next start.
const GIVE_UP: Duration = Duration::from_secs(600);

/// How a guard is started: this program, which calls [`keep`] when it is run with these arguments,
/// the home's folder and the session.
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    pub args: Vec<String>,
}

/// A guard that runs. Dropping it makes it act.
#[must_use = "dropping it makes the guard remove the session"]
pub(crate) struct Guard {
    child: Child,
    lease: ChildStdin,
}

// === impl Guard ===

impl Guard {
    /// Starts the guard and waits until it is out of reach of what may end this process.
    pub(crate) async fn start(program: &Program, home: &Path, session: &str) -> io::Result<Guard> {
        let mut child = Command::new(&program.path)
            .args(&program.args)
            .arg(std::path::absolute(home)?)
            .arg(session)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(lease), Some(mut said)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no pipe"));
        };
        let problem = match tokio::time::timeout(UP_WITHIN, said.read_u8()).await {
            Ok(Ok(READY)) => return Ok(Guard { child, lease }),
            Ok(_) => "it ended at once",
            Err(_) => "it did not come up",
        };
        // Before its lease ends: a late one would take that for the session's death.
        child.kill().await?;
        Err(io::Error::other(problem))
    }

    /// Tells the guard that nothing is left to do, and waits for it to end.
    pub(crate) async fn dismiss(mut self) {
        let said = self.lease.write_all(&[DISMISSED]).await;
        drop(self.lease);
        if said.is_ok() {
            // Its exit code says nothing that matters: everything is removed.
            let _ = self.child.wait().await;
        }
    }
}

/// What the guard's process does: waits for the end of the orchestrator, and clears up after it.
///
/// # Errors
/// When the home cannot be used. What cannot be removed is left to the next start.
#[boxed(?Send)]
pub async fn keep(home: &Path, session: &str) -> Result<(), HomeError> {
    leave_the_terminal();
    let home = Home::open(home)?;
    let owner = home.owner(session)?;
    let lease = tokio::task::spawn_blocking(wait_for_the_end).await;
    if matches!(lease, Ok(End::Dismissed)) {
        return Ok(());
    }
    // Also where the home has been deleted meanwhile: then there is no journal left to close.
    let closed = close_journal(&home, session).await;
    if !matches!(closed, Ok(Closed::StillLive)) {
        remove(&owner).await;
    }
    closed.map(drop)
}

/// What there was to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    /// Nobody runs the session any more.
    Over,
    /// Somebody does: only the pipe has ended.
    StillLive,
}

/// The kernel may close the pipe a moment before it lets go of the session's lock.
async fn close_journal(home: &Home, session: &str) -> Result<Closed, HomeError> {
    let folder = home.find(session)?;
    let begun = Instant::now();
    while folder.is_live() {
        if begun.elapsed() > RELEASED_WITHIN {
            return Ok(Closed::StillLive);
        }
        tokio::time::sleep(POLL).await;
    }
    if let Err(error) = lost::close_one(home, &folder) {
        // Nobody reads this; the next start tries again and says so.
        tracing::warn!(%error, "the journal could not be closed");
    }
    Ok(Closed::Over)
}

/// How the orchestrator ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// In order.
    Dismissed,
    /// Without a word.
    Dead,
}

/// Makes a session of its own and takes another name than the orchestrator's, so that neither its
/// terminal's end nor a signal to everything of that name ends both.
fn leave_the_terminal() {
    // It fails only for the leader of a process group, which then has one of its own already.
    let _ = nix::unistd::setsid();
    // The name is a comfort, the pipe is what counts.
    let _ = nix::sys::prctl::set_name(c"lease-keeper");
}

fn wait_for_the_end() -> End {
    let mut stdout = io::stdout();
    let told = io::Write::write_all(&mut stdout, &[READY]);
    if told.and_then(|()| io::Write::flush(&mut stdout)).is_err() {
        return End::Dead;
    }
    let mut byte = [0];
    match io::stdin().read(&mut byte) {
        Ok(1) if byte[0] == DISMISSED => End::Dismissed,
        Ok(_) | Err(_) => End::Dead,
    }
}

/// Looks until nothing has been there for [`QUIET`]. An engine that is away may hold something, so it
/// counts as found.
async fn remove(owner: &testbed::Owner) {
    let all = clean::until_quiet(QUIET, LOOK, async || Ok::<_, Infallible>(look(owner).await));
    // What an engine that stays away holds is left to the next start.
    let _ = tokio::time::timeout(GIVE_UP, all).await;
}

/// Removes what is there; whether there may have been anything.
async fn look(owner: &testbed::Owner) -> bool {
    let Ok(engine) = Engine::connect().await else { return true };
    !clean::session(&engine, owner).await.is_ok_and(|removed| removed.is_empty())
}
