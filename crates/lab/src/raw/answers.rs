//! `answers.yaml` as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::scalar::Id;

/// What teammates say when they are asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Answers {
    /// The version of the file format.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "version")]
    _version: u32,
    pub(crate) answers: Vec<Answer>,
}

/// One thing that a teammate knows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) id: Id,
    /// Who answers, such as `Dana (payments)`.
    pub(crate) who: At<String>,
    /// Groups of lower-case words; the answer is given when all words of one group are in the
    /// question.
    pub(crate) asked: At<Vec<At<Vec<At<String>>>>>,
    pub(crate) says: At<String>,
    /// Other words while one of these causes is on, by the cause's id.
    #[serde(default)]
    pub(crate) unless: BTreeMap<At<String>, At<String>>,
}
