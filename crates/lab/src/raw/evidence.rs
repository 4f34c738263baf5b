//! The `evidence` of a `lab.yaml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::probe::Probe;
use super::scalar::{Id, Regex};

/// An observation that tells causes apart. It is seen when one of `seen-in` happens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Evidence {
    pub(crate) id: Id,
    /// What was observed, as a sentence without its full stop.
    pub(crate) title: At<String>,
    /// The ways to see it.
    pub(crate) seen_in: At<Vec<Sighting>>,
    /// The same observation for a machine: must not hold in the baseline, must hold while a cause
    /// that names this evidence with `shows: true` is on.
    pub(crate) shows: Option<Probe>,
}

/// One way to make an observation: a door, and what must have been shown through it. All given
/// parts must match.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Sighting {
    /// `deployctl` or `edgectl` with this verb printed something.
    Control(ControlSighting),
    /// A panel of a dashboard was drawn.
    Dashboard(DashboardSighting),
    /// Log lines were read, with `oncall logs` or `docker logs`.
    Log(LogSighting),
    /// The Docker CLI was told something.
    Docker(DockerSighting),
    /// The database answered statements of the person.
    Sql(SqlSighting),
    /// Prometheus answered a question of the person.
    Metrics(MetricsSighting),
    /// A command line in a terminal printed something.
    Command(CommandSighting),
    /// A page of the wiki was read.
    Wiki(WikiSighting),
    /// A teammate answered.
    Answer(AnswerSighting),
}

/// What `deployctl` or `edgectl` printed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct ControlSighting {
    pub(crate) verb: ControlVerb,
    /// The deployment, merchant or server that it was about.
    pub(crate) target: Option<Regex>,
    /// What stood in what it printed.
    pub(crate) shown: Option<Regex>,
}

/// A panel that was drawn.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct DashboardSighting {
    /// The uid of the dashboard.
    pub(crate) dashboard: Regex,
    /// The title of the panel.
    pub(crate) panel: Option<Regex>,
    /// What stood in the drawn panel.
    pub(crate) shown: Option<Regex>,
}

/// Log lines that were read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct LogSighting {
    /// The service or the replica.
    pub(crate) service: Regex,
    /// What stood in the lines.
    pub(crate) shown: Option<Regex>,
}

/// What the Docker CLI was told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct DockerSighting {
    pub(crate) verb: DockerVerb,
    /// The container that it was about.
    pub(crate) target: Option<Regex>,
    /// What stood in the answer: names, images and states for `ps`, JSON for `inspect`, what the
    /// program printed for `exec`.
    pub(crate) shown: Option<Regex>,
}

/// Statements that the database answered. Its log has the question and not the answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SqlSighting {
    /// A table or view that they name.
    pub(crate) relation: Regex,
    /// What stood in their text.
    pub(crate) statement: Option<Regex>,
}

/// A question that Prometheus answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct MetricsSighting {
    /// A metric that it names.
    pub(crate) metric: Regex,
    /// What stood in the question (PromQL or selectors), of which the first 4 KiB are known.
    pub(crate) expression: Option<Regex>,
    /// What no condition of the question on a label may be, such as `^status\W`: of a part of the
    /// series something else is learnt than of all.
    pub(crate) without: Option<Regex>,
    /// What stood in the answer (JSON), of which the first 4 KiB are known.
    pub(crate) shown: Option<Regex>,
}

/// A command line and what it printed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct CommandSighting {
    /// What stood in the command line.
    pub(crate) line: Regex,
    /// What stood in what it printed.
    pub(crate) shown: Option<Regex>,
}

/// A page of the wiki.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct WikiSighting {
    /// The name of the page, without `.md`.
    pub(crate) page: Regex,
}

/// A teammate's answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct AnswerSighting {
    /// The id of the answer in `answers.yaml`.
    pub(crate) id: At<String>,
}

/// What `deployctl` and `edgectl` can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ControlVerb {
    History,
    Status,
    Diff,
    ConfigGet,
    ConfigHistory,
    EdgeStatus,
    Rollback,
    Deploy,
    Scale,
    Restart,
    ConfigSet,
    Limit,
    Unlimit,
    Drain,
    Undrain,
}

impl ControlVerb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Status => "status",
            Self::Diff => "diff",
            Self::ConfigGet => "config-get",
            Self::ConfigHistory => "config-history",
            Self::EdgeStatus => "edge-status",
            Self::Rollback => "rollback",
            Self::Deploy => "deploy",
            Self::Scale => "scale",
            Self::Restart => "restart",
            Self::ConfigSet => "config-set",
            Self::Limit => "limit",
            Self::Unlimit => "unlimit",
            Self::Drain => "drain",
            Self::Undrain => "undrain",
        }
    }
}

/// What the Docker CLI can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DockerVerb {
    Ps,
    Inspect,
    Logs,
    Stats,
    Top,
    Events,
    Exec,
}

impl DockerVerb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ps => "ps",
            Self::Inspect => "inspect",
            Self::Logs => "logs",
            Self::Stats => "stats",
            Self::Top => "top",
            Self::Events => "events",
            Self::Exec => "exec",
        }
    }
}
