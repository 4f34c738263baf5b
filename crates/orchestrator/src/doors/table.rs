//! A table of text for a terminal: columns as wide as their widest cell, the last one free.

use unicode_width::UnicodeWidthStr;

/// Draws a header and rows; two spaces between columns, nothing after the last.
pub(super) fn draw(header: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(&header).chain(rows).map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, width) in row.iter().zip(widths) {
        text.push_str(cell);
        text.push_str(&" ".repeat(width - cell.width().min(*width) + 2));
    }
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            vec!["2m ago".to_owned(), "x".to_owned()],
            vec!["3h 20m ago".to_owned(), "yy".to_owned()],
        ];
        assert_eq!(
            super::draw(&["WHEN", "WHAT"], &rows),
            "WHEN        WHAT\n2m ago      x\n3h 20m ago  yy\n"
        );
    }
}
