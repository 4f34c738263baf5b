//! `causes/<id>.yaml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::act::Act;
use super::at::At;
use super::probe::Probe;
use super::scalar::{Id, Loose, Time};

/// One root cause: what is injected, how it shows, what cures it and what only seems to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Cause {
    /// The version of the file format.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "version")]
    _version: u32,
    /// The same as the file's name.
    pub(crate) id: Id,
    pub(crate) title: At<String>,
    /// The faults; injected one after the other, in this order.
    pub(crate) inject: At<Vec<At<Fault>>>,
    /// The symptom that proves that the fault bites. Must not hold in the baseline.
    pub(crate) bites: Probe,
    /// How long after the injection the symptom may take.
    pub(crate) bites_within: Time,
    /// From cause to symptom, one sentence a link; at least two.
    pub(crate) chain: At<Vec<At<String>>>,
    /// The evidence that tells this cause from its siblings, in the order of a good search.
    pub(crate) tells: At<Vec<Tell>>,
    pub(crate) remedy: Remedy,
    /// The tempting wrong actions.
    #[serde(default)]
    pub(crate) traps: Vec<Trap>,
    /// Changes of the system that would keep it from happening again, for the debrief.
    #[serde(default)]
    pub(crate) follow_ups: Vec<At<String>>,
    /// A ladder of hints for an interviewer to give, from general to concrete; three to five, of
    /// which only the last may name what was changed.
    pub(crate) hints: Option<At<Vec<At<String>>>>,
}

/// One injectable change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// Rolls a deployment to another release, as an entry of the deploy history.
    Deploy(DeployFault),
    /// Changes a setting of a deployment, as an entry of the config history.
    Config(ConfigFault),
    /// Adds open-loop traffic of one merchant to the ordinary one.
    Traffic(TrafficFault),
    /// Runs SQL in the database's container as a named application, for a bounded time.
    Sql(SqlFault),
}

/// Rolls a deployment to another release.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct DeployFault {
    pub(crate) deployment: At<String>,
    /// The version; not the one that runs at the start.
    pub(crate) release: Loose,
    /// Who made the change, as the history shows it.
    pub(crate) by: At<String>,
    /// Why, as the history shows it.
    pub(crate) note: At<String>,
}

/// Changes a setting of a deployment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ConfigFault {
    pub(crate) deployment: At<String>,
    /// The key of the setting in `lab.yaml`.
    pub(crate) key: At<String>,
    /// The new value; not the one at the start.
    pub(crate) value: Loose,
    /// Who made the change, as the history shows it.
    pub(crate) by: At<String>,
    /// Why, as the history shows it.
    pub(crate) note: At<String>,
}

/// Adds open-loop traffic of one merchant to the ordinary one, in place of what another `traffic`
/// has added for the same merchant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct TrafficFault {
    pub(crate) merchant: At<String>,
    /// Arrivals a second, on top of the ordinary ones.
    pub(crate) rate: At<f64>,
    /// How often a failed request is sent again by its client.
    pub(crate) retries: At<u32>,
}

/// Runs SQL in the database's container.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SqlFault {
    /// The service of the database.
    pub(crate) service: At<String>,
    /// The application's name, as `pg_stat_activity` shows it.
    pub(crate) application: At<String>,
    /// One or more statements; sent in one transaction.
    pub(crate) statement: At<String>,
    /// The transaction is held open this long, then rolled back.
    pub(crate) hold: Time,
}

/// Evidence, and why it tells this cause from others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Tell {
    /// The id of the evidence in `lab.yaml`.
    pub(crate) evidence: At<String>,
    pub(crate) because: At<String>,
    /// Whether the `shows` probe of the evidence must hold while this cause is on.
    #[serde(default)]
    pub(crate) shows: bool,
}

/// What is right to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Remedy {
    /// Any one of these acts restores the steady state for good.
    Acts(At<Vec<Act>>),
    /// The system has recovered by itself: say so and change nothing.
    Nothing,
}

/// A tempting wrong action.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Trap {
    pub(crate) act: Act,
    /// Why it does not cure.
    pub(crate) because: At<String>,
}
