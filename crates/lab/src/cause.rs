//! `causes/<id>.yaml`: one root cause of a lab.

use std::time::Duration;

use crate::fault::Fault;
use crate::lab::Probe;

/// One root cause: what is injected, how it shows, what cures it and what only seems to.
#[derive(Debug, Clone)]
pub struct Cause {
    pub id: String,
    pub title: String,
    /// In order; all are injected at the same moment.
    pub inject: Vec<Fault>,
    /// The symptom that proves that the fault bites. Must not hold in the baseline, must hold
    /// within `bites_within` of the injection.
    pub bites: Probe,
    pub bites_within: Duration,
    /// From cause to symptom, one sentence a link.
    pub chain: Vec<String>,
    /// The evidence that tells this cause from its siblings, in the order of a good search.
    pub tells: Vec<Tell>,
    /// What restores the steady state. Empty together with `Remedy::Nothing`.
    pub remedy: Remedy,
    pub traps: Vec<Trap>,
    pub follow_ups: Vec<String>,
    /// What an interviewer may give, from general to concrete: none, or three to five of which only
    /// the last names what was changed.
    pub hints: Vec<String>,
}

/// Evidence by id, and why it discriminates here.
#[derive(Debug, Clone)]
pub struct Tell {
    pub evidence: String,
    pub because: String,
    /// Whether the evidence's `shows` probe must hold while this cause is on.
    pub shows: bool,
}

/// What is right to do.
#[derive(Debug, Clone)]
pub enum Remedy {
    /// Any one of these acts restores the steady state for good.
    Acts(Vec<ActPattern>),
    /// The system has recovered by itself: say so and change nothing.
    Nothing,
}

/// An act on the system, as the control plane names it.
#[derive(Debug, Clone)]
pub struct ActPattern {
    /// `rollback`, `deploy`, `scale`, `restart`, `config-set`, `limit`, `drain`, ….
    pub verb: String,
    pub target: Option<String>,
    /// What it changes, such as `pool-size` or a merchant.
    pub detail: Option<String>,
    /// Bounds of its number: the new value of a setting, requests a second, replicas.
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
}

/// A tempting wrong first action and why it does not cure.
#[derive(Debug, Clone)]
pub struct Trap {
    pub act: ActPattern,
    pub because: String,
}
