//! The timeline: lanes, then every event with what it showed.

use maud::{Markup, html};

use super::lanes::lanes;
use super::{block, event_id, line, section};
use crate::report::headline::{headline, shown};
use crate::report::{Entry, Report, listed, words};

pub(super) fn timeline(report: &Report) -> Markup {
    let listed: Vec<_> = listed(report).collect();
    let is_before = |entry: &&&Entry| entry.since_page_s.is_some_and(|since| since < 0.0);
    let (before, after): (Vec<_>, Vec<_>) = listed.iter().partition(is_before);
    let body = html! {
        p.intro {
            "Times count from the page. A ring marks a moment in which evidence was seen; a diamond \
             is an act on the system. What was shown opens under each line."
        }
        (lanes(report, &listed))
        @if !before.is_empty() {
            details.before {
                summary { "Before the page (" (before.len()) ")" }
                ol.events { @for entry in before { (row(report, entry)) } }
            }
        }
        ol.events { @for entry in after { (row(report, entry)) } }
    };
    section("timeline", "Timeline", &body)
}

fn row(report: &Report, entry: &Entry) -> Markup {
    let effect = words::effect(entry.effect);
    let shown = shown(&entry.event);
    let first = report.assessment.first_action.as_ref().is_some_and(|act| act.seq == entry.seq);
    html! {
        li.first[first] id=(event_id(entry.seq)) class=(effect) {
            span.clock title=(line(&entry.wall)) { (words::clock(entry.since_page_s, entry.at_s)) }
            span.door { i class={ "bead " (effect) } {} (words::door(entry.door)) }
            div.what {
                @match shown {
                    Some(shown) => details {
                        summary { (text(entry)) (tags(report, entry, first)) }
                        (block(&shown))
                    },
                    None => p { (text(entry)) (tags(report, entry, first)) },
                }
            }
        }
    }
}

fn text(entry: &Entry) -> Markup {
    html! { span.sr { (words::effect(entry.effect)) ": " } (line(&headline(&entry.event))) }
}

fn tags(report: &Report, entry: &Entry, first: bool) -> Markup {
    let title = |id: &String| {
        let records = &report.assessment.evidence;
        records
            .iter()
            .find(|record| record.id == *id)
            .map_or(id.clone(), |record| record.title.clone())
    };
    html! {
        @if first { " " span class="pill warm" { "first action" } }
        @for id in &entry.evidence { " " span.pill { "seen: " (line(&title(id))) } }
    }
}
