//! Alert rules as Prometheus evaluates them, what fires, and what has fired.

use std::collections::BTreeMap;

use axum::extract::State;
use orchestrator::doors::Doors;
use orchestrator::doors::metrics::Note;
use orchestrator::reasons::in_words;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::console::Console;
use crate::extract::Json;
use crate::problem::Problem;
use crate::who::Candidate;

/// Rules and their alerts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alerts {
    pub rules: Vec<AlertRule>,
    /// Newest first.
    pub history: Vec<AlertFired>,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertRule {
    pub name: String,
    pub promql: String,
    /// How long the expression must hold.
    pub for_s: f64,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub state: AlertState,
    /// Those that are pending or firing now.
    pub alerts: Vec<AlertNow>,
}

/// How a rule stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertState {
    Inactive,
    Pending,
    Firing,
}

/// An alert that is pending or firing.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertNow {
    pub state: AlertState,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    /// RFC 3339.
    pub since: String,
    /// The value of the expression.
    pub value: String,
}

/// A stretch of time in which an alert fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertFired {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    /// Unix time in seconds.
    pub from: f64,
    /// `null` while it fires.
    pub until: Option<f64>,
}

/// All alert rules with what fires now, and what fired in the last two hours.
#[utoipa::path(get, path = "/api/alerts", operation_id = "alerts_list",
    tag = "alerts",
    responses((status = 200, body = Alerts), (status = 409, body = Problem), (status = 502, body = Problem)))]
pub(crate) async fn list(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<Json<Alerts>, Problem> {
    let doors = console.doors()?;
    let rules: Rules = ask(&doors, "rules", "type=alert", Note::Nothing).await?;
    // The page asks again and again by itself; while the same fires, that is one look for a while.
    let glance = format!("alerts {}", firing(&rules).join(" "));
    let note = if console.glances(&glance) { Note::Look } else { Note::Nothing };
    let alerts: AlertsNow = ask(&doors, "alerts", "", note).await?;
    let now = jiff::Timestamp::now().as_second();
    let fired = encoded(&[
        ("query", "ALERTS{alertstate=\"firing\"}"),
        ("start", &(now - HISTORY_S).to_string()),
        ("end", &now.to_string()),
        ("step", &STEP_S.to_string()),
    ]);
    let fired: Fired = ask(&doors, "query_range", &fired, Note::Nothing).await?;
    let rules = rules.groups.into_iter().flat_map(|group| group.rules);
    let rules = rules.map(|rule| told(rule, &alerts.alerts)).collect();
    Ok(Json(Alerts { rules, history: history(fired, now as f64) }))
}

fn firing(rules: &Rules) -> Vec<&str> {
    let all = rules.groups.iter().flat_map(|group| &group.rules);
    all.filter(|rule| rule.state == AlertState::Firing).map(|rule| rule.name.as_str()).collect()
}

/// How far back alerts are shown, and how exactly, in seconds.
const HISTORY_S: i64 = 2 * 3600;
const STEP_S: i64 = 5;

#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Rules {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    query: String,
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    state: AlertState,
}

#[derive(Deserialize)]
struct AlertsNow {
    alerts: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    state: AlertState,
    active_at: String,
    value: String,
}

#[derive(Deserialize)]
struct Fired {
    result: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn ask<T: DeserializeOwned>(
    doors: &Doors,
    route: &str,
    question: &str,
    note: Note,
) -> Result<T, Problem> {
    let answer = doors.ask_metrics(route, question, note).await;
    let answer = answer.map_err(|error| Problem::no_metrics(in_words(&error)))?;
    let read: Envelope<T> = serde_json::from_slice(&answer.body)
        .map_err(|_| Problem::no_metrics("it gave an answer that cannot be read"))?;
    match (read.data, read.error) {
        (Some(data), None) => Ok(data),
        (_, error) => Err(Problem::no_metrics(error.unwrap_or_else(|| "no answer".to_owned()))),
    }
}

fn told(rule: Rule, alerts: &[One]) -> AlertRule {
    let own = alerts.iter().filter(|it| it.labels.get("alertname") == Some(&rule.name));
    let now = own.map(|it| AlertNow {
        state: it.state,
        labels: it.labels.clone(),
        annotations: it.annotations.clone(),
        since: it.active_at.clone(),
        value: it.value.clone(),
    });
    AlertRule {
        alerts: now.collect(),
        name: rule.name,
        promql: rule.query,
        for_s: rule.duration,
        labels: rule.labels,
        annotations: rule.annotations,
        state: rule.state,
    }
}

/// Stretches without a break, newest first. One that reaches up to now has not ended.
fn history(fired: Fired, now: f64) -> Vec<AlertFired> {
    let patience = STEP_S as f64 * 2.5;
    let mut all = Vec::new();
    for Line { mut metric, values } in fired.result {
        metric.remove("__name__");
        metric.remove("alertstate");
        let name = metric.remove("alertname").unwrap_or_default();
        let times: Vec<f64> = values.iter().map(|(at, _)| *at).collect();
        for stretch in times.chunk_by(|one, next| next - one <= patience) {
            let (Some(from), Some(last)) = (stretch.first(), stretch.last()) else { continue };
            let until = (now - last > patience).then_some(*last);
            let (name, labels) = (name.clone(), metric.clone());
            all.push(AlertFired { name, labels, from: *from, until });
        }
    }
    all.sort_by(|one, other| other.from.total_cmp(&one.from));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_that_fired_twice_has_two_stretches_and_the_last_may_go_on() {
        let fired: Fired = serde_json::from_str(
            r#"{"result":[{"metric":{"__name__":"ALERTS","alertname":"A","alertstate":"firing",
                "severity":"SEV-2"},"values":[[100,"1"],[105,"1"],[200,"1"],[205,"1"]]}]}"#,
        )
        .unwrap();
        let history = history(fired, 206.0);
        let stretches: Vec<_> = history.iter().map(|it| (it.from, it.until)).collect();
        assert_eq!(stretches, [(200.0, None), (100.0, Some(105.0))]);
        assert_eq!(history[0].name, "A");
        assert_eq!(history[0].labels.keys().collect::<Vec<_>>(), ["severity"]);
    }
}
