//! Text from inside the lab made fit to be shown: a terminal's output and a stranger's words are
//! data, never instructions to whatever displays them.

/// How many characters of one text a report shows; the journal has it all.
pub(super) const SHOWN_LIMIT: usize = 8_000;

/// The longest line that is shown, in characters.
const LINE_LIMIT: usize = 400;

/// What a text has become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean {
    pub(super) text: String,
    /// Characters that were cut off in all.
    pub(super) cut: usize,
}

/// Escape sequences are taken out; what is left of control characters, and what turns the
/// direction of writing or is not visible, is spelt out; long lines and long texts are cut, with a
/// mark where.
pub(super) fn clean(raw: &str) -> Clean {
    let (mut cut, mut text, mut total) = (0, String::new(), 0);
    for line in without_escapes(raw).trim_end().split('\n') {
        let length = line.chars().count();
        if total >= SHOWN_LIMIT {
            cut += length + 1;
            continue;
        }
        let room = LINE_LIMIT.min(SHOWN_LIMIT - total);
        if !text.is_empty() {
            text.push('\n');
        }
        line.chars().take(room).for_each(|c| spell(c, &mut text));
        if length > room {
            text.push_str(&format!(" … {} more characters", length - room));
            cut += length - room;
        }
        total += length.min(room) + 1;
    }
    Clean { text, cut }
}

/// As [`clean`], on one line: for headlines and table cells.
pub(crate) fn one_line(raw: &str, limit: usize) -> String {
    let joined = without_escapes(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    let length = joined.chars().count();
    let mut text = String::new();
    joined.chars().take(limit).for_each(|c| spell(c, &mut text));
    if length > limit {
        text.push('…');
    }
    text
}

fn spell(c: char, text: &mut String) {
    match c {
        '\t' => text.push_str("    "),
        '\n' => text.push('\n'),
        c if c.is_control() || deceives(c) => text.push_str(&format!("<U+{:04X}>", c as u32)),
        c => text.push(c),
    }
}

/// Characters that turn the direction of writing, or have no width.
fn deceives(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Where a reader of escape sequences stands (ECMA-48, seven-bit forms).
#[derive(Clone, Copy)]
enum Escape {
    None,
    /// After ESC.
    Begun,
    /// Within `ESC [ …`, up to a final byte.
    Control,
    /// Within a string (OSC, DCS, APC, PM, SOS), up to BEL or `ESC \`.
    Text,
    /// ESC within such a string.
    TextEnd,
}

fn without_escapes(raw: &str) -> String {
    let mut state = Escape::None;
    let mut text = String::with_capacity(raw.len().min(4 * SHOWN_LIMIT));
    for c in raw.replace("\r\n", "\n").chars() {
        state = match (state, c) {
            (Escape::Text, '\u{7}') | (Escape::TextEnd, '\\') => Escape::None,
            (Escape::Text | Escape::TextEnd, '\u{1b}') => Escape::TextEnd,
            // A string that is never ended must not swallow the rest.
            (Escape::Text | Escape::TextEnd, '\n') | (Escape::None, _) if c != '\u{1b}' => {
                text.push(c);
                Escape::None
            }
            (Escape::Text | Escape::TextEnd, _) => Escape::Text,
            (Escape::None | Escape::Begun | Escape::Control, '\u{1b}') => Escape::Begun,
            (Escape::Begun, '[') => Escape::Control,
            (Escape::Begun, ']' | 'P' | '_' | '^' | 'X') => Escape::Text,
            (Escape::Begun, ' '..='/') => Escape::Begun,
            (Escape::Control, ' '..='?') => Escape::Control,
            (Escape::Begun | Escape::Control, '\n') => {
                text.push('\n');
                Escape::None
            }
            (Escape::None | Escape::Begun | Escape::Control, _) => Escape::None,
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, wanted: &str) {
        assert_eq!(clean(raw).text, wanted);
    }

    #[test]
    fn colours_titles_and_cursor_movements_are_taken_out() {
        check("\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7}a\u{1b}[2Jb", "red ab");
        check("\u{1b}P1$r\u{1b}\\after \u{1b}(B.", "after .");
    }

    #[test]
    fn an_unended_string_does_not_swallow_the_next_line() {
        check("a\u{1b}]52;c;evil\nb", "a\nb");
    }

    #[test]
    fn what_deceives_the_eye_is_spelt_out() {
        check("a\u{202e}b\u{200b}\u{0}\u{9b}", "a<U+202E>b<U+200B><U+0000><U+009B>");
    }

    #[test]
    fn a_long_line_and_a_long_text_are_cut_with_a_mark() {
        let long = clean(&"x".repeat(1_000_000));
        assert_eq!(long.cut, 1_000_000 - LINE_LIMIT);
        assert!(long.text.ends_with(" … 999600 more characters"));
        let tall = clean(&"line\n".repeat(100_000));
        assert!(tall.text.len() <= SHOWN_LIMIT + 5 && tall.cut > 400_000, "{}", tall.cut);
    }
}
