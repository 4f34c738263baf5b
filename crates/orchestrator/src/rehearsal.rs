//! A rehearsal: a lab run by a persona, with the lab's expectations checked. This is how a lab is
//! proven before anybody sits it.

use lab::persona::{Persona, Rehearsal};
use serde::Serialize;
use session::assessment::{self, Assessment, Expectation};
use session::event::Outcome;

use crate::boxed;
use crate::persona::Scripted;
use crate::reasons::in_words;
use crate::run::{Finished, Notice, RunError, Setup, Timings, run};

/// What `checkride rehearse --json` prints. Fields are added, not changed.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    pub lab: String,
    pub cause: String,
    pub persona: String,
    pub seed: u64,
    pub session: String,
    pub outcome: Outcome,
    /// Seconds.
    pub timings: TimingsJson,
    pub first_action: Option<FirstAction>,
    pub evidence_before_action: Vec<String>,
    pub evidence_missing: Vec<String>,
    pub relief: Vec<assessment::Relief>,
    pub mitigated: bool,
    pub by_luck: bool,
    pub expectations: Vec<Expectation>,
    pub failure: Option<String>,
    /// Paths of files.
    pub journal: String,
    pub report: String,
}

/// [`Timings`] in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct TimingsJson {
    pub ready_s: Option<f64>,
    pub paged_s: Option<f64>,
    pub mitigated_s: Option<f64>,
    pub teardown_s: Option<f64>,
}

/// The first change that the persona made.
#[derive(Debug, Clone, Serialize)]
pub struct FirstAction {
    /// Seconds since the session's start.
    pub at_s: f64,
    pub since_page_s: Option<f64>,
    pub door: session::event::Door,
    pub verb: String,
    pub target: String,
    pub detail: String,
}

/// Runs the rehearsal. Gives the summary and, when the session itself failed, why.
///
/// # Errors
/// When there is nothing to record to.
#[boxed(?Send)]
pub async fn rehearse(
    setup: &Setup,
    persona: &Persona,
    rehearsal: &Rehearsal,
    notice: &dyn Notice,
    stop: &tokio_util::sync::CancellationToken,
) -> Result<(Summary, Finished), RunError> {
    let finished = run(setup, Scripted::new(persona, rehearsal), notice, stop).await?;
    let journal = finished.folder.journal();
    let events = crate::report::events(&journal)?;
    let assessment = assessment::assess(&setup.lab, &setup.cause, &events);
    let mut expectations = assessment::expectations(&rehearsal.expect, &assessment);
    expectations.extend(own_promises(setup, &finished));
    let summary = summary(setup, persona, &finished, &assessment, expectations);
    Ok((summary, finished))
}

/// What every rehearsal expects, whatever the persona: the lab's own promises.
fn own_promises(setup: &Setup, finished: &Finished) -> Vec<Expectation> {
    let paged = finished.timings.paged.map(|paged| paged.as_secs_f64());
    let shows = Expectation {
        name: "cause-shows".to_owned(),
        held: finished.unproven.is_empty(),
        detail: if finished.unproven.is_empty() {
            "all evidence that the cause declares did show".to_owned()
        } else {
            format!("did not show: {}", finished.unproven.join(", "))
        },
    };
    let paged = Expectation {
        name: "paged".to_owned(),
        held: paged.is_some(),
        detail: match paged {
            Some(seconds) => format!("{seconds:.1} s after the fault"),
            None => format!("the alert {} did not fire", setup.lab.page.alert),
        },
    };
    let finished_well = Expectation {
        name: "session".to_owned(),
        held: finished.failure.is_none(),
        detail: match &finished.failure {
            None => "ended in order".to_owned(),
            Some(error) => in_words(error),
        },
    };
    vec![paged, shows, finished_well]
}

fn summary(
    setup: &Setup,
    persona: &Persona,
    finished: &Finished,
    assessment: &Assessment,
    expectations: Vec<Expectation>,
) -> Summary {
    Summary {
        lab: setup.lab.id.clone(),
        cause: setup.cause.id.clone(),
        persona: persona.id.clone(),
        seed: setup.seed,
        session: finished.folder.id.clone(),
        outcome: finished.outcome,
        timings: seconds(&finished.timings),
        first_action: assessment.first_action.as_ref().map(|act| FirstAction {
            at_s: act.at_s,
            since_page_s: act.since_page_s,
            door: act.door,
            verb: act.verb.clone(),
            target: act.target.clone(),
            detail: act.detail.clone(),
        }),
        evidence_before_action: assessment.evidence_before_action.clone(),
        evidence_missing: assessment.evidence_missing.clone(),
        relief: assessment.relief.clone(),
        mitigated: assessment.mitigated,
        by_luck: assessment.by_luck,
        expectations,
        failure: finished.failure.as_ref().map(|error| in_words(error)),
        journal: finished.folder.journal().display().to_string(),
        report: finished.folder.report().display().to_string(),
    }
}

fn seconds(timings: &Timings) -> TimingsJson {
    let round = |duration: std::time::Duration| (duration.as_secs_f64() * 1e3).round() / 1e3;
    TimingsJson {
        ready_s: timings.ready.map(round),
        paged_s: timings.paged.map(round),
        mitigated_s: timings.mitigated.map(round),
        teardown_s: timings.teardown.map(round),
    }
}
