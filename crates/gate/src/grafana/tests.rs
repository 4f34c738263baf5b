//! Requests as Grafana's own code writes them (the files are named in [`super`]), and what is no such
//! request.

use super::*;

/// What `DataSourceWithBackend.query` sends for a panel whose query is "both" (`processTargetV2`).
const PANEL: &str = r#"{
  "queries": [
    {
      "refId": "A", "datasource": {"type": "prometheus", "uid": "prometheus"},
      "expr": "db_pool_in_use{job=\"payments\",instance=~\".*\"}", "legendFormat": "{{instance}}",
      "instant": false, "range": true, "exemplar": false, "requestId": "2A", "utcOffsetSec": 7200,
      "interval": "", "datasourceId": 1, "intervalMs": 1000, "maxDataPoints": 611.5, "queryCachingTTL": null
    },
    {
      "refId": "A-Instant", "datasource": {"type": "prometheus", "uid": "prometheus"},
      "expr": "db_pool_size", "instant": true, "range": false, "adhocFilters": [], "scopes": []
    }
  ],
  "from": "1764086400000", "to": "1764087300000"
}"#;

fn ask<'a>(method: &'a str, path: &'a str, query: &'a str, body: &'a str) -> Request<'a> {
    let headers = Headers { dashboard: Some("pool"), panel: Some("2") };
    Request { method, path, query, headers, body: body.as_bytes() }
}

fn passed(method: &str, path: &str, query: &str, body: &str) -> Passed {
    read(ask(method, path, query, body)).unwrap_or_else(|no| panic!("{method} {path}: {no}"))
}

fn status(method: &str, path: &str, query: &str, body: &str) -> u16 {
    read(ask(method, path, query, body)).map_or_else(|refusal| refusal.status, |_| 200)
}

fn queries(passed: &Passed) -> &Queries {
    let Call::Queries(queries) = &passed.call else { panic!("{passed:?}") };
    queries
}

fn question(passed: &Passed) -> &Question {
    let Call::Question(question) = &passed.call else { panic!("{passed:?}") };
    question
}

#[test]
fn a_panels_queries_are_read_with_their_panel_and_their_time() {
    let passed = passed("POST", "/api/ds/query", "ds_type=prometheus&requestId=SQR101", PANEL);
    let asked = queries(&passed);
    assert_eq!((asked.from, asked.to), (1_764_086_400.0, 1_764_087_300.0));
    assert_eq!(asked.panel, Some(Panel { dashboard: "pool".to_owned(), id: 2 }));
    let [first, second] = asked.queries.as_slice() else { panic!("{asked:?}") };
    assert_eq!(first.expr, r#"db_pool_in_use{job="payments",instance=~".*"}"#);
    assert_eq!((first.instant, first.max_data_points), (Some(false), Some(612)));
    assert_eq!((second.ref_id.as_str(), second.instant), ("A-Instant", Some(true)));
}

#[test]
fn queries_go_on_as_they_were_read_and_with_nothing_else() {
    // Go reads keys whatever their case, and the last of two wins.
    let sly = PANEL.replace(
        r#""expr": "db_pool_size""#,
        r#""expr": "db_pool_size", "EXPR": "secret", "Expr": "secret""#,
    );
    let passed = passed("POST", "/api/ds/query", "", &sly);
    let sent: serde_json::Value = serde_json::from_slice(&passed.body).unwrap();
    assert!(!sent.to_string().contains("secret"), "{sent}");
    assert_eq!(sent["queries"][1]["expr"], "db_pool_size");
    assert_eq!(sent["queries"][0]["datasource"]["uid"], "prometheus");
    assert_eq!(sent["queries"][0]["intervalMs"], 1000);
    assert_eq!(sent["from"], "1764086400000");
    assert_eq!(Queries::read(&passed.body, Headers::default()).unwrap().queries.len(), 2);
}

#[test]
fn explore_and_annotations_name_no_panel() {
    for (dashboard, panel) in [
        (None, None),
        (Some("pool"), None),
        (None, Some("2")),
        (Some("../x"), Some("2")),
        (Some("pool"), Some("-1")),
        (Some("pool"), Some("Q")),
    ] {
        let headers = Headers { dashboard, panel };
        let read = Queries::read(PANEL.as_bytes(), headers).unwrap();
        assert_eq!(read.panel, None, "{dashboard:?} {panel:?}");
    }
    let headers = Headers { dashboard: Some("pool"), panel: Some("panel-7") };
    let read = Queries::read(PANEL.as_bytes(), headers).unwrap();
    assert_eq!(read.panel.unwrap().id, 7);
}

#[test]
fn what_is_no_query_of_prometheus_is_refused_with_a_reason() {
    let long = format!(r#""expr": "{}""#, "x".repeat(17 << 10));
    for (from, to, said) in [
        (r#""uid": "prometheus""#, r#""uid": "other""#, "only the data source"),
        (r#""uid": "prometheus""#, r#""uid": "__expr__""#, "only the data source"),
        (r#""from": "1764086400000""#, r#""from": "now-1h""#, "milliseconds"),
        (r#""from": "1764086400000""#, r#""from": "1764089900000""#, "before"),
        (r#""from": "1764086400000", "#, "", "missing field"),
        (r#""expr": "db_pool_size""#, long.as_str(), "bytes"),
        (r#""expr": "db_pool_size""#, r#""expr": 7"#, "cannot be read"),
        (r#""expr": "db_pool_size""#, r#""expr": "a", "expr": "b""#, "duplicate"),
    ] {
        assert!(PANEL.contains(from), "{from}");
        let refused = Queries::read(PANEL.replace(from, to).as_bytes(), Headers::default());
        let refused = refused.unwrap_err();
        assert!(refused.status == 400 && refused.message.contains(said), "{to}: {refused}");
    }
    let none = r#"{"queries": [], "from": "1", "to": "2"}"#;
    assert!(Queries::read(none.as_bytes(), Headers::default()).is_err());
}

#[test]
fn prometheus_own_api_is_read_behind_each_of_grafanas_paths() {
    let asked = "query=up&start=1&end=2&step=1&custom=x";
    for path in [
        "/api/datasources/uid/prometheus/resources/api/v1/query_range",
        "/api/datasources/proxy/uid/prometheus/api/v1/query_range",
        "/apis/prometheus.datasource.grafana.app/v0alpha1/namespaces/default/datasources/prometheus/resources/api/v1/query_range",
    ] {
        let got = passed("GET", path, asked, "");
        assert_eq!(question(&got).route, "query_range", "{path}");
        assert_eq!((got.query.as_str(), got.body.len()), ("query=up&start=1&end=2&step=1", 0));
        let sent = passed("POST", path, "query=other", asked);
        assert_eq!((sent.query.as_str(), &sent.body[..]), ("", got.query.as_bytes()));
        assert_eq!(sent.content_type, Some("application/x-www-form-urlencoded"));
    }
}

#[test]
fn a_question_that_two_readers_might_take_differently_does_not_pass() {
    let path = "/api/datasources/uid/prometheus/resources/api/v1/query";
    assert_eq!(status("GET", path, "query=up&query=secret", ""), 400);
    assert_eq!(status("POST", path, "", "query=up&%71uery=secret"), 400);
    assert_eq!(status("GET", path, "query=up\u{7f}", ""), 400);
    let many = "match[]=up&".repeat(65);
    let series = path.replace("query", "series");
    assert_eq!(status("GET", &series, &many, ""), 400);
    assert_eq!(status("GET", &series, "match[]=a&match[]=b", ""), 200);
}

#[test]
fn names_are_told_from_what_shows_the_system() {
    let is_names = |route: &str| {
        let path = format!("/api/datasources/uid/prometheus/resources/api/v1/{route}");
        question(&passed("GET", &path, "", "")).names_only
    };
    for route in ["labels", "metadata", "rules", "status/buildinfo", "label/__name__/values"] {
        assert!(is_names(route), "{route}");
    }
    for route in ["query", "query_range", "series", "alerts", "label/version/values"] {
        assert!(!is_names(route), "{route}");
    }
}

#[test]
fn a_dashboard_is_known_by_either_of_its_apis() {
    for path in [
        "/api/dashboards/uid/pool",
        "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/pool",
        "/apis/dashboard.grafana.app/v2alpha1/namespaces/default/dashboards/pool/dto",
    ] {
        let call = passed("GET", path, "", "").call;
        assert_eq!(call, Call::Dashboard { uid: "pool".to_owned() }, "{path}");
    }
}

#[test]
fn pages_files_and_settings_of_its_own_pass() {
    for path in [
        "/",
        "/d/pool/connection-pool",
        "/explore",
        "/dashboards",
        "/public/build/app.7d3f~1.js",
        "/api/frontend/settings",
        "/api/search",
        "/api/plugins/prometheus/settings",
        "/apis/folder.grafana.app/v1beta1/namespaces/default/folders",
    ] {
        assert_eq!(passed("GET", path, "orgId=1", "").call, Call::Own, "{path}");
    }
    let flags = "/apis/features.grafana.app/v0alpha1/namespaces/default/ofrep/v1/evaluate/flags";
    assert_eq!(passed("POST", flags, "", "{}").body, b"{}");
}

#[test]
fn what_changes_something_is_refused() {
    for (method, path) in [
        ("POST", "/api/dashboards/db"),
        ("POST", "/api/annotations"),
        ("POST", "/api/datasources"),
        ("POST", "/api/user/using/1"),
        ("POST", "/api/user/stars/dashboard/uid/pool"),
        ("PUT", "/api/user/preferences"),
        ("DELETE", "/api/dashboards/uid/pool"),
        ("PATCH", "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/pool"),
        ("POST", "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"),
        ("POST", "/api/snapshots"),
        ("POST", "/api/plugins/x/install"),
        ("POST", "/login"),
        ("OPTIONS", "/api/ds/query"),
        ("post", "/api/ds/query"),
    ] {
        assert_eq!(status(method, path, "", "{}"), 403, "{method} {path}");
    }
}

#[test]
fn what_is_not_on_the_list_is_not_there() {
    for path in [
        "/api/admin/settings",
        "/api/datasources",
        "/api/datasources/uid/other/resources/api/v1/query",
        "/api/datasources/proxy/1/api/v1/query",
        "/api/datasources/uid/prometheus/resources/api/v1/admin/tsdb/delete_series",
        "/api/datasources/uid/prometheus/resources/api/v1/status/config",
        "/api/datasources/uid/prometheus/resources/suggestions",
        "/api/live/ws",
        "/api/live/list",
        "/apis/query.grafana.app/v0alpha1/namespaces/default/query",
        "/apis/iam.grafana.app/v0alpha1/namespaces/default/users",
        "/render/d/pool",
        "/avatar/abc",
        "/metrics",
        "/debug/pprof/heap",
        "/public",
        "/admin",
    ] {
        assert_eq!(status("GET", path, "", ""), 404, "{path}");
    }
}

#[test]
fn every_trick_with_a_path_is_refused() {
    for path in [
        "",
        "public/x",
        "//public/x",
        "/public//x",
        "/public/../api/admin",
        "/public/./x",
        "/public/%2e%2e/x",
        "/public/..%2fx",
        "/public/x\\..\\y",
        "/public/x;y",
        "/public/plugins/prometheus/../../x",
        "/api/ds/query/",
        "/d/pool?x",
        "/d/po ol",
        "/d/pöol",
        "/d/pool\0",
    ] {
        assert_eq!(status("GET", path, "", ""), 400, "{path}");
    }
    let long = format!("/public/{}", "x".repeat(2000));
    assert_eq!(status("GET", &long, "", ""), 400);
}

/// As `promlib` answers a range query over two replicas.
const FRAMES: &str = r#"{"results": {"A": {"status": 200, "frames": [
  {"schema": {"refId": "A", "meta": {"type": "timeseries-multi", "typeVersion": [0, 1],
     "executedQueryString": "Expr: db_pool_in_use\nStep: 1s"},
   "fields": [
     {"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}, "config": {"interval": 1000}},
     {"name": "Value", "type": "number", "typeInfo": {"frame": "float64"},
      "labels": {"instance": "payments-1"}, "config": {"displayNameFromDS": "payments-1"}}]},
   "data": {"values": [[1764086400000, 1764086401000, 1764086402000], [3, null, 8]],
            "entities": [null, {"Inf": [1]}]}},
  {"schema": {"refId": "A", "fields": [
     {"name": "Time", "type": "time"}, {"name": "Value", "type": "number"}]},
   "data": {"values": [[], []]}}]},
  "B": {"error": "bad_data: invalid parameter \"query\"", "status": 400}}}"#;

#[test]
fn an_answers_frames_become_lines() {
    let answers = answer(FRAMES.as_bytes()).unwrap();
    let [first, second] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((first.query.as_str(), first.lines.len()), ("A", 2));
    let line = &first.lines[0];
    assert_eq!(
        (line.name.as_str(), line.labels["instance"].as_str()),
        ("payments-1", "payments-1")
    );
    let values: Vec<_> = line.points.iter().map(|(at, value)| (*at, *value)).collect();
    assert_eq!((values[0], values[2]), ((1_764_086_400.0, 3.0), (1_764_086_402.0, 8.0)));
    assert!(values[1].1.is_nan());
    assert!(first.lines[1].points.is_empty());
    assert!(second.problem.as_ref().unwrap().starts_with("bad_data"));
    assert_eq!(answer(b"<html>"), None);
}
