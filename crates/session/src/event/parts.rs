//! What kinds of events are made of, beside texts and numbers.

use serde::{Deserialize, Serialize};

use super::is_false;

/// How an event's effect is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// From the engine's answer, or from the state before and after.
    Observed,
    /// From what was asked: a program in a container may change what nobody watches.
    Assumed,
}

/// A panel that was drawn for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelView {
    pub title: String,
    pub promql: Vec<String>,
    /// The numbers in words as they were drawn, such as `in use payments-1: 10 (max 10)`.
    pub shown: String,
    /// How long it was in view; `None` where it was printed into a terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_ms: Option<u64>,
    /// Whether somebody pointed at it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hovered: bool,
    /// Whether somebody zoomed in it or opened it large.
    #[serde(default, skip_serializing_if = "is_false")]
    pub zoomed: bool,
    /// Whether it was only asked for: the page that did so never said that it was in view.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unreported: bool,
}

impl PanelView {
    /// A panel as it was printed into a terminal.
    pub fn printed(title: String, promql: Vec<String>, shown: String) -> PanelView {
        let (hovered, zoomed, unreported) = (false, false, false);
        PanelView { title, promql, shown, visible_ms: None, hovered, zoomed, unreported }
    }
}

/// What an inject did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InjectDid {
    /// Somebody spoke in the channel.
    Said {
        who: String,
        /// `teammate` or `stakeholder`.
        role: String,
        text: String,
    },
    /// A fault went in.
    Injected { fault: String, detail: String },
}

/// Something that was seen, attached to a hypothesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// `panel`, `explore`, `log`, `command`, `change`, `alert`, `wiki` or `channel`.
    pub source: String,
    pub title: String,
    pub text: String,
}

/// What a debrief has a place for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DebriefPart {
    /// What happened when, in the candidate's words.
    Timeline,
    Cause,
    /// What helped it to happen, or to last.
    Factors,
    /// Why it was not noticed earlier.
    Detection,
    /// What is to be changed, by whom, and how one sees that it worked.
    FollowUps,
}

impl DebriefPart {
    /// All of them, in the order in which they are asked.
    pub const ALL: [DebriefPart; 5] = [
        DebriefPart::Timeline,
        DebriefPart::Cause,
        DebriefPart::Factors,
        DebriefPart::Detection,
        DebriefPart::FollowUps,
    ];
}

/// How a hypothesis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Open,
    RuledOut,
    Confirmed,
}

/// `provision → baseline → inject → paged → live → mitigated → debrief → sealed`, or `aborted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Provision,
    Baseline,
    Inject,
    Paged,
    Live,
    Mitigated,
    Debrief,
    Sealed,
    Aborted,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The person said that they were done, or the persona's script ended.
    Done,
    /// The interviewer called it off before the incident had begun.
    CalledOff,
    /// Ctrl-C or `end`.
    Interrupted,
    /// The lab could not do its part; not the person's doing.
    Failed,
    /// Found unsealed and closed afterwards.
    Lost,
}
