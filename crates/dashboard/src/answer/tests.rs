//! Answers of Prometheus, good and bad, and the names of their series.

use super::*;

const TWO: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
  {"metric":{"__name__":"db_pool_in_use","instance":"payments-1","job":"payments"},
   "values":[[1700000000,"3"],[1700000001.5,"NaN"],[1700000002,"+Inf"]]},
  {"metric":{"__name__":"db_pool_in_use","instance":"payments-2","job":"payments"},
   "values":[[1700000000,"4.5"]]}]}}"#;

fn named(legend: &str, body: &str) -> Vec<String> {
    read("up", legend, body.as_bytes()).unwrap().into_iter().map(|it| it.legend).collect()
}

fn refusal(body: &str) -> String {
    read("up", "", body.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_range_answer_keeps_times_values_and_gaps() {
    let series = read("up", "{{instance}}", TWO.as_bytes()).unwrap();
    assert_eq!(series[0].points[0], (1_700_000_000.0, 3.0));
    assert_eq!(series[0].points[1].0, 1_700_000_001.5);
    assert!(series[0].points[1].1.is_nan());
    assert_eq!(series[0].points[2].1, f64::INFINITY);
    assert_eq!(series[0].last(), Some(3.0));
    assert_eq!(series[1].labels["job"], "payments");
}

#[test]
fn a_legend_template_is_filled_from_the_labels() {
    assert_eq!(named("{{instance}}", TWO), ["payments-1", "payments-2"]);
    assert_eq!(named("in use, {{ instance }}!", TWO)[0], "in use, payments-1!");
    assert_eq!(named("{{nothing}}-{{job}}", TWO)[0], "-payments");
    assert_eq!(named("all of it", TWO), ["all of it", "all of it"]);
    assert_eq!(named("open {{instance", TWO)[0], "open {{instance");
}

#[test]
fn without_a_template_series_are_named_by_what_differs() {
    assert_eq!(named("__auto", TWO), ["payments-1", "payments-2"]);
    assert_eq!(named("", TWO), ["payments-1", "payments-2"]);
    let one = r#"{"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"job":"payments"},"value":[1,"7"]}]}}"#;
    assert_eq!(named("__auto", one), [""]);
}

#[test]
fn a_scalar_is_one_series_without_labels() {
    let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}"#;
    let series = read("7", "", scalar.as_bytes()).unwrap();
    assert_eq!(series, [Series::new("", vec![(1.0, 7.0)])]);
}

#[test]
fn an_empty_answer_is_no_series() {
    let empty = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    assert_eq!(read("up", "", empty.as_bytes()), Ok(Vec::new()));
}

#[test]
fn a_refused_query_gives_what_prometheus_said() {
    let said = r#"{"status":"error","errorType":"bad_data",
        "error":"invalid parameter \"query\": 1:3: parse error: unexpected end of input"}"#;
    assert_eq!(
        refusal(said),
        "prometheus refused `up`: invalid parameter \"query\": 1:3: parse error: unexpected end of input"
    );
}

#[test]
fn what_is_no_answer_is_named_so() {
    assert!(
        refusal("<html>")
            .starts_with("what came back for `up` is no answer of prometheus: expected")
    );
    assert!(refusal(r#"{"status":"success"}"#).ends_with("it has no data"));
    let text = r#"{"status":"success","data":{"resultType":"string","result":[1,"x"]}}"#;
    assert!(refusal(text).ends_with("it is text, not numbers"));
    let streams = r#"{"status":"success","data":{"resultType":"streams","result":[]}}"#;
    assert!(refusal(streams).contains("unknown variant `streams`"));
}
