//! Which events are sightings of which declared observations.
//!
//! Matching is by what a door showed, never by what a person may have meant by it: an observation
//! counts as seen only when an event of the right door carries what the lab says must be shown.

use lab::cause::Cause;
use lab::lab::{Evidence, Lab, Pattern, Sighting};
use serde::{Deserialize, Serialize};

use crate::event::{Door, Event, Kind, PanelView, Participant};

/// One time at which the candidate saw a piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The id of the evidence in the lab.
    pub evidence: String,
    /// The event in which it was seen.
    pub seq: u64,
    /// Seconds since the session's start.
    pub at_s: f64,
    pub door: Door,
    /// How, in words, such as `dashboard pool, panel In use`.
    pub how: String,
}

/// All sightings by the candidate, in the order of the events. One event may show several pieces
/// of evidence, and the same piece may be seen many times.
pub fn sightings(lab: &Lab, cause: &Cause, events: &[Event]) -> Vec<Seen> {
    events
        .iter()
        .filter(|event| event.participant == Participant::Candidate)
        .flat_map(|event| seen_in(lab, cause, event))
        .collect()
}

/// The pieces of evidence that one event shows, whoever it is by.
pub fn seen_in(lab: &Lab, cause: &Cause, event: &Event) -> Vec<Seen> {
    lab.evidence.iter().filter_map(|evidence| see(evidence, cause, event)).collect()
}

fn see(evidence: &Evidence, cause: &Cause, event: &Event) -> Option<Seen> {
    let possible = evidence.seen_in.iter().filter(|it| can_show(it, evidence, cause));
    let how = possible.into_iter().find_map(|sighting| matches(sighting, &event.kind))?;
    Some(Seen {
        evidence: evidence.id.clone(),
        seq: event.seq,
        at_s: event.at_s(),
        door: event.door,
        how,
    })
}

/// Nobody wrote down what the database answered. Of what a probe can decide it showed what is the case:
/// under a cause that does not show the evidence, something else.
fn can_show(sighting: &Sighting, evidence: &Evidence, cause: &Cause) -> bool {
    let shows = || cause.tells.iter().any(|tell| tell.evidence == evidence.id && tell.shows);
    !matches!(sighting, Sighting::Sql { .. }) || evidence.shows.is_none() || shows()
}

/// How `kind` is an instance of `sighting`, in words; `None` when it is not.
fn matches(sighting: &Sighting, kind: &Kind) -> Option<String> {
    match sighting {
        Sighting::Control { verb, target, shown } => control(kind, verb, target, shown),
        Sighting::Dashboard { dashboard, panel, shown } => {
            dashboards(kind, dashboard, panel.as_ref(), shown.as_ref())
        }
        Sighting::Log { service, shown } => {
            logs(kind, service, shown).or_else(|| docker_logs(kind, service, shown))
        }
        Sighting::Docker { verb, target, shown } => docker(kind, verb, target, shown),
        Sighting::Sql { relation, statement } => sql(kind, relation, statement),
        Sighting::Metrics { metric, expression, without, shown } => {
            metrics(kind, metric, (expression, without), shown)
        }
        Sighting::Command { line, shown } => command(kind, line, shown),
        Sighting::Wiki { page } => wiki(kind, page),
        Sighting::Answer { id } => answer(kind, id),
    }
}

/// A call that failed shows an error, not the system: it is no sighting.
fn control(
    kind: &Kind,
    wanted: &str,
    wanted_target: &Option<Pattern>,
    wanted_shown: &Option<Pattern>,
) -> Option<String> {
    let Kind::Control { verb, target, shown, ok: true, .. } = kind else { return None };
    let fits = verb == wanted && allows(wanted_target, target) && allows(wanted_shown, shown);
    fits.then(|| format!("{verb} {target}").trim_end().to_owned())
}

/// Panel and shown must match on the same panel.
fn dashboards(
    kind: &Kind,
    wanted: &Pattern,
    wanted_panel: Option<&Pattern>,
    wanted_shown: Option<&Pattern>,
) -> Option<String> {
    let Kind::DashboardViewed { dashboard, panels, .. } = kind else { return None };
    if !wanted.0.is_match(dashboard) {
        return None;
    }
    if wanted_panel.is_none() && wanted_shown.is_none() {
        return Some(format!("dashboard {dashboard}"));
    }
    let fits = |panel: &&PanelView| {
        wanted_panel.is_none_or(|pattern| pattern.0.is_match(&panel.title))
            && wanted_shown.is_none_or(|pattern| pattern.0.is_match(&panel.shown))
    };
    let panel = panels.iter().find(fits)?;
    Some(format!("dashboard {dashboard}, panel {}", panel.title))
}

fn logs(kind: &Kind, wanted: &Pattern, wanted_shown: &Option<Pattern>) -> Option<String> {
    let Kind::LogsRead { service, shown, .. } = kind else { return None };
    let fits = wanted.0.is_match(service) && allows(wanted_shown, shown);
    fits.then(|| format!("logs of {service}"))
}

/// The same lines by another door.
fn docker_logs(kind: &Kind, wanted: &Pattern, wanted_shown: &Option<Pattern>) -> Option<String> {
    let Kind::Docker { verb, target, shown, ok: true, .. } = kind else { return None };
    // A pattern may name the service or one of its replicas.
    let service = target.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    let fits = verb == "logs"
        && (wanted.0.is_match(target) || wanted.0.is_match(service))
        && allows(wanted_shown, shown);
    fits.then(|| format!("docker logs of {target}"))
}

fn docker(
    kind: &Kind,
    wanted: &str,
    wanted_target: &Option<Pattern>,
    wanted_shown: &Option<Pattern>,
) -> Option<String> {
    let Kind::Docker { verb, target, shown, ok: true, .. } = kind else { return None };
    let fits = verb == wanted && allows(wanted_target, target) && allows(wanted_shown, shown);
    fits.then(|| format!("docker {verb} {target}").trim_end().to_owned())
}

/// The database's log has the question and not the answer. One that was refused had none; that to an
/// `explain` is a plan, which shows nothing of what the relation holds.
fn sql(kind: &Kind, wanted: &Pattern, wanted_statement: &Option<Pattern>) -> Option<String> {
    let Kind::Sql { verb, relations, statement, ok: true, .. } = kind else { return None };
    if verb == "explain" {
        return None;
    }
    let relation = relations.iter().find(|name| wanted.0.is_match(name))?;
    allows(wanted_statement, statement).then(|| format!("SQL on {relation}"))
}

/// Only a request that was answered has shown something.
fn metrics(
    kind: &Kind,
    wanted: &Pattern,
    (wanted_expression, unwanted): (&Option<Pattern>, &Option<Pattern>),
    wanted_shown: &Option<Pattern>,
) -> Option<String> {
    let Kind::MetricsAsked { expression, metrics, labels, status: 200, shown, .. } = kind else {
        return None;
    };
    let metric = metrics.iter().find(|name| wanted.0.is_match(name))?;
    let is_unwanted = |label: &String| unwanted.as_ref().is_some_and(|it| it.0.is_match(label));
    let fits = allows(wanted_expression, expression)
        && !labels.iter().any(is_unwanted)
        && allows(wanted_shown, shown);
    fits.then(|| format!("metric {metric}"))
}

/// Only a line that ended has shown something.
fn command(kind: &Kind, wanted: &Pattern, wanted_shown: &Option<Pattern>) -> Option<String> {
    let Kind::LineEnded { line, printed, .. } = kind else { return None };
    (wanted.0.is_match(line) && allows(wanted_shown, printed)).then(|| line.clone())
}

fn wiki(kind: &Kind, wanted: &Pattern) -> Option<String> {
    let Kind::WikiRead { page } = kind else { return None };
    wanted.0.is_match(page).then(|| format!("wiki page {page}"))
}

fn answer(kind: &Kind, wanted: &str) -> Option<String> {
    let Kind::Asked { answer_id, who, .. } = kind else { return None };
    (answer_id.as_deref() == Some(wanted)).then(|| format!("answer of {who}"))
}

fn allows(pattern: &Option<Pattern>, text: &str) -> bool {
    pattern.as_ref().is_none_or(|pattern| pattern.0.is_match(text))
}

#[cfg(test)]
mod tests;
