//! The end of every session, good or bad: faults recovered, the system removed, the debrief, the
//! journal sealed. The system goes first: people who write need none of its memory.

use std::time::{Duration, Instant};

use session::event::{Door, Kind, Outcome, Phase};
use tokio::task::JoinSet;

use super::{Debrief, Finished, Folder, RunError, Session, Strictness};
use crate::kept;
use crate::player::PlayError;
use crate::reasons::in_words;
use crate::stage::Stage;

/// The log of a container that is gone ends at once.
const HEARD_WITHIN: Duration = Duration::from_secs(5);
/// An inject that is going in when the session ends has so long to finish.
const INJECTS_WITHIN: Duration = Duration::from_secs(10);

/// Ends the session. Takes what the phases gave, also when they were cut short.
pub(super) async fn end(
    mut session: Session<'_>,
    held: Folder,
    stage: Option<Stage>,
    played: Result<Outcome, RunError>,
    debrief: impl Future<Output = Debrief>,
) -> Finished {
    let (outcome, mut failure) = match played {
        Ok(outcome) => (outcome, None),
        // The interviewer's word, and in order.
        Err(RunError::Play(PlayError::CalledOff)) => (Outcome::CalledOff, None),
        Err(RunError::Interrupted) => (Outcome::Interrupted, Some(RunError::Interrupted)),
        Err(error) => (Outcome::Failed, Some(error)),
    };
    // One that was called off before it began has nothing to speak of.
    let holds_debrief = outcome == Outcome::Done;
    session.enter(if failure.is_none() { Phase::Debrief } else { Phase::Aborted });
    if let Some(stage) = &stage {
        note_mitigation(&mut session, stage);
        recover(&mut session, stage).await;
        stage.control.close().await;
        if holds_debrief {
            kept::keep(&stage.doors, &held.folder).await;
        }
    }
    let asked = stage.map(Stage::strike);
    let removed = remove(&mut session).await;
    if let Some(asked) = asked {
        hear_out(&session, asked).await;
    }
    let is_removed = removed.is_ok();
    if let Err(error) = removed {
        session.notice.warn(&in_words(&error));
        failure.get_or_insert(error);
    }
    let mut cut_short = false;
    if holds_debrief {
        match hold(&session, debrief).await {
            Ok(ended) => cut_short = ended == Debrief::CutShort,
            Err(error) => {
                session.notice.warn(&in_words(&error));
                failure.get_or_insert(error);
            }
        }
    }
    let said = if cut_short { CUT_SHORT } else { "" };
    let detail = failure.as_ref().map_or(said.to_owned(), |error| in_words(error));
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
        removed: is_removed,
        unproven: session.unproven,
        failure,
    }
}

/// What the record says where a debrief did not end by itself.
const CUT_SHORT: &str = "The program was stopped during the debrief.";

/// Waits for the debrief, as long as it can be recorded.
async fn hold(
    session: &Session<'_>,
    debrief: impl Future<Output = Debrief>,
) -> Result<Debrief, RunError> {
    let mut failure = session.recorder.failure();
    let strict = session.setup.strictness == Strictness::Strict;
    let unwritable = async {
        match failure.wait_for(Option::is_some).await {
            Ok(reason) if strict => reason.clone().unwrap_or_default(),
            Ok(_) | Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = debrief => Ok(ended),
        reason = unwritable => Err(RunError::Journal(reason)),
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

/// What was asked in the last moment before the end is in the record as well.
async fn hear_out(session: &Session<'_>, mut asked: JoinSet<()>) {
    let all = async { while asked.join_next().await.is_some() {} };
    if tokio::time::timeout(HEARD_WITHIN, all).await.is_err() {
        let reason = "the end of a server's log was not read".to_owned();
        session.recorder.truth(Kind::Gap { door: Door::Session, reason });
    }
}

/// By label, so that what a half-done provision left is found as well.
async fn remove(session: &mut Session<'_>) -> Result<(), RunError> {
    let begun = Instant::now();
    let removed = testbed::clean::session(&session.setup.engine, &session.owner).await?;
    for network in removed.miscounted {
        session.notice.warn(&format!(
            "the network {network} is empty, but the engine has lost count and keeps it until it is \
             restarted; it does no harm, and `checkride clean` removes it then"
        ));
    }
    session.timings.teardown = Some(begun.elapsed());
    Ok(())
}
