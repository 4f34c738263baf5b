//! Dashboard files, those of `grafana/` and bad ones.

use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::{PanelKind, Range, Reduce};

const RANGE: Range =
    Range { from: 1_700_000_000.0, to: 1_700_000_300.0, step: Duration::from_secs(1) };

/// The dashboards of the repository with their files' names, by name.
fn own() -> Vec<(String, Dashboard)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../grafana/dashboards");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let dashboard = Dashboard::parse(&std::fs::read_to_string(&path).unwrap());
        (name, dashboard.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let mut all: Vec<_> = files.map(read).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

fn titles(json: &str) -> Vec<String> {
    let panels = Dashboard::parse(json).unwrap();
    panels.panels().iter().map(|panel| panel.title.clone()).collect()
}

fn problem(json: &str) -> String {
    Dashboard::parse(json).unwrap_err().to_string()
}

#[test]
fn the_dashboards_of_this_repository_are_read_whole() {
    let names: Vec<String> = own().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["bank", "edge", "pool", "postgres", "service"]);
    for (name, dashboard) in own() {
        assert_eq!(dashboard.uid, name);
        for panel in dashboard.panels() {
            let place = format!("{name}, {}", panel.title);
            assert!(!matches!(panel.kind, PanelKind::Unknown(_)), "{place}: {:?}", panel.kind);
            assert!(!panel.description.is_empty(), "{place}: no description");
            assert!(panel.row.is_some(), "{place}: in no row");
            let lines = panel.log_queries(&RANGE, panel.variables()).unwrap();
            let asks = panel.queries(&RANGE).len() + lines.len();
            assert!(asks > 0, "{place}: asks nothing");
        }
    }
}

#[test]
fn every_dashboard_of_this_repository_marks_the_same_moments_in_the_same_way() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../grafana/dashboards");
    let marks = |(file, _): (String, Dashboard)| {
        let path = folder.join(file).with_extension("json");
        let text = std::fs::read_to_string(path).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["annotations"].clone()
    };
    let all: Vec<_> = own().into_iter().map(marks).collect();
    assert!(all[0]["list"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(all.iter().all(|marks| *marks == all[0]));
}

#[test]
fn the_panels_that_labs_refer_to_are_there() {
    let wanted = [
        ("service", "Requests|Errors|Latency p95|Requests by merchant|Versions"),
        ("pool", "In use|Waiting|Acquire timeouts|Wait p95|Hold time p95|Pool size"),
        (
            "postgres",
            "Sessions by state|Locks waiting|Transactions|Longest transaction|Rows written",
        ),
        ("edge", "Requests at the edge|Answers by class|Rejected by limit|Servers up|Queue"),
        ("bank", "Authorizations|Bank latency p95|Bank errors"),
    ];
    let own = own();
    for (name, titles) in wanted {
        let (_, dashboard) = own.iter().find(|(own, _)| own == name).unwrap();
        for title in titles.split('|') {
            assert!(dashboard.panel(title).is_some(), "{name} has no panel {title}");
        }
    }
}

#[test]
fn no_variable_is_left_in_the_queries_of_this_repository() {
    for (name, dashboard) in own() {
        for query in dashboard.panels().iter().flat_map(|panel| panel.queries(&RANGE)) {
            assert!(!query.expr.contains('$'), "{name}: {}", query.expr);
        }
    }
}

#[test]
fn panels_come_in_the_order_of_their_places_with_their_rows() {
    let json = r#"{"title":"t","panels":[
        {"type":"timeseries","title":"right","gridPos":{"x":12,"y":1}},
        {"type":"timeseries","title":"left","gridPos":{"x":0,"y":1}},
        {"type":"row","title":"hidden","collapsed":true,"gridPos":{"x":0,"y":9},"panels":[
            {"type":"stat","title":"inside, second","gridPos":{"x":6,"y":10}},
            {"type":"stat","title":"inside, first","gridPos":{"x":0,"y":10}}]},
        {"type":"row","title":"open","gridPos":{"x":0,"y":0}},
        {"type":"gauge","id":7,"title":" ","gridPos":{"x":0,"y":20}}]}"#;
    assert_eq!(titles(json), ["left", "right", "inside, first", "inside, second", "Panel 7"]);
    let rows: Vec<Option<String>> =
        Dashboard::parse(json).unwrap().panels().iter().map(|panel| panel.row.clone()).collect();
    let row = |name: &str| Some(name.to_owned());
    assert_eq!(rows, [row("open"), row("open"), row("hidden"), row("hidden"), row("hidden")]);
}

#[test]
fn texts_are_passed_over_and_unknown_types_are_kept() {
    let json = r#"{"title":"t","panels":[{"type":"text","title":"a"},{"type":"logs","title":"b"},
        {"type":"grafana-polystat-panel","title":"c"}]}"#;
    assert_eq!(titles(json), ["b", "c"]);
    let dashboard = Dashboard::parse(json).unwrap();
    assert_eq!(dashboard.panels()[0].kind, PanelKind::Logs);
    assert_eq!(dashboard.panels()[1].kind, PanelKind::Unknown("grafana-polystat-panel".to_owned()));
}

#[test]
fn hidden_targets_and_those_of_other_sources_ask_nothing() {
    let json = r#"{"title":"t","panels":[{"type":"timeseries","title":"a","targets":[
        {"expr":"up{i=~\"$i\"}","legendFormat":"{{i}} of $i","instant":true},
        {"expr":"hidden","hide":true},{"rawSql":"select 1"},{"expr":" "}]}],
        "templating":{"list":[{"name":"i","type":"custom","current":{"value":"x"}}]}}"#;
    let dashboard = Dashboard::parse(json).unwrap();
    let queries = dashboard.panels()[0].queries(&RANGE);
    assert_eq!(queries.len(), 1);
    assert_eq!(queries[0].expr, "up{i=~\"x\"}");
    assert_eq!(queries[0].legend, "{{i}} of x");
    assert!(queries[0].instant);
}

#[test]
fn options_of_values_are_read() {
    let json = r##"{"title":"t","panels":[{"type":"stat","title":"a",
        "options":{"reduceOptions":{"calcs":["max"]}},
        "fieldConfig":{"defaults":{"unit":"s","decimals":1,"min":0,"max":null,
            "mappings":[{"type":"value","options":{"1":{"text":"up","index":0}}},
                        {"type":"range","options":{"from":1,"to":2,"result":{"text":"x"}}}],
            "thresholds":{"mode":"absolute","steps":[
                {"color":"red","value":0.8},{"color":"green","value":null}]}},
          "overrides":[{"matcher":{"id":"byName","options":"5xx"},"properties":[
                {"id":"unit","value":"percent"},{"id":"color","value":{"fixedColor":"#ff0000"}}]},
              {"matcher":{"id":"byRegexp","options":"/x/"},"properties":[]}]}}]}"##;
    let dashboard = Dashboard::parse(json).unwrap();
    let panel = &dashboard.panels()[0];
    assert_eq!(panel.reduce, Reduce::Max);
    assert_eq!(panel.field.say("", 0.15), "150.0 ms");
    assert_eq!(panel.field.say("5xx", 0.15), "0.1%");
    assert_eq!(panel.field.say("", 1.0), "up");
    assert_eq!(panel.field.colour_at(0.5), Some("green"));
    assert_eq!(panel.field.colour_at(0.8), Some("red"));
    assert_eq!(panel.field.overrides.len(), 1);
}

#[test]
fn the_wrapping_of_grafanas_api_is_taken_off() {
    let json = r#"{"meta":{},"dashboard":{"uid":"x","title":"t","panels":[]}}"#;
    assert_eq!(Dashboard::parse(json).unwrap().uid, "x");
}

#[test]
fn bad_json_is_refused_with_its_place() {
    assert_eq!(problem("{\n  \"title\": \"t\",\n}"), "line 3, column 1: trailing comma");
    assert_eq!(problem(""), "line 1, column 0: EOF while parsing a value");
    assert!(problem("[1]").starts_with("line 1, column "), "{}", problem("[1]"));
}

#[test]
fn a_value_of_another_type_is_refused_with_its_place() {
    let json = "{\"title\": \"t\",\n \"panels\": [\n  {\"type\": \"stat\", \"title\": 7}]}";
    assert_eq!(problem(json), "line 3, column 29: invalid type: integer `7`, expected a string");
    let json = "{\"panels\": [\n {\"title\": \"no type\"}]}";
    assert_eq!(problem(json), "line 2, column 21: missing field `type`");
}

#[test]
fn other_kinds_of_files_are_refused_with_a_remedy() {
    assert_eq!(
        problem(r#"{"apiVersion":"dashboard.grafana.app/v2beta1","spec":{}}"#),
        "this is a dashboard of Grafana's schema v2; export it with the classic model"
    );
    assert!(problem(r#"{"title":"t","rows":[]}"#).contains("Grafana 4"));
    assert!(problem("{}").contains("neither `title` nor `panels`"));
}
