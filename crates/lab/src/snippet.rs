//! Draws the lines around a place, with the place marked.

use std::fmt::Write as _;
use std::ops::Range;

/// Lines before and after the marked one.
const AROUND: usize = 2;
/// Characters of a line that are shown.
const WIDEST: usize = 110;

/// The lines around `line` of `text`, and a mark under what `span` covers of that line.
pub(crate) fn draw(text: &str, line: usize, column: usize, span: &Range<usize>) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let first = line.saturating_sub(AROUND).max(1);
    let last = (line + AROUND).min(lines.len()).max(line);
    let gutter = last.to_string().len();
    let mut drawn = format!("{:gutter$} |", "");
    for number in first..=last {
        let content = lines.get(number - 1).copied().unwrap_or("");
        let shown: String = content.chars().take(WIDEST).collect();
        // Writing to a String cannot fail.
        let _ = write!(drawn, "\n{number:gutter$} | {shown}");
        if number == line && column <= WIDEST {
            let mark = mark(content, text, column, span);
            let _ = write!(drawn, "\n{:gutter$} | {:2$}{mark}", "", "", column - 1);
        }
    }
    drawn
}

/// As many `^` as the span covers on its first line; at least one.
fn mark(content: &str, text: &str, column: usize, span: &Range<usize>) -> String {
    let covered = text.get(span.clone()).unwrap_or("");
    let wide = covered.lines().next().unwrap_or("").chars().count();
    let room = content.chars().count().min(WIDEST).saturating_sub(column - 1);
    "^".repeat(wide.min(room).max(1))
}
