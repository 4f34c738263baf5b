//! The horizontal axis: time before now, and the moments that are marked on it.

use unicode_width::UnicodeWidthStr;

use super::sheet::{Ink, Page};
use super::{Mark, View, clean, palette};
use crate::Range;

/// Distances of ticks that people count in, in seconds.
const STEPS: [u32; 21] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000,
];

/// Columns between two ticks at least, so that labels don't touch.
const APART: f64 = 9.0;

/// Labels of marks stand on so many lines at most.
const MARK_LINES: usize = 3;

/// The column of a moment on a plot of so many columns; `None` outside of the range.
pub(super) fn column(range: &Range, columns: usize, at: f64) -> Option<usize> {
    let share = (at - range.from) / range.seconds();
    (0.0..=1.0).contains(&share).then(|| (share * (columns.max(1) - 1) as f64).round() as usize)
}

/// The line under the plot, the times below it, and below those the labels of the marks.
/// The plot begins after `margin` columns.
pub(super) fn draw(page: &mut Page, view: &View, margin: usize, columns: usize) {
    let ticks = ticks(&view.range, columns);
    let mut rule: Vec<char> = vec!['─'; columns];
    for (column, _) in &ticks {
        rule[*column] = '┬';
    }
    page.put(Ink::Faint, &format!("{}└{}", " ".repeat(margin - 1), String::from_iter(rule)));
    page.end();
    page.put(Ink::Faint, &format!("{}{}", " ".repeat(margin), labels(&ticks, columns)));
    page.end();
    for line in mark_lines(view, columns) {
        page.put(Ink::Plain, &" ".repeat(margin));
        page.put(Ink::Colour(palette::MARK), &line);
        page.end();
    }
}

/// Columns and labels of the ticks, the latest first.
fn ticks(range: &Range, columns: usize) -> Vec<(usize, String)> {
    let seconds = range.seconds();
    let wanted = seconds * APART / columns as f64;
    let step = STEPS.iter().copied().map(f64::from).find(|step| *step >= wanted);
    let step = step.unwrap_or(f64::from(STEPS[STEPS.len() - 1]).max(wanted));
    let mut ticks = Vec::new();
    let mut back = 0.0;
    while back <= seconds && ticks.len() < columns {
        ticks.extend(column(range, columns, range.to - back).map(|column| (column, ago(back))));
        back += step;
    }
    ticks
}

/// `now`, `-45s`, `-10m`, `-1h30m`, `-2d`.
pub(super) fn ago(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    let (days, hours, minutes, rest) =
        (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")];
    let said: String = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .take(2)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if said.is_empty() { "now".to_owned() } else { format!("-{said}") }
}

/// The labels, each in the middle under its tick where the plot's edges allow.
fn labels(ticks: &[(usize, String)], columns: usize) -> String {
    let mut line = vec![' '; columns];
    for (column, label) in ticks {
        let start = column.saturating_sub(label.len() / 2).min(columns.saturating_sub(label.len()));
        // Labels are ASCII, so that letters are columns.
        let end = (start + label.len() + 1).min(columns);
        let free = line[start.saturating_sub(1)..end].iter().all(|it| *it == ' ');
        if free {
            line.splice(start..start + label.len(), label.chars());
        }
    }
    String::from_iter(line)
}

/// Labels of the marks under their columns, on as few lines as they need.
fn mark_lines(view: &View, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (column, label) in marks(view, columns) {
        let label = format!("▲ {}", clean::line(&label, 30));
        let width = label.width();
        // At the right edge the label stands before its mark.
        let (start, label) = if column + width <= columns {
            (column, label)
        } else {
            let turned = format!("{} ▲", label.trim_start_matches("▲ "));
            ((column + 1).saturating_sub(width), turned)
        };
        let fits = |line: &String| line.is_empty() || line.width() + 2 <= start;
        let at = lines.iter().position(fits).unwrap_or(lines.len());
        if at == MARK_LINES {
            continue;
        }
        if at == lines.len() {
            lines.push(String::new());
        }
        lines[at] = format!("{}{label}", clean::left(&lines[at], start));
    }
    lines
}

/// The marks inside the range by column, from the left.
pub(super) fn marks(view: &View, columns: usize) -> Vec<(usize, String)> {
    let place = |mark: &Mark| Some((column(&view.range, columns, mark.at)?, mark.label.clone()));
    let mut marks: Vec<(usize, String)> = view.marks.iter().filter_map(place).collect();
    marks.sort();
    marks
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ticked(seconds: u64, columns: usize) -> String {
        let range = Range::last(Duration::from_secs(seconds), 1_700_000_000.0);
        labels(&ticks(&range, columns), columns)
    }

    #[test]
    fn times_are_told_from_now_backwards() {
        assert_eq!(ago(0.0), "now");
        assert_eq!(ago(45.0), "-45s");
        assert_eq!(ago(5400.0), "-1h30m");
        assert_eq!(ago(86_400.0 * 9.0), "-9d");
    }

    #[test]
    fn ticks_are_as_close_as_labels_allow() {
        assert_eq!(
            ticked(1800, 60),
            "-30m    -25m      -20m      -15m     -10m       -5m      now"
        );
        assert_eq!(ticked(60, 30), "-1m          -30s          now");
    }

    #[test]
    fn a_range_without_length_has_its_end() {
        let range = Range { from: 5.0, to: 5.0, step: Duration::from_secs(1) };
        assert!(ticks(&range, 20).len() <= 1);
    }
}
