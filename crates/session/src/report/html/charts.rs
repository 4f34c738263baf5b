//! The system's health over time: one small drawing a probe, on one axis of time, with the spans
//! without a steady state shaded and the moments that matter marked through all of them.

use maud::{Markup, html};

use super::scale::{Rows, Time, Value, WIDTH};
use super::{line, section};
use crate::report::headline::number;
use crate::report::{Health, Mark, MarkKind, Report, Series, Span, words};

/// Height of one plot, and of the title above it.
const PLOT: f64 = 76.0;
const TITLE: f64 = 34.0;
const ROW: f64 = 18.0;
/// More points than that are drawn by their extremes.
const POINTS: usize = 1200;

pub(super) fn health(report: &Report) -> Markup {
    let health = &report.health;
    let body = html! {
        p.intro { (words::outcome(&report.assessment)) }
        @match span(health) {
            Some((from_s, until_s)) => {
                (drawing(health, Time::new(from_s, until_s, report.assessment.paged_at_s)))
                p.caption { "Minutes since the page. Shaded: at least one probe out of its bound. \
                    Dashed: the bound." }
            },
            None => p.empty { "The probes were never read." },
        }
    };
    section("health", "The system over time", &body)
}

/// From the first reading of a probe to the last.
fn span(health: &Health) -> Option<(f64, f64)> {
    let times = || health.series.iter().flat_map(|series| series.points.iter().map(|(at, _)| *at));
    let from = times().min_by(f64::total_cmp)?;
    Some((from, times().max_by(f64::total_cmp)?))
}

fn drawing(health: &Health, time: Time) -> Markup {
    let mut rows = Rows::default();
    let labels: Vec<_> = health.marks.iter().map(|mark| label(mark, time, &mut rows)).collect();
    let top = rows.len() as f64 * ROW + 4.0;
    let bottom = top + health.series.len() as f64 * (PLOT + TITLE);
    let height = bottom + 24.0;
    html! {
        div.scroll {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (height) } role="img"
                aria-label="Steady-state probes over time" {
                @for span in &health.unsteady { (shade(*span, time, top, bottom)) }
                @for (mark, label) in health.marks.iter().zip(&labels) {
                    (mark_line(mark, label, time, bottom))
                }
                @for (index, series) in health.series.iter().enumerate() {
                    (plot(series, time, top + index as f64 * (PLOT + TITLE) + TITLE))
                }
                @for (x, text) in time.ticks() {
                    text.tick x=(x) y=(bottom + 16.0) text-anchor="middle" { (text) }
                }
            }
        }
    }
}

/// Where a mark's label stands.
struct Label {
    text: String,
    x: f64,
    row: usize,
    anchor: &'static str,
}

fn label(mark: &Mark, time: Time, rows: &mut Rows) -> Label {
    let text = crate::report::text::one_line(&mark.label, 36);
    let x = time.x(mark.at_s);
    // 6.6 units a character at 12 units of size, and some air.
    let width = text.chars().count() as f64 * 6.6 + 14.0;
    let (anchor, from) = if x + width > WIDTH { ("end", x - width) } else { ("start", x) };
    Label { row: rows.place(from, from + width), text, x, anchor }
}

fn mark_line(mark: &Mark, label: &Label, time: Time, bottom: f64) -> Markup {
    let x = time.x(mark.at_s);
    let y = label.row as f64 * ROW;
    let dx = if label.anchor == "end" { -5.0 } else { 5.0 };
    html! {
        g class={ "mark " (mark_class(mark.kind)) } {
            line x1=(x) x2=(x) y1=(y + 2.0) y2=(bottom) {}
            text x=(label.x + dx) y=(y + 13.0) text-anchor=(label.anchor) { (label.text) }
        }
    }
}

fn mark_class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Fault => "fault",
        MarkKind::Page => "page",
        MarkKind::FirstAction => "first",
        MarkKind::Action => "act",
        MarkKind::Relief => "relief",
        MarkKind::Mitigated => "mitigated",
        MarkKind::Inject => "inject",
    }
}

fn shade(span: Span, time: Time, top: f64, bottom: f64) -> Markup {
    let (from, until) = (time.x(span.from_s), time.x(span.until_s));
    html! {
        rect.unsteady x=(from) y=(top) width=(tenth(until - from)) height=(bottom - top) {}
    }
}

fn plot(series: &Series, time: Time, top: f64) -> Markup {
    let values = series.points.iter().filter_map(|(_, value)| *value);
    let bounds = [series.at_least, series.at_most].into_iter().flatten();
    let scale = Value::new(values.chain(bounds.clone()), PLOT);
    let worst = worst(series);
    html! {
        text.title x="0" y=(top - 8.0) { (line(&series.title)) }
        text.bound x=(WIDTH) y=(top - 8.0) text-anchor="end" {
            (bound_words(series))
            @if let Some(worst) = worst { ", " (worst) }
        }
        line.base x1="0" x2=(WIDTH) y1=(top + PLOT) y2=(top + PLOT) {}
        @for bound in bounds {
            line.limit x1="0" x2=(WIDTH) y1=(tenth(top + scale.y(bound))) y2=(tenth(top + scale.y(bound))) {}
        }
        path.series d=(path(&thin(&series.points), time, scale, top)) {}
    }
}

/// The value furthest towards the bound: the lowest where there is only a lower one.
fn worst(series: &Series) -> Option<String> {
    let values = series.points.iter().filter_map(|(_, value)| *value);
    let values = values.filter(|value| value.is_finite());
    if series.at_least.is_some() && series.at_most.is_none() {
        let least = values.min_by(f64::total_cmp)?;
        return Some(format!("lowest {}", amount(least, &series.unit)));
    }
    let most = values.max_by(f64::total_cmp)?;
    Some(format!("highest {}", amount(most, &series.unit)))
}

fn bound_words(series: &Series) -> String {
    let unit = &series.unit;
    match (series.at_least, series.at_most) {
        (Some(least), Some(most)) => {
            format!("steady from {} to {}", amount(least, unit), amount(most, unit))
        }
        (Some(least), None) => format!("steady at {} or more", amount(least, unit)),
        (None, Some(most)) => format!("steady at {} or less", amount(most, unit)),
        (None, None) => "no bound".to_owned(),
    }
}

fn amount(value: f64, unit: &str) -> String {
    match unit {
        "ratio" => format!("{} %", number(value * 100.0)),
        "seconds" => format!("{} s", number(value)),
        "per-second" => format!("{}/s", number(value)),
        _ => number(value),
    }
}

/// A line through the points, broken where there is no value.
fn path(points: &[(f64, Option<f64>)], time: Time, scale: Value, top: f64) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for (at_s, value) in points {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            pen_down = false;
            continue;
        };
        let letter = if pen_down { 'L' } else { 'M' };
        path.push_str(&format!("{letter}{} {}", time.x(*at_s), tenth(top + scale.y(value))));
        pen_down = true;
    }
    path
}

/// The least and the most of each stretch, in their order: no peak is lost.
fn thin(points: &[(f64, Option<f64>)]) -> Vec<(f64, Option<f64>)> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let extremes = |points: &[(f64, Option<f64>)]| {
        let with = || points.iter().filter(|(_, value)| value.is_some());
        let order = |one: &&(f64, Option<f64>), other: &&(f64, Option<f64>)| {
            one.1.unwrap_or(0.0).total_cmp(&other.1.unwrap_or(0.0))
        };
        let mut both: Vec<_> =
            with().min_by(order).into_iter().chain(with().max_by(order)).copied().collect();
        if both.is_empty() {
            both.extend(points.first().copied());
        }
        both.sort_by(|one, other| one.0.total_cmp(&other.0));
        both
    };
    points.chunks(stretch).flat_map(extremes).collect()
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
