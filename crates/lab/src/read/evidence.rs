//! Evidence, and the ways to see it.

use std::collections::{BTreeMap, BTreeSet};

use super::dashboards::Dashboards;
use super::probe::probe;
use crate::answers::Answer;
use crate::lab::{Evidence, Pattern, Sighting, System};
use crate::raw::at::At;
use crate::raw::evidence as raw;
use crate::raw::scalar::Regex;
use crate::rule::Rule;
use crate::source::{Findings, words};

/// What there is to be seen in a lab.
pub(crate) struct Sights<'a> {
    pub(crate) system: &'a System,
    pub(crate) dashboards: &'a Dashboards,
    pub(crate) wiki: &'a BTreeMap<String, String>,
    /// `None` when `answers.yaml` could not be read.
    pub(crate) answers: Option<&'a [Answer]>,
}

/// Reads the whole list.
pub(crate) fn evidence(
    raw: &[raw::Evidence],
    sights: &Sights,
    found: &mut Findings,
) -> Vec<Evidence> {
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    for one in raw {
        let id = found.id(&one.id);
        if !ids.insert(id.clone()) {
            let message = format!("a second piece of evidence has the id `{id}`");
            found.error(Rule::DuplicateId, &one.id, message, "give it another id");
        }
        found.filled(&one.seen_in, "seen-in", "add at least one way to see it");
        all.push(Evidence {
            id,
            title: found.line(&one.title),
            seen_in: one.seen_in.value.iter().map(|raw| sighting(raw, sights, found)).collect(),
            shows: one.shows.as_ref().map(|raw| probe(raw, found)),
        });
    }
    all
}

fn sighting(raw: &raw::Sighting, sights: &Sights, found: &mut Findings) -> Sighting {
    match raw {
        raw::Sighting::Control(raw) => Sighting::Control {
            verb: raw.verb.name().to_owned(),
            target: pattern(raw.target.as_ref(), found),
            shown: pattern(raw.shown.as_ref(), found),
        },
        raw::Sighting::Dashboard(raw) => dashboard(raw, sights, found),
        raw::Sighting::Log(raw) => Sighting::Log {
            service: log_service(&raw.service, sights.system, found),
            shown: pattern(raw.shown.as_ref(), found),
        },
        raw::Sighting::Docker(raw) => Sighting::Docker {
            verb: raw.verb.name().to_owned(),
            target: raw.target.as_ref().map(|target| container(target, sights.system, found)),
            shown: pattern(raw.shown.as_ref(), found),
        },
        raw::Sighting::Sql(raw) => Sighting::Sql {
            relation: sql_relation(&raw.relation, sights.system, found),
            statement: pattern(raw.statement.as_ref(), found),
        },
        raw::Sighting::Metrics(raw) => Sighting::Metrics {
            metric: found.pattern(&raw.metric),
            expression: pattern(raw.expression.as_ref(), found),
            without: pattern(raw.without.as_ref(), found),
            shown: pattern(raw.shown.as_ref(), found),
        },
        raw::Sighting::Command(raw) => Sighting::Command {
            line: found.pattern(&raw.line),
            shown: pattern(raw.shown.as_ref(), found),
        },
        raw::Sighting::Wiki(raw) => {
            let pages = sights.wiki.keys().map(String::as_str).collect::<Vec<_>>();
            Sighting::Wiki { page: one_of(&raw.page, "wiki page", &pages, found) }
        }
        raw::Sighting::Answer(raw) => Sighting::Answer { id: answer(&raw.id, sights, found) },
    }
}

fn pattern(raw: Option<&Regex>, found: &mut Findings) -> Option<Pattern> {
    raw.map(|raw| found.pattern(raw))
}

/// A pattern that must match at least one of the names that there are.
fn one_of(raw: &Regex, kind: &str, names: &[&str], found: &mut Findings) -> Pattern {
    let pattern = found.pattern(raw);
    if !names.iter().any(|name| pattern.0.is_match(name)) && is_sound(raw, found) {
        let message = format!("no {kind} matches `{}`", raw.value);
        found.error(
            Rule::Unseeable,
            raw,
            message,
            format!("there are: {}", words(names.iter().copied())),
        );
    }
    pattern
}

/// Whether nothing was said about this very value yet.
fn is_sound(raw: &At<String>, found: &Findings) -> bool {
    found.problems.last().is_none_or(|last| last.span.as_ref() != Some(&raw.span))
}

fn dashboard(raw: &raw::DashboardSighting, sights: &Sights, found: &mut Findings) -> Sighting {
    let panels = &sights.dashboards.panels;
    if panels.is_empty() {
        // The folder could not be read, which was said where it is named.
        return Sighting::Dashboard {
            dashboard: found.pattern(&raw.dashboard),
            panel: pattern(raw.panel.as_ref(), found),
            shown: pattern(raw.shown.as_ref(), found),
        };
    }
    let uids = panels.keys().map(String::as_str).collect::<Vec<_>>();
    let dashboard = one_of(&raw.dashboard, "dashboard", &uids, found);
    let titles: Vec<&str> = panels
        .iter()
        .filter(|(uid, _)| dashboard.0.is_match(uid))
        .flat_map(|(_, titles)| titles.iter().map(String::as_str))
        .collect();
    // A title with a variable is known only when it is drawn.
    let open = titles.is_empty() || titles.iter().any(|title| title.contains('$'));
    let panel = raw
        .panel
        .as_ref()
        .map(|raw| if open { found.pattern(raw) } else { one_of(raw, "panel", &titles, found) });
    Sighting::Dashboard { dashboard, panel, shown: pattern(raw.shown.as_ref(), found) }
}

fn container(raw: &Regex, system: &System, found: &mut Findings) -> Pattern {
    let containers = system.containers();
    let names: Vec<&str> = containers.iter().map(String::as_str).collect();
    if names.is_empty() { found.pattern(raw) } else { one_of(raw, "container", &names, found) }
}

fn log_service(raw: &Regex, system: &System, found: &mut Findings) -> Pattern {
    let containers = system.containers();
    let names: BTreeSet<&str> =
        system.compose.services.keys().chain(&containers).map(String::as_str).collect();
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() { found.pattern(raw) } else { one_of(raw, "service", &names, found) }
}

fn sql_relation(raw: &Regex, system: &System, found: &mut Findings) -> Pattern {
    if system.database.is_none() {
        let help = "name its service and the person's role as `database` in lab.yaml";
        found.error(Rule::Unseeable, raw, "no database writes statements down", help);
    }
    found.pattern(raw)
}

fn answer(at: &At<String>, sights: &Sights, found: &mut Findings) -> String {
    if let Some(answers) = sights.answers
        && !answers.iter().any(|answer| answer.id == at.value)
    {
        let message = format!("no answer has the id `{}`", at.value);
        let help = format!("answers: {}", words(answers.iter().map(|answer| answer.id.as_str())));
        found.error(Rule::UnknownAnswer, at, message, help);
    }
    at.value.clone()
}
