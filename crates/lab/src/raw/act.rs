//! Acts on the system, as they are written in remedies, traps and expectations.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::at::At;
use super::scalar::Loose;

/// An act on the system, as the control plane names it. Parts that are left out fit anything.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Act")]
pub(crate) struct Act {
    /// What is done.
    pub(crate) verb: At<Verb>,
    /// To what: a deployment, a container (restart and all of `docker`), a merchant (limit, unlimit),
    /// a server (drain, undrain), a setting (sql-alter-system) or a table (other SQL).
    pub(crate) target: Option<At<String>>,
    /// What of it: a version (deploy, rollback), the key of a setting (config-set), a number
    /// (scale, limit).
    pub(crate) detail: Option<Loose>,
    /// The least number that fits: of replicas (scale), of requests (limit), or the new value
    /// (config-set).
    pub(crate) at_least: Option<At<f64>>,
    /// The largest number that fits.
    pub(crate) at_most: Option<At<f64>>,
}

/// What can be done to the system: with `deployctl` and `edgectl`, with `docker` (restart, stop,
/// start, kill, pause, unpause, update, exec), and with SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    Rollback,
    Deploy,
    Scale,
    Restart,
    ConfigSet,
    Limit,
    Unlimit,
    Drain,
    Undrain,
    Stop,
    Start,
    Kill,
    Pause,
    Unpause,
    Update,
    Exec,
    SqlTerminate,
    SqlCancel,
    SqlAlterSystem,
    SqlReload,
    SqlCreateIndex,
    SqlDropIndex,
    SqlReindex,
    SqlVacuum,
    SqlAnalyze,
    SqlLock,
    SqlDml,
    SqlDdl,
    SqlAlterRole,
    SqlGrant,
    SqlResetStatistics,
}

impl Verb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rollback => "rollback",
            Self::Deploy => "deploy",
            Self::Scale => "scale",
            Self::Restart => "restart",
            Self::ConfigSet => "config-set",
            Self::Limit => "limit",
            Self::Unlimit => "unlimit",
            Self::Drain => "drain",
            Self::Undrain => "undrain",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Kill => "kill",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Update => "update",
            Self::Exec => "exec",
            Self::SqlTerminate => "sql-terminate",
            Self::SqlCancel => "sql-cancel",
            Self::SqlAlterSystem => "sql-alter-system",
            Self::SqlReload => "sql-reload",
            Self::SqlCreateIndex => "sql-create-index",
            Self::SqlDropIndex => "sql-drop-index",
            Self::SqlReindex => "sql-reindex",
            Self::SqlVacuum => "sql-vacuum",
            Self::SqlAnalyze => "sql-analyze",
            Self::SqlLock => "sql-lock",
            Self::SqlDml => "sql-dml",
            Self::SqlDdl => "sql-ddl",
            Self::SqlAlterRole => "sql-alter-role",
            Self::SqlGrant => "sql-grant",
            Self::SqlResetStatistics => "sql-reset-statistics",
        }
    }
}

/// An act, or the word `none`: there must have been no act at all.
#[derive(Debug)]
pub(crate) enum FirstAction {
    None,
    Act(Act),
}

impl<'de> Deserialize<'de> for FirstAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FirstActionVisitor)
    }
}

struct FirstActionVisitor;

impl<'de> Visitor<'de> for FirstActionVisitor {
    type Value = FirstAction;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("`none`, or an act such as `{ verb: rollback, target: payments }`")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<FirstAction, E> {
        if word == "none" {
            return Ok(FirstAction::None);
        }
        Err(E::invalid_value(de::Unexpected::Str(word), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<FirstAction, A::Error> {
        Act::deserialize(MapAccessDeserializer::new(access)).map(FirstAction::Act)
    }
}

impl JsonSchema for FirstAction {
    fn schema_name() -> Cow<'static, str> {
        "FirstAction".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let act = generator.subschema_for::<Act>();
        json_schema!({
            "description": "The act, or `none`: there must have been no act at all.",
            "oneOf": [{ "const": "none" }, act]
        })
    }
}
