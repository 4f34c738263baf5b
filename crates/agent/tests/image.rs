//! What only the workstation's image can show. Needs a Docker engine with the image, which `make images`
//! builds; run with `--test image`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that sees anything else than it expects fails"
)]

#[path = "link/home.rs"]
#[allow(dead_code, reason = "the tests without an image use more of it")]
mod home;

use std::process::Command as Blocking;

use tokio::process::Command;
use wire::{Call, Line, Open, Reply};

use crate::home::{Home, Talk};

/// A workstation as a lab starts it, removed when it is dropped.
struct Workstation {
    home: Option<Home>,
    name: String,
}

impl Workstation {
    fn start(test: &str) -> Self {
        let image = newest_image();
        let name = format!("t-agent-{test}-{}", std::process::id());
        let mut command = Command::new("docker");
        command.args(["run", "-i", "--rm", "--name", &name, "--hostname", "workstation"]);
        command.args(["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]);
        command.args(["--cap-add", "SETUID", "--cap-add", "SETGID", "--cap-add", "KILL"]);
        command.args(["--tmpfs", "/run:size=8m,mode=755", "--tmpfs", "/tmp:size=64m,mode=1777"]);
        command.args(["--tmpfs", "/home/oncall:size=64m,uid=1000,gid=1000,mode=755"]);
        command.args(["--network", "none", "--pids-limit", "256", &image]);
        Self { home: Some(Home::over(command)), name }
    }

    async fn at_prompt(&mut self) -> (Talk, Talk) {
        let home = self.home.as_mut().unwrap();
        let mut lines = home.lines().await;
        let terminal = home.terminal("t1").await;
        assert!(matches!(lines.line().await, Line::Ready { .. }));
        (terminal, lines)
    }
}

impl Drop for Workstation {
    fn drop(&mut self) {
        Blocking::new("docker").args(["rm", "-f", &self.name]).output().unwrap();
    }
}

fn newest_image() -> String {
    let mut images = Blocking::new("docker");
    images.args(["images", "--format", "{{.ID}}", "checkride/payments-workstation"]);
    let images = String::from_utf8(images.output().unwrap().stdout).unwrap();
    images.lines().next().expect("`make images` builds the workstation's image").to_owned()
}

#[tokio::test]
async fn the_shell_is_not_root_and_owns_its_terminal_and_nothing_of_the_agent() {
    let mut workstation = Workstation::start("user");
    let (mut terminal, mut lines) = workstation.at_prompt().await;
    let checks = [
        ("id -un; id -u; id -G", "oncall\n1000\n1000\n"),
        ("grep Cap /proc/self/status | grep -c 0000000000000000", "4\n"),
        ("pwd; touch ~/f /tmp/f && ls ~", "/home/oncall\nf\n"),
        ("stat -c %U $(tty)", "oncall\n"),
        ("cat /proc/1/comm", "init\n"),
        ("kill -TERM 1; kill -9 1; ls /proc/1/fd > /dev/null; echo $?", "2\n"),
        ("cat /run/oncall/lines; rm -f /run/oncall/lines; echo $?", "1\n"),
        ("touch /etc/x; echo $?", "1\n"),
        ("git -C /src/payments log --oneline | tail -1 | cut -d' ' -f2-", "payments 2.3.0\n"),
        (
            "echo $PGUSER@$PGHOST/$PGDATABASE; promtool --version | head -c 8",
            "oncall@postgres/payments\npromtool",
        ),
    ];
    for (line, printed) in checks {
        terminal.type_in(&format!("{line}\r")).await;
        let seen = lines.ended().await;
        assert!(seen.2.ends_with(printed), "{line}: {seen:?}");
    }
}

#[tokio::test]
async fn programs_of_another_user_than_the_agents_are_seen() {
    let mut workstation = Workstation::start("programs");
    let (mut terminal, mut lines) = workstation.at_prompt().await;
    // `ls -d /etc`.
    terminal.type_in("echo bHMgLWQgL2V0Ywo= | base64 -d | env sh; deployctl > /dev/null\r").await;
    let mut seen = Vec::new();
    while seen.len() < 4 {
        if let Line::Program(program) = lines.any_line().await
            && program.line.is_some()
        {
            assert_eq!((program.cwd.as_str(), program.cut), ("/home/oncall", false));
            // It goes on until somebody answers, and is told once it has run for a while: before the
            // others, where a kernel does not tell how they ended and that is waited for.
            if program.argv != ["deployctl"] {
                seen.push(program.argv.join(" "));
            }
        }
    }
    seen.sort();
    assert_eq!(seen, ["base64 -d", "env sh", "ls -d /etc", "sh"]);
}

#[tokio::test]
async fn a_pane_of_tmux_is_told_too() {
    let mut workstation = Workstation::start("tmux");
    let (mut terminal, mut lines) = workstation.at_prompt().await;
    terminal.type_in("tmux\r").await;
    assert!(matches!(lines.line().await, Line::Started { line, .. } if line == "tmux"));
    terminal.until("oncall@workstation").await;
    terminal.type_in("echo in a pane\r").await;
    match lines.line().await {
        Line::Started { line, terminal, .. } => {
            assert_eq!((line.as_str(), terminal.as_str()), ("echo in a pane", ""))
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(lines.line().await, Line::Ended { exit: 0, .. }));
}

#[tokio::test]
async fn our_programs_ask_and_say_when_nobody_answers() {
    let mut workstation = Workstation::start("calls");
    let (mut terminal, mut lines) = workstation.at_prompt().await;
    terminal.type_in("deployctl status --all; echo \"exit $?\"\r").await;
    let home = workstation.home.as_mut().unwrap();
    let (open, mut talk) = home.accept().await;
    let args = vec!["status".to_owned(), "--all".to_owned()];
    assert_eq!(open, Open::Call(Call { program: "deployctl".into(), args, columns: Some(100) }));
    talk.say(&Reply::Stdout(b"all well\n".to_vec())).await;
    talk.say(&Reply::Exit(3)).await;
    assert_eq!(lines.ended().await.2, "all well\nexit 3\n");

    terminal.type_in("oncall page; echo \"exit $?\"\r").await;
    let (_, talk) = home.accept().await;
    drop(talk);
    let seen = lines.ended().await;
    assert!(seen.2.contains("oncall: the link is down"), "{seen:?}");
    assert!(seen.2.ends_with("exit 69\n"), "{seen:?}");
}
