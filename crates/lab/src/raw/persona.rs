//! `personas/<id>.yaml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::act::FirstAction;
use super::at::At;
use super::scalar::{Id, Regex, Time};

/// A scripted participant who uses the real doors, and what a rehearsal expects of the session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Persona {
    /// The version of the file format.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "version")]
    _version: u32,
    /// The same as the file's name.
    pub(crate) id: Id,
    pub(crate) title: At<String>,
    /// The id of the lab whose doors the script knows.
    pub(crate) lab: At<String>,
    /// Between two keys; `0s` pastes a line at once. 15ms unless told.
    pub(crate) key_pause: Option<Time>,
    /// One script for each cause, by the cause's id.
    pub(crate) rehearsals: BTreeMap<At<String>, Rehearsal>,
}

/// One script for one cause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Rehearsal {
    pub(crate) steps: At<Vec<Step>>,
    #[serde(default)]
    pub(crate) expect: Expect,
}

/// One step of a script.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Step {
    /// Types a command line and waits until the prompt is back.
    Type(TypeStep),
    /// Waits for the session to reach a state.
    Wait(WaitStep),
}

/// Types a command line.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct TypeStep {
    /// One line; fold a long one with `>-`.
    pub(crate) line: At<String>,
    /// What must stand in what the command printed.
    pub(crate) shows: Option<Regex>,
    /// The step fails when its prompt has not come back by then. 20s unless told.
    pub(crate) within: Option<Time>,
}

/// Waits for the session to reach a state.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct WaitStep {
    pub(crate) until: Until,
    /// The step fails when the state was not reached by then. 20s unless told.
    pub(crate) within: Option<Time>,
}

/// What a persona can wait for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Until {
    /// All probes of the steady state hold right now.
    Steady,
    /// At least one probe does not hold.
    Unsteady,
    /// The steady state was sustained.
    Mitigated,
    /// Something still fails after the whole time of `within`.
    NotMitigated,
}

/// What must be true of the session's record afterwards. What is left out is not checked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Expect {
    /// Whether the steady state was sustained in the end.
    pub(crate) mitigated: Option<bool>,
    pub(crate) first_action: Option<FirstAction>,
    /// Evidence that must have been seen before the first action (or the end without one).
    #[serde(default)]
    pub(crate) seen: Vec<At<String>>,
    /// Evidence that must not have been.
    #[serde(default)]
    pub(crate) not_seen: Vec<At<String>>,
    /// Whether there was relief that did not last.
    pub(crate) relief: Option<bool>,
    /// At least so many status updates.
    #[serde(default)]
    pub(crate) said: u32,
    /// At least so many hypotheses.
    #[serde(default)]
    pub(crate) hypotheses: u32,
}
