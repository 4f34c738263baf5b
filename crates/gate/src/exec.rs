//! A program to be run in a container: as the container's own user, in its own folder, with its own
//! environment. Whether it only reads is judged by its words, and errs towards an act.

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

/// Programs that change nothing whatever their arguments are, as long as no shell runs them.
const READERS: [&str; 24] = [
    "cat",
    "date",
    "df",
    "du",
    "free",
    "getent",
    "grep",
    "head",
    "hostname",
    "id",
    "ls",
    "md5sum",
    "nproc",
    "pg_isready",
    "printenv",
    "ps",
    "pwd",
    "readlink",
    "sha256sum",
    "stat",
    "tail",
    "uname",
    "uptime",
    "wc",
];

impl Exec {
    /// The program with its arguments, as one would type them.
    pub fn words(&self) -> String {
        self.argv.join(" ")
    }

    /// Whether it surely changes nothing: one of a few programs that only read, run by itself. A
    /// shell, an interpreter or `psql` may do anything, so it counts as an act from its start.
    pub fn only_reads(&self) -> bool {
        let Some((program, args)) = self.argv.split_first() else { return false };
        let name = ["/bin/", "/usr/bin/"]
            .iter()
            .find_map(|folder| program.strip_prefix(folder))
            .unwrap_or(program);
        // Alone it prints the environment; with arguments it runs a program.
        READERS.contains(&name) || (name == "env" && args.is_empty()) || name == "whoami"
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

#[cfg(test)]
mod tests {
    use super::*;

    fn only_reads(line: &str) -> bool {
        let argv = line.split(' ').map(str::to_owned).collect();
        Exec { argv, tty: false, stdin: false, stdout: true, stderr: true }.only_reads()
    }

    #[test]
    fn a_program_that_can_only_read_is_a_look() {
        for line in ["cat /etc/haproxy/haproxy.cfg", "/bin/ls -l", "ps aux", "env", "tail -f /x"] {
            assert!(only_reads(line), "{line}");
        }
    }

    #[test]
    fn whatever_may_change_something_is_an_act() {
        for line in [
            "sh",
            "bash -c ls",
            "env sh",
            "psql -c select",
            "kill 1",
            "find / -delete",
            "top",
            "/tmp/cat x",
            "./ls",
            "sort -o x y",
            "date;reboot",
            "CAT x",
            "",
        ] {
            assert!(!only_reads(line), "{line}");
        }
    }
}
