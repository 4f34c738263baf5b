//! What a program printed, as text: without colours and cursor movements. It draws no screen, so of
//! a full-screen program it keeps the words in the order in which they were drawn.

use vte::{Params, Parser, Perform};

/// The text in `bytes`, at most `limit` bytes of it, cut between characters.
pub(crate) fn plain_text(bytes: &[u8], limit: usize) -> String {
    let mut parser = Parser::new();
    let mut text = Text { kept: String::new(), limit, full: false };
    parser.advance(&mut text, bytes);
    text.kept
}

struct Text {
    kept: String,
    limit: usize,
    /// Nothing is kept after the first character that did not fit.
    full: bool,
}

impl Text {
    fn push(&mut self, c: char) {
        self.full |= self.kept.len() + c.len_utf8() > self.limit;
        if !self.full {
            self.kept.push(c);
        }
    }
}

impl Perform for Text {
    fn print(&mut self, c: char) {
        self.push(c);
    }

    fn execute(&mut self, byte: u8) {
        if matches!(byte, b'\n' | b'\t') {
            self.push(char::from(byte));
        }
    }

    /// A jump to another line separates words as a line's end does.
    fn csi_dispatch(&mut self, _: &Params, _: &[u8], _: bool, action: char) {
        if matches!(action, 'H' | 'f' | 'd') && !self.kept.is_empty() && !self.kept.ends_with('\n')
        {
            self.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn colours_titles_and_carriage_returns_go_and_the_words_stay() {
        let printed = b"\x1b]0;title\x07\x1b[1;31merror\x1b[0m\tzw\xc3\xb6lf\r\n\x1b[Kdone\r\n";
        assert_eq!(plain_text(printed, 100), "error\tzwölf\ndone\n");
    }

    #[test]
    fn a_jump_of_the_cursor_ends_a_line() {
        assert_eq!(plain_text(b"\x1b[Hone\x1b[2;1Htwo", 100), "one\ntwo");
    }

    #[test]
    fn the_limit_cuts_between_characters() {
        assert_eq!(plain_text("aöb".as_bytes(), 2), "a");
        assert_eq!(plain_text("aöb".as_bytes(), 3), "aö");
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(plain_text(b"a\xff\xfeb", 100).replace('\u{fffd}', ""), "ab");
    }
}
