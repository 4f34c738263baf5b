//! The end of every session, good or bad: the last words, faults recovered, the system removed,
//! the journal sealed.

use std::time::{Duration, Instant};

use session::event::{Kind, Outcome, Phase};

use super::{Finished, Folder, RunError, Session};
use crate::player::PlayError;
use crate::reasons::in_words;
use crate::stage::Stage;

/// An inject that is going in when the session ends has so long to finish.
const INJECTS_WITHIN: Duration = Duration::from_secs(10);

/// Ends the session. Takes what the phases gave, also when they were cut short.
pub(super) async fn end(
    mut session: Session<'_>,
    held: Folder,
    stage: Option<Stage>,
    played: Result<Outcome, RunError>,
) -> Finished {
    let (outcome, mut failure) = match played {
        Ok(outcome) => (outcome, None),
        // The interviewer's word, and in order.
        Err(RunError::Play(PlayError::CalledOff)) => (Outcome::CalledOff, None),
        Err(RunError::Interrupted) => (Outcome::Interrupted, Some(RunError::Interrupted)),
        Err(error) => (Outcome::Failed, Some(error)),
    };
    session.enter(if failure.is_none() { Phase::Debrief } else { Phase::Aborted });
    if let Some(stage) = &stage {
        note_mitigation(&mut session, stage);
        recover(&mut session, stage).await;
    }
    drop(stage);
    let removed = remove(&mut session, &held).await;
    if let Err(error) = removed {
        session.notice.warn(&in_words(&error));
        failure.get_or_insert(error);
    }
    let detail = failure.as_ref().map(|error| in_words(error)).unwrap_or_default();
    session.recorder.truth(Kind::SessionEnded { outcome, detail });
    if failure.is_none() {
        session.enter(Phase::Sealed);
    }
    if let Err(error) = session.recorder.seal() {
        let error = RunError::Journal(error.to_string());
        session.notice.warn(&in_words(&error));
        failure.get_or_insert(error);
    }
    Finished {
        folder: held.folder.clone(),
        outcome,
        timings: session.timings,
        unproven: session.unproven,
        failure,
    }
}

fn note_mitigation(session: &mut Session<'_>, stage: &Stage) {
    let since = stage.now.borrow().mitigated_since;
    let events = session.recorder.events();
    let paged = events.iter().find(|event| matches!(event.kind, Kind::Paged { .. }));
    if let (Some(since), Some(paged)) = (since, paged) {
        session.timings.mitigated = Some(since.saturating_sub(paged.at));
    }
}

/// Stops what can be stopped on its own: what the interviewer let happen, then the cause. What cannot
/// goes with the containers, right after this.
async fn recover(session: &mut Session<'_>, stage: &Stage) {
    // One that is going in is waited for, but not for long.
    let injected = tokio::time::timeout(INJECTS_WITHIN, stage.injects.end()).await;
    let injected = injected.unwrap_or_default();
    let injected = injected.into_iter().map(|held| (Some(held.inject), held.lease));
    let own = std::mem::take(&mut session.leases).into_iter().map(|lease| (None, lease));
    for (inject, lease) in injected.chain(own) {
        let fault = lease.kind().to_owned();
        let detail = match lease.recover(stage.control.as_ref()).await {
            Ok(detail) => detail,
            Err(error) => format!("ends with the system ({:#})", anyhow::Error::from(error)),
        };
        session.recorder.truth(Kind::FaultRecovered { fault, detail, inject });
    }
}

/// By label, so that what a half-done provision left is found as well.
async fn remove(session: &mut Session<'_>, held: &Folder) -> Result<(), RunError> {
    let begun = Instant::now();
    let owner = session.setup.home.owner(&held.folder.id)?;
    testbed::clean::session(&session.setup.engine, &owner).await?;
    session.timings.teardown = Some(begun.elapsed());
    Ok(())
}
