//! Drawings beside each other on wide terminals.

use strip_ansi_escapes::strip_str;
use unicode_width::UnicodeWidthStr;

/// Columns between two drawings.
const BETWEEN: u16 = 3;

/// A drawing narrower than this is not worth having beside another one.
const NARROWEST: u16 = 72;

/// How wide each panel is drawn on a terminal of `width` columns: all of it, or half of it where
/// two fit beside each other.
pub fn panel_width(width: u16) -> u16 {
    let half = width.saturating_sub(BETWEEN) / 2;
    if half >= NARROWEST { half } else { width }
}

/// Texts of panels on one page for a terminal of `width` columns, in reading order: one below the
/// other, or in two columns where they were drawn at half the width by [`panel_width`]. Each panel
/// goes where there is room first, so that a small one leaves no hole beside a large one.
pub fn page(texts: &[&str], width: u16) -> String {
    let half = panel_width(width);
    let (mut left, mut right): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for text in texts {
        let column =
            if half == width || left.len() <= right.len() { &mut left } else { &mut right };
        column.extend(text.lines());
        column.push("");
    }
    beside(&left, &right, usize::from(half + BETWEEN))
}

/// Two columns line by line; the right one begins after `start` columns.
fn beside(left: &[&str], right: &[&str], start: usize) -> String {
    let mut out = String::new();
    for line in 0..left.len().max(right.len()) {
        let one = left.get(line).copied().unwrap_or_default();
        let other = right.get(line).copied().unwrap_or_default();
        out.push_str(one);
        if !other.is_empty() {
            out.push_str(&" ".repeat(start.saturating_sub(strip_str(one).width())));
            out.push_str(other);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_share_a_line_only_where_both_are_wide_enough() {
        assert_eq!(panel_width(80), 80);
        assert_eq!(panel_width(146), 146);
        assert_eq!(panel_width(147), 72);
        assert_eq!(panel_width(200), 98);
    }

    #[test]
    fn a_narrow_page_has_one_drawing_below_the_other() {
        assert_eq!(page(&["a\n", "b\n"], 80), "a\n\nb\n\n");
    }

    #[test]
    fn colours_don_t_shift_the_right_side() {
        let page = page(&["\x1b[1mleft\x1b[0m\n", "right\nmore\n"], 147);
        let lines: Vec<String> = page.lines().map(strip_str).collect();
        assert_eq!(lines[0], format!("left{}right", " ".repeat(71)));
        assert_eq!(lines[1], format!("{}more", " ".repeat(75)));
    }

    #[test]
    fn small_panels_stand_below_each_other_beside_a_large_one() {
        let page = page(&["small\n", "1\n2\n3\n4\n", "also\n", "last\n"], 147);
        let starts: Vec<&str> =
            page.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
        assert_eq!(starts, ["small", "", "also", "", "last", ""]);
    }
}
