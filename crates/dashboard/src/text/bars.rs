//! Gauges and bar charts: one bar a series. A gauge is measured against the panel's limits, a bar
//! chart against its largest value.

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{clean, legend, palette, stat};
use crate::{Panel, PanelKind, Series};

/// Eighths of a cell from the left.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series]) {
    let drawn = &series[..series.len().min(stat::MOST)];
    let names: Vec<String> =
        drawn.iter().map(|one| legend::name(panel, one, page.width() / 3)).collect();
    let values: Vec<(String, Ink)> = drawn.iter().map(|one| stat::value(panel, one)).collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let value_width = values.iter().map(|(value, _)| value.width()).max().unwrap_or(0);
    let (min, max) = limits(panel, drawn);
    let room = page.width().saturating_sub(name_width + value_width + 8).clamp(5, 60);
    for (index, ((one, name), (value, ink))) in drawn.iter().zip(&names).zip(&values).enumerate() {
        let number = panel.reduce.of(one.values()).unwrap_or(min);
        let share = if max > min { ((number - min) / (max - min)).clamp(0.0, 1.0) } else { 0.0 };
        page.put(Ink::Plain, &format!("   {}  ", clean::left(name, name_width)));
        let (full, empty) = bar(share, room);
        page.put(colour(panel, one, index, number), &full);
        page.put(Ink::Faint, &empty);
        page.put(Ink::Plain, "  ");
        page.put(*ink, &clean::right(value, value_width));
        page.end();
    }
    if panel.kind == PanelKind::Gauge {
        let say = |value: f64| clean::line(&panel.field.say("", value), 16);
        page.put(Ink::Plain, &" ".repeat(name_width + 5));
        let end = say(max);
        let start = clean::left(&say(min), room.saturating_sub(end.width()));
        page.put(Ink::Faint, &format!("{start}{end}"));
        page.end();
    }
    stat::more(page, series.len() - drawn.len());
}

/// The ends of the bars. A gauge without limits runs to 100, as in Grafana.
fn limits(panel: &Panel, series: &[Series]) -> (f64, f64) {
    let largest = series.iter().filter_map(|one| panel.reduce.of(one.values()));
    let largest = largest.fold(0.0, f64::max);
    let full = if panel.field.unit == "percentunit" { 1.0 } else { 100.0 };
    let end = if panel.kind == PanelKind::Gauge { full } else { largest };
    (panel.field.min.unwrap_or(0.0), panel.field.max.unwrap_or(end))
}

fn colour(panel: &Panel, series: &Series, index: usize, value: f64) -> Ink {
    let by_threshold = match palette::of_value(&panel.field, value) {
        Ink::BoldColour(colour) => Some(colour),
        Ink::Plain | Ink::Bold | Ink::Faint | Ink::Colour(_) => None,
    };
    // All gauges of a panel measure the same, so they look the same.
    let index = if panel.kind == PanelKind::Gauge { 0 } else { index };
    let own = || palette::of_series(&panel.field, series, index);
    Ink::Colour(by_threshold.unwrap_or_else(own))
}

/// A bar of `share` of the room, and what is left of it.
fn bar(share: f64, room: usize) -> (String, String) {
    let eighths = (share * room as f64 * 8.0).round() as usize;
    let full = format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]);
    let left = room - full.width();
    (full, "·".repeat(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(0.0, 4), (String::new(), "····".to_owned()));
        assert_eq!(bar(1.0, 4), ("████".to_owned(), String::new()));
        assert_eq!(bar(0.5, 3), ("█▌".to_owned(), "·".to_owned()));
    }
}
