//! What passes, what is refused, and in which words.

use crate::{Call, Change, Limits, Request, allowed, read};

fn call(method: &str, target: &str, body: &str) -> Call {
    read(Request { method, target, body: body.as_bytes() }).unwrap().1
}

fn refused(method: &str, target: &str, body: &str) -> (u16, String) {
    let refusal = read(Request { method, target, body: body.as_bytes() }).unwrap_err();
    (refusal.status, refusal.message)
}

#[test]
fn the_calls_of_the_docker_cli_are_understood() {
    let logs =
        call("GET", "/v1.41/containers/payments-1/logs?follow=1&stderr=1&stdout=1&tail=100", "");
    assert_eq!((logs.verb(), logs.detail().as_str()), ("logs", "last 100, following"));
    let ps = call(
        "GET",
        "/v1.41/containers/json?all=1&filters=%7B%22status%22%3A%7B%22exited%22%3Atrue%7D%7D",
        "",
    );
    assert_eq!((ps.verb(), ps.detail().as_str()), ("ps", "all, status=exited"));
    let stop = call("POST", "/v1.41/containers/edge/stop?t=3", "");
    assert_eq!((stop.verb(), stop.detail().as_str()), ("stop", "within 3 s"));
    let exec = call(
        "POST",
        "/v1.41/containers/edge/exec",
        r#"{"User":"","Privileged":false,"Tty":true,"AttachStdin":true,"AttachStderr":true,"AttachStdout":true,"Detach":false,"DetachKeys":"","Env":null,"WorkingDir":"","Cmd":["sh","-c","id"]}"#,
    );
    assert_eq!((exec.verb(), exec.detail().as_str()), ("exec", "sh -c id"));
}

#[test]
fn limits_are_read_from_what_the_cli_sends_and_kept_within_bounds() {
    let body = r#"{"CpuShares":0,"Memory":134217728,"NanoCpus":500000000,"CgroupParent":"","BlkioWeightDevice":null,"MemorySwap":268435456,"PidsLimit":null,"OomKillDisable":false,"RestartPolicy":{"Name":"","MaximumRetryCount":0}}"#;
    let Call::Change { change: Change::Update(limits), .. } =
        call("POST", "/containers/edge/update", body)
    else {
        panic!("no update");
    };
    let wanted = Limits { memory: Some(128 << 20), nano_cpus: Some(500_000_000), pids: None };
    assert_eq!(limits, wanted);
    assert_eq!(limits.words(), "memory 128 MiB, cpus 0.5");
    for body in [
        r#"{"Memory":17179869184}"#,
        r#"{"Memory":-1}"#,
        r#"{"PidsLimit":-1}"#,
        r#"{"CpusetCpus":"0"}"#,
        r#"{"RestartPolicy":{"Name":"always"}}"#,
        r#"{"Devices":[{"PathOnHost":"/dev/sda"}]}"#,
    ] {
        assert_eq!(refused("POST", "/containers/edge/update", body).0, 403, "{body}");
    }
    assert_eq!(refused("POST", "/containers/edge/update", "{}").0, 400);
}

#[test]
fn a_program_is_run_as_the_container_would_and_where_it_is_recorded() {
    for body in [
        r#"{"Cmd":["sh"],"Privileged":true}"#,
        r#"{"Cmd":["sh"],"User":"root"}"#,
        r#"{"Cmd":["sh"],"Env":["LD_PRELOAD=/tmp/x"]}"#,
        r#"{"Cmd":["sh"],"WorkingDir":"/proc/self/fd/8"}"#,
        r#"{"Cmd":["sh"],"Detach":true}"#,
    ] {
        assert_eq!(refused("POST", "/containers/edge/exec", body).0, 403, "{body}");
    }
    for body in [
        "",
        "[]",
        r#"{"AttachStdout":true,"Cmd":[]}"#,
        r#"{"AttachStdout":true,"Cmd":"sh"}"#,
        r#"{"AttachStdout":true,"Cmd":["a\u0000b"]}"#,
    ] {
        assert_eq!(refused("POST", "/containers/edge/exec", body).0, 400, "{body}");
    }
    assert_eq!(refused("POST", "/exec/abc/start", r#"{"Detach":true}"#).0, 403);
}

#[test]
fn a_program_whose_output_nobody_takes_is_refused() {
    for body in [
        r#"{"Cmd":["sh"]}"#,
        r#"{"AttachStdin":true,"Tty":true,"Cmd":["sh"]}"#,
        // Detached, without saying so.
        r#"{"User":"","Privileged":false,"Tty":false,"AttachStdin":false,"AttachStderr":false,"AttachStdout":false,"DetachKeys":"","Env":null,"WorkingDir":"","Cmd":["cat","/etc/hosts"]}"#,
    ] {
        let (status, message) = refused("POST", "/containers/edge/exec", body);
        assert_eq!(status, 400, "{body}");
        assert!(message.contains("cannot be recorded"), "{message}");
    }
    for attached in ["AttachStdout", "AttachStderr"] {
        let body = format!(r#"{{"{attached}":true,"Cmd":["sh"]}}"#);
        assert_eq!(call("POST", "/containers/edge/exec", &body).detail(), "sh");
    }
}

#[test]
fn everything_else_is_refused_in_clear_words() {
    for (method, target, words) in [
        ("POST", "/v1.41/containers/create", "created"),
        ("DELETE", "/v1.41/containers/edge", "removed"),
        ("POST", "/v1.41/containers/prune", "removed"),
        ("POST", "/v1.41/containers/edge/attach", "docker logs -f"),
        ("GET", "/v1.41/containers/edge/archive", "copying"),
        ("PUT", "/v1.41/containers/edge/archive", "copying"),
        ("HEAD", "/v1.41/containers/edge/archive", "copying"),
        ("GET", "/v1.41/containers/edge/export", "exporting"),
        ("POST", "/v1.41/containers/edge/rename", "names"),
        ("GET", "/v1.41/containers/edge/changes", "changed files"),
        ("POST", "/v1.41/commit", "made"),
        ("POST", "/v1.41/build", "deployctl"),
        ("POST", "/session", "deployctl"),
        ("POST", "/grpc", "deployctl"),
        ("POST", "/v1.41/images/create", "images"),
        ("GET", "/v1.41/images/json", "images"),
        ("GET", "/v1.41/volumes", "volumes"),
        ("GET", "/v1.41/networks", "networks"),
        ("GET", "/v1.41/swarm", "swarm"),
        ("GET", "/v1.41/plugins", "plugins"),
        ("POST", "/v1.41/auth", "registries"),
        ("GET", "/v1.41/system/df", "engine"),
        ("GET", "/v1.41/nodes", "not available"),
        ("GET", "/metrics", "not available"),
        ("POST", "/v1.41/containers/json", "not available"),
        ("get", "/v1.41/containers/json", "not available"),
    ] {
        let (status, message) = refused(method, target, "");
        assert_eq!(status, 403, "{method} {target}");
        assert!(message.contains(words), "{method} {target}: {message}");
    }
}

#[test]
fn a_parameter_that_is_not_known_is_refused() {
    for target in [
        "/containers/json?filters=%7B%22label%22%3A%5B%22x%22%5D%7D",
        "/containers/json?filters=%7B%22volume%22%3A%5B%22x%22%5D%7D",
        "/events?filters=%7B%22daemon%22%3A%5B%22x%22%5D%7D",
        "/containers/edge/json?checkpoint=x",
    ] {
        assert_eq!(refused("GET", target, "").0, 403, "{target}");
    }
    assert_eq!(refused("POST", "/containers/edge/start?checkpoint-dir=/tmp", "").0, 403);
    assert_eq!(refused("GET", "/containers/edge/top?ps_args=-o%20pid%3B%24(id)", "").0, 403);
    assert_eq!(refused("GET", "/containers/edge/top?ps_args=-o%09pid", "").0, 400);
    let (status, message) = refused("GET", "/containers/edge/top?ps_args=-orss%3DPID%20f", "");
    assert_eq!(status, 403);
    assert!(message.contains("`rss=PID` is no column"), "{message}");
    assert_eq!(refused("GET", "/containers/json", "{\"a\":1}").0, 400);
}

#[test]
fn the_table_of_the_documents_is_the_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/trust/docker.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(
        page.contains(&allowed::table()),
        "put this into docs/trust/docker.md:\n{}",
        allowed::table()
    );
}
