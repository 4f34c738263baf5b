//! The Compose file as it is written: the keys of the Compose specification that a lab may use.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::compose_forms::{Build, OneOrMany, Pairs};
use super::scalar::{Loose, RelPath, Size, Time};

/// A system of services on one internal network.
// Extension fields (`x-…`) at the top are left alone; all else was refused before this is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("patternProperties" = { "^x-": {} }))]
pub(crate) struct Compose {
    /// By name; the name is also the host name.
    pub(crate) services: At<BTreeMap<At<String>, At<Service>>>,
}

/// One service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// An image that is on the engine or can be pulled.
    pub(crate) image: Option<At<String>>,
    /// A folder with a Dockerfile.
    pub(crate) build: Option<At<Build>>,
    /// More files for the build context: name in the context to a file or folder.
    #[serde(rename = "x-files")]
    pub(crate) files: Option<At<BTreeMap<At<String>, RelPath>>>,
    /// A program of this workspace for the build context.
    #[serde(rename = "x-binary")]
    pub(crate) binary: Option<At<String>>,
    /// The deployment of `lab.yaml` whose releases this service runs.
    #[serde(rename = "x-deployment")]
    pub(crate) deployment: Option<At<String>>,
    /// Arguments that replace the image's.
    pub(crate) command: Option<Vec<At<String>>>,
    #[serde(default)]
    pub(crate) environment: Pairs,
    pub(crate) deploy: Option<Deploy>,
    /// `uid[:gid]` or a name.
    pub(crate) user: Option<Loose>,
    pub(crate) mem_limit: Option<Size>,
    /// Cores.
    pub(crate) cpus: Option<At<f64>>,
    pub(crate) pids_limit: Option<At<i64>>,
    /// Whether the root file system is read-only.
    #[serde(default)]
    pub(crate) read_only: bool,
    /// File systems in memory: `path` or `path:options`, such as `/tmp:size=16m,mode=1777`.
    pub(crate) tmpfs: Option<At<OneOrMany>>,
    /// Anonymous volumes: paths in the container.
    #[serde(default)]
    pub(crate) volumes: Vec<At<String>>,
    /// Capabilities to keep; all others are dropped.
    #[serde(default)]
    pub(crate) cap_add: Vec<At<String>>,
    pub(crate) shm_size: Option<Size>,
    /// Between SIGTERM and SIGKILL; 10s unless told.
    pub(crate) stop_grace_period: Option<Time>,
    #[serde(default)]
    pub(crate) stdin_open: bool,
}

/// `deploy`, of which only the number of replicas is used.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deploy {
    pub(crate) replicas: At<u32>,
}
