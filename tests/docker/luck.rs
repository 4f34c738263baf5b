//! Bad luck: what a session needs fails it. Each has an exit code and a message that names the thing
//! and the remedy, leaves nothing on the engine, and a record that can be read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::ground::{Ground, wait_until};
use crate::program::Program;

/// A session ended with `code` and said each of `words`; nothing of it is left, and its record says
/// that it is `state`.
fn check(ground: &Ground, output: &Output, code: i32, words: &[&str], state: &str) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    let session = ground.session();
    assert_eq!(ground.left_of(&session), [] as [&str; 0], "{said}");
    assert_eq!(ground.json(&["sessions", "--json"])[0]["state"], state);
    let report = ground.json(&["report", &session, "--format", "json"]);
    assert_eq!(report["timeline"][0]["kind"], "session-started");
}

/// One of the lab's files with other words in some places, in the home of the test.
fn changed(ground: &Ground, file: &str, changes: &[(&str, &str)]) -> PathBuf {
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
    let mut text = fs::read_to_string(lab.join(file)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "no `{from}` in {file}");
        text = text.replace(from, to);
    }
    let path = ground.home.path().join(Path::new(file).file_name().unwrap());
    fs::write(&path, text).unwrap();
    path
}

fn rehearse(ground: &Ground, cause: &str, persona: &str) -> Command {
    let args = ["rehearse", "payments", "--cause", cause, "--persona", persona];
    ground.command(&args)
}

#[test]
fn a_fault_that_does_not_bite_is_said_before_anybody_is_paged() {
    let ground = Ground::new();
    let apart = "  - evidence: replicas-alike
    because: Both replicas are short, which rules out one that is ill.
";
    let mild = [("id: shrunk-pool", "id: mild"), ("value: \"2\"", "value: \"7\""), ("15s", "2s")];
    let cause = changed(&ground, "causes/shrunk-pool.yaml", &[&mild[..], &[(apart, "")]].concat());
    let mild = ground.home.path().join("mild.yaml");
    fs::rename(cause, &mild).unwrap();
    let persona = changed(&ground, "personas/jumper.yaml", &[("  shrunk-pool:", "  mild:")]);
    let output = rehearse(&ground, mild.to_str().unwrap(), persona.to_str().unwrap()).output();
    let words = ["the fault did not bite", "make the cause's fault larger"];
    check(&ground, &output.unwrap(), 4, &words, "failed");
    assert!(!ground.journal(&ground.session()).contains(r#""kind":"paged""#));
}

#[test]
fn a_persona_that_never_sees_its_prompt_says_at_which_step() {
    let ground = Ground::new();
    let line = "oncall page, shows: exhausted";
    let persona = changed(&ground, "personas/jumper.yaml", &[(line, "sleep 600, within: 2s")]);
    let output = rehearse(&ground, "leaky-release", persona.to_str().unwrap()).output().unwrap();
    let words = ["step 1 of the persona (`sleep 600`) had no prompt after 2s", "`within`"];
    check(&ground, &output, 1, &words, "failed");
}

#[test]
fn a_container_that_a_session_needs_and_that_dies_ends_it_by_name() {
    let ground = Ground::new();
    let mut command = rehearse(&ground, "leaky-release", "methodical");
    let child = Program::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    let session = ground.session();
    // Before the incident: nobody plays yet, and it is told all the same.
    let baseline = r#""phase":"baseline""#;
    wait_until(baseline, || ground.journal(&session).contains(baseline).then_some(()));
    let prometheus = format!("{session}-prometheus");
    let killed = Command::new("docker").args(["kill", &prometheus]).output().unwrap();
    assert!(killed.status.success(), "{killed:?}");
    let words = ["`prometheus` ended with 137", "start another one"];
    check(&ground, &child.output(), 4, &words, "failed");
}

#[test]
fn a_disk_that_takes_no_more_ends_a_strict_session_with_what_was_written() {
    let ground = Ground::new();
    let program = rehearse(&ground, "leaky-release", "methodical");
    // Files may not grow beyond 32 blocks of 512 bytes, which a journal does within seconds.
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap '' XFSZ; ulimit -f 32; exec "$0" "$@""#]);
    limited.arg(program.get_program()).args(program.get_args());
    limited.current_dir(program.get_current_dir().unwrap());
    limited.env("CHECKRIDE_HOME", ground.home.path());
    let output = limited.output().unwrap();
    // What is written of it ends in the middle, and is closed as that of any that was cut short.
    ground.run(&["clean"]);
    let words = ["the journal cannot be written", "free some space, or set CHECKRIDE_HOME"];
    check(&ground, &output, 3, &words, "lost");
}
