//! What was written and judged after the incident: the debrief beside the cause's own chain and
//! follow-ups, and the interviewer's levels. It compares nothing by itself.

use maud::{Markup, html};

use super::{event_id, line, moment, section};
use crate::event::{DebriefPart, Kind};
use crate::report::text::one_line;
use crate::report::{PROSE, Report, words};

/// Nothing where nobody wrote one.
pub(super) fn debrief(report: &Report) -> Markup {
    let debrief = &report.debrief;
    if debrief.is_blank() {
        return html! {};
    }
    let body = html! {
        p.intro {
            "As the candidate wrote it, beside what the lab declares."
            @if debrief.submitted_at_s.is_none() { " It was not handed in; this is how it was left." }
        }
        @for part in DebriefPart::ALL {
            h3 id=[written_in(report, part)] { (words::debrief_part(part)) }
            div.columns {
                div { (written(debrief.part(part))) }
                div { (declared(report, part)) }
            }
        }
    };
    section("debrief", "The debrief", &body)
}

/// The id of the event with which a part got its last words: the timeline has none of these.
fn written_in(report: &Report, part: DebriefPart) -> Option<String> {
    let is_it = |kind: &Kind| matches!(kind, Kind::DebriefWritten { part: it, .. } if *it == part);
    report.timeline.iter().rfind(|entry| is_it(&entry.event)).map(|entry| event_id(entry.seq))
}

fn written(text: &str) -> Markup {
    html! {
        @if text.trim().is_empty() { p.empty { "Nothing was written." } }
        @else { (prose(text)) }
    }
}

/// What somebody wrote, paragraph by paragraph, whole.
fn prose(text: &str) -> Markup {
    html! {
        @for paragraph in text.lines().filter(|line| !line.trim().is_empty()) {
            p.words { (one_line(paragraph, PROSE)) }
        }
    }
}

/// What the lab itself says on the same.
fn declared(report: &Report, part: DebriefPart) -> Markup {
    let cause = &report.cause;
    match part {
        DebriefPart::Cause => html! {
            p.quiet { "The lab's chain: " (line(&cause.title)) }
            ol.chain { @for link in &cause.chain { li { (line(link)) } } }
        },
        DebriefPart::FollowUps => html! {
            p.quiet { "The lab's follow-ups" }
            ul.plain { @for follow_up in &cause.follow_ups { li { (line(follow_up)) } } }
        },
        DebriefPart::Timeline => html! {
            p.quiet { "The record's own: " a href="#timeline" { "the timeline" } "." }
        },
        DebriefPart::Factors | DebriefPart::Detection => html! {},
    }
}

/// Nothing where nobody rated.
pub(super) fn ratings(report: &Report) -> Markup {
    if report.ratings.is_empty() {
        return html! {};
    }
    let body = html! {
        p.intro { "A person chose these, and says why. The machine proposes none." }
        div.scroll { table {
            thead { tr { th { "Dimension" } th { "Level" } th { "Because" } th { "Chosen at" } } }
            tbody { @for rating in &report.ratings { tr {
                td { (line(&words::dimension(&rating.dimension))) }
                td { (rating.level) }
                td {
                    @if rating.because.is_empty() { span.quiet { "no reason was given" } }
                    @else { (prose(&rating.because)) }
                }
                td { (moment(report, rating.seq, rating.at_s)) }
            } } }
        } }
    };
    section("ratings", "The interviewer's levels", &body)
}

/// What the record has that bears on each dimension; nothing where there was no interviewer to rate.
pub(super) fn bearings(report: &Report) -> Markup {
    if report.ratings.is_empty() {
        return html! {};
    }
    let body = html! {
        p.intro { "Counts and first moments, for the person who chose. They add up to nothing." }
        @for bearing in &report.bearings {
            h3 { (line(&words::dimension(&bearing.dimension))) }
            ul.plain { @for fact in &bearing.facts { li {
                (line(&fact.says))
                @for at in &fact.moments { " " (moment(report, at.seq, at.at_s)) }
            } } }
        }
    };
    section("bearings", "What the record has on each", &body)
}
