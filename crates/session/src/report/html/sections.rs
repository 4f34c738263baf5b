//! The other parts of the page: the cause, acts, hypotheses, what was said, the record.

use maud::{Markup, html};

use super::{line, moment, section};
use crate::assessment::{Act, Hypothesis};
use crate::event::Standing;
use crate::journal::{State, Verdict};
use crate::report::{Report, words};

pub(super) fn cause(report: &Report) -> Markup {
    let cause = &report.cause;
    let act = report.assessment.first_action.as_ref();
    let body = html! {
        p.intro { strong { (line(&cause.title)) } }
        ol.chain { @for link in &cause.chain { li { (line(link)) } } }
        dl.plain {
            dt { "What mitigates it" }
            dd {
                @if cause.remedies.is_empty() { "Nothing needed to be changed." }
                @for (index, remedy) in cause.remedies.iter().enumerate() {
                    @if index > 0 { " or " }
                    code { (line(remedy)) }
                }
            }
            dt { "What the first action was" }
            dd {
                @match act {
                    Some(act) => { code { (line(&act.words())) } " " (line(&words::act_meaning(act))) },
                    None => "There was none.",
                }
            }
        }
        @if !cause.follow_ups.is_empty() {
            h3 { "To talk about afterwards" }
            ul.plain { @for follow_up in &cause.follow_ups { li { (line(follow_up)) } } }
        }
    };
    section("cause", "What was wrong", &body)
}

pub(super) fn acts(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let mut all: Vec<_> = assessment.acts.iter().chain(&assessment.refused).collect();
    all.sort_by_key(|act| act.seq);
    let body = html! {
        @if all.is_empty() { p.empty { "Nothing was changed after the page." } }
        @else {
            div.scroll { table {
                thead { tr { th { "Since page" } th { "Act" } th { "Before → after" } th { "What it was" } } }
                tbody { @for act in all { (act_row(report, act)) } }
            } }
        }
    };
    section("acts", "Acts on the system", &body)
}

fn act_row(report: &Report, act: &Act) -> Markup {
    html! {
        tr {
            td { (moment(report, act.seq, act.at_s)) }
            td { code { (line(&act.words())) } }
            td {
                @if let (Some(before), Some(after)) = (&act.before, &act.after) {
                    (line(before)) " → " (line(after))
                } @else { "\u{2013}" }
            }
            td { @if act.ok { (line(&words::act_meaning(act))) } @else { "Refused: nothing was changed." } }
        }
    }
}

pub(super) fn hypotheses(report: &Report) -> Markup {
    let hypotheses = &report.assessment.hypotheses;
    let body = html! {
        @if hypotheses.is_empty() { p.empty { "None was written down." } }
        ul.cards { @for hypothesis in hypotheses { (hypothesis_card(report, hypothesis)) } }
    };
    section("hypotheses", "Hypotheses", &body)
}

fn hypothesis_card(report: &Report, hypothesis: &Hypothesis) -> Markup {
    let class = match hypothesis.status {
        Standing::Open => "pill",
        Standing::RuledOut => "pill struck",
        Standing::Confirmed => "pill steady",
    };
    html! {
        li {
            p.title { (line(&hypothesis.text)) " " span class=(class) { (words::standing(hypothesis.status)) } }
            @for entry in &hypothesis.entries {
                div.confidence {
                    (moment(report, entry.seq, entry.at_s))
                    @match entry.confidence {
                        Some(percent) => {
                            svg.bar viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                                rect.rail width="100" height="6" {}
                                rect.fill width=(percent.min(100)) height="6" {}
                            }
                            span { (percent) " %" }
                        },
                        None => { span.bar {} span { "no number" } },
                    }
                    span.quiet { (words::standing(entry.status)) }
                }
            }
        }
    }
}

pub(super) fn channel(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let body = html! {
        p.intro {
            @match assessment.first_said_since_page_s {
                Some(since) => { "First update " (words::duration(since)) " after the page, "
                    (assessment.said.len()) " in all." },
                None => "No status update after the page.",
            }
        }
        ul.quotes {
            @for said in &assessment.said {
                li { (moment(report, said.seq, said.at_s)) p { (line(&said.text)) } }
            }
        }
        @if !assessment.asked.is_empty() {
            h3 { "Asked" }
            ul.quotes {
                @for asked in &assessment.asked {
                    li {
                        (moment(report, asked.seq, asked.at_s))
                        p { (line(&asked.question)) }
                        p.quiet { (line(&asked.who)) ": " (line(&asked.answer)) }
                    }
                }
            }
        }
    };
    section("channel", "Said and asked", &body)
}

pub(super) fn record(report: &Report) -> Markup {
    let assessment = &report.assessment;
    let body = html! {
        (integrity(report.integrity.as_ref()))
        h3 { "Gaps and troubles" }
        @if assessment.gaps.is_empty() && assessment.troubles.is_empty() {
            p.empty { "No gap and no trouble was recorded." }
        }
        ul.plain {
            @for gap in &assessment.gaps {
                li { (moment(report, gap.seq, gap.at_s)) " gap (" (words::door(gap.door)) "): " (line(&gap.reason)) }
            }
            @for trouble in &assessment.troubles {
                li { (moment(report, trouble.seq, trouble.at_s)) " " (line(&trouble.what)) ". " (line(&trouble.remedy)) }
            }
        }
        h3 { "To check it yourself" }
        pre { "checkride verify " (line(&report.session.id)) "\ncheckride report " (line(&report.session.id)) " --format json" }
        h3 { "What this report does not judge" }
        p { (report.not_judged) }
        p.quiet { "Checkride " (line(&report.session.checkride)) ", engine " (line(&report.session.engine))
            ", seed " (report.session.seed) }
    };
    section("record", "The record", &body)
}

fn integrity(verdict: Option<&Verdict>) -> Markup {
    let Some(verdict) = verdict else {
        return html! { p.empty { "The journal was not checked when this report was made." } };
    };
    let (class, word) = match verdict.state {
        State::Sealed => ("pill steady", "sealed"),
        State::Unsealed => ("pill", "not sealed"),
        State::Torn => ("pill warm", "torn"),
        State::Broken => ("pill warm", "broken"),
    };
    html! {
        p { span class=(class) { (word) } " " (line(&verdict.sentence)) }
        dl.plain {
            dt { "Last hash" } dd.mono { (line(&verdict.hash)) }
            @if let Some(key) = &verdict.key { dt { "Signing key" } dd.mono { (line(key)) } }
        }
    }
}
