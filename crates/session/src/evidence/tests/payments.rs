//! What tells and what does not in the lab of this repository: questions that look alike.

use std::path::Path;

use lab::files::Disk;

use super::*;

/// The evidence that one event shows while `cause` is on.
fn shown(cause: &str, door: Door, kind: Kind) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
    let lab = lab::load::lab(&folder, &Disk).unwrap();
    let mut script = Script::new(|_| true);
    script.candidate(door, Effect::Look, kind);
    let seen = sightings(&lab, &lab.causes[cause], &script.into_events());
    seen.into_iter().map(|seen| seen.evidence).collect()
}

/// A question with one answer, and the conditions on labels in it.
fn asked(expression: &str, metric: &str, labels: &[&str]) -> Kind {
    Kind::MetricsAsked {
        route: "query".to_owned(),
        expression: expression.to_owned(),
        metrics: vec![metric.to_owned()],
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        range_s: None,
        started_s: 0.0,
        status: 200,
        refused: None,
        shown: r#"{"data":{"result":[{"metric":{},"value":[1764460800.1,"24.5"]}]}}"#.to_owned(),
    }
}

#[test]
fn a_rate_of_errors_and_a_bare_counter_do_not_tell_the_level_of_traffic() {
    let tells = |expression: &str, labels: &[&str]| {
        let kind = asked(expression, "http_requests_total", labels);
        shown("flash-sale", Door::Metrics, kind).contains(&"traffic-level".to_owned())
    };
    assert!(tells("sum(rate(http_requests_total[1m]))", &[]));
    assert!(tells("sum by (status) (increase(http_requests_total[1m]))", &["status"]));
    assert!(!tells("sum(rate(http_requests_total{status=~'5..'}[1m]))", &[r#"status=~"5..""#]));
    assert!(!tells("http_requests_total", &[]));
}

#[test]
fn settings_alone_do_not_tell_that_nothing_was_released() {
    let history = |verb: &str| Kind::Control {
        verb: verb.to_owned(),
        target: "payments".to_owned(),
        detail: String::new(),
        before: None,
        after: None,
        ok: true,
        shown: "WHEN      WHO   WHAT\n12d 5h ago  tomek  pool-timeout-ms 500 -> 1000\n".to_owned(),
        began: None,
    };
    let all = shown("all-quiet", Door::Control, history("history"));
    assert_eq!(all, ["nothing-changed"]);
    let settings = shown("leaky-release", Door::Control, history("config-history"));
    assert_eq!(settings, [] as [&str; 0]);
}

#[test]
fn a_ping_does_not_tell_how_fast_the_bank_answers() {
    let tells = |line: &str, printed: &str| {
        let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
        let lab = lab::load::lab(&lab, &Disk).unwrap();
        let mut script = Script::new(|_| true);
        script.line(line, printed, |_| {});
        let seen = sightings(&lab, &lab.causes["leaky-release"], &script.into_events());
        seen.iter().any(|seen| seen.evidence == "bank-normal")
    };
    assert!(!tells("curl -si acquirer:9100/healthz", "HTTP/1.1 200 OK"));
    assert!(!tells("promtool query instant http://prometheus:9090 'up{job=\"acquirer\"}'", "1"));
    let figures = "http_request_duration_seconds_sum{route=\"/charges\"} 12.5";
    assert!(tells("curl -s acquirer:9100/metrics | grep duration", figures));
}

#[test]
fn a_log_that_was_searched_for_one_merchant_does_not_tell_that_it_leads() {
    let read = |lines: &str| Kind::LogsRead {
        service: "payments".to_owned(),
        grep: None,
        lines: 20,
        shown: lines.to_owned(),
        continued: false,
    };
    let of = |merchant: &str| format!("payments-1 | request merchant={merchant} status=200\n");
    let one = of("m-1042").repeat(20);
    let tells = |lines: &str| {
        shown("flash-sale", Door::Logs, read(lines)).contains(&"one-merchant".to_owned())
    };
    assert!(!tells(&one));
    assert!(tells(&format!("{one}{}", of("m-1007"))));
    assert!(tells(&format!("{}{one}", of("m-1049"))));
}

#[test]
fn a_table_of_sessions_tells_who_is_idle_in_a_transaction_by_any_of_its_times() {
    let tells = |statement: &str| {
        let mut kind = activity("select");
        if let Kind::Sql { statement: told, .. } = &mut kind {
            statement.clone_into(told);
        }
        shown("leaky-release", Door::Sql, kind).contains(&"held-connections".to_owned())
    };
    for times in ["xact_start", "state_change", "query_start"] {
        assert!(tells(&format!("select pid, state, now() - {times} from pg_stat_activity")));
    }
    assert!(tells("select * from pg_stat_activity"));
    assert!(!tells("select state, count(*) from pg_stat_activity group by 1"));
}
