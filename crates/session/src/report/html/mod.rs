//! The report as one HTML page that opens from disk: no script, no network, nothing beside it.
//!
//! All text goes through [`line`] or [`block`], which clean it, and through maud, which escapes it.
//! A content security policy allows this page's own style and nothing else, so that even a mistake
//! here could load or run nothing.

mod charts;
mod commands;
mod debrief;
mod events;
mod interviewer;
mod lanes;
mod lead;
mod scale;
mod sections;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::text::{clean, one_line};
use super::{Report, words};

const STYLE: &str = include_str!("style.css");

/// The report as a whole HTML document.
pub fn render(report: &Report) -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
    );
    let title = line(&report.session.title);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (title) " · incident report" }
                // The file is this crate's own, and holds nothing of the session.
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (head(report))
                    (lead::lead(report))
                    (sections::cause(report))
                    (debrief::debrief(report))
                    (debrief::ratings(report))
                    (debrief::bearings(report))
                    (charts::health(report))
                    (events::timeline(report))
                    (sections::acts(report))
                    (sections::hypotheses(report))
                    (sections::channel(report))
                    (interviewer::used(report))
                    (commands::commands(report))
                    (sections::record(report))
                }
            }
        }
    };
    page.into_string()
}

fn head(report: &Report) -> Markup {
    let session = &report.session;
    let ended = words::ended(session.outcome);
    html! {
        header.top {
            p.overline { "Incident report" }
            h1 { (line(&session.title)) }
            p.meta {
                span { (line(&session.lab)) " / " (line(&report.cause.id)) }
                span { (line(&session.mode))
                    @if let Some(persona) = &session.persona { ", persona " (line(persona)) }
                    @if let Some(candidate) = &session.candidate { ", candidate " (line(candidate)) }
                }
                span { (day(&session.started)) }
                span { (words::duration(session.lasted_s)) ", " (ended) }
                span.mono { (line(&session.id)) }
            }
        }
    }
}

/// `2026-03-02T09:30:00.000Z` as `2026-03-02, 09:30 UTC`.
fn day(wall: &str) -> String {
    let wall = line(wall);
    match wall.split_once('T') {
        Some((day, time)) => format!("{day}, {} UTC", time.chars().take(5).collect::<String>()),
        None => wall,
    }
}

/// Foreign text on one line, clean and of bounded length.
fn line(raw: &str) -> String {
    one_line(raw, 400)
}

/// Foreign text of several lines, clean and of bounded length, with a note of what was cut.
fn block(raw: &str) -> Markup {
    let shown = clean(raw);
    html! {
        pre { (shown.text) }
        @if shown.cut > 0 {
            p.cut { "Cut here: " (shown.cut) " more characters are in the JSON report." }
        }
    }
}

fn section(id: &str, title: &str, body: &Markup) -> Markup {
    html! { section id=(id) { h2 { (title) } (body) } }
}

/// A link to an event: where it stands in the list, or in the section that says it instead.
fn moment(report: &Report, seq: u64, at_s: f64) -> Markup {
    let since = report.assessment.paged_at_s.map(|paged_at_s| at_s - paged_at_s);
    html! { a.clock href={ "#" (event_id(seq)) } { (words::clock(since, at_s)) } }
}

/// The id of what says an event.
fn event_id(seq: u64) -> String {
    format!("e{seq}")
}
