//! Questions to Prometheus with what is known of them, and a line of the scribe.

use session::event::Kind;

use super::promql::{Reading, read};
use super::{Line, is_scribes, kind};

fn encoded(query: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("query", query).finish()
}

/// Expression, metrics, labels, how far back in seconds.
type Known = (&'static str, &'static [&'static str], &'static [&'static str], Option<f64>);

const KNOWN: &[Known] = &[
    ("up", &["up"], &[], None),
    ("edge:error_ratio:5s", &["edge:error_ratio:5s"], &[], None),
    ("1 + 1", &[], &[], None),
    ("time()", &[], &[], None),
    ("vector(0)", &[], &[], None),
    ("up{job=\"payments\"}", &["up"], &["job=\"payments\""], None),
    (
        "up{job!=\"edge\",instance=~\"payments-.\"}",
        &["up"],
        &["job!=\"edge\"", "instance=~\"payments-.\""],
        None,
    ),
    ("{__name__=\"up\"}", &["up"], &[], None),
    ("{__name__=~\"db_pool.*\"}", &["db_pool.*"], &[], None),
    ("rate(http_requests_total[5m])", &["http_requests_total"], &[], Some(300.0)),
    ("rate(http_requests_total[5m] offset 1h)", &["http_requests_total"], &[], Some(3900.0)),
    ("db_pool_in_use offset 10m", &["db_pool_in_use"], &[], Some(600.0)),
    ("max_over_time(db_pool_in_use[1h30m])", &["db_pool_in_use"], &[], Some(5400.0)),
    (
        "max_over_time(rate(http_requests_total[1m])[30m:1m])",
        &["http_requests_total"],
        &[],
        Some(1860.0),
    ),
    (
        "sum by (merchant) (rate(merchant_requests_total[5s]))",
        &["merchant_requests_total"],
        &["merchant"],
        Some(5.0),
    ),
    (
        "topk(3, sum by (merchant) (rate(merchant_requests_total[5s])))",
        &["merchant_requests_total"],
        &["merchant"],
        Some(5.0),
    ),
    ("sum without (instance) (db_pool_size)", &["db_pool_size"], &["instance"], None),
    ("a / b", &["a", "b"], &[], None),
    ("a / on (job) group_left b", &["a", "b"], &[], None),
    ("a or b unless c", &["a", "b", "c"], &[], None),
    (
        "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job=\"payments\"}[5s])))",
        &["http_request_duration_seconds_bucket"],
        &["le", "job=\"payments\""],
        Some(5.0),
    ),
    ("absent(up{job=\"x\"})", &["up"], &["job=\"x\""], None),
    ("label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\")", &["up"], &[], None),
    ("-up", &["up"], &[], None),
    ("(up)", &["up"], &[], None),
    ("up > bool 0", &["up"], &[], None),
    ("count(build_info{version=\"2.4.0\"})", &["build_info"], &["version=\"2.4.0\""], None),
    ("ALERTS{alertstate=\"firing\"}", &["ALERTS"], &["alertstate=\"firing\""], None),
    (
        "max(pg_stat_activity_max_tx_duration{state=\"idle in transaction\"})",
        &["pg_stat_activity_max_tx_duration"],
        &["state=\"idle in transaction\""],
        None,
    ),
    ("up @ 1700000000", &["up"], &[], None),
    ("# a remark\nup", &["up"], &[], None),
    ("up{", &[], &[], None),
    ("sum(", &[], &[], None),
    ("", &[], &[], None),
    ("drop table x", &[], &[], None),
];

#[test]
fn every_expression_is_read_as_what_it_is() {
    for (query, metrics, labels, range_s) in KNOWN {
        let read = read("query", "/api/v1/query", &encoded(query));
        let mut got = read.labels.clone();
        let mut known: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        got.sort();
        known.sort();
        assert_eq!(read.metrics, *metrics, "{query}");
        assert_eq!(got, known, "{query}");
        assert_eq!(read.range_s, *range_s, "{query}");
        assert_eq!(read.expression, *query);
    }
}

#[test]
fn a_range_of_the_question_counts_with_that_of_the_selector() {
    let over = |times: &str| {
        read("query_range", "/api/v1/query_range", &format!("query=rate(a%5B1m%5D)&{times}"))
            .range_s
    };
    assert_eq!(over("start=1000&end=1300&step=5"), Some(360.0));
    assert_eq!(over("start=2026-11-24T15:00:00Z&end=2026-11-24T15:10:00Z&step=5"), Some(660.0));
    assert_eq!(over("start=x&end=y"), Some(60.0));
}

#[test]
fn other_routes_say_what_they_are_about() {
    let Reading { metrics, expression, .. } =
        read("series", "/api/v1/series", "match[]=up&match%5B%5D=db_pool_size%7Bjob%3D%22x%22%7D");
    assert_eq!(metrics, ["up", "db_pool_size"]);
    assert_eq!(expression, "up\ndb_pool_size{job=\"x\"}");
    assert_eq!(read("alerts", "/api/v1/alerts", "").metrics, ["ALERTS"]);
    assert_eq!(read("label/values", "/api/v1/label/merchant/values", "").labels, ["merchant"]);
}

#[test]
fn an_expression_without_bottom_is_read_without_harm() {
    for query in [format!("{}1{}", "(".repeat(3000), ")".repeat(3000)), "1+".repeat(4000) + "up"] {
        read("query", "/api/v1/query", &encoded(&query));
    }
}

#[test]
fn a_line_of_the_scribe_becomes_an_event() {
    let text = r#"{"scribe":1,"method":"POST","path":"/api/v1/query","route":"query","question":"query=edge%3Aerror_ratio%3A5s&time=1","status":200,"bytes":70,"ms":1.5,"shown":"{\"status\":\"success\"}"}"#;
    assert!(is_scribes(text) && !is_scribes("ts=1 level=warn"));
    let line: Line = serde_json::from_str(text).unwrap();
    let Kind::MetricsAsked { route, metrics, shown, started_s, .. } = kind(line, 4.0) else {
        panic!("another kind")
    };
    assert_eq!((route.as_str(), started_s), ("query", 4.0));
    assert_eq!(metrics, ["edge:error_ratio:5s"]);
    assert_eq!(shown, r#"{"status":"success"}"#);
}
