//! The protocol between the orchestrator and the agent in the workstation.
//!
//! Docker carries one byte stream (the agent's stdin and stdout). Both ends lay yamux over it with
//! yamux's default windows: the orchestrator is the yamux client (`Mode::Client`), the agent the
//! server (`Mode::Server`); either side opens streams, and a side that has said all closes its half.
//! The first thing on every stream is one [`Open`] as a [`frame`]; what follows depends on it:
//!
//! | `Open` | opened by | then |
//! |---|---|---|
//! | `Terminal` | orchestrator | [`ToTerminal`] frames one way, [`FromTerminal`] frames the other |
//! | `Dial` | orchestrator | one [`Dialled`] frame back, then raw bytes both ways |
//! | `Call` | agent | [`Reply`] frames back until `Exit` |
//! | `Lines` | agent, once, at its start | [`Line`] frames |
//! | `Docker` | agent | raw bytes both ways: what a Docker client says, and is told |
//!
//! Pure: shapes and their encoding, no runtime. Neither side trusts the other's lengths: a frame
//! over [`frame::LIMIT`] is an error.

pub mod frame;

use serde::{Deserialize, Serialize};

/// The version of this protocol; both sides refuse another one.
pub const VERSION: u32 = 1;

/// What a stream is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Open {
    /// A new terminal with a login shell of the candidate's.
    Terminal { terminal: String, columns: u16, rows: u16 },
    /// A TCP connection from inside the lab's network.
    Dial { host: String, port: u16 },
    /// Somebody in the workstation ran `deployctl`, `edgectl` or `oncall`.
    Call(Call),
    /// The command lines of all shells.
    Lines { version: u32 },
    /// A client connected to the workstation's Docker socket.
    Docker,
}

/// The answer to [`Open::Dial`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialled {
    Connected,
    Refused { reason: String },
}

/// A command of the workstation that the orchestrator carries out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// `deployctl`, `edgectl` or `oncall`.
    pub program: String,
    pub args: Vec<String>,
    /// Columns of the terminal that it prints to; `None` when that is no terminal.
    pub columns: Option<u16>,
}

/// What comes back for a [`Call`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Exit(u8),
}

/// Towards a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToTerminal {
    Input(Vec<u8>),
    Resize {
        columns: u16,
        rows: u16,
    },
    /// Hang up: SIGHUP to the session of the shell.
    Close,
}

/// From a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromTerminal {
    Output(Vec<u8>),
    /// The shell is gone; nothing follows.
    Exited(Option<i32>),
}

/// A command line of a shell. Times are the agent's monotonic clock, microseconds since its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// The agent's clock now, sent first and once a second, to relate the two clocks.
    Clock { at_us: u64 },
    /// A shell showed its prompt for the first time.
    Ready { terminal: String, at_us: u64 },
    /// `terminal` is empty for a shell in no terminal of ours (inside tmux, say).
    Started { id: u64, terminal: String, line: String, cwd: String, at_us: u64 },
    /// `printed` holds the first 16 KiB without escape sequences.
    Ended { id: u64, terminal: String, exit: i32, at_us: u64, printed_bytes: u64, printed: String },
    /// Records were lost or unreadable.
    Lost { reason: String, at_us: u64 },
}
