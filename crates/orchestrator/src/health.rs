//! The pulse of a session: asks the steady-state probes twice a second until the page and once a
//! second from then on, records them once a second, and tells relief from mitigation.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use lab::lab::Lab;
use session::event::Kind;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use crate::prometheus::{Prometheus, PrometheusError};
use crate::recorder::Recorder;
use crate::steady::{Health, Recovery, Turn};

/// Between two looks.
pub const PULSE: Duration = Duration::from_millis(500);
/// A look that takes longer counts as no answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the system is.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// The newest look; `None` before the first.
    pub health: Option<Health>,
    /// Since when all probes hold without a break, since the session's start.
    pub steady_since: Option<Duration>,
    /// When the steady state that was sustained came back, once it was (and still is).
    pub mitigated_since: Option<Duration>,
}

impl Now {
    /// Whether all probes held at the newest look.
    pub fn steady(&self) -> bool {
        self.steady_since.is_some()
    }
}

/// Looks until dropped. `judge` starts the watch for relief and mitigation when it becomes true.
pub(crate) async fn watch(
    lab: Arc<Lab>,
    prometheus: Prometheus,
    recorder: Recorder,
    judge: watch::Receiver<bool>,
    now: watch::Sender<Now>,
) {
    let mut ticks = tokio::time::interval(PULSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut recovery = None;
    let mut recorded: Option<Duration> = None;
    loop {
        ticks.tick().await;
        let is_due = |at: Duration| {
            recorded.is_none_or(|last| at.saturating_sub(last) >= PULSE * 2 - PULSE / 4)
        };
        let judging = *judge.borrow();
        // Nobody waits for it any more, and each question costs the system some milliseconds.
        if judging && !is_due(recorder.now()) {
            continue;
        }
        let (values, refused) = look(&lab, &prometheus).await;
        let judged = Health::judge(recorder.now(), &lab.steady_state.probes, values);
        let health = Health { refused, ..judged };
        if is_due(health.at) {
            recorded = Some(health.at);
            recorder.truth(Kind::Health { probes: health.values.clone(), steady: health.steady });
        }
        if judging {
            let recovery = recovery.get_or_insert_with(|| Recovery::new(&lab.steady_state));
            if let Some(turn) = recovery.observe(&health) {
                tell(&recorder, &now, turn);
            }
        }
        now.send_modify(|now| {
            now.steady_since =
                if health.steady { now.steady_since.or(Some(health.at)) } else { None };
            if !health.steady {
                now.mitigated_since = None;
            }
            now.health = Some(health);
        });
    }
}

fn tell(recorder: &Recorder, now: &watch::Sender<Now>, turn: Turn) {
    match turn {
        Turn::Relief { from, until } => {
            recorder
                .truth(Kind::Relief { from_s: from.as_secs_f64(), until_s: until.as_secs_f64() });
        }
        Turn::Mitigated { since } => {
            recorder.truth(Kind::Mitigated { since_s: since.as_secs_f64() });
            now.send_modify(|now| now.mitigated_since = Some(since));
        }
    }
}

/// By the name of a probe.
type ByProbe<T> = BTreeMap<String, T>;

/// All probes at once: their values, and why some were refused. No answer is no value: a Prometheus that is gone is not
/// a healthy system.
async fn look(lab: &Lab, prometheus: &Prometheus) -> (ByProbe<Option<f64>>, ByProbe<String>) {
    let asked = lab.steady_state.probes.iter().map(|probe| async move {
        let answer = tokio::time::timeout(PATIENCE, prometheus.number(&probe.promql)).await;
        (probe.name.clone(), answer.unwrap_or(Ok(None)))
    });
    let (mut values, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (name, answer) in join_all(asked).await {
        if let Err(error @ PrometheusError::Refused { .. }) = &answer {
            refused.insert(name.clone(), error.to_string());
        }
        values.insert(name, answer.ok().flatten());
    }
    (values, refused)
}
