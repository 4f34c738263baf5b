//! What the page leads with: the first action, and the evidence seen and not seen before it.

use maud::{Markup, html};

use super::{event_id, line, moment};
use crate::assessment::{ActIs, Assessment, EvidenceRecord};
use crate::report::{Report, words};

pub(super) fn lead(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let lead = words::lead(report);
    html! {
        section.lead {
            p.overline { "First action" }
            p.action.none[assessment.first_action.is_none()] {
                @match &assessment.first_action {
                    Some(act) => a href={ "#" (event_id(act.seq)) } { (line(&lead.action)) },
                    None => (lead.action),
                }
            }
            p.when { (lead.when) "." }
            p.pills { (meaning_pill(assessment)) (luck_pill(assessment)) }
            @if says_more(assessment) { p.meaning { (line(&lead.meaning)) } }
            p.count { (lead.evidence) }
            (columns(report))
            (facts(report))
            p.quiet { "Evidence, not a verdict: " a href="#record" { "what this report does not judge" } "." }
        }
    }
}

fn meaning_pill(assessment: &Assessment) -> Markup {
    let (class, text) = match assessment.first_action.as_ref().map(|act| act.is) {
        Some(ActIs::Remedy) => ("pill steady", "mitigates this cause"),
        Some(ActIs::Trap) => ("pill warm", "tempting, does not mitigate"),
        Some(ActIs::Unneeded) => ("pill warm", "nothing needed to be changed"),
        Some(ActIs::Neither) => ("pill", "not named by the lab"),
        None if assessment.restraint => ("pill steady", "nothing needed to be changed"),
        None => ("pill", "no act after the page"),
    };
    html! { span class=(class) { (text) } }
}

/// Whether the sentence on the act says more than its pill.
fn says_more(assessment: &Assessment) -> bool {
    let trap = assessment.first_action.as_ref().is_some_and(|act| act.is == ActIs::Trap);
    trap || assessment.by_luck || assessment.first_action.is_none()
}

fn luck_pill(assessment: &Assessment) -> Markup {
    html! {
        @if assessment.by_luck {
            span class="pill warm" { "no discriminating evidence seen before it" }
        }
    }
}

fn columns(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let tells = assessment.evidence.iter().filter(|record| record.because.is_some());
    let (before, missing): (Vec<_>, Vec<_>) = tells.partition(|record| record.before_action);
    let others: Vec<_> = assessment
        .evidence
        .iter()
        .filter(|record| record.because.is_none() && record.before_action)
        .collect();
    let then = match assessment.first_action {
        Some(_) => "before it",
        None => "by the end",
    };
    html! {
        div.columns {
            div {
                h3 { "Seen " (then) }
                (evidence(report, &before, "Nothing that tells this cause apart."))
            }
            div {
                h3 { "Not seen " (then) }
                (evidence(report, &missing, "Nothing was missed."))
            }
        }
        @if !others.is_empty() {
            details {
                summary { "Also seen " (then) ", though it does not tell this cause apart ("
                    (others.len()) ")" }
                (evidence(report, &others, ""))
            }
        }
    }
}

fn evidence(report: &Report, records: &[&EvidenceRecord], none: &str) -> Markup {
    html! {
        @if records.is_empty() { p.empty { (none) } }
        ul.evidence {
            @for record in records { (piece(report, record)) }
        }
    }
}

fn piece(report: &Report, record: &EvidenceRecord) -> Markup {
    let first = record.seen.first();
    html! {
        li class=(if record.before_action { "seen" } else { "unseen" }) {
            p.title { (line(&record.title)) }
            @if let Some(because) = &record.because { p.because { (line(because)) } }
            p.how {
                @match first {
                    Some(seen) => {
                        @if !record.before_action { "Only later: " }
                        (moment(report, seen.seq, seen.at_s)) " " (line(&seen.how))
                        @if record.seen.len() > 1 { ", " (record.seen.len()) " times in all" }
                    },
                    None => "Never seen.",
                }
            }
        }
    }
}

fn facts(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let since = |at_s: Option<f64>| match (at_s, assessment.paged_at_s) {
        (Some(at_s), Some(paged_at_s)) if at_s < paged_at_s => "before the page".to_owned(),
        (Some(at_s), Some(paged_at_s)) => words::duration(at_s - paged_at_s),
        (Some(_) | None, _) => "\u{2013}".to_owned(),
    };
    let first = assessment.first_action.as_ref().map(|act| act.at_s);
    let said = assessment.first_said_since_page_s;
    let relief = assessment.own_relief().count();
    html! {
        dl.facts {
            div { dt { "Page to first action" } dd { (since(first)) } }
            div { dt { "Page to first update" }
                dd { @match said { Some(since) => (words::duration(since)), None => "\u{2013}" } } }
            div { dt { "Page to steady again" }
                dd { (since(assessment.mitigated_since_s)) } }
            div { dt { "Relief that did not last" }
                dd { @if relief == 0 { "none" } @else { (relief) "×" } } }
            @if !assessment.hints.is_empty() {
                div { dt { "Hints" } dd { (assessment.hints.len()) } }
            }
            div { dt { "Looks before the first action" } dd.small { (words::looks(assessment)) } }
        }
    }
}
