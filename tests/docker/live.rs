//! A lab with somebody in front of it: `checkride practice` in a terminal of the test's own, held
//! live for as long as the test wants, with the engine's view of its containers.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};
use serde_json::Value;

use crate::ground::{Ground, wait_until};
use crate::program::Program;

/// Longer than any line that is typed here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session that is in its incident. Ends it when it is dropped.
pub struct Live<'a> {
    pub ground: &'a Ground,
    pub session: String,
    child: Program,
    keyboard: std::fs::File,
    screen: Arc<Mutex<Vec<u8>>>,
    lines: u32,
}

impl<'a> Live<'a> {
    /// Starts a lab with this cause and waits until the page has gone out.
    pub fn start(ground: &'a Ground, cause: &str) -> Live<'a> {
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        let own = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
        let mut practice = ground.command(&["practice", "payments", "--cause", cause]);
        practice.stdin(own(&pty.slave)).stdout(own(&pty.slave)).stderr(own(&pty.slave));
        let mut child = Program::start(&mut practice);
        drop(practice);
        drop(pty.slave);
        let keyboard = std::fs::File::from(pty.master);
        let screen = Arc::new(Mutex::new(Vec::new()));
        watch(keyboard.try_clone().unwrap(), Arc::clone(&screen));
        wait_until("a session is there", || {
            let shown = text(&screen.lock().unwrap_or_else(PoisonError::into_inner));
            assert!(child.runs(), "no session was started:\n{shown}");
            let rows = ground.json(&["sessions", "--json"]);
            rows.as_array().is_some_and(|rows| !rows.is_empty()).then_some(())
        });
        let session = ground.session();
        let live = Live { ground, session, child, keyboard, screen, lines: 0 };
        wait_until("the incident is on", || {
            live.ground.journal(&live.session).contains(r#""phase":"live""#).then_some(())
        });
        live
    }

    /// What `docker inspect` says of every container, with its name in the lab.
    pub fn containers(&self) -> Vec<(String, Value)> {
        let label = format!("label=checkride.session={}", self.session);
        let ids = docker(&["ps", "-q", "--filter", &label]);
        let ids: Vec<&str> = ids.lines().collect();
        let all = docker(&[&["inspect"], &ids[..]].concat());
        let all: Vec<Value> = serde_json::from_str(&all).unwrap();
        let named = all.into_iter().map(|it| (self.plain_name(&it), it));
        named.collect()
    }

    fn plain_name(&self, container: &Value) -> String {
        let name = container["Name"].as_str().unwrap().trim_start_matches('/');
        name.strip_prefix(&format!("{}-", self.session)).unwrap().to_owned()
    }

    /// Runs a shell script in a container as whoever the container's own user is, or `user`.
    pub fn exec(&self, container: &str, user: Option<&str>, script: &str) -> Output {
        let name = format!("{}-{container}", self.session);
        let user = user.map_or_else(Vec::new, |user| vec!["--user", user]);
        let args = [&["exec"], &user[..], &[&name, "bash", "-c", script]].concat();
        Command::new("docker").args(args).output().unwrap()
    }

    /// Runs a script in the workstation as the person; gives what it printed.
    pub fn run(&self, script: &str) -> String {
        let output = self.exec("workstation", Some("1000:1000"), script);
        text(&[output.stdout, output.stderr].concat())
    }

    /// Types a line into the session's real terminal and waits until the shell is through with it;
    /// gives what it printed, and how long it took.
    pub fn type_line(&mut self, line: &str) -> (String, Duration) {
        let begun = Instant::now();
        let mark = self.type_ahead(line);
        (self.through(&mark), begun.elapsed())
    }

    /// Types a line; gives the mark that stands behind what it prints.
    pub fn type_ahead(&mut self, line: &str) -> String {
        self.lines += 1;
        // What is echoed while it is typed does not hold the sum.
        let left = self.lines * 1000;
        self.screen.lock().unwrap_or_else(PoisonError::into_inner).clear();
        writeln!(self.keyboard, "{line}; echo through-$(({left}+7))").unwrap();
        format!("through-{}", left + 7)
    }

    /// What the terminal has shown since the last line was typed, once the mark is there.
    pub fn through(&self, mark: &str) -> String {
        let begun = Instant::now();
        loop {
            let shown = text(&self.screen.lock().unwrap_or_else(PoisonError::into_inner));
            if shown.contains(mark) {
                return shown;
            }
            let end = shown.chars().rev().take(2000).collect::<Vec<_>>().into_iter().rev();
            let end: String = end.collect();
            assert!(begun.elapsed() < PATIENCE, "`{mark}` was not shown but:\n{end}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types keys as they are.
    pub fn type_raw(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether the session is still on, as the record says.
    pub fn is_on(&mut self) -> bool {
        let ended = self.ground.journal(&self.session).contains("session-ended");
        self.child.runs() && !ended
    }

    /// The orchestrator's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it, and checks that nothing of it is left on the engine and that its record holds.
    pub fn ends_in_order(self) {
        let (ground, session) = (self.ground, self.session.clone());
        drop(self);
        assert_eq!(ground.left_of(&session), [] as [&str; 0]);
        let verified = ground.run(&["verify", &session]);
        assert!(verified.status.success(), "{}", text(&verified.stdout));
    }
}

/// Keeps what the terminal shows, the newest mebibyte.
fn watch(mut terminal: std::fs::File, screen: Arc<Mutex<Vec<u8>>>) {
    std::thread::spawn(move || {
        let mut chunk = [0; 64 << 10];
        // The end of the other side is an error here, as with every terminal.
        while let Ok(count @ 1..) = terminal.read(&mut chunk) {
            let mut screen = screen.lock().unwrap_or_else(PoisonError::into_inner);
            screen.extend_from_slice(&chunk[..count]);
            let over = screen.len().saturating_sub(1 << 20);
            screen.drain(..over);
        }
    });
}

/// What a `docker` command prints.
pub fn docker(args: &[&str]) -> String {
    let output = Command::new("docker").args(args).output().unwrap();
    assert!(output.status.success(), "docker {args:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
