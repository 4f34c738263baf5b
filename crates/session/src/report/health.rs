//! The system's health over time: one series a probe, the spans without a steady state, and the
//! moments worth a mark.

use lab::lab::Lab;
use serde::Serialize;

use crate::assessment::Assessment;
use crate::event::{Event, Kind};

/// The system's health over time. All times are seconds since the session's start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// In the lab's order.
    pub series: Vec<Series>,
    /// When at least one probe did not hold, from the first steady moment on.
    pub unsteady: Vec<Span>,
    pub marks: Vec<Mark>,
}

/// One steady-state probe over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
    /// Time and value; `None` where there was no value.
    pub points: Vec<(f64, Option<f64>)>,
}

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Span {
    pub from_s: f64,
    pub until_s: f64,
}

/// A moment worth a mark.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    pub at_s: f64,
    pub kind: MarkKind,
    pub label: String,
}

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    Fault,
    Page,
    FirstAction,
    Action,
    Relief,
    Mitigated,
    /// An inject's fault went in.
    Inject,
}

pub(super) fn health(lab: &Lab, events: &[Event], assessment: &Assessment) -> Health {
    let probes = lab.steady_state.probes.iter().map(|probe| Series {
        name: probe.name.clone(),
        title: probe.title.clone(),
        unit: probe.unit.clone(),
        at_least: probe.at_least,
        at_most: probe.at_most,
        points: points(&probe.name, events),
    });
    Health {
        series: probes.collect(),
        unsteady: unsteady(events),
        marks: marks(events, assessment),
    }
}

fn points(name: &str, events: &[Event]) -> Vec<(f64, Option<f64>)> {
    let point = |event: &Event| {
        let Kind::Health { probes, .. } = &event.kind else { return None };
        Some((event.at_s(), probes.get(name).copied().flatten()))
    };
    events.iter().filter_map(point).collect()
}

/// Before the first steady moment the system is starting, which is no lack of health.
fn unsteady(events: &[Event]) -> Vec<Span> {
    let moment = |event: &Event| {
        let Kind::Health { steady, .. } = event.kind else { return None };
        Some((event.at_s(), steady))
    };
    let mut spans = Vec::new();
    let mut from: Option<f64> = None;
    let mut last = 0.0;
    for (at_s, steady) in events.iter().filter_map(moment).skip_while(|(_, steady)| !steady) {
        match (steady, from) {
            (false, None) => from = Some(at_s),
            (true, Some(from_s)) => {
                spans.push(Span { from_s, until_s: at_s });
                from = None;
            }
            (false, Some(_)) | (true, None) => {}
        }
        last = at_s;
    }
    spans.extend(from.map(|from_s| Span { from_s, until_s: last }));
    spans
}

fn marks(events: &[Event], assessment: &Assessment) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut add =
        |at_s, kind, label: &str| marks.push(Mark { at_s, kind, label: label.to_owned() });
    for event in events {
        if let Kind::FaultInjected { .. } = event.kind {
            add(event.at_s(), MarkKind::Fault, "fault");
        }
    }
    if let Some(at_s) = assessment.paged_at_s {
        add(at_s, MarkKind::Page, "page");
    }
    for (index, act) in assessment.acts.iter().enumerate() {
        let kind = if index == 0 { MarkKind::FirstAction } else { MarkKind::Action };
        let label = act.words();
        add(act.at_s, kind, &label);
    }
    for inject in assessment.injects.iter().filter(|inject| inject.is_fault) {
        add(inject.at_s, MarkKind::Inject, &format!("inject {}", inject.id));
    }
    for relief in assessment.own_relief() {
        add(relief.from_s, MarkKind::Relief, "relief");
    }
    if let Some(at_s) = assessment.mitigated_since_s {
        add(at_s, MarkKind::Mitigated, "steady again");
    }
    marks.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    marks
}
