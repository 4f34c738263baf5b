//! `lab.yaml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::evidence::Evidence;
use super::inject::Inject;
use super::probe::Probe;
use super::scalar::{Id, Time};
use super::system::System;

/// A lab: a system, what is normal for it, the page that calls a person in, and the observations
/// that tell its causes apart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Lab {
    /// The version of the file format.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "version")]
    _version: u32,
    /// The same as the folder's name.
    pub(crate) id: Id,
    /// What the page looks like to the person who is called.
    pub(crate) title: At<String>,
    /// Two or three sentences for the list of labs; gives no cause away.
    pub(crate) summary: At<String>,
    /// What is started.
    pub(crate) system: System,
    /// What is normal.
    pub(crate) steady_state: SteadyState,
    /// The alert that calls the person in.
    pub(crate) page: Page,
    /// The observations that tell causes apart.
    pub(crate) evidence: Vec<Evidence>,
    /// What an interviewer may let happen during the incident.
    #[serde(default)]
    pub(crate) injects: Vec<Inject>,
}

/// The probes that hold when the system is well, and for how long they must.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SteadyState {
    /// How long all probes must hold before a fault is injected.
    pub(crate) settle: Time,
    /// How long they must hold again before relief counts as mitigation.
    pub(crate) sustain: Time,
    /// How long they must hold before a dip counts as relief.
    pub(crate) relief: Time,
    pub(crate) probes: At<Vec<Probe>>,
}

/// The alert that calls the person in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Page {
    /// The name of a Prometheus alert rule of the system.
    pub(crate) alert: At<String>,
    /// Such as `SEV-2`.
    pub(crate) severity: At<String>,
    /// One line, as it stands on the phone.
    pub(crate) summary: At<String>,
    /// A fault that has not paged after this time did not bite.
    pub(crate) within: Time,
}
