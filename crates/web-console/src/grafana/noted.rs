//! What of the questions that go through Grafana is recorded, and as what: panels that were asked for as
//! a look at a dashboard, all else as a question to Prometheus. It decides about no request.

use std::time::{Duration, Instant};

use dashboard::{AnnotationSource, Choices, Dashboard, Panel, Range, Series};
use gate::grafana::{Answer, Queries, Question};
use orchestrator::doors::Doors;
use orchestrator::doors::dashboards::{Asked, Viewed};
use orchestrator::doors::grafana as door;
use serde_json::{Value, json};
use session::event::PanelView;

use super::seen::{Gathered, Look};
use crate::console::Console;

/// Panels come into view together.
const TOGETHER: Duration = Duration::from_millis(400);
/// Points of a line that are kept of what Explore showed: the last ones.
const POINTS: usize = 10;
/// The first part of an answer in Prometheus' own form that is kept, in bytes.
const SHOWN: usize = 4 << 10;

/// A dashboard was opened.
pub(super) fn opened(console: &Console, doors: &Doors, uid: &str) {
    let Some(dashboard) = find(doors, uid) else { return };
    let look = console.window().seen().look(("opened", uid), Instant::now());
    if look != Look::Same {
        let continued = look == Look::Continued;
        let last = Duration::ZERO;
        doors.note_panels_viewed(Viewed { dashboard, last, panels: Vec::new(), continued });
    }
}

/// Queries were answered.
pub(super) fn queries(
    console: &Console,
    doors: &Doors,
    queries: &Queries,
    status: u16,
    answer: &[u8],
) {
    let answers = gate::grafana::answer(answer).unwrap_or_default();
    let of_panel = queries.panel.as_ref().and_then(|named| {
        let dashboard = find(doors, &named.dashboard)?;
        let panel = dashboard.panels().iter().find(|panel| panel.id == named.id)?;
        // The headers are the browser's word: a panel is one that asks what the panel asks.
        asks_the_same(panel, queries).then_some((dashboard, panel))
    });
    match of_panel {
        Some((dashboard, panel)) => view(console, dashboard, panel, queries, &answers),
        None => explored(console, doors, queries, status, &answers),
    }
}

/// A question in Prometheus' own words was answered.
pub(super) fn question(
    console: &Console,
    doors: &Doors,
    question: &Question,
    status: u16,
    answer: &[u8],
) {
    if question.names_only || is_a_choice(doors, question) {
        return;
    }
    let (route, form) = (question.route.as_str(), question.form.as_str());
    if console.window().seen().look((route, form), Instant::now()) == Look::Same {
        return;
    }
    let shown = String::from_utf8_lossy(&answer[..answer.len().min(SHOWN)]);
    let shown = shown.trim_end_matches(char::REPLACEMENT_CHARACTER);
    doors.note_question(&door::Question { route, form, status, shown });
}

/// Records what is still gathered: the doors are about to close.
pub(crate) fn note_rest(console: &Console) {
    let Ok(doors) = console.doors() else { return };
    let rest = console.window().seen().take_all();
    for (uid, gathered) in rest {
        note(&doors, &uid, gathered);
    }
}

fn find<'a>(doors: &'a Doors, uid: &str) -> Option<&'a Dashboard> {
    doors.dashboards.iter().find(|dashboard| dashboard.uid == uid)
}

/// Whether each query is one of the panel's own, as far as its names go: metrics, functions, labels. The
/// values of variables and the intervals were filled in on the way.
fn asks_the_same(panel: &Panel, queries: &Queries) -> bool {
    let range = Range { from: queries.from, to: queries.to, step: Duration::from_secs(1) };
    let own = panel.queries(&range);
    let own: Vec<Vec<String>> = own.iter().map(|query| names(&query.expr)).collect();
    queries.queries.iter().all(|query| {
        // A metric can be named among the labels too, and a comment can hold half a quote.
        !query.expr.contains("__name__")
            && !query.expr.contains('#')
            && own.contains(&names(&query.expr))
    })
}

/// The words of an expression outside of quotes and brackets: metrics, functions, labels.
fn names(expr: &str) -> Vec<String> {
    let mut quoted = None;
    let mut escaped = false;
    let mut depth = 0_u32;
    let plain = expr.chars().map(|c| {
        match (quoted, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(quote), _) if c == quote => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quoted = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) if depth == 0 => return c,
            (None, _) => {}
        }
        ' '
    });
    let plain: String = plain.collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let words = plain.split(|c| !is_part(c)).filter(|word| !word.is_empty());
    words
        .filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

fn view(
    console: &Console,
    dashboard: &Dashboard,
    panel: &Panel,
    queries: &Queries,
    answers: &[Answer],
) {
    let last = Duration::try_from_secs_f64(queries.to - queries.from).unwrap_or_default();
    let promql: Vec<String> = queries.queries.iter().map(|query| query.expr.clone()).collect();
    let uid = dashboard.uid.clone();
    let mut seen = console.window().seen();
    let look = seen.look((&uid, panel.id, &promql, last.as_secs()), Instant::now());
    if look == Look::Same {
        return;
    }
    let step = Duration::from_secs(1);
    let range = Range { from: queries.from, to: queries.to, step };
    let shown = Doors::panel_in_words(panel, &asked(queries, answers), &range);
    let panel =
        PanelView { unreported: true, ..PanelView::printed(panel.title.clone(), promql, shown) };
    if seen.gather(&uid, panel, last, look) {
        let console = console.clone();
        tokio::spawn(async move {
            tokio::time::sleep(TOGETHER).await;
            // Doors that have closed meanwhile took the rest with them.
            let Ok(doors) = console.doors() else { return };
            let gathered = console.window().seen().take(&uid);
            if let Some(gathered) = gathered {
                note(&doors, &uid, gathered);
            }
        });
    }
}

fn note(doors: &Doors, uid: &str, gathered: Gathered) {
    let Some(dashboard) = find(doors, uid) else { return };
    let Gathered { panels, last, continued } = gathered;
    doors.note_panels_viewed(Viewed { dashboard, last, panels, continued });
}

/// The answers, as those that the console asks for a panel itself.
fn asked(queries: &Queries, answers: &[Answer]) -> Vec<Asked> {
    let one = |query: &gate::grafana::Query| {
        let answer = answers.iter().find(|answer| answer.query == query.ref_id);
        let series = match answer {
            None => Err("Grafana gave no answer that can be read".to_owned()),
            Some(Answer { problem: Some(problem), .. }) => Err(problem.clone()),
            Some(answer) => Ok(answer.lines.iter().map(series).collect()),
        };
        let query = dashboard::Query {
            expr: query.expr.clone(),
            legend: query.legend_format.clone().unwrap_or_default(),
            instant: query.instant == Some(true),
        };
        Asked { query, series }
    };
    queries.queries.iter().map(one).collect()
}

fn series(line: &gate::grafana::Line) -> Series {
    let values = || line.labels.values().map(String::as_str).collect::<Vec<_>>().join(" ");
    let legend = if line.name.is_empty() { values() } else { line.name.clone() };
    Series { legend, points: line.points.clone(), labels: line.labels.clone() }
}

/// Each query that is not a panel's: somebody wrote it.
fn explored(console: &Console, doors: &Doors, queries: &Queries, status: u16, answers: &[Answer]) {
    for query in queries.queries.iter().filter(|query| !query.expr.is_empty()) {
        if is_a_mark(doors, &query.expr) {
            continue; // A dashboard asks for it by itself, to mark moments on its panels.
        }
        let route = if query.instant == Some(true) { "query" } else { "query_range" };
        let last = queries.to - queries.from;
        let look = console.window().seen().look((route, &query.expr, last as u64), Instant::now());
        if look == Look::Same {
            continue;
        }
        let (from, to) = (queries.from.to_string(), queries.to.to_string());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("query", &query.expr);
        match route {
            "query" => form.append_pair("time", &to),
            _ => form.append_pair("start", &from).append_pair("end", &to),
        };
        let answer = answers.iter().find(|answer| answer.query == query.ref_id);
        let problem = answer.and_then(|answer| answer.problem.as_ref());
        let status = if problem.is_some() && status == 200 { 400 } else { status };
        let shown = answer.map(in_prometheus_form).unwrap_or_default();
        doors.note_question(&door::Question { route, form: &form.finish(), status, shown: &shown });
    }
}

/// An answer as Prometheus gives it, so that it reads like one of any other door; the last points of
/// each line.
fn in_prometheus_form(answer: &Answer) -> String {
    if let Some(problem) = &answer.problem {
        return json!({ "status": "error", "error": problem }).to_string();
    }
    let line = |line: &gate::grafana::Line| {
        let skipped = line.points.len().saturating_sub(POINTS);
        let points = line.points.iter().skip(skipped);
        let points: Vec<_> = points.map(|(at, value)| json!([at, value.to_string()])).collect();
        json!({ "metric": line.labels, "values": points })
    };
    let lines: Vec<Value> = answer.lines.iter().map(line).collect();
    let data = json!({ "resultType": "matrix", "result": lines });
    json!({ "status": "success", "data": data }).to_string()
}

/// Whether an expression is one with which the lab's dashboards mark moments.
fn is_a_mark(doors: &Doors, expr: &str) -> bool {
    let mut annotations = doors.dashboards.iter().flat_map(|it| it.annotations.iter());
    annotations.any(|annotation| match &annotation.source {
        AnnotationSource::Prometheus(query) => query.expr() == expr,
        AnnotationSource::Changes { .. } => false,
    })
}

/// Whether this asks for what a variable of a dashboard has to choose from, which shows nothing.
fn is_a_choice(doors: &Doors, question: &Question) -> bool {
    let variables = doors.dashboards.iter().flat_map(|it| it.variables.iter());
    let mut lists = variables.filter_map(|variable| match &variable.choices {
        Choices::LabelValues { selector, label } => Some((selector.as_deref(), label)),
        Choices::Listed(_) | Choices::Unknown => None,
    });
    let pairs = form_urlencoded::parse(question.form.as_bytes());
    let asked: Vec<_> = pairs.filter(|(key, _)| key == "match[]").collect();
    lists.any(|(selector, label)| {
        let is_its_label = question.route == format!("label/{label}/values");
        let is_its_selector = match (asked.as_slice(), selector) {
            ([], None) => true,
            ([(_, one)], Some(selector)) => one == selector,
            (_, _) => false,
        };
        // For some lists Grafana asks for the series that the values stand in.
        let is_by_series = question.route == "series" && !asked.is_empty();
        is_its_selector && (is_its_label || is_by_series)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_known_by_its_names() {
        let expr =
            r#"sum by (le) (rate(wait_bucket{job="a b",instance=~"x|y"}[5s])) / 2 > on() up"#;
        let expected = ["sum", "by", "le", "rate", "wait_bucket", "on", "up"];
        assert_eq!(names(expr), expected);
        assert_eq!(names(r#"a{b="\"c"} or ["#), ["a", "or"]);
    }

    #[test]
    fn a_panel_is_one_that_asks_what_the_panel_asks() {
        let lab = crate::fixture::lab();
        let pool = Dashboard::parse(&lab.dashboards["pool"].text).unwrap();
        let panel = pool.panel("In use").unwrap();
        let is_it = |expr: &str| {
            let body = json!({
                "queries": [{ "refId": "A", "expr": expr }], "from": "1000", "to": "2000",
            });
            let read =
                Queries::read(body.to_string().as_bytes(), gate::grafana::Headers::default());
            asks_the_same(panel, &read.unwrap())
        };
        assert!(is_it(r#"db_pool_in_use{job="payments",instance=~"payments-1|payments-2"}"#));
        for other in [
            "up",
            "",
            r#"{__name__="db_pool_waiting"}"#,
            r#"db_pool_in_use or db_pool_waiting"#,
            r#"db_pool_in_use{__name__=~"db_.*"}"#,
            "sum(db_pool_in_use)",
            "db_pool_in_use # \"\n or db_pool_waiting # \"",
            r#"db_pool_in_use{a="\\"} or db_pool_waiting{b=""}"#,
        ] {
            assert!(!is_it(other), "{other}");
        }
    }

    #[test]
    fn what_explore_showed_reads_like_prometheus_own_answer() {
        let points = (0..30).map(|at| (f64::from(at), 0.5)).collect();
        let line = gate::grafana::Line { points, ..gate::grafana::Line::default() };
        let answer = Answer { query: "A".to_owned(), lines: vec![line], problem: None };
        let read: Value = serde_json::from_str(&in_prometheus_form(&answer)).unwrap();
        let values = read["data"]["result"][0]["values"].as_array().unwrap();
        assert_eq!((values.len(), &values[9]), (10, &json!([29.0, "0.5"])));
        let answer = Answer { problem: Some("bad_data".to_owned()), ..answer };
        assert!(in_prometheus_form(&answer).contains("bad_data"));
    }
}
