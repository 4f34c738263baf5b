//! What every part of the running agent may reach: the paths, the children, the terminals.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::lines::Lines;
use crate::reaper::Reaper;
use crate::terminal::Terminals;

/// Where things are and how shells are started. Fixed for the life of the process.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Holds the pipe and the socket.
    pub(crate) run: PathBuf,
    /// `None` in the workstation. Elsewhere a folder that holds `run` and a `bashrc`, and shells run
    /// as whoever started this.
    pub(crate) trial: Option<PathBuf>,
}

impl Settings {
    /// Those of the workstation.
    pub(crate) fn workstation() -> Self {
        Self { run: PathBuf::from("/run/oncall"), trial: None }
    }

    /// Those of a trial run in a folder.
    pub(crate) fn trial(folder: &Path) -> Self {
        Self { run: folder.join("run"), trial: Some(folder.to_owned()) }
    }

    /// The socket on which `deployctl`, `edgectl` and `oncall` ask.
    pub(crate) fn calls(&self) -> PathBuf {
        self.run.join("calls.sock")
    }

    /// The socket of the Docker client; in the workstation where every client looks for it.
    pub(crate) fn docker(&self) -> PathBuf {
        match self.trial {
            Some(_) => self.run.join("docker.sock"),
            None => PathBuf::from("/run/docker.sock"),
        }
    }

    /// The pipe into which shells write their command lines.
    pub(crate) fn lines(&self) -> PathBuf {
        self.run.join("lines")
    }
}

/// Shared by all tasks.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) reaper: Arc<Reaper>,
    pub(crate) terminals: Arc<Terminals>,
    pub(crate) lines: Lines,
}
