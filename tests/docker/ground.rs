//! What the tests stand on: the program with a home of its own, and questions to the engine.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::Program;
use crate::room;

/// A rehearsal that runs by itself.
pub const REHEARSAL: [&str; 6] =
    ["rehearse", "payments", "--cause", "leaky-release", "--persona", "methodical"];

static ENGINE: RwLock<()> = RwLock::new(());

/// A home of one test, on the engine that all of them share.
pub struct Ground {
    pub home: TempDir,
    _engine: Engine,
}

/// Held until the home is gone.
enum Engine {
    Shared {
        _held: RwLockReadGuard<'static, ()>,
    },
    Alone {
        _held: RwLockWriteGuard<'static, ()>,
    },
    /// Another home of the same test holds it.
    Beside,
}

impl Ground {
    /// Given when there is room for a system on the machine.
    pub fn new() -> Ground {
        let held = ENGINE.read().unwrap_or_else(PoisonError::into_inner);
        room::wait();
        Ground::on(Engine::Shared { _held: held })
    }

    /// No other test runs beside this one: for what uses the machine up, or says how busy it is.
    pub fn alone() -> Ground {
        let held = ENGINE.write().unwrap_or_else(PoisonError::into_inner);
        Ground::on(Engine::Alone { _held: held })
    }

    /// Another home on the same engine, for a test that has a ground already.
    pub fn beside() -> Ground {
        Ground::on(Engine::Beside)
    }

    fn on(engine: Engine) -> Ground {
        Ground { home: tempfile::tempdir().unwrap(), _engine: engine }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_checkride"));
        command
            .args(args)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .env("CHECKRIDE_HOME", self.home.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{args:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// A rehearsal that runs by itself.
    pub fn start_rehearsal(&self) -> Program {
        Program::start(self.command(&REHEARSAL).stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// The newest session of this home, once it is there.
    pub fn session(&self) -> String {
        self.session_after(0)
    }

    /// The newest session, once there are more than so many.
    pub fn session_after(&self, known: usize) -> String {
        wait_until("a session is there", || {
            let rows = self.json(&["sessions", "--json"]);
            let rows = rows.as_array().filter(|rows| rows.len() > known)?;
            rows[0]["session"].as_str().map(str::to_owned)
        })
    }

    /// The journal's text, as far as it is written.
    pub fn journal(&self, session: &str) -> String {
        let path = self.home.path().join("sessions").join(session).join("journal.jsonl");
        std::fs::read_to_string(path).unwrap_or_default()
    }

    /// Containers and networks of the session that are on the engine.
    pub fn left_of(&self, session: &str) -> Vec<String> {
        let label = format!("label=checkride.session={session}");
        let ids = |args: &[&str]| -> Vec<String> {
            ask([args, &["-q", "--filter", &label]].concat()).lines().map(str::to_owned).collect()
        };
        let (containers, networks) = (ids(&["ps", "-a"]), ids(&["network", "ls"]));
        if !containers.is_empty() {
            return [containers, networks].concat();
        }
        networks.into_iter().filter(|network| !self.engine_lost_count_of(network)).collect()
    }

    /// Whether the engine keeps a network that nothing is attached to, and would not let go of it for
    /// anybody: it has lost count of its endpoints (`testbed::clean`). One that it does let go of had
    /// been left by us, and stays a reproach.
    fn engine_lost_count_of(&self, network: &str) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            if ask(vec!["network", "ls", "-q", "--filter", &format!("id={network}")]).is_empty() {
                return true; // It was just being removed.
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let removal = Command::new("docker").args(["network", "rm", network]).output().unwrap();
        assert!(!removal.status.success(), "the network {network} was left, with nothing in it");
        String::from_utf8_lossy(&removal.stderr).contains("has active endpoints")
    }
}

/// What the engine's program prints.
fn ask(args: Vec<&str>) -> String {
    let output = Command::new("docker").args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Waits up to two minutes for a condition, by its name. What takes long is asked for less and less often: a
/// question may start a program, and other systems share the processor.
pub fn wait_until<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(20);
    while begun.elapsed() < Duration::from_secs(120) {
        if let Some(found) = check() {
            return found;
        }
        std::thread::sleep(pause);
        pause = pause.mul_f64(1.5).min(Duration::from_millis(400));
    }
    panic!("waited two minutes in vain until {what}");
}
