//! A measured number and its bounds, as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::scalar::Id;

/// A PromQL expression that gives one number, and the bounds that it must keep. At least one
/// bound is needed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Probe {
    /// The name of the series in the report.
    pub(crate) name: Id,
    /// What is measured, in a few words.
    pub(crate) title: At<String>,
    /// An expression that gives one number.
    pub(crate) promql: At<String>,
    /// The number must not be below this.
    pub(crate) at_least: Option<At<f64>>,
    /// The number must not be above this.
    pub(crate) at_most: Option<At<f64>>,
    /// How the number is shown.
    pub(crate) unit: Unit,
}

/// The unit of a probe's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unit {
    /// Between 0 and 1; shown in per cent.
    Ratio,
    Seconds,
    PerSecond,
    Count,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Seconds => "seconds",
            Self::PerSecond => "per-second",
            Self::Count => "count",
        }
    }
}
