//! Variables in queries.

use super::*;

fn variable(json: &str) -> Variable {
    Variable::from_file(serde_json::from_str(json).unwrap())
}

fn instance(value: &str) -> Variable {
    variable(&format!(
        r#"{{"name":"instance","type":"query","includeAll":true,"multi":true,
            "current":{{"value":{value}}}}}"#
    ))
}

const HALF_HOUR: Range =
    Range { from: 1_700_000_000.0, to: 1_700_001_800.0, step: Duration::from_secs(15) };

fn filled(text: &str, variables: &[Variable]) -> String {
    substitute(text, variables, &HALF_HOUR, None)
}

#[test]
fn all_ways_to_write_a_variable_are_filled_in() {
    let variables = [instance(r#""payments-1""#)];
    for text in ["$instance", "${instance}", "[[instance]]", "${instance:regex}", "${instance:raw}"]
    {
        assert_eq!(
            filled(&format!("up{{i=~\"{text}\"}} > 0"), &variables),
            "up{i=~\"payments-1\"} > 0"
        );
    }
}

#[test]
fn several_values_become_a_regular_expression() {
    let several = [instance(r#"["payments-1","10.0.0.1"]"#)];
    assert_eq!(filled("$instance", &several), r"(payments-1|10\\.0\\.0\\.1)");
    assert_eq!(filled("${instance:csv}", &several), "payments-1,10.0.0.1");
    assert_eq!(filled("${instance:pipe}", &several), "payments-1|10.0.0.1");
    assert_eq!(filled("${instance:regex}", &several), r"(payments-1|10\\.0\\.0\\.1)");
    let odd = [instance(r#"["a+b","c'd"]"#)];
    assert_eq!(filled("$instance", &odd), r"(a\\+b|c\\'d)", "as Grafana does for Prometheus");
}

#[test]
fn all_values_match_everything_or_what_the_variable_says() {
    assert_eq!(filled("$instance", &[instance(r#"["$__all"]"#)]), ".*");
    assert_eq!(filled("$instance", &[instance(r#""All""#)]), ".*");
    assert_eq!(filled("$instance", &[instance("null")]), ".*");
    let own = variable(
        r#"{"name":"i","type":"query","allValue":"payments-.+","current":{"value":"$__all"}}"#,
    );
    assert_eq!(filled("$i", &[own]), "payments-.+");
}

#[test]
fn a_variable_without_a_current_value_has_its_first_option() {
    let custom = variable(r#"{"name":"q","type":"custom","query":"p95 : 0.95, p99 : 0.99"}"#);
    assert_eq!(filled("$q", &[custom]), "0.95");
    let constant = variable(r#"{"name":"c","type":"constant","query":"payments"}"#);
    assert_eq!(filled("${c}_total", &[constant]), "payments_total");
    let interval = variable(r#"{"name":"i","type":"interval","query":"5s,1m"}"#);
    assert_eq!(filled("rate(a[$i])", &[interval]), "rate(a[5s])");
}

#[test]
fn intervals_follow_range_step_and_scrape() {
    assert_eq!(filled("[$__rate_interval] $__interval $__range", &[]), "[16s] 15s 1800s");
    assert_eq!(filled("$__interval_ms ${__range_s} $__range_ms", &[]), "15000 1800 1800000");
    assert_eq!(filled("$__from-$__to", &[]), "1700000000000-1700001800000");
    let fine = Range { step: Duration::from_secs(1), ..HALF_HOUR };
    assert_eq!(substitute("$__rate_interval", &[], &fine, None), "4s");
    let slow = Some(Duration::from_millis(2500));
    assert_eq!(substitute("$__rate_interval", &[], &fine, slow), "10s");
}

#[test]
fn an_interval_variable_may_stand_for_the_automatic_one() {
    let auto = variable(
        r#"{"name":"i","type":"interval","current":{"value":"$__auto_interval_i"},"query":"1m"}"#,
    );
    assert_eq!(filled("rate(a[$i])", &[auto]), "rate(a[15s])");
}

#[test]
fn what_is_no_variable_stays() {
    for text in
        ["$nothing", "label_replace(a, \"b\", \"$1\", \"c\", \"(.*)\")", "a[5s]", "$", "[[", "${"]
    {
        assert_eq!(filled(text, &[]), text);
    }
}

#[test]
fn variables_that_name_each_other_come_to_an_end() {
    let one = variable(r#"{"name":"__a","type":"custom","current":{"value":"$__b"}}"#);
    let two = variable(r#"{"name":"__b","type":"custom","current":{"value":"$__a"}}"#);
    assert_eq!(filled("$__a", &[one, two]), "$__b");
}

#[test]
fn durations_of_grafana_are_read() {
    assert_eq!(duration(">1s"), Some(Duration::from_secs(1)));
    assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
    assert_eq!(duration("2m"), Some(Duration::from_secs(120)));
    assert_eq!(duration("soon"), None);
    assert_eq!(duration("5"), None);
}

#[test]
fn what_there_is_to_choose_from_is_read_of_lists_and_of_labels() {
    let choices = |kind: &str, query: &str| {
        variable(&format!(r#"{{"name":"v","type":"{kind}","query":{query}}}"#)).choices
    };
    let listed =
        |values: &[&str]| Choices::Listed(values.iter().map(|it| (*it).to_owned()).collect());
    let of = |selector: Option<&str>, label: &str| Choices::LabelValues {
        selector: selector.map(str::to_owned),
        label: label.to_owned(),
    };
    assert_eq!(choices("custom", r#""a, long : b""#), listed(&["a", "b"]));
    assert_eq!(choices("query", r#""label_values(instance)""#), of(None, "instance"));
    let object = r#"{"qryType":1,"query":"label_values(up{job=\"a\",x=\"y\"}, instance)"}"#;
    assert_eq!(choices("query", object), of(Some(r#"up{job="a",x="y"}"#), "instance"));
    assert_eq!(choices("query", r#""query_result(up)""#), Choices::Unknown);
}

#[test]
fn other_values_can_be_chosen_and_all_of_them() {
    let one = instance(r#"["$__all"]"#).choose(&["payments-2".to_owned()]);
    assert_eq!(filled("$instance", std::slice::from_ref(&one)), "payments-2");
    assert_eq!(filled("$instance", &[one.choose(&[ALL.to_owned()])]), ".*");
}
