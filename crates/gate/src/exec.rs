//! A program to be run in a container: as the container's own user, in its own folder, with its own
//! environment. Whether it only reads is judged in [`crate::reads`].

use crate::reads;

/// The program and what it is connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    /// Not empty.
    pub argv: Vec<String>,
    pub tty: bool,
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
}

/// How it is started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Rows and columns of the terminal.
    pub size: Option<(u16, u16)>,
}

impl Exec {
    /// The program with its arguments, as one would type them.
    pub fn words(&self) -> String {
        self.argv.join(" ")
    }

    /// Whether it surely changes nothing: one of a few programs that only read, run by itself, on
    /// files that stay as they are when they are read. Everything else is an act from its start.
    pub fn only_reads(&self) -> bool {
        reads::only_reads(&self.argv)
    }

    /// What the engine is told; everything else of the client's words stays behind.
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "AttachStdin": self.stdin,
            "AttachStdout": self.stdout,
            "AttachStderr": self.stderr,
            "Tty": self.tty,
            "Privileged": false,
            "Cmd": self.argv,
        })
        .to_string()
    }
}

impl Start {
    /// What the engine is told.
    pub fn to_json(&self, exec: &Exec) -> String {
        let mut told = serde_json::json!({ "Detach": false, "Tty": exec.tty });
        if let (Some((rows, columns)), true) = (self.size, exec.tty) {
            told["ConsoleSize"] = serde_json::json!([rows, columns]);
        }
        told.to_string()
    }
}
