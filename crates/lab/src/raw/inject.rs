//! `injects` in `lab.yaml`, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::cause::Fault;
use super::scalar::Id;

/// Something that an interviewer may let happen during the incident.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Inject {
    pub(crate) id: Id,
    /// One line, for the interviewer and the report; the candidate never sees it.
    pub(crate) title: At<String>,
    pub(crate) does: Does,
    /// Whether it may happen more than once in a session. Traffic that goes in again starts anew and
    /// does not add up.
    #[serde(default)]
    pub(crate) repeat: bool,
}

/// What happens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Does {
    /// Somebody speaks in the channel, unasked.
    Message(Message),
    /// A fault goes in beside the cause's, and is recovered when the session ends.
    Fault(At<Fault>),
}

/// What somebody says in the channel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Message {
    /// As the channel shows it, such as `Ines (merchant success)`.
    pub(crate) who: At<String>,
    pub(crate) role: Speaker,
    /// At most 2000 characters.
    pub(crate) text: At<String>,
}

/// In which role somebody speaks.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Speaker {
    /// Somebody who works on the system.
    Teammate,
    /// Somebody who depends on it.
    Stakeholder,
}
