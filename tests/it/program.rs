//! The real binary without an engine: what it prints, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs the program with a home of its own and no engine in reach.
fn checkride(home: &TempDir, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_checkride"))
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("CHECKRIDE_HOME", home.path())
        .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
        .env_remove("CHECKRIDE_LABS")
        .output()
        .unwrap()
}

fn check(args: &[&str], code: i32) -> (String, String) {
    let home = tempfile::tempdir().unwrap();
    let output = checkride(&home, args);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}\n{stdout}\n{stderr}");
    (stdout, stderr)
}

#[test]
fn the_help_lists_verbs_and_exit_codes() {
    let (stdout, _) = check(&["--help"], 0);
    for word in [
        "practice",
        "serve",
        "rehearse",
        "report",
        "verify",
        "clean",
        "doctor",
        "Exit codes",
        "130",
    ] {
        assert!(stdout.contains(word), "{word} is missing in\n{stdout}");
    }
}

#[test]
fn labs_are_listed_without_giving_their_causes_away() {
    let (stdout, _) = check(&["labs"], 0);
    assert!(stdout.contains("payments"), "{stdout}");
    for cause in ["leaky-release", "flash-sale", "shrunk-pool", "all-quiet"] {
        assert!(!stdout.contains(cause), "{stdout}");
    }
    let (json, _) = check(&["labs", "--json"], 0);
    let labs: serde_json::Value = serde_json::from_str(&json).unwrap();
    let payments = labs.as_array().unwrap().iter().find(|lab| lab["id"] == "payments").unwrap();
    assert_eq!(payments["causes"], 4);
}

#[test]
fn the_labs_of_this_repository_have_no_mistakes() {
    let (stdout, _) = check(&["check"], 0);
    assert!(stdout.contains("good"), "{stdout}");
}

#[test]
fn a_lab_is_the_same_from_inside_its_folder_and_by_the_name_of_its_file() {
    for name in [".", "lab.yaml"] {
        let output = Command::new(env!("CARGO_BIN_EXE_checkride"))
            .args(["check", name])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments"))
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && stdout.contains("labs/payments: good"), "{stdout}");
    }
}

#[test]
fn with_nobody_to_read_standard_error_a_program_ends_as_it_should() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_checkride"))
        .args(["show", "nope"])
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_full_disk_behind_standard_output_is_told() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_checkride"))
        .args(["schema", "lab"])
        .stdout(full)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("cannot write to standard output"), "{stderr}");
}

#[test]
fn a_lab_that_is_not_there_is_answered_with_those_that_are() {
    let (_, stderr) = check(&["show", "nope"], 2);
    assert!(
        stderr.contains("no lab `nope`; there are ") && stderr.contains("payments"),
        "{stderr}"
    );
    let (_, stderr) = check(&["show", "/nowhere/at/all"], 2);
    assert!(stderr.contains("no `lab.yaml` in `/nowhere/at/all`"), "{stderr}");
}

#[test]
fn a_mistake_in_a_lab_is_shown_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lab.yaml"), "version: 1\nid: x\ntittle: y\n").unwrap();
    let name = format!("{}/", folder.path().display());
    let (stdout, _) = check(&["check", &name], 1);
    assert!(stdout.contains("lab.yaml:3") && stdout.contains("tittle"), "{stdout}");
}

/// A folder with the payments lab and what it stands on, where one may change it.
fn copy_of_the_labs() -> TempDir {
    let (copy, here) =
        (tempfile::tempdir().unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    for folder in ["labs", "grafana"] {
        let copied = Command::new("cp").arg("-r").arg(here.join(folder)).arg(copy.path()).status();
        assert!(copied.unwrap().success());
    }
    for folder in ["crates", "docker"] {
        std::os::unix::fs::symlink(here.join(folder), copy.path().join(folder)).unwrap();
    }
    copy
}

#[test]
fn a_lab_whose_dashboard_cannot_be_drawn_cannot_be_used() {
    let copy = copy_of_the_labs();
    let labs = copy.path().join("labs").display().to_string();
    let (stdout, _) = check(&["--labs", &labs, "labs"], 0);
    assert!(!stdout.contains("cannot be used"), "{stdout}");
    let pool = copy.path().join("grafana/dashboards/pool.json");
    let mut dashboard: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&pool).unwrap()).unwrap();
    dashboard["templating"] = "none".into();
    let text = serde_json::to_string_pretty(&dashboard).unwrap();
    let line = text.lines().position(|line| line.contains("\"templating\"")).unwrap() + 1;
    std::fs::write(&pool, text).unwrap();
    let (stdout, _) = check(&["--labs", &labs, "labs"], 0);
    assert!(stdout.contains("cannot be used: it has mistakes"), "{stdout}");
    let (_, stderr) = check(&["--labs", &labs, "show", "payments"], 2);
    assert!(stderr.contains("the dashboard `pool` cannot be drawn"), "{stderr}");
    assert!(stderr.contains(&format!("grafana/dashboards/pool.json:{line}:")), "{stderr}");
}

#[test]
fn without_an_engine_a_rehearsal_says_what_is_missing_and_how_to_get_it() {
    let args = ["rehearse", "payments", "--cause", "leaky-release", "--persona", "methodical"];
    let (_, stderr) = check(&args, 3);
    assert!(stderr.contains("no Docker engine answers"), "{stderr}");
    assert!(stderr.contains("install"), "{stderr}");
    let (stdout, _) = check(&["doctor"], 3);
    assert!(stdout.contains("✗ docker engine"), "{stdout}");
}

#[test]
fn causes_and_personas_that_are_not_there_are_refused_before_anything_starts() {
    let (_, stderr) =
        check(&["rehearse", "payments", "--cause", "gremlins", "--persona", "jumper"], 2);
    assert!(stderr.contains("gremlins") && stderr.contains("flash-sale"), "{stderr}");
    let (_, stderr) =
        check(&["rehearse", "payments", "--cause", "flash-sale", "--persona", "nobody"], 2);
    assert!(stderr.contains("nobody") && stderr.contains("methodical"), "{stderr}");
}

#[test]
fn practice_needs_no_terminal_but_an_engine() {
    let (_, stderr) = check(&["practice", "payments"], 3);
    assert!(!stderr.contains("terminal"), "{stderr}");
}

#[test]
fn a_session_that_is_not_there_is_an_error_and_an_empty_list_is_not() {
    let (_, stderr) = check(&["report", "latest"], 2);
    assert!(stderr.contains("there is no session `latest`"), "{stderr}");
    let (stdout, _) = check(&["sessions", "--json"], 0);
    assert_eq!(stdout.trim(), "[]");
}

#[test]
fn a_home_that_cannot_be_written_names_the_variable() {
    let output = Command::new(env!("CARGO_BIN_EXE_checkride"))
        .arg("sessions")
        .env("CHECKRIDE_HOME", "/proc/nowhere")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("CHECKRIDE_HOME"), "{stderr}");
}

#[test]
fn every_schema_and_every_completion_is_printed() {
    for file in ["lab", "cause", "persona", "answers", "compose", "rubric"] {
        let (stdout, _) = check(&["schema", file], 0);
        let schema: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        assert!(schema["properties"].is_object(), "{file}: {stdout}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let (script, _) = check(&["completions", shell], 0);
        assert!(script.contains("practice") && !script.contains("__guard"), "{script}");
    }
}

#[test]
fn a_certificate_that_does_not_do_is_named_before_anything_starts() {
    let with = |more: &[&str]| {
        let interview = ["interview", "payments", "--candidate", "Ada"];
        check(&[&interview[..], more].concat(), 2).1
    };
    let missing = with(&["--tls-cert", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"]);
    assert!(missing.contains("/nowhere/cert.pem") && missing.contains("is it there"), "{missing}");
    let half = with(&["--tls-cert", "/nowhere/cert.pem"]);
    assert!(half.contains("--tls-key"), "{half}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let (_, said) = check(&["practice", "payments", "--console", "--listen", &port], 3);
    let wanted = format!("cannot listen on {port}; if another program does, name another port");
    assert!(said.contains(&wanted), "{said}");
}

#[test]
fn a_port_that_others_may_reach_without_tls_is_warned_of() {
    let interview = ["interview", "payments", "--candidate", "Ada", "--listen"];
    let (_, open) = check(&[&interview[..], &["0.0.0.0:0"]].concat(), 3);
    assert!(open.contains("in the open") && open.contains("--tls-cert"), "{open}");
    let (_, local) = check(&[&interview[..], &["localhost:0"]].concat(), 3);
    assert!(!local.contains("in the open"), "{local}");
}

#[test]
fn a_report_whose_lab_is_gone_says_where_it_was() {
    let home = tempfile::tempdir().unwrap();
    let session = "20260101-000000-abcd";
    let folder = home.path().join("sessions").join(session);
    std::fs::create_dir_all(&folder).unwrap();
    let origin = r#"{"lab":"/nowhere/payments","cause":"/nowhere/payments/causes/it.yaml"}"#;
    std::fs::write(folder.join("origin.json"), origin).unwrap();
    std::fs::write(folder.join("journal.jsonl"), "").unwrap();
    let output = checkride(&home, &["report", session]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("was held with the lab in `/nowhere/payments`, which is gone"), "{said}");
}
