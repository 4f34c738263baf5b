//! A heatmap: one line a bucket, time from left to right, the darker the more.

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{View, axis, clean, legend};
use crate::{Panel, Series, unit};

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Shades as colours, from dark to bright.
const COLOURS: [u8; 5] = [236, 60, 97, 168, 215];

/// Buckets that are drawn at most.
const MOST: usize = 16;

pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series], view: &View) {
    let mut buckets: Vec<&Series> = series.iter().collect();
    // The largest bound on top, as on any scale; names that are no bounds stay in order.
    buckets.sort_by(|one, other| bound(other).total_cmp(&bound(one)));
    buckets.truncate(MOST);
    let names: Vec<String> = buckets.iter().map(|one| label(panel, one)).collect();
    let margin = names.iter().map(|name| name.width()).max().unwrap_or(0) + 4;
    let columns = page.width() - margin;
    let grid = grid(&buckets, view, columns);
    let top = grid.iter().flatten().copied().flatten().fold(0.0, f64::max);
    for (name, cells) in names.iter().zip(&grid) {
        page.put(Ink::Faint, &format!("{} ┤", clean::right(name, margin - 2)));
        for cell in cells {
            let (ink, letter) = shade(*cell, top);
            page.put(ink, letter.encode_utf8(&mut [0; 4]));
        }
        page.end();
    }
    axis::draw(page, view, margin, columns);
    let most = clean::line(&format!("{} is {}", SHADES[4], unit::say(top, "short", None)), 40);
    page.put(Ink::Faint, &format!("   {most}"));
    page.end();
}

/// A bound in the panel's unit, or the name where it is no bound.
fn label(panel: &Panel, series: &Series) -> String {
    let bound: Option<f64> = series.legend.trim().parse().ok().filter(|it: &f64| !it.is_nan());
    match bound {
        Some(bound) => clean::line(&panel.field.say(&series.legend, bound), 12),
        None => legend::name(panel, series, 24),
    }
}

fn bound(series: &Series) -> f64 {
    series.legend.trim().parse().unwrap_or(0.0)
}

/// The largest value of each bucket in each column. Prometheus counts a bucket together with all
/// smaller ones; where the values look like that, the smaller ones are taken off.
fn grid(buckets: &[&Series], view: &View, columns: usize) -> Vec<Vec<Option<f64>>> {
    let mut grid: Vec<Vec<Option<f64>>> = buckets
        .iter()
        .map(|one| {
            let mut cells = vec![None; columns];
            for (at, value) in one.points.iter().filter(|(_, value)| value.is_finite()) {
                if let Some(column) = axis::column(&view.range, columns, *at) {
                    let cell: &mut Option<f64> = &mut cells[column];
                    *cell = Some(cell.map_or(*value, |it| it.max(*value)));
                }
            }
            cells
        })
        .collect();
    let bounds = buckets.iter().all(|one| one.legend.trim().parse::<f64>().is_ok());
    let grows = |pair: &[Vec<Option<f64>>]| {
        pair[0]
            .iter()
            .zip(&pair[1])
            .all(|(upper, lower)| upper.unwrap_or(0.0) >= lower.unwrap_or(0.0))
    };
    if bounds && grid.windows(2).all(grows) {
        for row in 0..grid.len().saturating_sub(1) {
            let smaller = grid[row + 1].clone();
            for (cell, smaller) in grid[row].iter_mut().zip(smaller) {
                *cell = cell.map(|it| it - smaller.unwrap_or(0.0));
            }
        }
    }
    grid
}

fn shade(value: Option<f64>, top: f64) -> (Ink, char) {
    let Some(value) = value.filter(|value| *value > 0.0 && top > 0.0) else {
        return (Ink::Plain, ' ');
    };
    // Anything at all is visible: the lightest shade is for nothing only.
    let level = ((value / top * 4.0).ceil() as usize).clamp(1, 4);
    (Ink::Colour(COLOURS[level]), SHADES[level])
}
