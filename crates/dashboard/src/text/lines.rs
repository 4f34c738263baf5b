//! Lines of a log: the newest ones, each cut to the width of the terminal.

use super::sheet::{Ink, Page};
use super::{Drawn, View, clean};
use crate::Panel;

/// Lines that are drawn, the newest ones.
pub const LINES: usize = 12;
/// Columns of the name in front.
const NAME: usize = 14;

/// Draws a panel of logs; `lines` are containers and what they wrote, oldest first. All of the lines
/// are in [`Drawn::shown`] as far as they are drawn, since that is what a person saw.
pub fn draw_lines(panel: &Panel, lines: &[(String, String)], view: &View) -> Drawn {
    let mut page = Page::new(view);
    page.head(panel);
    let drawn = &lines[lines.len().saturating_sub(LINES)..];
    if drawn.is_empty() {
        page.put(Ink::Faint, "   no line fits");
        page.end();
    }
    let mut shown = String::new();
    let room = page.width().saturating_sub(NAME + 5);
    for (container, text) in drawn {
        let container = clean::line(container, NAME);
        let text = clean::line(text, room);
        page.put(Ink::Faint, &format!("   {} ", clean::left(&container, NAME)));
        page.put(Ink::Plain, &text);
        page.end();
        shown.push_str(&format!("{container} | {text}\n"));
    }
    if shown.is_empty() {
        shown = format!("{}: no line fits", clean::line(&panel.title, NAME * 4));
    }
    Drawn { text: page.finish(), shown }
}
