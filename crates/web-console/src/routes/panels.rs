//! What a panel shows, and which panels were really looked at. Asking is not yet looking: a look is
//! recorded when a panel was in view.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use dashboard::{Aligned, Dashboard, Panel, Range, Variable};
use orchestrator::control::history::Change;
use orchestrator::doors::Doors;
use orchestrator::doors::dashboards::{self as dashboards_door, Asked};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::Chosen;
use crate::extract::{Json, text};
use crate::looked::{Answered, InView, Look, REPORTS_WITHIN};
use crate::problem::Problem;
use crate::routes::dashboards;
use crate::who::Candidate;

/// A panel, and the stretch of time that it shall show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelQuestion {
    /// The dashboard's uid.
    pub dashboard: String,
    /// The panel's `id` in the file.
    pub panel: u64,
    /// Unix time in seconds.
    pub from: f64,
    /// Unix time in seconds.
    pub to: f64,
    /// Distance of two points; chosen by the server when it is left out.
    #[serde(default)]
    pub step_ms: Option<u64>,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    pub variables: Chosen,
}

/// The answers to a panel's queries on one common axis of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelData {
    /// As it was asked, or as it was cut to what there can be.
    pub from: f64,
    pub to: f64,
    pub step_ms: u64,
    /// The queries with their variables filled in.
    pub queries: Vec<PanelQuery>,
    /// Unix times in seconds.
    pub times: Vec<f64>,
    pub series: Vec<PanelSeries>,
}

/// One query of a panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelQuery {
    pub promql: String,
    /// Wants one value at the end and not a line.
    pub instant: bool,
    /// Why it has no answer, in Prometheus' words.
    pub problem: Option<String>,
}

/// One line of a panel.
#[derive(Debug, Serialize, ToSchema)]
pub struct PanelSeries {
    /// Which of the queries it answers.
    pub query: usize,
    /// Its name, with the legend's template filled in.
    pub legend: String,
    pub labels: std::collections::BTreeMap<String, String>,
    /// One for each of `times`; `null` where there is a gap.
    pub values: Vec<Option<f64>>,
}

/// Panels that were in view since the last report of this visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Viewed {
    /// One stay on one dashboard: any text of at most 40 characters that no other visit has. A
    /// change of dashboard, range or variables begins a new one.
    pub visit: String,
    /// The dashboard's uid.
    pub dashboard: String,
    /// Unix time in seconds.
    pub from: f64,
    /// Unix time in seconds.
    pub to: f64,
    pub panels: Vec<PanelViewed>,
    /// Changes whose marks were pointed at, by their `id` in the list of changes.
    #[serde(default)]
    pub changes: Vec<u64>,
}

/// How one panel was looked at since the last report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelViewed {
    /// The panel's `id` in the file.
    pub panel: u64,
    /// How long at least half of it was on a visible page.
    pub visible_ms: u64,
    /// Whether the pointer or the crosshair by keyboard was on it.
    #[serde(default)]
    pub hovered: bool,
    /// Whether somebody zoomed in it or opened it large.
    #[serde(default)]
    pub zoomed: bool,
}

/// What a panel shows.
#[utoipa::path(post, path = "/api/panels/query", operation_id = "panels_query",
    tag = "dashboards",
    responses((status = 200, body = PanelData), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn query(
    _who: Candidate,
    State(console): State<Console>,
    Json(question): Json<PanelQuestion>,
) -> Result<Json<PanelData>, Problem> {
    let doors = console.doors()?;
    let Wanted { panel, range, variables } = Wanted::of(&doors, &question)?;
    let asked = doors.ask_panel(panel, &range, &variables).await;
    let answer = Answered {
        title: panel.title.clone(),
        promql: asked.iter().map(|one| one.query.expr.clone()).collect(),
        shown: Doors::panel_in_words(panel, &asked, &range),
        lines: Vec::new(),
    };
    note_answer(&console, &question, answer);
    Ok(Json(data(&range, asked)))
}

/// A panel that is asked for, with everything that its queries need.
pub(crate) struct Wanted<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) range: Range,
    pub(crate) variables: Vec<Variable>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(doors: &'a Doors, question: &PanelQuestion) -> Result<Wanted<'a>, Problem> {
        let dashboard = dashboards::find(doors, &question.dashboard)?;
        let panel = dashboard.panels().iter().find(|panel| panel.id == question.panel);
        let panel = panel.ok_or_else(|| {
            Problem::not_found(format!("`{}` has no panel {}", question.dashboard, question.panel))
        })?;
        let step = question.step_ms.map(Duration::from_millis);
        let range = range_of(question.from, question.to, step)?;
        Ok(Wanted { panel, range, variables: variables(dashboard, &question.variables)? })
    }
}

/// Keeps what a panel was answered with, until the page says that it was in view.
pub(crate) fn note_answer(console: &Console, question: &PanelQuestion, answer: Answered) {
    let last = Duration::try_from_secs_f64(question.to - question.from).unwrap_or_default();
    let (dashboard, asked) = (&question.dashboard, (last, Instant::now()));
    let awaited = console.looked().answered(dashboard, question.panel, answer, asked);
    if awaited {
        tokio::spawn(await_report(console.clone(), question.dashboard.clone()));
    }
}

/// Records a look: at the panels, and at the logs whose lines they showed.
fn note_look(doors: &Doors, dashboard: &Dashboard, last: Duration, look: Look) {
    let Look { panels, continued, lines } = look;
    doors.note_panels_viewed(dashboards_door::Viewed { dashboard, last, panels, continued });
    for (read, continued) in &lines {
        doors.note_panel_lines(read, *continued);
    }
}

/// Waits for the page to say that it was looking; else what it asked for is recorded as just that.
async fn await_report(console: Console, uid: String) {
    let mut wait = Some(REPORTS_WITHIN);
    while let Some(some) = wait {
        tokio::time::sleep(some).await;
        let waited = console.looked().waited(&uid, Instant::now());
        wait = waited.again;
        let Some((look, last)) = waited.unreported else { continue };
        // A session that is over has no doors, and nothing more to record.
        let Ok(doors) = console.doors() else { return };
        let Ok(dashboard) = dashboards::find(&doors, &uid) else { return };
        note_look(&doors, dashboard, last, look);
    }
}

/// Which panels were really in view, and for how long. Sent when one has been in view for a second that
/// was not before in this visit, every ten seconds while they stay, and when they are left (also by `sendBeacon`).
#[utoipa::path(post, path = "/api/views", operation_id = "panels_views",
    tag = "dashboards",
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn views(
    _who: Candidate,
    State(console): State<Console>,
    Json(viewed): Json<Viewed>,
) -> Result<StatusCode, Problem> {
    let doors = console.doors()?;
    let dashboard = dashboards::find(&doors, &viewed.dashboard)?;
    let visit = text("the visit", &viewed.visit, 40)?;
    if viewed.panels.len().max(viewed.changes.len()) > MOST_PANELS {
        return Err(Problem::bad(format!("at most {MOST_PANELS} panels and changes at a time")));
    }
    let in_view = viewed.panels.iter().map(|one| InView {
        panel: one.panel,
        visible_ms: one.visible_ms,
        hovered: one.hovered,
        zoomed: one.zoomed,
    });
    let in_view: Vec<InView> = in_view.collect();
    let look = console.looked().report(&visit, &viewed.dashboard, &in_view, Instant::now());
    if let Some(look) = look {
        let last = Duration::try_from_secs_f64(viewed.to - viewed.from).unwrap_or_default();
        note_look(&doors, dashboard, last, look);
    }
    note_changes(&console, &doors, &viewed.changes);
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever reads the words at a mark has read that change, as in the list of changes.
fn note_changes(console: &Console, doors: &Doors, pointed: &[u64]) {
    let is_pointed = |(id, _): &(u64, Change)| pointed.contains(id);
    let read = (0..).zip(doors.changes()).filter(is_pointed);
    let is_new = |(id, _): &(u64, Change)| console.glances(&format!("change {id} at its mark"));
    let read: Vec<Change> = read.filter(is_new).map(|(_, change)| change).collect();
    if !read.is_empty() {
        doors.note_changes_read(&read);
    }
}

/// Panels of one report.
const MOST_PANELS: usize = 100;
/// The longest stretch of time that a panel shows: a year.
const LONGEST_S: f64 = 366.0 * 86_400.0;
/// Points of one line at most; Prometheus gives no more than 11 000.
const POINTS: f64 = 3000.0;
/// Values of one variable, and the characters of one.
const VALUES: (usize, usize) = (100, 200);

/// `from` and `to` are Unix seconds; `step` is what the page wishes for.
pub(crate) fn range_of(from: f64, to: f64, step: Option<Duration>) -> Result<Range, Problem> {
    let seconds = to - from;
    let is_time = |at: f64| (0.0..1e11).contains(&at);
    if !is_time(from) || !is_time(to) || !(1.0..=LONGEST_S).contains(&seconds) {
        return Err(Problem::bad("`from` and `to` are Unix seconds, a second to a year apart"));
    }
    let natural = Range::last(Duration::from_secs_f64(seconds), to);
    let finest = Duration::from_secs_f64((seconds / POINTS).max(0.25));
    Ok(Range { from, to, step: step.unwrap_or(natural.step).max(finest) })
}

/// The variables of a dashboard with the chosen values. Values stand inside of quotes in PromQL, and
/// stay there.
pub(crate) fn variables(dashboard: &Dashboard, chosen: &Chosen) -> Result<Vec<Variable>, Problem> {
    for (name, values) in chosen {
        let too_long = |value: &String| value.chars().count() > VALUES.1;
        let breaks_out = |value: &String| value.contains(['"', '\\', '\'', '`', '{', '}', '\n']);
        if values.len() > VALUES.0 || values.iter().any(|it| too_long(it) || breaks_out(it)) {
            return Err(Problem::bad(format!("these are no values of the variable `{name}`")));
        }
    }
    let with_choice = |variable: &Variable| match chosen.get(&variable.name) {
        Some(values) => variable.choose(values),
        None => variable.clone(),
    };
    Ok(dashboard.variables.iter().map(with_choice).collect())
}

/// All answers on one axis of time.
fn data(range: &Range, asked: Vec<Asked>) -> PanelData {
    let answered = || asked.iter().filter_map(|one| one.series.as_ref().ok()).flatten();
    let aligned = Aligned::of(answered());
    let mut values = aligned.values.into_iter();
    let mut lines = Vec::new();
    let mut queries = Vec::new();
    for (query, one) in asked.into_iter().enumerate() {
        let problem = match one.series {
            Ok(series) => {
                lines.extend(series.into_iter().zip(values.by_ref()).map(|(series, values)| {
                    PanelSeries { query, legend: series.legend, labels: series.labels, values }
                }));
                None
            }
            Err(problem) => Some(problem),
        };
        queries.push(PanelQuery { promql: one.query.expr, instant: one.query.instant, problem });
    }
    PanelData {
        from: range.from,
        to: range.to,
        step_ms: u64::try_from(range.step.as_millis()).unwrap_or(u64::MAX),
        queries,
        times: aligned.times,
        series: lines,
    }
}

#[cfg(test)]
mod tests {
    use dashboard::{Query, Series};

    use super::*;

    #[test]
    fn lines_with_different_times_share_one_axis() {
        let query = || Query { expr: "up".to_owned(), legend: String::new(), instant: false };
        let asked = vec![
            Asked {
                query: query(),
                series: Ok(vec![Series::new("a", vec![(1.0, 5.0), (2.0, f64::NAN)])]),
            },
            Asked { query: query(), series: Err("no such metric".to_owned()) },
            Asked { query: query(), series: Ok(vec![Series::new("b", vec![(2.0, 7.0)])]) },
        ];
        let range = Range { from: 0.0, to: 10.0, step: Duration::from_secs(1) };
        let data = data(&range, asked);
        assert_eq!(data.times, [1.0, 2.0]);
        assert_eq!(data.series[0].values, [Some(5.0), None]);
        assert_eq!((data.series[1].query, &data.series[1].values), (2, &vec![None, Some(7.0)]));
        assert_eq!(data.queries[1].problem.as_deref(), Some("no such metric"));
    }

    #[test]
    fn times_and_values_that_make_no_sense_are_refused() {
        let range = |from: f64, to: f64| range_of(from, to, Some(Duration::from_millis(1)));
        for (from, to) in [(5.0, 1.0), (0.0, f64::NAN), (-1.0, 9.0), (0.0, 1e10), (1e12, 2e12)] {
            assert!(range(from, to).is_err(), "{from} {to}");
        }
        let week = range(1e9, 1e9 + 604_800.0).unwrap();
        assert!(week.step >= Duration::from_secs(201), "{:?}", week.step);
        let dashboard = Dashboard::parse(r#"{"uid":"x","title":"x","panels":[]}"#).unwrap();
        let with = |value: &str| {
            let chosen = Chosen::from([("instance".to_owned(), vec![value.to_owned()])]);
            variables(&dashboard, &chosen).is_ok()
        };
        assert!(with("payments-1") && with("$__all"));
        assert!(!with("x\"} or vector(1) #") && !with(&"x".repeat(201)));
    }
}
