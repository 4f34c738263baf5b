//! The lines of a drawing, with or without colours.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::{Colour, View, clean};
use crate::{Panel, unit};

/// How a piece of text is set. Without colours everything is plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Faint,
    /// A colour of the 256 that terminals share.
    Colour(u8),
    BoldColour(u8),
}

pub(super) struct Page {
    out: String,
    colour: Colour,
    width: usize,
    /// The text at the end of the line that is set alike. It is written when something else
    /// follows, so that a row of dots is one escape sequence and not eighty.
    run: String,
    ink: Ink,
    /// Spaces that are written only when something follows them.
    pending: String,
}

// === impl Page ===

impl Page {
    pub(super) fn new(view: &View) -> Page {
        Page {
            out: String::new(),
            colour: view.colour,
            width: usize::from(view.width.clamp(40, 400)),
            run: String::new(),
            ink: Ink::Plain,
            pending: String::new(),
        }
    }

    /// Columns of a line.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn coloured(&self) -> bool {
        self.colour == Colour::On
    }

    /// Adds text to the line.
    pub(super) fn put(&mut self, ink: Ink, text: &str) {
        let bare = text.trim_end_matches(' ');
        if bare.is_empty() {
            self.pending.push_str(text);
            return;
        }
        if ink != self.ink {
            self.write_run();
            self.ink = ink;
        }
        let spaces = std::mem::take(&mut self.pending);
        // Spaces have no colour: before a run they stand outside of it.
        let target = if self.run.is_empty() { &mut self.out } else { &mut self.run };
        target.push_str(&spaces);
        self.run.push_str(bare);
        self.pending.push_str(&text[bare.len()..]);
    }

    fn write_run(&mut self) {
        let text = std::mem::take(&mut self.run);
        if text.is_empty() {
            return;
        }
        let code = match (self.colour, self.ink) {
            (Colour::Off, _) | (Colour::On, Ink::Plain) => return self.out.push_str(&text),
            (Colour::On, Ink::Bold) => "1".to_owned(),
            (Colour::On, Ink::Faint) => "2".to_owned(),
            (Colour::On, Ink::Colour(colour)) => format!("38;5;{colour}"),
            (Colour::On, Ink::BoldColour(colour)) => format!("1;38;5;{colour}"),
        };
        // Writing to a String cannot fail.
        let _ = write!(self.out, "\x1b[{code}m{text}\x1b[0m");
    }

    /// Ends the line; spaces at its end are left out.
    pub(super) fn end(&mut self) {
        self.write_run();
        self.pending.clear();
        self.out.push('\n');
    }

    /// The line at the head of every panel: its title, a rule, its unit.
    pub(super) fn head(&mut self, panel: &Panel) {
        let unit = clean::line(unit::name(&panel.field.unit), 20);
        let title = clean::line(&panel.title, self.width - 30);
        let unit_part = if unit.is_empty() { String::new() } else { format!(" {unit} ──") };
        let used = 4 + title.width() + unit_part.width();
        let rule = "─".repeat(self.width.saturating_sub(used));
        self.put(Ink::Faint, "── ");
        self.put(Ink::Bold, &title);
        self.put(Ink::Plain, " ");
        self.put(Ink::Faint, &rule);
        self.put(Ink::Faint, &unit_part);
        self.end();
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}
