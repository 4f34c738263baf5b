//! From provision to the moment when the player is done.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::join_all;
use lab::lab::Probe;
use session::event::{Kind, Outcome, Phase};
use testbed::{Link, Testbed};
use tokio::sync::watch;

use super::{RunError, Session, Strictness, is_fatal, seen, wait_until};
use crate::doors::PageText;
use crate::health::Now;
use crate::home::SessionFolder;
use crate::player::{Player, Ready, Seat};
use crate::prometheus::Pass;
use crate::stage::{Deaths, Parts, Stage, in_words};
use crate::terminal::Terminal;

/// A system that is not ready by then is not going to be.
const READY_WITHIN: Duration = Duration::from_secs(45);
/// A healthy system that has not held its steady state so long after it could have is not healthy.
const STEADY_WITHIN: Duration = Duration::from_secs(45);
/// Evidence that a cause declares must show so long after the page at the latest.
const PROVEN_WITHIN: Duration = Duration::from_secs(20);
/// An act needs some seconds to show in the probes. What is not back by then does not come back.
const BACK_WITHIN: Duration = Duration::from_secs(12);
/// The engine tells of a death so soon after it.
const TOLD_WITHIN: Duration = Duration::from_secs(2);
/// Between two looks at something that is awaited.
const POLL: Duration = Duration::from_millis(100);

/// Goes through the phases. The stage is handed out as soon as it exists, so that it is struck
/// even when this future is dropped half-way.
pub(super) async fn go(
    session: &mut Session<'_>,
    folder: &SessionFolder,
    stage_slot: &mut Option<Stage>,
    player: &impl Player,
) -> Result<Outcome, RunError> {
    let begun = Instant::now();
    session.enter(Phase::Provision);
    let setup = session.setup;
    let pass = Pass::default();
    let lab = pass.known_in(&setup.lab);
    let testbed =
        Testbed::provision(&setup.engine, &session.owner, &lab, &setup.images, session.notice)
            .await?;
    let parts = Parts {
        lab: &setup.lab,
        cause: &setup.cause.id,
        images: &setup.images,
        recorder: &session.recorder,
        folder,
        pass,
        grafana: setup.grafana.as_ref(),
    };
    let (stage, deaths) = Stage::set_up(testbed, &parts)?;
    let stage = stage_slot.insert(stage);
    let trouble = trouble(session, stage.testbed().link().clone(), deaths);
    tokio::select! {
        played = on_stage(session, begun, stage, player) => played,
        error = trouble => Err(error),
    }
}

/// What is played once the system has been started.
async fn on_stage(
    session: &mut Session<'_>,
    begun: Instant,
    stage: &Stage,
    player: &impl Player,
) -> Result<Outcome, RunError> {
    let (columns, rows) = player.size();
    let terminal = stage.terminals.open(columns, rows).await?;
    ready(stage).await?;
    session.timings.ready = Some(begun.elapsed());

    session.enter(Phase::Baseline);
    baseline(session, stage).await?;
    seen::programs(session)?;
    if player.ready().await? == Ready::AfterAWait {
        // The system has to be well still.
        baseline(session, stage).await?;
    }
    session.enter(Phase::Inject);
    let page = inject(session, stage).await?;
    session.enter(Phase::Live);
    live(session, stage, terminal, page, player).await
}

/// Traffic that is answered, and a prompt. That it stays well is the baseline's to see.
async fn ready(stage: &Stage) -> Result<(), RunError> {
    let mut prompts = stage.prompts.clone();
    let both = async {
        // An error means that the watcher ended, and with it the stage; the timeout reports it.
        let prompt = async { prompts.wait_for(|count| *count > 0).await.is_ok() };
        let (prompt, ()) = tokio::join!(prompt, answered(stage));
        prompt
    };
    if tokio::time::timeout(READY_WITHIN, both).await == Ok(true) {
        return Ok(());
    }
    let prompt = if *stage.prompts.borrow() > 0 { "" } else { "no prompt, " };
    let state = format!("{prompt}{}", state(stage));
    Err(RunError::NotReady { within: READY_WITHIN, state })
}

/// Waits until requests come back well: those of the traffic, as it counts them itself, or, where a
/// lab has none, until all probes hold.
async fn answered(stage: &Stage) {
    let Some(internet) = &stage.doors.lab.system.internet else {
        // As above.
        let _ = stage.now.clone().wait_for(Now::steady).await;
        return;
    };
    loop {
        let asked = stage.testbed().exec(internet, &["internet", "stats"], None).await;
        // A container that is starting has no answer yet; that is what is waited for.
        let stats = asked.ok().and_then(|it| serde_json::from_slice::<Stats>(&it.stdout).ok());
        if stats.is_some_and(|stats| stats.status.good > 0) {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// What is read of the traffic's own counts.
#[derive(serde::Deserialize)]
struct Stats {
    status: Statuses,
}

/// Answers by class.
#[derive(serde::Deserialize)]
struct Statuses {
    #[serde(rename = "2xx")]
    good: u64,
}

/// The probes that do not hold, in words.
fn state(stage: &Stage) -> String {
    match &stage.now.borrow().health {
        Some(health) => health.failing(&stage.doors.lab.steady_state.probes),
        None => "no probe has been answered".to_owned(),
    }
}

/// The steady state holds for its window, and the healthy system shows none of the evidence. A system
/// beside which others start may need a while for both.
async fn baseline(session: &Session<'_>, stage: &Stage) -> Result<(), RunError> {
    let mut shown = None;
    let healthy = async {
        loop {
            hold_steady(session, stage).await;
            shown = shown_when_healthy(session, stage).await?;
            if shown.is_none() {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    };
    let settle = session.lab().steady_state.settle;
    match tokio::time::timeout(settle + STEADY_WITHIN, healthy).await {
        Ok(ended) => ended,
        Err(_) => Err(match shown {
            Some(what) => RunError::ShownWhenHealthy { what },
            None => RunError::NotSteady { settle, state: state(stage) },
        }),
    }
}

/// Waits until the probes have held for the lab's window.
async fn hold_steady(session: &Session<'_>, stage: &Stage) {
    let settle = session.lab().steady_state.settle;
    let held = |now: &Now| match (&now.health, now.steady_since) {
        (Some(health), Some(since)) => health.at.saturating_sub(since) >= settle,
        _ => false,
    };
    if stage.now.clone().wait_for(held).await.is_err() {
        // The watcher ended, and with it the stage; whoever waits for it reports that.
        std::future::pending::<()>().await;
    }
}

/// What a healthy system must not show, and this one does.
async fn shown_when_healthy(
    session: &Session<'_>,
    stage: &Stage,
) -> Result<Option<String>, RunError> {
    let shows = session.lab().evidence.iter().filter_map(|evidence| {
        evidence.shows.as_ref().map(|probe| (format!("evidence {}", evidence.id), probe))
    });
    let bites = &session.setup.cause.bites;
    for (what, probe) in shows.chain([(format!("symptom {}", bites.name), bites)]) {
        if probe.holds(stage.prometheus.number(&probe.promql).await?) {
            return Ok(Some(what));
        }
    }
    Ok(None)
}

/// Injects the cause, proves it by its symptom, and waits for the page.
async fn inject(session: &mut Session<'_>, stage: &Stage) -> Result<PageText, RunError> {
    let begun = Instant::now();
    for fault in &session.setup.cause.inject {
        let lease = fault::inject(fault, stage.control.as_ref()).await?;
        session.recorder.truth(Kind::FaultInjected {
            fault: lease.kind().to_owned(),
            detail: lease.detail().to_owned(),
        });
        session.leases.push(lease);
    }
    // A fault may be a deploy, which takes an engine that is slow many seconds.
    let injected = Instant::now();
    bites(session, stage).await?;
    let page = &session.lab().page;
    let fired = wait_until(page.within.saturating_sub(injected.elapsed()), POLL, async || {
        // An answer that does not come is asked for again until the time is over.
        stage.prometheus.firing(&page.alert).await.ok().flatten()
    });
    let Some(alert) = fired.await else {
        return Err(RunError::DidNotPage { alert: page.alert.clone(), within: page.within });
    };
    let promql = stage.prometheus.rule(&page.alert).await?.unwrap_or_default();
    let page = PageText {
        alert: page.alert.clone(),
        severity: page.severity.clone(),
        summary: page.summary.clone(),
        promql,
        since: alert.active_at,
    };
    session.timings.paged = Some(begun.elapsed());
    session.recorder.truth(Kind::Paged {
        alert: page.alert.clone(),
        severity: page.severity.clone(),
        summary: page.summary.clone(),
        promql: page.promql.clone(),
        since: page.since.clone(),
    });
    session.enter(Phase::Paged);
    stage.page.send_replace(Some(page.clone()));
    stage.judge.send_replace(true);
    Ok(page)
}

async fn bites(session: &Session<'_>, stage: &Stage) -> Result<(), RunError> {
    let cause = &session.setup.cause;
    let mut last = None;
    let proven = wait_until(cause.bites_within, POLL, async || {
        last = stage.prometheus.number(&cause.bites.promql).await.ok().flatten();
        cause.bites.holds(last).then_some(())
    });
    if proven.await.is_none() {
        return Err(RunError::DidNotBite {
            symptom: cause.bites.name.clone(),
            value: last.map_or("absent".to_owned(), |value| format!("{value:.3}")),
            within: cause.bites_within,
        });
    }
    session.recorder.truth(Kind::FaultProven { symptom: cause.bites.title.clone(), value: last });
    Ok(())
}

/// The player plays, while the lab watches that the cause shows what it declares.
async fn live(
    session: &mut Session<'_>,
    stage: &Stage,
    terminal: Terminal,
    page: PageText,
    player: &impl Player,
) -> Result<Outcome, RunError> {
    let seat = Seat {
        page,
        terminal,
        terminals: stage.terminals.clone(),
        now: stage.now.clone(),
        done: stage.done.clone(),
        recorder: session.recorder.clone(),
        doors: Arc::clone(&stage.doors),
        injects: Arc::clone(&stage.injects),
    };
    let proofs = proofs(session, stage);
    let mitigated = enter_mitigated(session, stage.now.clone());
    let mut prometheus_now = stage.now.clone();
    let sustain = session.lab().steady_state.sustain;
    let playing = async {
        let played = player.play(seat).await;
        settle(&mut prometheus_now, BACK_WITHIN, sustain).await;
        played
    };
    let (played, unproven) = tokio::select! {
        (played, unproven) = async { tokio::join!(playing, proofs) } => (played, unproven),
        () = mitigated => unreachable_end(),
    };
    session.unproven = unproven;
    played?;
    Ok(Outcome::Done)
}

/// The watcher of mitigation never ends before the session does.
fn unreachable_end() -> (Result<(), crate::player::PlayError>, Vec<String>) {
    (Ok(()), Vec::new())
}

/// Somebody may say that they are done before the steady state is back, or before it was sustained:
/// the lab watches on until it was, or until it is not there once it should have come back. What an act
/// brings back may be lost for a moment while the act still takes effect.
async fn settle(now: &mut watch::Receiver<Now>, back_within: Duration, sustain: Duration) {
    let back_by = tokio::time::Instant::now() + back_within;
    loop {
        let back = now.wait_for(Now::steady);
        if !matches!(tokio::time::timeout_at(back_by, back).await, Ok(Ok(_))) {
            return;
        }
        let decided = now.wait_for(|now| !now.steady() || now.mitigated_since.is_some());
        // Running out of time decides it as well: then it was not sustained.
        let decided = tokio::time::timeout(sustain + back_within, decided).await;
        if !matches!(decided, Ok(Ok(now)) if !now.steady()) {
            return;
        }
    }
}

/// Checks that what the cause declares to show does show; gives what did not.
fn proofs(session: &Session<'_>, stage: &Stage) -> impl Future<Output = Vec<String>> + use<> {
    let lab = session.lab().clone();
    let declared: Vec<(String, Probe)> = session
        .setup
        .cause
        .tells
        .iter()
        .filter(|tell| tell.shows)
        .filter_map(|tell| {
            let evidence = lab.evidence.iter().find(|evidence| evidence.id == tell.evidence)?;
            Some((evidence.id.clone(), evidence.shows.clone()?))
        })
        .collect();
    let (prometheus, recorder) = (stage.prometheus.clone(), session.recorder.clone());
    let looked_for = declared.into_iter().map(move |(id, probe)| {
        let (prometheus, recorder) = (prometheus.clone(), recorder.clone());
        async move {
            let shown = wait_until(PROVEN_WITHIN, POLL, async || {
                let value = prometheus.number(&probe.promql).await.ok().flatten();
                probe.holds(value).then_some(())
            });
            if shown.await.is_some() {
                return None;
            }
            recorder.truth(Kind::Trouble {
                what: format!("the cause does not show its evidence `{id}`"),
                remedy: "correct the evidence's `shows` or the cause's `tells`".to_owned(),
            });
            Some(id)
        }
    });
    // All at once: what an act ends must not wait for what takes longer to show.
    join_all(looked_for.collect::<Vec<_>>()).map(|ids| ids.into_iter().flatten().collect())
}

/// Enters the phase `mitigated` when the steady state was first sustained; never returns.
fn enter_mitigated(
    session: &Session<'_>,
    mut now: watch::Receiver<Now>,
) -> impl Future<Output = ()> + use<> {
    let recorder = session.recorder.clone();
    async move {
        if now.wait_for(|now| now.mitigated_since.is_some()).await.is_ok() {
            recorder.truth(Kind::PhaseEntered { phase: Phase::Mitigated });
        }
        std::future::pending::<()>().await;
    }
}

/// What ends a session from the lab's side, in whatever phase: a container that it cannot do without,
/// the link, or (strictly) the journal.
fn trouble<'a>(
    session: &Session<'a>,
    link: Link,
    mut deaths: Deaths,
) -> impl Future<Output = RunError> + use<'a> {
    let (lab, strictness, notice) =
        (session.lab().clone(), session.setup.strictness, session.notice);
    let mut failure = session.recorder.failure();
    async move {
        let mut died = pin!(async {
            loop {
                match deaths.recv().await {
                    Some(death) if is_fatal(&lab, &death) => return fatal(&death),
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        });
        let unwritable = async {
            // Not held while anything is awaited, so that a session may move between threads.
            let reason = failure.wait_for(Option::is_some).await.map(|reason| reason.clone());
            let error = RunError::Journal(reason.ok().flatten().unwrap_or_default());
            if strictness == Strictness::Strict {
                return error;
            }
            notice.warn(&format!("nothing more is recorded: {error}"));
            std::future::pending().await
        };
        tokio::select! {
            error = &mut died => return error,
            error = unwritable => return error,
            reason = link.ended() => tracing::debug!(reason, "the link has ended"),
        }
        // With the workstation the link ends too; its death says more.
        let told = tokio::time::timeout(TOLD_WITHIN, died).await;
        told.unwrap_or_else(|_| RunError::Died {
            what: "the link to the workstation has ended".to_owned(),
            remedy: "see whether the Docker engine was restarted or is out of reach, and start \
                     another session"
                .to_owned(),
        })
    }
}

fn fatal(death: &testbed::Death) -> RunError {
    let (what, mut remedy) = in_words(death);
    if !death.oom {
        // Nobody is left to bring it back.
        remedy = "a session cannot go on without it; start another one".to_owned();
    }
    RunError::Died { what, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is told is told by then, and what comes to nothing is waited for so long.
    const BACK: Duration = Duration::from_millis(300);

    /// Whether it was mitigated when `settle` had seen enough of these, one after the other.
    async fn settled(script: &str) -> bool {
        let (sender, mut now) = watch::channel(Now::default());
        let telling = async {
            for mark in script.chars() {
                sender.send_modify(|now| {
                    now.steady_since = (mark != '-').then_some(Duration::ZERO);
                    now.mitigated_since = (mark == 'M').then_some(Duration::ZERO);
                });
                // Each is seen before the next one.
                tokio::task::yield_now().await;
            }
        };
        let settling = async {
            settle(&mut now, BACK, BACK).await;
            now.borrow().mitigated_since.is_some()
        };
        tokio::join!(settling, telling).0
    }

    #[tokio::test]
    async fn what_comes_back_in_time_may_be_lost_for_a_moment() {
        assert!(settled("+M").await);
        assert!(settled("--++-++M").await);
    }

    #[tokio::test]
    async fn what_does_not_come_back_for_good_ends_the_wait() {
        assert!(!settled("-").await);
        assert!(!settled("++--").await);
        assert!(!settled("++").await);
    }
}
