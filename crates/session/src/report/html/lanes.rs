//! The timeline at a glance: one lane an effect, one dot an event.

use maud::{Markup, html};

use super::scale::{Time, WIDTH};
use super::{event_id, line};
use crate::assessment::Pause;
use crate::event::Effect;
use crate::report::headline::headline;
use crate::report::{Entry, Report, words};

const LANE: f64 = 30.0;
/// Room for the names of the lanes, left of the axis of time.
const NAMES: f64 = 64.0;
const LANES: [Effect; 5] = [Effect::Look, Effect::Act, Effect::Say, Effect::Think, Effect::Truth];

pub(super) fn lanes(report: &Report, listed: &[&Entry]) -> Markup {
    let (Some(first), Some(last)) = (listed.first(), listed.last()) else {
        return html! { p.empty { "Nothing happened." } };
    };
    // From a little before the page: what comes earlier is the lab starting.
    let paged_at_s = report.assessment.paged_at_s;
    let from_s = paged_at_s.map_or(first.at_s, |at_s| (at_s - 15.0).max(first.at_s));
    // The debrief may take longer than the incident, and has its own section.
    let until_s = report.debrief_from_s.unwrap_or(last.at_s);
    let time = Time::new(from_s, until_s, paged_at_s);
    let bottom = LANE * LANES.len() as f64;
    html! {
        div.scroll {
            svg.lanes viewBox={ (-NAMES) " 0 " (NAMES + WIDTH + 8.0) " " (bottom + 22.0) } role="img"
                aria-label="What was done, by effect, over time" {
                @for pause in &report.assessment.pauses {
                    (stood_still(*pause, time, bottom))
                }
                @for (effect, index) in LANES.into_iter().zip(0_u8..) {
                    (lane(effect, f64::from(index) * LANE + LANE / 2.0))
                }
                @if let Some(at_s) = paged_at_s {
                    line.page x1=(time.x(at_s)) x2=(time.x(at_s)) y1="0" y2=(bottom) {}
                }
                // An act is one mark, where it begins.
                @for entry in listed.iter().filter(|entry| entry.event.began().is_none()) {
                    @if (from_s..=until_s).contains(&entry.at_s) { (dot(entry, time)) }
                }
                @for (x, text) in time.ticks() {
                    text.tick x=(x) y=(bottom + 16.0) text-anchor="middle" { (text) }
                }
            }
        }
    }
}

/// The clock of the candidate did not run.
fn stood_still(pause: Pause, time: Time, bottom: f64) -> Markup {
    let (from, until) = (time.x(pause.from_s), time.x(pause.until_s));
    let words = format!("paused for {}", words::duration(pause.until_s - pause.from_s));
    html! {
        rect.pause x=(from) y="0" width=(((until - from) * 10.0).round() / 10.0) height=(bottom) {
            title { (words) }
        }
    }
}

fn lane(effect: Effect, y: f64) -> Markup {
    html! {
        line.base x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
        text.name x=(-NAMES) y=(y + 4.0) { (words::effect(effect)) }
    }
}

fn dot(entry: &Entry, time: Time) -> Markup {
    let index = LANES.iter().position(|effect| *effect == entry.effect).unwrap_or(0);
    let (x, y) = (time.x(entry.at_s), index as f64 * LANE + LANE / 2.0);
    let clock = words::clock(entry.since_page_s, entry.at_s);
    html! {
        a href={ "#" (event_id(entry.seq)) } {
            @if entry.effect == Effect::Act {
                path class="dot act" d={ "M" (x) " " (y - 7.0) "l7 7l-7 7l-7 -7z" } {
                    title { (clock) " " (line(&headline(&entry.event))) }
                }
            } @else {
                circle class={ "dot " (words::effect(entry.effect)) } cx=(x) cy=(y) r="5" {
                    title { (clock) " " (line(&headline(&entry.event))) }
                }
            }
            @if !entry.evidence.is_empty() {
                circle.ring cx=(x) cy=(y) r="8.5" {}
            }
        }
    }
}
