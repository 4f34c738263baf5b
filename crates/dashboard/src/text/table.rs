//! A table: one row a series, one column for each label that tells rows apart, and the value.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{clean, legend, stat};
use crate::{Panel, Series};

/// Cells are cut to so many columns.
const CELL: usize = 40;

pub(super) fn draw(page: &mut Page, panel: &Panel, series: &[Series]) {
    let drawn = &series[..series.len().min(stat::MOST)];
    let mut keys = keys(panel, drawn);
    let mut rows: Vec<Vec<String>> = drawn.iter().map(|one| row(panel, one, &keys)).collect();
    let mut heads: Vec<String> = keys.iter().map(|key| clean::line(key, CELL)).collect();
    if keys.is_empty() {
        heads.push(String::new());
    }
    heads.push("value".to_owned());
    let mut widths = widths(&heads, &rows);
    // Too wide for the terminal: labels at the right are left out, the value never.
    while keys.len() > 1 && widths.iter().sum::<usize>() + 3 * widths.len() > page.width() {
        let out = keys.len() - 1;
        keys.remove(out);
        heads.remove(out);
        widths.remove(out);
        rows.iter_mut().for_each(|row| drop(row.remove(out)));
    }
    let last = heads.len() - 1;
    let cell = |text: &str, column: usize| {
        let width = widths[column];
        if column == last { clean::right(text, width) } else { clean::left(text, width) }
    };
    for (column, head) in heads.iter().enumerate() {
        page.put(Ink::Faint, &format!("   {}", cell(head, column)));
    }
    page.end();
    for (one, row) in drawn.iter().zip(&rows) {
        for (column, text) in row.iter().enumerate() {
            let ink = if column == last { stat::value(panel, one).1 } else { Ink::Plain };
            page.put(ink, &format!("   {}", cell(text, column)));
        }
        page.end();
    }
    stat::more(page, series.len() - drawn.len());
}

/// Labels that are worth a column: not hidden, and not the same in every row.
fn keys(panel: &Panel, series: &[Series]) -> Vec<String> {
    let all: BTreeSet<&String> = series.iter().flat_map(|one| one.labels.keys()).collect();
    let hidden = |key: &String| key == "__name__" || panel.hidden_labels.contains(key);
    let differs = |key: &str| {
        let first = series.first().and_then(|one| one.labels.get(key));
        series.len() == 1 || series.iter().any(|one| one.labels.get(key) != first)
    };
    all.into_iter().filter(|key| !hidden(key) && differs(key)).cloned().collect()
}

/// The cells of a row; a table without labels has the series' name in front.
fn row(panel: &Panel, series: &Series, keys: &[String]) -> Vec<String> {
    let label = |key: &String| clean::line(series.labels.get(key).map_or("", String::as_str), CELL);
    let mut row: Vec<String> = keys.iter().map(label).collect();
    if row.is_empty() {
        row.push(legend::name(panel, series, CELL));
    }
    row.push(stat::value(panel, series).0);
    row
}

fn widths(heads: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let wide = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.max().unwrap_or(0).max(heads[column].width())
    };
    (0..heads.len()).map(wide).collect()
}
