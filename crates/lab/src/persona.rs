//! `personas/<id>.yaml`: a scripted participant and what a rehearsal expects of the session.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::cause::ActPattern;
use crate::lab::Pattern;

/// A scripted participant who uses the real doors.
#[derive(Debug, Clone)]
pub struct Persona {
    pub id: String,
    pub title: String,
    /// The lab whose doors the script knows.
    pub lab: String,
    /// Between two keys. Zero pastes a line at once.
    pub key_pause: Duration,
    /// What is typed, and expected, keyed by cause id.
    pub rehearsals: BTreeMap<String, Rehearsal>,
}

/// One script for one cause.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    pub steps: Vec<Step>,
    pub expect: Expect,
}

/// One step of a script.
#[derive(Debug, Clone)]
pub enum Step {
    /// Types a command line and waits until the prompt is back.
    Type {
        line: String,
        /// What must stand in what the command printed.
        shows: Option<Pattern>,
        /// A step fails when its prompt has not come back by then.
        within: Duration,
    },
    /// Waits for the session to reach a state.
    Wait { until: Until, within: Duration },
}

/// What a persona can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// All probes of the steady state hold right now.
    Steady,
    /// At least one probe does not hold.
    Unsteady,
    /// The steady state was sustained.
    Mitigated,
    /// Something still fails, `within` after the step began: the whole time is waited.
    NotMitigated,
}

/// What must be true of the session's record afterwards.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    pub mitigated: Option<bool>,
    /// `Some(None)`: there must have been no act at all.
    pub first_action: Option<Option<ActPattern>>,
    /// Evidence that must have been seen before the first action (or the end without one).
    pub seen: Vec<String>,
    /// Evidence that must not have been.
    pub not_seen: Vec<String>,
    /// Whether there was relief that did not last.
    pub relief: Option<bool>,
    /// At least so many status updates.
    pub said: u32,
    /// At least so many hypotheses.
    pub hypotheses: u32,
}
