//! A Grafana beside the lab, from its start to its end: isolated, passed through to the candidate,
//! recorded, removed. What runs there is no Grafana but speaks as much of its HTTP as is asked for here
//! (`tests/docker/grafana`); docs/grafana.md says what that leaves open.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::console::Interview;
use crate::ground::{Ground, wait_until};

/// An image that is removed at the end.
struct Image(String);

impl Image {
    /// Built on the image of the lab's edge.
    fn build() -> Image {
        let list = ["images", "checkride/payments-edge", "--format", "{{.Repository}}:{{.Tag}}"];
        let base = docker(&list).lines().next().expect("the lab's images are built").to_owned();
        let name = format!("grafana-like:test-{}", std::process::id());
        let context =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/docker/grafana").canonicalize();
        let context = context.unwrap().display().to_string();
        docker(&["build", "-q", "--build-arg", &format!("BASE={base}"), "-t", &name, &context]);
        Image(name)
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // A test that failed may have left something that uses it.
        let _ = Command::new("docker").args(["rmi", "-f", &self.0]).output();
    }
}

fn docker(args: &[&str]) -> String {
    let output = Command::new("docker").args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Events of a kind, oldest first.
fn events(interview: &Interview, kind: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut from = 0;
    loop {
        let part = interview.interviewer.get(&format!("/api/timeline?from={from}"));
        let events = part["events"].as_array().unwrap_or_else(|| panic!("{part}"));
        if events.is_empty() {
            break;
        }
        all.extend(events.iter().filter(|event| event["kind"] == kind).cloned());
        from = part["next"].as_u64().unwrap();
    }
    all
}

/// How the container of a Grafana is described on the engine.
fn inspected(session: &str) -> Value {
    let inspected = docker(&["inspect", &format!("{session}-grafana")]);
    serde_json::from_str::<Value>(&inspected).unwrap()[0].clone()
}

fn is_as_closed_as_the_rest(session: &str) {
    let container = inspected(session);
    let host = &container["HostConfig"];
    assert_eq!(host["CapDrop"], json!(["ALL"]));
    assert_eq!(host["CapAdd"], Value::Null);
    assert_eq!(host["SecurityOpt"], json!(["no-new-privileges=true"]));
    assert_eq!((&host["ReadonlyRootfs"], &host["Privileged"]), (&json!(true), &json!(false)));
    assert_eq!((&host["Binds"], &container["Config"]["User"]), (&Value::Null, &json!("472:0")));
    assert_eq!(host["PortBindings"].as_object().map_or(0, serde_json::Map::len), 0);
    assert_eq!(host["NetworkMode"], session);
    for limit in ["Memory", "NanoCpus", "PidsLimit"] {
        assert!(host[limit].as_i64().is_some_and(|value| value > 0), "{limit}");
    }
    let networks = container["NetworkSettings"]["Networks"].as_object().unwrap();
    assert_eq!(networks.keys().collect::<Vec<_>>(), [session], "no other network");
    let network: Value = serde_json::from_str(&docker(&["network", "inspect", session])).unwrap();
    assert_eq!(network[0]["Internal"], true);
}

#[test]
fn a_grafana_is_started_passed_through_recorded_and_removed() {
    let image = Image::build();
    let ground = Ground::new();
    let interview = Interview::start_with(&ground, &["--grafana", &image.0]);
    let (candidate, interviewer) = (&interview.candidate, &interview.interviewer);
    let session = interview.session.clone();

    assert!(candidate.head(&["/grafana/d/pool"]).starts_with("HTTP/1.1 409"), "no page yet");
    candidate.post("/api/consent", &json!({}));
    wait_until("Grafana answers", || {
        let info = candidate.get("/api/grafana");
        assert_ne!(info["state"], "failed", "{info}");
        (info["state"] == "ready").then_some(())
    });
    is_as_closed_as_the_rest(&session);

    // A page comes through with a policy of our own, and nothing that it must not bring.
    let page = candidate.head(&["/grafana/d/pool/connection-pool?orgId=1"]);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("a page of Grafana"), "{page}");
    let policy = page.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
    assert!(policy.contains("'nonce-dGVzdHRlc3Q='") && policy.contains("frame-ancestors 'self'"));
    assert!(page.contains("x-frame-options: SAMEORIGIN") && !page.contains("set-cookie"), "{page}");
    let away = candidate.head(&["/grafana/explore"]);
    assert!(away.starts_with("HTTP/1.1 302") && !away.contains("elsewhere.example"), "{away}");

    // The candidate alone, to look and not to change, and by no way around.
    assert!(interviewer.head(&["/grafana/d/pool"]).starts_with("HTTP/1.1 403"));
    for (path, method, status) in [
        ("/grafana/api/dashboards/db", "POST", "403"),
        ("/grafana/api/dashboards/uid/pool", "DELETE", "403"),
        ("/grafana/api/admin/settings", "GET", "404"),
        ("/grafana/api/live/ws", "GET", "404"),
        ("/grafana/public/..%2f..%2fapi/admin/settings", "GET", "400"),
        ("/grafana//api/health", "GET", "400"),
    ] {
        let head = candidate.head(&["-X", method, "--path-as-is", path]);
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{method} {path}: {head}");
    }
    let inside = |args: &[&str]| {
        let workstation = format!("{session}-workstation");
        docker(&[&["exec", &workstation, "curl", "-s", "-m", "5"], args].concat())
    };
    let around =
        inside(&["-o", "/dev/null", "-w", "%{http_code}", "http://grafana:3000/x/grafana/d/pool"]);
    assert_eq!(around, "401", "from inside of the network nobody comes in");
    let services = candidate.get("/api/logs/services").to_string();
    assert!(!services.contains("grafana"), "it is none of the system's: {services}");

    // What is looked at in it is a look.
    candidate.get("/grafana/api/dashboards/uid/pool");
    let body = json!({ "queries": [{
        "refId": "A", "datasource": { "type": "prometheus", "uid": "prometheus" },
        "expr": r#"db_pool_in_use{job="payments",instance=~".*"}"#, "legendFormat": "{{instance}}",
        "instant": false, "range": true, "intervalMs": 1000, "maxDataPoints": 600,
    }], "from": "1764086400000", "to": "1764086460000" });
    let asked = |extra: &[&str], body: &Value| {
        let body = body.to_string();
        let kind = "Content-Type: application/json";
        let query = "/grafana/api/ds/query?ds_type=prometheus&requestId=SQR1";
        candidate.head(&[&["-H", kind, "-d", &body], extra, &[query]].concat())
    };
    for _ in 0..3 {
        let answer = asked(&["-H", "X-Dashboard-Uid: pool", "-H", "X-Panel-Id: 2"], &body);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("frames"), "{answer}");
    }
    let looked = wait_until("the panel is in the record", || {
        let all = events(&interview, "dashboard-viewed");
        all.into_iter().find(|event| event["data"].to_string().contains("In use"))
    });
    let panel = looked["data"].to_string();
    for word in ["\"dashboard\":\"pool\"", "\"unreported\":true", "payments-1", "db_pool_in_use"] {
        assert!(panel.contains(word), "{word}: {panel}");
    }
    let views = events(&interview, "dashboard-viewed");
    assert_eq!(views.len(), 2, "opened once, and one look: {views:?}");

    // Explore, and Prometheus' own API behind Grafana's, are questions; each is recorded once, although
    // Prometheus is asked from inside of the network.
    let mut explored = body;
    explored["queries"][0]["expr"] = json!("edge_up_here");
    assert!(asked(&[], &explored).starts_with("HTTP/1.1 200"));
    let question = "/grafana/api/datasources/proxy/uid/prometheus/api/v1/query?query=db_pool_size";
    let answer = candidate.get(question);
    assert_eq!(answer["status"], "success", "{answer}");
    assert!(answer.to_string().contains("payments-1"), "it is the lab's own: {answer}");
    let expressions = || {
        let all = events(&interview, "metrics-asked");
        let text = |event: &Value| {
            let data = event["data"].to_string();
            ["edge_up_here", "db_pool_size"].into_iter().find(|it| data.contains(it))
        };
        all.iter().filter_map(text).collect::<Vec<_>>()
    };
    wait_until("both questions are in the record", || (expressions().len() >= 2).then_some(()));

    interviewer.post("/api/end", &json!({}));
    wait_until("the system is gone", || ground.left_of(&session).is_empty().then_some(()));
    assert_eq!(expressions(), ["edge_up_here", "db_pool_size"], "each once, to the last line");
    interviewer.post("/api/seal", &json!({}));
    let (code, stderr) = interview.ended();
    assert_eq!(code, Some(0), "{stderr}");
    let report = ground.run(&["report", &session, "--format", "json"]);
    let report = String::from_utf8(report.stdout).unwrap();
    assert!(report.contains("In use"), "the report has the look");
}

#[test]
fn an_image_that_is_nowhere_is_named_with_what_to_do() {
    let ground = Ground::new();
    let args =
        ["interview", "payments", "--candidate", "Ada", "--grafana", "no.such.host/grafana:11"];
    let output = ground.run(&args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for word in ["`no.such.host/grafana:11`", "could not be pulled", "docker load"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}
