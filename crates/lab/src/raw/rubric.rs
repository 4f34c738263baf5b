//! `rubric.yaml` as it is written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::scalar::Id;

/// What is judged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Rubric {
    /// The version of the file format.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "version")]
    _version: u32,
    pub(crate) dimensions: At<Vec<Dimension>>,
}

/// One respect in which a person is judged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Dimension {
    pub(crate) id: Id,
    pub(crate) title: At<String>,
    /// A sentence or two that a candidate reads beforehand.
    pub(crate) about: At<String>,
    /// What a person does who is on a level, from level 1 up.
    pub(crate) levels: At<Vec<At<String>>>,
}
