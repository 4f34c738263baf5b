//! What an earlier session left when it was killed: removed and closed before a new one starts, and
//! by `checkride clean`.

use std::time::Duration;

use anyhow::Result;
use orchestrator::home::Home;
use orchestrator::lost::{self, LostError};
use orchestrator::reasons::in_words;
use testbed::clean::{self, CleanError, Reach};
use testbed::{Engine, Removed};

use crate::print;

/// The engine may still be carrying out what a killed session asked for last. After nothing has been found for
/// so long, it has.
const QUIET: Duration = Duration::from_secs(3);
/// Between two looks at the engine.
const LOOK: Duration = Duration::from_millis(200);

/// What was found.
pub(super) struct Earlier {
    pub removed: Removed,
    /// The sessions whose journals were closed, by their guards too, since somebody was last told.
    pub closed: Vec<String>,
    /// Why journals of others could not be closed.
    pub left: Vec<LostError>,
}

/// Removes what is left of this home's sessions that nobody runs, with `all` of other homes' too,
/// and closes their journals.
///
/// # Errors
/// When something cannot be removed.
pub(super) async fn close(engine: &Engine, home: &Home, all: bool) -> Result<Earlier> {
    let owner = home.owner("")?;
    let reach = if all { Reach::Engine } else { Reach::Home(&owner.home) };
    let is_live = |session: &str| home.is_live(session);
    let look = || clean::orphans(engine, &reach, &is_live);
    let looked = look().await;
    // Also when something stays on the engine: no journal stands there. Of both errors, the disk's comes first;
    // the next start meets the engine's again.
    let closing = lost::close(home)?;
    let mut removed = looked?;
    // One that was killed right at its start may have left nothing yet.
    if closing.closed > 0 || !removed.is_empty() {
        let again = async || {
            let found = look().await?;
            let any = !found.is_empty();
            removed.add(found);
            Ok::<_, CleanError>(any)
        };
        clean::until_quiet(QUIET, LOOK, again).await?;
    }
    Ok(Earlier { removed, closed: lost::tell(home)?, left: closing.left })
}

/// The same at the start of a session, told on standard error. What cannot be cleared up does not
/// keep anybody from starting.
pub(super) async fn close_before_start(engine: &Engine, home: &Home) {
    match close(engine, home, false).await {
        Ok(earlier) => {
            for session in &earlier.closed {
                print::note(&format!(
                    "the earlier session {session} had been killed; its journal is closed, and \
                     nothing of it is left (`checkride report {session}`)"
                ));
            }
            for error in earlier.left {
                print::warning(&in_words(&error));
            }
        }
        Err(error) => print::warning(&format!(
            "what earlier sessions left could not be removed: {error:#}; try `checkride clean`"
        )),
    }
}
