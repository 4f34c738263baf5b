//! Random and half-right requests, a fixed number of them: nothing panics, nothing off the list
//! passes, and what goes to the engine is what was read.

use bolero::check;

use crate::frames::Demultiplexer;
use crate::scope::example;
use crate::{Call, Request, Target, Version, read};

/// Executions of each target; ten times as many with CHECKRIDE_TEST_FULL set.
fn executions() -> usize {
    if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { 2_000_000 } else { 200_000 }
}

/// Pieces that a hostile path is made of.
const PIECES: [&str; 40] = [
    "/",
    "/",
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2f",
    "%00",
    "\\",
    "v1.41",
    "v1.24",
    "containers",
    "json",
    "exec",
    "start",
    "logs",
    "stats",
    "top",
    "events",
    "wait",
    "update",
    "restart",
    "stop",
    "payments-1",
    "create",
    "images",
    "archive",
    "attach",
    "_ping",
    "info",
    "version",
    "?",
    "stdout=1",
    "&",
    "follow=1",
    "filters=%7B%7D",
    "#",
    ";",
    "http://x",
];

const METHODS: [&str; 8] = ["GET", "POST", "HEAD", "DELETE", "PUT", "OPTIONS", "get", "CONNECT"];

fn pieced(input: &[u8]) -> String {
    let piece = |byte: &u8| PIECES[usize::from(*byte) % PIECES.len()];
    format!("/{}", input.iter().map(piece).collect::<Vec<_>>().concat())
}

/// The path without version and query has to be one of these shapes; written a second time, by hand.
fn is_on_the_list(method: &str, segments: &[String]) -> bool {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    matches!(
        (method, segments.as_slice()),
        ("GET" | "HEAD", ["_ping"])
            | ("GET", ["version" | "info" | "events"] | ["containers", "json"])
            | ("GET", ["containers", _, "json" | "logs" | "stats" | "top"])
            | ("GET", ["exec", _, "json"])
            | (
                "POST",
                [
                    "containers",
                    _,
                    "wait"
                        | "start"
                        | "stop"
                        | "restart"
                        | "kill"
                        | "pause"
                        | "unpause"
                        | "update"
                        | "exec"
                ] | ["exec", _, "start" | "resize"]
            )
    )
}

fn judge(method: &str, target: &str, body: &[u8]) {
    let request = Request { method, target, body };
    let Ok((parsed, call)) = read(request) else { return };
    assert!(is_on_the_list(method, &parsed.segments), "{method} {target} passed as {call:?}");
    let again = call.path(parsed.version, "f00d", "s-1");
    let Some(path) = again else { return };
    let written = Target::parse(&path.path).unwrap_or_else(|refusal| panic!("{path:?}: {refusal}"));
    assert_eq!(written.version, parsed.version, "{target}");
    let mut wanted = parsed.segments;
    if wanted.len() == 3 {
        wanted[1] = "f00d".to_owned();
    }
    assert_eq!(written.segments, wanted, "{target}");
    assert_eq!(path.method, method, "{target}");
}

#[test]
fn no_target_of_random_pieces_passes_that_is_not_on_the_list() {
    check!().with_iterations(executions()).with_type::<(u8, Vec<u8>)>().for_each(
        |(method, input)| {
            judge(METHODS[usize::from(*method) % METHODS.len()], &pieced(input), b"");
        },
    );
}

#[test]
fn no_random_text_passes_that_is_not_on_the_list() {
    check!().with_iterations(executions()).with_type::<(u8, String)>().for_each(
        |(method, text)| {
            judge(METHODS[usize::from(*method) % METHODS.len()], text, b"");
        },
    );
}

#[test]
fn a_call_from_the_list_goes_on_as_it_was_read_or_not_at_all() {
    const CALLS: [&str; 8] = [
        "containers/json",
        "containers/x/logs",
        "containers/x/stats",
        "containers/x/top",
        "events",
        "containers/x/wait",
        "containers/x/json",
        "exec/x/resize",
    ];
    const KEYS: [&str; 12] = [
        "all",
        "limit",
        "filters",
        "tail",
        "stdout",
        "since",
        "until",
        "ps_args",
        "stream",
        "h",
        "w",
        "condition",
    ];
    const VALUES: [&str; 12] = [
        "1",
        "0",
        "-1",
        "all",
        "99999999999999999999",
        "%7B%22status%22%3A%5B%22exited%22%5D%7D",
        "1700000000.5",
        "a+b%26c",
        "%2F..%2F",
        "%00",
        "",
        "next-exit",
    ];
    check!().with_iterations(executions()).with_type::<(u8, Vec<(u8, u8)>)>().for_each(
        |(call, pairs)| {
            let call = CALLS[usize::from(*call) % CALLS.len()];
            let pair = |(key, value): &(u8, u8)| {
                let key = KEYS[usize::from(*key) % KEYS.len()];
                format!("{key}={}", VALUES[usize::from(*value) % VALUES.len()])
            };
            let query = pairs.iter().map(pair).collect::<Vec<_>>().join("&");
            for method in ["GET", "POST"] {
                judge(method, &format!("/v1.41/{call}?{query}"), b"");
            }
        },
    );
}

#[test]
fn no_body_makes_a_program_privileged_or_somebody_else() {
    check!().with_iterations(executions()).with_type::<Vec<u8>>().for_each(|input| {
        const PIECES: [&str; 17] = [
            "{",
            "}",
            ":",
            ",",
            "[",
            "]",
            "\"Cmd\":[\"sh\"]",
            "\"AttachStdout\":true",
            "\"Privileged\":true",
            "\"User\":\"root\"",
            "\"Env\":[\"A=b\"]",
            "\"privileged\":true",
            "\"WorkingDir\":\"/proc/self/fd/8\"",
            "\"Tty\":true",
            "null",
            "\"Memory\":1",
            "\"Detach\":false",
        ];
        let piece = |byte: &u8| PIECES[usize::from(*byte) % PIECES.len()];
        let body = format!("{{{}}}", input.iter().map(piece).collect::<Vec<_>>().join(","));
        for target in ["/containers/x/exec", "/exec/x/start", "/containers/x/update"] {
            let request = Request { method: "POST", target, body: body.as_bytes() };
            if let Ok((_, Call::ExecCreate { exec, .. })) = read(request) {
                let told: serde_json::Value = serde_json::from_str(&exec.to_json()).unwrap();
                assert_eq!(told["Privileged"], false);
                for key in ["User", "Env", "WorkingDir", "DetachKeys"] {
                    assert!(told.get(key).is_none(), "{body}");
                }
            }
        }
        judge("POST", "/containers/x/exec", input);
    });
}

#[test]
fn versions_and_frames_never_panic() {
    check!().with_iterations(executions()).with_type::<Vec<u8>>().for_each(|input| {
        let text = String::from_utf8_lossy(input);
        if let Some(version) = Version::parse(&text) {
            assert_eq!(version.to_string(), text);
        }
        let mut count = 0;
        Demultiplexer::default().push(input, |_, piece| count += piece.len());
        assert!(count <= input.len());
        let scope = example();
        let _ = scope.find(&text).map(|found| assert!(!scope.is_hidden(&found.name)));
    });
}
