//! The names of series with their last, smallest and largest value: as a table under a chart, and
//! as plain words for the record.

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{axis, clean, palette};
use crate::{Panel, PanelKind, Range, Series, unit};

/// A name in the record is at most so many columns wide.
pub(super) const LONGEST: usize = 120;

/// So many series are put in words at most; a hostile system can have any number of them.
const MOST_SHOWN: usize = 200;

/// Columns that `last seen at -1h30m` takes.
const ENDED: usize = 23;

/// The series as they are drawn. When there are more than can be told apart, those with the
/// largest values come first.
pub(super) fn in_order(series: &[Series]) -> Vec<Series> {
    let mut series = series.to_vec();
    if series.len() > palette::MOST {
        let peak = |one: &Series| one.max().unwrap_or(f64::NEG_INFINITY);
        series.sort_by(|one, other| peak(other).total_cmp(&peak(one)));
    }
    series
}

/// The name of a series as it may be printed: the panel's title where it has none.
pub(super) fn name(panel: &Panel, series: &Series, width: usize) -> String {
    let own = panel.field.of(&series.legend).and_then(|own| own.display_name.as_deref());
    let name = clean::line(own.unwrap_or(&series.legend), width);
    if name.is_empty() { clean::line(&panel.title, width) } else { name }
}

/// Last, smallest and largest value in words; `None` when there is no value at all.
fn values(panel: &Panel, series: &Series) -> Option<[String; 3]> {
    // The unit of a heatmap is that of its buckets' bounds.
    let say = |value: f64| match panel.kind == PanelKind::Heatmap {
        true => unit::say(value, "short", None),
        false => clean::line(&panel.field.say_short(&series.legend, value), 24),
    };
    Some([say(series.last()?), say(series.min()?), say(series.max()?)])
}

/// When a series came to an end before the range did, such as that of a replica that was replaced:
/// its last value is no longer true. `None` for a series that goes on, and for a lone point.
fn ended(series: &Series, range: &Range) -> Option<String> {
    let live = series.points.iter().rev().find(|(_, value)| value.is_finite())?.0;
    // Late scrapes and rates that need a few points are no end.
    let patience = (3.0 * range.step.as_secs_f64()).max(10.0);
    let over = series.points.len() > 1 && range.to - live > patience;
    over.then(|| axis::ago(range.to - live))
}

/// One plain line a series.
pub(super) fn shown(panel: &Panel, series: &[Series], range: &Range) -> String {
    let title = clean::line(&panel.title, LONGEST);
    if series.is_empty() {
        return format!("{title}: no data");
    }
    let line = |one: &Series| {
        let unnamed = clean::line(&one.legend, LONGEST).is_empty();
        let own = if unnamed { String::new() } else { format!(" {}", name(panel, one, LONGEST)) };
        let values = match values(panel, one) {
            Some([last, min, max]) => format!("last {last} min {min} max {max}"),
            None => "no value".to_owned(),
        };
        let until =
            ended(one, range).map(|ago| format!(", last seen at {ago}")).unwrap_or_default();
        format!("{title}{own}: {values}{until}")
    };
    let mut lines: Vec<String> = series.iter().take(MOST_SHOWN).map(line).collect();
    if series.len() > MOST_SHOWN {
        lines.push(format!("{title}: {} more series", series.len() - MOST_SHOWN));
    }
    lines.join("\n")
}

/// The table under a chart.
pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series], range: &Range) {
    let drawn = &series[..series.len().min(palette::MOST)];
    let nothing = || ["no value".to_owned(), String::new(), String::new()];
    let rows: Vec<[String; 3]> =
        drawn.iter().map(|one| values(panel, one).unwrap_or_else(nothing)).collect();
    let wide = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.max().unwrap_or(0).max(8)
    };
    let widths = [wide(0), wide(1), wide(2)];
    let end = if drawn.iter().any(|one| ended(one, range).is_some()) { ENDED } else { 0 };
    let taken = widths.iter().sum::<usize>() + 3 * 2 + 5 + end;
    let room = page.width().saturating_sub(taken).max(8);
    let names: Vec<String> = drawn.iter().map(|one| name(panel, one, room)).collect();
    // Numbers stand near their names, however wide the terminal is.
    let room = names.iter().map(|name| name.width()).max().unwrap_or(0).clamp(20.min(room), room);

    let heads = ["last", "min", "max"];
    page.put(Ink::Plain, &" ".repeat(room + 5));
    for (head, width) in heads.iter().zip(widths) {
        page.put(Ink::Faint, &format!("  {}", clean::right(head, width)));
    }
    page.end();
    for (index, ((one, name), row)) in drawn.iter().zip(&names).zip(&rows).enumerate() {
        page.put(Ink::Plain, "   ");
        swatch(page, panel, one, index, drawn.len());
        page.put(Ink::Plain, &format!(" {}", clean::left(name, room)));
        let first = one.last().map_or(Ink::Bold, |value| palette::of_value(&panel.field, value));
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let ink = if column == 0 { first } else { Ink::Plain };
            page.put(ink, &format!("  {}", clean::right(cell, width)));
        }
        if let Some(ago) = ended(one, range) {
            page.put(Ink::Faint, &format!("   last seen at {ago}"));
        }
        page.end();
    }
    if series.len() > drawn.len() {
        let more = series.len() - drawn.len();
        page.put(Ink::Faint, &format!("     and {more} more with smaller peaks, not drawn"));
        page.end();
    }
}

/// What the series looks like in the chart.
fn swatch(page: &mut Page, panel: &Panel, series: &Series, index: usize, of: usize) {
    if page.coloured() {
        let colour = palette::of_series(&panel.field, series, index);
        return page.put(Ink::Colour(colour), "━");
    }
    let mark = if of > 1 { palette::mark(index) } else { '─' };
    page.put(Ink::Plain, mark.encode_utf8(&mut [0; 4]));
}
