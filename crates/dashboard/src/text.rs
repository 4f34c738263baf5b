//! Panels as text for a terminal. It decides how things look, not what is asked.
//!
//! Everything that comes out is safe to print: legends and labels come from the system under
//! test, so escape sequences and control characters are taken out and lengths are limited.

mod axis;
mod bars;
mod canvas;
mod chart;
mod clean;
mod heatmap;
mod legend;
mod lines;
mod palette;
mod scale;
mod sheet;
mod side;
mod stat;
mod table;

use crate::{Panel, PanelKind, Range, Series};
pub use lines::{LINES, draw_lines};
use sheet::{Ink, Page};
pub use side::{page, panel_width};

/// Whether the terminal shows colours. Without them series are told apart by their marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Off,
    On,
}

/// A moment that is drawn into the charts, such as a deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Seconds since the Unix epoch.
    pub at: f64,
    pub label: String,
}

/// What is looked at, and on what kind of terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    pub range: Range,
    /// Columns; taken as at least 40 and at most 400.
    pub width: u16,
    pub colour: Colour,
    pub marks: &'a [Mark],
}

/// A panel as a person sees it, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// Lines for a terminal, each ended by a line feed.
    pub text: String,
    /// One plain line a series, such as `In use payments-1: last 8 min 0 max 8`, without a line
    /// feed at the end. Where there is nothing: `In use: no data`.
    pub shown: String,
}

/// Draws a panel. It never fails: where there is nothing to draw, it says so.
pub fn draw(panel: &Panel, series: &[Series], view: &View) -> Drawn {
    let series = legend::in_order(series);
    let mut page = Page::new(view);
    page.head(panel);
    if series.iter().all(|it| it.last().is_none()) {
        let nothing = panel.field.no_value.clone().unwrap_or_else(|| "no data".to_owned());
        page.put(Ink::Faint, &format!("   {nothing}"));
        page.end();
    } else {
        match &panel.kind {
            PanelKind::TimeSeries => chart::draw(&mut page, panel, &series, view),
            PanelKind::Stat => stat::draw(&mut page, panel, &series, view),
            PanelKind::Gauge | PanelKind::Bars => bars::draw(&mut page, panel, &series),
            PanelKind::Heatmap => heatmap::draw(&mut page, panel, &series, view),
            // Lines of a log have no numbers; see `draw_lines`.
            PanelKind::Table | PanelKind::Logs => table::draw(&mut page, panel, &series),
            PanelKind::Unknown(kind) => {
                let kind = clean::line(kind, 40);
                page.put(Ink::Faint, &format!("   a `{kind}` panel, here as a table"));
                page.end();
                table::draw(&mut page, panel, &series);
            }
        }
    }
    Drawn { text: page.finish(), shown: legend::shown(panel, &series, &view.range) }
}

/// What a panel shows in words, without drawing it: the same as [`Drawn::shown`].
pub fn shown(panel: &Panel, series: &[Series], range: &Range) -> String {
    legend::shown(panel, &legend::in_order(series), range)
}

/// Draws a panel whose question was not answered; `problem` says why, in one line.
pub fn draw_problem(panel: &Panel, problem: &str, view: &View) -> Drawn {
    let mut page = Page::new(view);
    page.head(panel);
    let problem = clean::line(problem, 400);
    page.put(Ink::Colour(palette::RED), "   ✗ ");
    page.put(Ink::Plain, &clean::line(&problem, page.width().saturating_sub(6)));
    page.end();
    let title = clean::line(&panel.title, legend::LONGEST);
    Drawn { text: page.finish(), shown: format!("{title}: {problem}") }
}

#[cfg(test)]
mod tests;
