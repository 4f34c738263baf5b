//! Whose an event is, where they were, through which door and to what effect. What happened is the
//! event's kind.

use serde::{Deserialize, Serialize};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Participant {
    Candidate,
    Interviewer,
    /// The lab itself.
    Lab,
}

/// Where somebody was when they did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the lab, at the workstation, or the lab itself.
    #[default]
    Lab,
    /// In the browser, so that no command line of a terminal has to do with it.
    Console,
}

impl Place {
    pub(super) fn is_lab(&self) -> bool {
        *self == Place::Lab
    }
}

/// The way in which somebody looked or acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    Terminal,
    /// The Docker API.
    Docker,
    Control,
    Dashboards,
    Logs,
    /// The database, by its own log.
    Sql,
    /// Prometheus, by the record of what it was asked.
    Metrics,
    Changes,
    Wiki,
    Channel,
    Notebook,
    Page,
    /// The session itself: phases, faults, health.
    Session,
}

/// What an event does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    Look,
    Act,
    Say,
    Think,
    Truth,
}
