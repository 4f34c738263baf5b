//! Panels as they are drawn: snapshots at 80 and 120 columns, and hostile or empty data.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::Dashboard;

const NOW: f64 = 1_700_000_000.0;

/// A panel of this type with these defaults for its values.
fn panel(kind: &str, title: &str, defaults: &str) -> Panel {
    let json = format!(
        r#"{{"panels":[{{"type":"{kind}","title":"{title}","fieldConfig":{{"defaults":{defaults}}}}}]}}"#
    );
    Dashboard::parse(&json).unwrap().panels()[0].clone()
}

/// One value a second for 15 minutes; `value` gets the seconds before now as a negative number.
fn series(legend: &str, value: impl Fn(f64) -> f64) -> Series {
    let points = (-900..=0).map(|second| (NOW + f64::from(second), value(f64::from(second))));
    Series::new(legend, points.collect())
}

/// Something that looks like noise between 0 and 1 and is the same in every run.
fn noise(second: f64) -> f64 {
    (second * 12.9898).sin().mul_add(43_758.547, 0.0).rem_euclid(1.0)
}

fn view(width: u16, colour: Colour, marks: &[Mark]) -> View<'_> {
    View { range: Range::last(Duration::from_secs(900), NOW), width, colour, marks }
}

fn drawn(panel: &Panel, series: &[Series], width: u16) -> Drawn {
    draw(panel, series, &view(width, Colour::Off, &[]))
}

/// The drawing at 80 and at 120 columns with a deployment marked, then the plain words.
fn both_widths(panel: &Panel, series: &[Series]) -> String {
    let marks = [Mark { at: NOW - 240.0, label: "payments 2.4.0".to_owned() }];
    let at = |width: u16| {
        let drawn = draw(panel, series, &view(width, Colour::Off, &marks));
        for line in drawn.text.lines() {
            assert!(line.width() <= usize::from(width), "wider than {width}: {line}");
        }
        drawn
    };
    let (narrow, wide) = (at(80), at(120));
    format!("{}\n{}\n{}", narrow.text, wide.text, narrow.shown)
}

/// A pool that fills up four minutes ago.
fn pool() -> Vec<Series> {
    let replica = |name: &str, full_at: f64, shift: f64| {
        series(name, move |second| match second < full_at {
            true => (1.0 + 3.5 * noise(second + shift)).floor(),
            false => 8.0,
        })
    };
    vec![replica("payments-1", -235.0, 0.0), replica("payments-2", -231.0, 0.5)]
}

const CONNECTIONS: &str = r#"{"unit":"suffix:connections",
    "custom":{"thresholdsStyle":{"mode":"dashed"}},
    "thresholds":{"steps":[{"color":"green","value":null},{"color":"red","value":8}]}}"#;

#[test]
fn a_time_series_with_two_lines_and_a_threshold() {
    let panel = panel("timeseries", "In use", CONNECTIONS);
    insta::assert_snapshot!(both_widths(&panel, &pool()));
}

#[test]
fn a_rate_with_a_gap_and_a_line_that_ends() {
    let requests = [
        series("payments-1", |second| match (-600.0..-520.0).contains(&second) {
            true => f64::NAN,
            false => 28.0 + 4.0 * noise(second),
        }),
        Series::new(
            "payments-2",
            (-900..-300)
                .map(|second| (NOW + f64::from(second), 31.0 + 4.0 * noise(f64::from(second))))
                .collect(),
        ),
    ];
    let panel = panel("timeseries", "Requests", r#"{"unit":"reqps"}"#);
    insta::assert_snapshot!(both_widths(&panel, &requests));
}

#[test]
fn a_share_that_was_bad_for_eight_seconds_is_seen() {
    let dip = |second: f64| if (-400.0..-392.0).contains(&second) { 0.42 } else { 0.0 };
    let panel = panel("timeseries", "Errors", r#"{"unit":"percentunit"}"#);
    let drawn = both_widths(&panel, &[series("share of 5xx", dip)]);
    assert!(drawn.ends_with("Errors share of 5xx: last 0% min 0% max 42%"), "{drawn}");
    insta::assert_snapshot!(drawn);
}

#[test]
fn sixty_lines_are_drawn_as_far_as_they_can_be_told_apart() {
    let merchants: Vec<Series> = (1001..=1060)
        .map(|merchant| {
            series(&format!("m-{merchant}"), move |second| match merchant == 1042 {
                true if second > -120.0 => 300.0,
                _ => 60.0 / f64::from(merchant - 990) + 0.2 * noise(second),
            })
        })
        .collect();
    let panel = panel("timeseries", "Requests by merchant", r#"{"unit":"reqps"}"#);
    insta::assert_snapshot!(both_widths(&panel, &merchants));
}

#[test]
fn a_stat_a_gauge_and_bars() {
    let sizes = [series("payments-1", |second| if second < -200.0 { 8.0 } else { 2.0 })];
    let share = [series("payments-1", |_| 1.0), series("payments-2", |_| 0.37)];
    let mut text = both_widths(&panel("stat", "Pool size", "{}"), &sizes);
    text +=
        &both_widths(&panel("gauge", "Share in use", r#"{"unit":"percentunit","max":1}"#), &share);
    text += &both_widths(&panel("bargauge", "By merchant", r#"{"unit":"reqps"}"#), &share);
    insta::assert_snapshot!(text);
}

#[test]
fn a_table_shows_the_labels_that_differ() {
    let row = |instance: &str, version: &str| {
        let labels = [("__name__", "build_info"), ("job", "payments")];
        let mut one = Series::new(format!("{instance} {version}"), vec![(NOW, 1.0)]);
        one.labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        one.labels.insert("instance".to_owned(), instance.to_owned());
        one.labels.insert("version".to_owned(), version.to_owned());
        one
    };
    let rows = [row("payments-1", "2.3.2"), row("payments-2", "2.4.0")];
    insta::assert_snapshot!(both_widths(&panel("table", "Versions", "{}"), &rows));
}

#[test]
fn a_heatmap_takes_smaller_buckets_off_larger_ones() {
    let buckets: Vec<Series> = [0.1, 0.2, 0.4, 0.8]
        .iter()
        .enumerate()
        .map(|(index, bound)| {
            series(&bound.to_string(), move |second| match second < -240.0 {
                true => 10.0 * (index as f64 + 1.0).min(2.0),
                false => 10.0 * index as f64,
            })
        })
        .collect();
    insta::assert_snapshot!(both_widths(&panel("heatmap", "Latency", r#"{"unit":"s"}"#), &buckets));
}

#[test]
fn an_unknown_type_is_drawn_as_a_table() {
    let panel = panel("grafana-polystat-panel", "Servers", "{}");
    insta::assert_snapshot!(both_widths(&panel, &[series("payments-1", |_| 1.0)]));
}

#[test]
fn where_there_is_no_data_it_is_said() {
    let panel = panel("timeseries", "In use", "{}");
    let nothing = drawn(&panel, &[], 80);
    assert_eq!(nothing.text.lines().nth(1), Some("   no data"));
    assert_eq!(nothing.shown, "In use: no data");
    let only_gaps = drawn(&panel, &[series("payments-1", |_| f64::NAN)], 80);
    assert_eq!(only_gaps.text.lines().nth(1), Some("   no data"));
    assert_eq!(only_gaps.shown, "In use payments-1: no value");
}

#[test]
fn words_for_nothing_come_from_the_panel() {
    let panel = panel("stat", "Deadlocks", r#"{"noValue":"none so far"}"#);
    assert_eq!(drawn(&panel, &[], 80).text.lines().nth(1), Some("   none so far"));
}

#[test]
fn a_problem_is_drawn_in_place_of_the_panel() {
    let panel = panel("timeseries", "In use", "{}");
    let refused = "prometheus refused `up{`: 1:4: parse error\x1b[2J";
    let drawn = draw_problem(&panel, refused, &view(80, Colour::Off, &[]));
    assert_eq!(drawn.text.lines().nth(1), Some("   ✗ prometheus refused `up{`: 1:4: parse error"));
    assert_eq!(drawn.shown, "In use: prometheus refused `up{`: 1:4: parse error");
}

#[test]
fn one_point_is_drawn() {
    let panel = panel("timeseries", "In use", "{}");
    let drawn = drawn(&panel, &[Series::new("", vec![(NOW, 8.0)])], 80);
    assert_eq!(drawn.shown, "In use: last 8 min 8 max 8");
    assert!(drawn.text.chars().any(|it| ('\u{2801}'..='\u{28ff}').contains(&it)), "{}", drawn.text);
}

#[test]
fn infinities_and_extremes_don_t_break_a_drawing() {
    let wild = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN, 1e-308, -0.0];
    let points = wild.iter().enumerate().map(|(at, value)| (NOW - at as f64, *value)).rev();
    for kind in ["timeseries", "stat", "gauge", "bargauge", "table", "heatmap"] {
        let panel = panel(kind, "a", "{}");
        for width in [0, 40, 80, u16::MAX] {
            let text = drawn(&panel, &[Series::new("x", points.clone().collect())], width).text;
            assert!(text.lines().all(|line| line.width() <= 400), "{kind} at {width}");
        }
    }
}

#[test]
fn points_in_no_order_and_outside_of_the_range_don_t_break_a_drawing() {
    let panel = panel("timeseries", "a", "{}");
    let points =
        vec![(NOW + 50.0, 1.0), (NOW - 9000.0, 2.0), (NOW, 3.0), (NOW, 4.0), (f64::NAN, 5.0)];
    assert!(drawn(&panel, &[Series::new("x", points)], 80).shown.starts_with("a x: last 5"));
    let empty = View {
        range: Range { from: NOW, to: NOW, step: Duration::ZERO },
        ..view(80, Colour::Off, &[])
    };
    assert!(draw(&panel, &pool(), &empty).text.contains("payments-1"));
}

#[test]
fn a_hostile_legend_cannot_write_to_the_terminal_or_the_record() {
    let hostile = format!("\x1b]0;owned\x07\x1b[2Jm-1\nIn use: last 0\u{202e}{}", "x".repeat(5000));
    for kind in ["timeseries", "stat", "gauge", "table", "heatmap"] {
        let mut one = Series::new(hostile.clone(), vec![(NOW - 1.0, 1.0), (NOW, 2.0)]);
        one.labels.insert(hostile.clone(), hostile.clone());
        let drawn = drawn(&panel(kind, "Real", "{}"), &[one], 80);
        for text in [&drawn.text, &drawn.shown] {
            assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{kind}: {text:?}");
        }
        assert!(drawn.text.lines().all(|line| line.width() <= 80), "{kind}: {}", drawn.text);
        assert_eq!(drawn.shown.lines().count(), 1, "{kind}");
        assert!(drawn.shown.len() < 300, "{kind}: {}", drawn.shown.len());
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let single = [series("payments-1", |second| second + 900.0)];
    for kind in ["timeseries", "stat", "gauge", "bargauge", "table", "heatmap"] {
        let panel = panel(kind, "In use", CONNECTIONS);
        let plain = draw(&panel, &single, &view(100, Colour::Off, &[]));
        let coloured = draw(&panel, &single, &view(100, Colour::On, &[]));
        assert!(coloured.text.contains("\x1b["), "{kind}");
        let swatch = |text: &str| text.replace('━', "─");
        assert_eq!(swatch(&strip_ansi_escapes::strip_str(&coloured.text)), plain.text, "{kind}");
        assert_eq!(coloured.shown, plain.shown);
    }
}

#[test]
fn a_panel_of_logs_shows_its_newest_lines() {
    let panel = panel("logs", "Errors in the log", "{}");
    let line = |n: usize| {
        (
            "payments-1".to_owned(),
            format!(
                "ERROR \x1b[31mno connection\x1b[0m {n} of a pool that is exhausted for longer than anybody waits"
            ),
        )
    };
    let lines: Vec<_> = (0..14).map(line).collect();
    let drawn = draw_lines(&panel, &lines, &view(80, Colour::Off, &[]));
    assert!(drawn.text.lines().all(|line| line.width() <= 80), "{}", drawn.text);
    let nothing = draw_lines(&panel, &[], &view(80, Colour::Off, &[]));
    insta::assert_snapshot!(format!("{}\n{}\n{}", drawn.text, nothing.text, nothing.shown));
}
