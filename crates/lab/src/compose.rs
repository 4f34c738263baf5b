//! The subset of the Compose specification that a lab's system may use.
//!
//! A key outside the subset is refused with its line. There are no bind mounts, published ports,
//! privileges, host namespaces, devices or external networks to write down: a lab cannot ask for
//! them. All services share one internal network; a service `a` with `replicas: 2` becomes the
//! containers `a-1` and `a-2`, reachable under those names, and `a` names them all.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A whole Compose file.
#[derive(Debug, Clone)]
pub struct Compose {
    /// Keyed by service name, which is also the host name for a single replica.
    pub services: BTreeMap<String, Service>,
}

/// One service.
#[derive(Debug, Clone)]
pub struct Service {
    pub image: Image,
    /// Arguments that replace the image's `CMD`.
    pub command: Option<Vec<String>>,
    pub environment: BTreeMap<String, String>,
    /// `deploy.replicas`; `None` means one container that bears the service's own name.
    pub replicas: Option<u32>,
    /// `uid[:gid]`.
    pub user: Option<String>,
    /// Bytes (`mem_limit`).
    pub memory: Option<u64>,
    /// Cores (`cpus`).
    pub cpus: Option<f64>,
    /// `pids_limit`.
    pub pids: Option<i64>,
    /// Root file system read-only (`read_only`).
    pub read_only: bool,
    /// Path to options such as `size=16m,mode=1777`.
    pub tmpfs: BTreeMap<String, String>,
    /// Anonymous volumes (container paths), filled from the image, removed with the container.
    pub volumes: Vec<String>,
    /// Capabilities kept (`cap_add`); all others are dropped.
    pub capabilities: Vec<String>,
    /// `shm_size`, bytes.
    pub shm: Option<u64>,
    /// Seconds between SIGTERM and SIGKILL (`stop_grace_period`).
    pub grace: Duration,
    /// Open for input from the orchestrator (`stdin_open`): the workstation's link.
    pub stdin_open: bool,
}

/// Where a service's image comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Image {
    /// Used as it is; must be on the engine, or be pulled.
    Named(String),
    /// Built from a folder with a `Dockerfile` (`build:`).
    Built {
        /// Resolved against the Compose file's folder.
        context: PathBuf,
        args: BTreeMap<String, String>,
        /// `x-files`: more files for the context, name in the context to source path (a file or a
        /// folder), resolved.
        files: BTreeMap<String, PathBuf>,
        /// `x-binary`: a program of this workspace, put into the context under its own name.
        binary: Option<String>,
    },
    /// `x-deployment`: built from a release of the named deployment of the lab; the context is
    /// `build:`'s, with the release's program in it.
    Release {
        deployment: String,
        context: PathBuf,
        /// Build arguments.
        args: BTreeMap<String, String>,
    },
}
