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
//! | `Lines` | agent, once, at its start | [`Line`] frames: command lines, and the programs under them |
//! | `Docker` | agent | raw bytes both ways: what a Docker client says, and is told |
//!
//! Pure: shapes and their encoding, no runtime. Neither side trusts the other's lengths: a frame
//! over [`frame::LIMIT`] is an error.

pub mod frame;

use serde::{Deserialize, Serialize};

/// The version of this protocol; both sides refuse another one.
pub const VERSION: u32 = 2;

/// Input that may be on its way to a terminal, in bytes: so much that was not told as
/// [`FromTerminal::Took`]. The orchestrator sends no more before it is, and the agent keeps more than
/// that without ceasing to read, so that a size or the end arrives whatever the terminal's programs do.
pub const UNTAKEN: usize = 128 << 10;

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
    /// The command lines of all shells and the programs that ran.
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
    /// Hang up: SIGHUP to the process group of the shell, which passes it on to its jobs.
    Close,
}

/// From a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromTerminal {
    Output(Vec<u8>),
    /// So many more bytes of input have reached the terminal. `masked`: it did not echo what is typed
    /// while reading whole lines, as for a password.
    Took {
        bytes: u32,
        masked: bool,
    },
    /// The shell is gone; nothing follows.
    Exited(Option<i32>),
}

/// A command line of a shell, or a program that ran. Times are the agent's monotonic clock,
/// microseconds since its start.
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
    /// A program that has ended, or that has run for a while and goes on.
    Program(Program),
    /// A program that was told while it ran has ended.
    ProgramEnded { id: u64, at_us: u64, exit: Option<i32> },
    /// Programs of a line (of no line: `None`) were counted and not told one by one, or not seen at
    /// all (`count` is then `None`).
    ProgramsMissed {
        terminal: String,
        line: Option<u64>,
        count: Option<u64>,
        reason: String,
        at_us: u64,
    },
}

/// One program that the kernel was asked to run (`execve` or `execveat`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Program {
    /// Given in the order in which the agent wrote them down. Programs of two terminals that begin
    /// within microseconds may have theirs in another order than their `at_us`.
    pub id: u64,
    /// Empty when it ran in no terminal of ours.
    pub terminal: String,
    /// The command line under which it ran; `None` when it ran under none.
    pub line: Option<u64>,
    pub pid: u32,
    pub parent: u32,
    /// The file, as the kernel was given it.
    pub path: String,
    /// Empty when it could not be read.
    pub argv: Vec<String>,
    /// Whether there was more than `path` and `argv` hold, or they could not be read.
    pub cut: bool,
    /// Empty when it could not be read.
    pub cwd: String,
    /// `false` when there was no such file, so that nothing ran.
    pub ran: bool,
    pub at_us: u64,
    /// `None` while it runs.
    pub ended_us: Option<u64>,
    /// The exit code, or 128 and the signal; `None` while it runs, when the kernel did not tell, and
    /// when the process went on as another program, or as the one that it was.
    pub exit: Option<i32>,
}
