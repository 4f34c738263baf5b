//! Text of unknown origin, made fit for one line of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// `text` on one line and at most `width` columns wide, cut with `…` where it is longer. Escape
/// sequences, control characters and characters that turn the direction of writing are taken out.
pub(super) fn line(text: &str, width: usize) -> String {
    let bare = strip_ansi_escapes::strip_str(spaced(text));
    let clean: String = bare.chars().filter(|it| is_harmless(*it)).collect();
    cut(clean.trim(), width)
}

/// Line feeds and tabs separate words, so they become spaces before controls are taken out.
fn spaced(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

fn is_harmless(letter: char) -> bool {
    let turns = matches!(letter, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    !letter.is_control() && !turns
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > width {
            break;
        }
        short.push(letter);
    }
    if width > 0 {
        short.push('…');
    }
    short
}

/// `text` filled with spaces to `width` columns; text stands at the left.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// `text` filled with spaces to `width` columns; text stands at the right.
pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_controls_are_taken_out() {
        assert_eq!(line("\x1b[31mred\x1b[0m", 20), "red");
        assert_eq!(line("\x1b]0;title\x07after", 20), "after");
        assert_eq!(line("a\x1b[2J\x1b[Hb\x07\x08\x00c\u{9b}", 20), "abc");
        assert_eq!(line("m-1042\r\npage: all is well", 40), "m-1042  page: all is well");
    }

    #[test]
    fn the_direction_of_writing_stays() {
        assert_eq!(line("pay\u{202e}stnem\u{2066}", 20), "paystnem");
        assert_eq!(line("\u{200b}\u{feff}", 20), "");
    }

    #[test]
    fn long_text_is_cut_by_columns_not_by_letters() {
        assert_eq!(line("payments-1", 5), "paym…");
        assert_eq!(line("支払い支払い", 5), "支払…");
        assert_eq!(line("payments", 8), "payments");
        assert_eq!(line("payments", 0), "");
    }

    #[test]
    fn fill_counts_columns() {
        assert_eq!(left("支払", 6), "支払  ");
        assert_eq!(right("8", 3), "  8");
        assert_eq!(right("1234", 3), "1234");
    }
}
