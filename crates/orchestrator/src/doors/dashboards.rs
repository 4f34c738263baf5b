//! Dashboards: the very files of Grafana, their queries asked of Prometheus. For the terminal the
//! answers are drawn as text. Which panels were seen, with which numbers, is what gets recorded.

use std::time::Duration;

use dashboard::text::{self, Colour, Mark, View};
use dashboard::{Dashboard, Panel, PanelKind, Query, Range, Series, Variable};
use futures::future::join_all;
use jiff::Timestamp;
use session::event::{Door, Effect, Kind, PanelView};

use super::annotations::Marked;
use super::lines::PanelLines;
use super::oncall::DashboardArgs;
use super::{Doors, Printed, beginning, table};
use crate::boxed;
use crate::logs::Kept;
use crate::prometheus::PrometheusError;

/// Columns where the output is no terminal.
const PLAIN: u16 = 100;

/// All dashboards and the titles of their panels.
pub(super) fn list(dashboards: &[Dashboard]) -> String {
    let rows: Vec<Vec<String>> = dashboards
        .iter()
        .map(|dashboard| {
            let panels: Vec<&str> =
                dashboard.panels().iter().map(|panel| panel.title.as_str()).collect();
            vec![dashboard.uid.clone(), dashboard.title.clone(), panels.join(", ")]
        })
        .collect();
    table::draw(&["NAME", "TITLE", "PANELS"], &rows)
}

/// Draws a dashboard (or the panels asked for) and records it.
pub(super) async fn show(doors: &Doors, args: &DashboardArgs, columns: Option<u16>) -> Printed {
    let Some(found) = doors.dashboards.iter().find(|it| it.uid == args.name) else {
        let names: Vec<&str> = doors.dashboards.iter().map(|it| it.uid.as_str()).collect();
        let message = format!("no dashboard `{}`; there are {}", args.name, names.join(", "));
        return Printed::refused("oncall", message);
    };
    let wanted = args.panel.as_deref().map(str::to_lowercase);
    let is_wanted = |panel: &&Panel| {
        wanted.as_deref().is_none_or(|wanted| panel.title.to_lowercase().contains(wanted))
    };
    let panels: Vec<&Panel> = found.panels().iter().filter(is_wanted).collect();
    if panels.is_empty() {
        let titles: Vec<&str> = found.panels().iter().map(|panel| panel.title.as_str()).collect();
        let message = format!("`{}` has no such panel; it has {}", found.uid, titles.join(", "));
        return Printed::refused("oncall", message);
    }
    let range = Range::last(args.last, now());
    // Charts without marks are better than none; what Prometheus does not answer they say themselves.
    let (marked, _) = doors.marked(found, &range, &found.variables).await;
    let mark = |it: Marked| Mark { at: it.moment.at, label: it.moment.title };
    let marks: Vec<Mark> = marked.into_iter().map(mark).collect();
    let view = View {
        range,
        width: text::panel_width(columns.unwrap_or(PLAIN)),
        colour: if columns.is_some() { Colour::On } else { Colour::Off },
        marks: &marks,
    };
    let drawn = join_all(panels.iter().map(|panel| draw(doors, panel, &view))).await;
    record(doors, found, args.last, &drawn);
    for read in drawn.iter().flat_map(|drawn| &drawn.lines) {
        doors.note_panel_lines(read, false);
    }
    let body: Vec<&str> = drawn.iter().map(|drawn| drawn.text.as_str()).collect();
    let body = text::page(&body, columns.unwrap_or(PLAIN));
    let heading = format!("{} (last {})\n\n", found.title, humantime::format_duration(args.last));
    Printed::out(heading + &body)
}

/// The answer to one query of a panel.
pub struct Asked {
    pub query: Query,
    /// The series, or why there are none, in words for the person who asked.
    pub series: Result<Vec<Series>, String>,
}

/// Panels of one dashboard that were in view, for the record.
pub struct Viewed<'a> {
    pub dashboard: &'a Dashboard,
    pub last: Duration,
    pub panels: Vec<PanelView>,
    /// More of a look that is in the record already.
    pub continued: bool,
}

// === impl Doors ===

impl Doors {
    /// Asks what a panel asks, with these values of its variables. Looking is not yet recorded; see
    /// [`Doors::note_panels_viewed`].
    #[boxed]
    pub async fn ask_panel(
        &self,
        panel: &Panel,
        range: &Range,
        variables: &[Variable],
    ) -> Vec<Asked> {
        let queries = panel.queries_with(range, variables);
        let asked = queries.into_iter().map(async |query| {
            let series = ask(self, &query, range).await;
            Asked { query, series }
        });
        join_all(asked).await
    }

    /// What a panel showed, in words.
    pub fn panel_in_words(panel: &Panel, asked: &[Asked], range: &Range) -> String {
        let mut series = Vec::new();
        for one in asked {
            match &one.series {
                Ok(lines) => series.extend(lines.iter().cloned()),
                Err(problem) => return format!("{}: {problem}", panel.title),
            }
        }
        beginning(&text::shown(panel, &series, range))
    }

    /// Records that panels were in view.
    pub fn note_panels_viewed(&self, viewed: Viewed<'_>) {
        let kind = Kind::DashboardViewed {
            dashboard: viewed.dashboard.uid.clone(),
            title: viewed.dashboard.title.clone(),
            last_s: viewed.last.as_secs(),
            panels: viewed.panels,
            continued: viewed.continued,
        };
        self.record(Door::Dashboards, Effect::Look, kind);
    }
}

struct Drawn {
    title: String,
    promql: Vec<String>,
    text: String,
    shown: String,
    /// What a panel of logs has shown of them.
    lines: Vec<PanelLines>,
}

async fn draw(doors: &Doors, panel: &Panel, view: &View<'_>) -> Drawn {
    if panel.kind == PanelKind::Logs {
        return draw_lines(doors, panel, view);
    }
    let queries = panel.queries(&view.range);
    let promql = queries.iter().map(|query| query.expr.clone()).collect();
    let answers = join_all(queries.iter().map(|query| ask(doors, query, &view.range))).await;
    let answers: Result<Vec<Vec<Series>>, String> = answers.into_iter().collect();
    let title = panel.title.clone();
    let drawn = match answers {
        Ok(series) => {
            let series: Vec<Series> = series.into_iter().flatten().collect();
            text::draw(panel, &series, view)
        }
        Err(problem) => text::draw_problem(panel, &problem, view),
    };
    Drawn { title, promql, text: drawn.text, shown: drawn.shown, lines: Vec::new() }
}

fn draw_lines(doors: &Doors, panel: &Panel, view: &View<'_>) -> Drawn {
    let found = doors.panel_lines(panel, &view.range, panel.variables());
    let (drawn, lines) = match found {
        Ok(mut lines) => {
            lines.iter_mut().for_each(|one| one.keep_newest(text::LINES));
            let mut all: Vec<_> = lines.iter().flat_map(|one| &one.lines).collect();
            all.sort_by_key(|kept| (kept.line.at_unix_ms, kept.cursor));
            let printed = |it: &&Kept| (it.container.clone(), it.line.text.clone());
            let printed: Vec<_> = all.iter().map(printed).collect();
            (text::draw_lines(panel, &printed, view), lines)
        }
        Err(problem) => (text::draw_problem(panel, &problem, view), Vec::new()),
    };
    let title = panel.title.clone();
    Drawn { title, promql: Vec::new(), text: drawn.text, shown: drawn.shown, lines }
}

pub(super) async fn ask(
    doors: &Doors,
    query: &Query,
    range: &Range,
) -> Result<Vec<Series>, String> {
    let answer: Result<Vec<u8>, PrometheusError> = if query.instant {
        doors.prometheus.instant(&query.expr).await
    } else {
        doors.prometheus.range(&query.expr, range.from, range.to, range.step).await
    };
    let body = answer.map_err(|error| format!("{:#}", anyhow::Error::from(error)))?;
    query.read(&body).map_err(|error| error.to_string())
}

fn record(doors: &Doors, dashboard: &Dashboard, last: Duration, drawn: &[Drawn]) {
    let panels = drawn.iter().map(|drawn| {
        PanelView::printed(drawn.title.clone(), drawn.promql.clone(), beginning(&drawn.shown))
    });
    let panels = panels.collect();
    doors.note_panels_viewed(Viewed { dashboard, last, panels, continued: false });
}

/// Unix time in seconds.
fn now() -> f64 {
    Timestamp::now().as_microsecond() as f64 / 1e6
}
