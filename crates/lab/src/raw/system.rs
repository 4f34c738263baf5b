//! The `system` of a `lab.yaml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::scalar::{Id, Loose, RelPath, Time};

/// What is started, and which of its services play a named part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct System {
    /// The Compose file.
    pub(crate) compose: RelPath,
    /// A folder of Grafana dashboards (JSON files).
    pub(crate) dashboards: RelPath,
    /// The service in which the person sits.
    pub(crate) workstation: At<String>,
    /// `service:port` of Prometheus.
    pub(crate) prometheus: At<String>,
    /// The service that sends the traffic.
    pub(crate) internet: Option<At<String>>,
    /// The HAProxy service that `edgectl` governs.
    pub(crate) edge: Option<At<String>>,
    /// The PostgreSQL whose own log says what the person asked of it.
    pub(crate) database: Option<Database>,
    /// What `deployctl` governs, by the name that people type.
    #[serde(default)]
    pub(crate) deployments: BTreeMap<Id, Deployment>,
    /// Changes from before the session, oldest first, that `deployctl history` shows.
    #[serde(default)]
    pub(crate) history: Vec<PastChange>,
}

/// A PostgreSQL that logs each statement of a role, as JSON (`jsonlog`) on its own output.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Database {
    /// The service of the Compose file.
    pub(crate) service: At<String>,
    /// The role that the person on call has there, for which `log_statement` is `all`,
    /// `log_duration` is `on` and `log_error_verbosity` is `verbose`.
    pub(crate) role: At<String>,
}

/// A service that can be deployed, scaled, configured and restarted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Deployment {
    /// The service of the Compose file; it has `x-deployment` with this deployment's name.
    pub(crate) service: At<String>,
    /// Replicas that `deployctl scale` may ask for.
    pub(crate) max_replicas: At<u32>,
    /// The crate with the source of `base`.
    pub(crate) source: RelPath,
    /// The version that the source itself is, such as `2.3.0` or `2.3.0-rc.1`.
    pub(crate) base: Loose,
    /// The folder with the releases: patches named `0001-<version>.patch`, `0002-…`, each on top
    /// of the one before.
    pub(crate) releases: Option<RelPath>,
    /// The version that runs when the session starts.
    pub(crate) running: Loose,
    /// Where a replica says that it takes traffic.
    pub(crate) ready: Option<Ready>,
    /// Settings by the key that people type.
    #[serde(default)]
    pub(crate) config: BTreeMap<Id, Setting>,
}

/// An HTTP GET that answers 200 when a replica takes traffic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Ready {
    pub(crate) port: At<u16>,
    /// Begins with `/`.
    pub(crate) path: At<String>,
}

/// A setting of a deployment: an environment variable of each of its replicas.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Setting {
    /// The environment variable.
    pub(crate) env: At<String>,
    /// The value when the session starts.
    pub(crate) value: Loose,
    /// The smallest and the largest accepted value, for numbers.
    pub(crate) range: Option<At<(i64, i64)>>,
    /// One sentence, with the unit.
    pub(crate) about: At<String>,
}

/// A change that happened before the session; part of the believable past.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct PastChange {
    /// How long before the session's start.
    pub(crate) ago: Time,
    /// Who made it.
    pub(crate) by: At<String>,
    pub(crate) verb: ChangeVerb,
    /// A deployment.
    pub(crate) target: At<String>,
    /// Such as `2.3.1 -> 2.3.2`.
    pub(crate) change: At<String>,
    /// Why, in the words of who made it.
    pub(crate) note: At<String>,
}

/// A change as `deployctl history` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChangeVerb {
    Deploy,
    Rollback,
    Config,
    Scale,
    Restart,
}

impl ChangeVerb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Config => "config",
            Self::Scale => "scale",
            Self::Restart => "restart",
        }
    }
}
