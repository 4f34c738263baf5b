//! Secrets that a person lets slip, planted as canaries and searched for in every file that a
//! session leaves: journal, recordings, reports.

use std::path::Path;

use crate::ground::Ground;
use crate::live::Live;

/// What is typed; each holds `canary` once.
const LINES: [&str; 9] = [
    "PGPASSWORD=canary psql -qAtc 'select 1'",
    "export API_TOKEN=canary",
    "curl -s -o /dev/null -H 'Authorization: Bearer canary' http://edge:8080/",
    "curl -s -o /dev/null 'http://edge:8080/?access_token=canary'",
    "curl -s -o /dev/null -u ada:canary http://edge:8080/",
    "psql -qAtc 'select 1' postgres://oncall:canary@postgres/payments",
    "psql -qAtc \"alter role oncall password 'canary'\"",
    "oncall say 'the new password: canary'",
    "oncall hypothesis 'somebody leaked the secret: canary' --confidence 10",
];

#[test]
fn no_secret_is_in_anything_that_a_session_leaves() {
    let ground = Ground::new();
    let mut live = Live::start(&ground, "all-quiet");
    let planted: Vec<String> =
        (0..=LINES.len()).map(|number| format!("kanarie{number}x")).collect();
    for (line, secret) in LINES.iter().zip(&planted) {
        live.type_line(&line.replace("canary", secret));
    }
    // With the echo off nothing tells its shape. `read -s` would ask a moment before it is off.
    let mark = live.type_ahead("stty -echo; printf c%s ode?; read -r code; stty echo");
    live.through("code?");
    live.type_raw(&format!("{}\r", planted[LINES.len()]));
    live.through(&mark);
    let session = live.session.clone();
    drop(live);
    for format in ["html", "md", "json"] {
        ground.run(&[
            "report",
            &session,
            "--format",
            format,
            "-o",
            &format!("{}/again.{format}", ground.home.path().display()),
        ]);
    }
    let mut files = Vec::new();
    read(ground.home.path(), &mut files);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for needed in ["journal.jsonl", ".cast", "again.html", "again.md", "again.json"] {
        assert!(names.iter().any(|name| name.ends_with(needed)), "no {needed} in {names:?}");
    }
    let found: Vec<String> = files
        .iter()
        .flat_map(|(name, text)| {
            planted.iter().filter(|it| text.contains(*it)).map(move |it| format!("{it} in {name}"))
        })
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Every file below a folder, with its name.
fn read(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
}
