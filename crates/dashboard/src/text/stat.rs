//! A stat panel: one number a series, with its past as a small curve.

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{View, axis, clean, legend, palette};
use crate::{Panel, Series};

/// Columns of the curve.
const CURVE: usize = 30;

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A panel holds so many rows at most; the record holds the rest.
pub(super) const MOST: usize = 40;

pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series], view: &View) {
    let drawn = &series[..series.len().min(MOST)];
    let names: Vec<String> =
        drawn.iter().map(|one| legend::name(panel, one, page.width() / 3)).collect();
    let values: Vec<(String, Ink)> = drawn.iter().map(|one| value(panel, one)).collect();
    let wide = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let name_width = wide(&mut names.iter().map(|name| name.width()));
    let value_width = wide(&mut values.iter().map(|(value, _)| value.width()));
    // A lone point is no past: an instant query gives one.
    let past = drawn.iter().any(|one| one.points.len() > 1);
    for ((one, name), (value, ink)) in drawn.iter().zip(&names).zip(&values) {
        page.put(Ink::Plain, &format!("   {}  ", clean::left(name, name_width)));
        page.put(*ink, &clean::right(value, value_width));
        if past {
            page.put(Ink::Plain, "   ");
            page.put(Ink::Colour(palette::MARK), &curve(one, view));
        }
        page.end();
    }
    more(page, series.len() - drawn.len());
}

/// The panel's one number of a series, in words and as it is set.
pub(super) fn value(panel: &Panel, series: &Series) -> (String, Ink) {
    match panel.reduce.of(series.values()) {
        Some(value) => (
            clean::line(&panel.field.say_short(&series.legend, value), 40),
            palette::of_value(&panel.field, value),
        ),
        None => ("no value".to_owned(), Ink::Faint),
    }
}

/// Says how many series were left out.
pub(super) fn more(page: &mut Page, count: usize) {
    if count > 0 {
        page.put(Ink::Faint, &format!("   and {count} more"));
        page.end();
    }
}

/// The past from zero to the highest value; a space where there was none.
fn curve(series: &Series, view: &View) -> String {
    let mut highest = [None::<f64>; CURVE];
    for (at, value) in series.points.iter().filter(|(_, value)| value.is_finite()) {
        if let Some(column) = axis::column(&view.range, CURVE, *at) {
            highest[column] = Some(highest[column].map_or(*value, |it| it.max(*value)));
        }
    }
    let top = series.max().unwrap_or(0.0).max(0.0);
    let level = |value: f64| {
        let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
        LEVELS[(share * (LEVELS.len() - 1) as f64).round() as usize]
    };
    highest.iter().map(|value| value.map_or(' ', level)).collect()
}
