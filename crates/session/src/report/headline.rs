//! One event in words: a headline, and what was shown.

use crate::event::{Certainty, InjectDid, Kind, PanelView, Phase};

use super::words::{debrief_part, duration, standing};

/// What happens, in one line, while the session goes on: a command line without an end is running.
pub fn headline_now(kind: &Kind) -> String {
    if let Kind::LineStarted { line, .. } = kind {
        return format!("$ {line} (running)");
    }
    headline(kind)
}

/// What happened, in one line. Raw: the caller cleans and escapes it.
pub fn headline(kind: &Kind) -> String {
    truth(kind)
        .or_else(|| terminal(kind))
        .or_else(|| look(kind))
        .or_else(|| asked(kind))
        .or_else(|| words(kind))
        .unwrap_or_else(|| kind.name())
}

fn truth(kind: &Kind) -> Option<String> {
    let text = if let Kind::SessionStarted { lab, mode, .. } = kind {
        format!("Session of {lab} started ({mode})")
    } else if let Kind::PhaseEntered { phase } = kind {
        format!("Phase: {}", phase_name(*phase))
    } else if let Kind::FaultInjected { fault, detail } = kind {
        format!("Fault injected: {fault} {detail}")
    } else if let Kind::FaultProven { symptom, value } = kind {
        let value = value.map_or(String::new(), |value| format!(" ({})", number(value)));
        format!("Fault bites: {symptom}{value}")
    } else if let Kind::FaultRecovered { fault, detail, inject } = kind {
        let whose = inject.as_ref().map_or(String::new(), |id| format!(" of the inject {id}"));
        format!("Fault{whose} recovered: {fault} {detail}")
    } else if let Kind::Paged { alert, severity, summary, .. } = kind {
        format!("Page: {alert} ({severity}). {summary}")
    } else if let Kind::Relief { from_s, until_s } = kind {
        format!("Relief: the steady state held for {} and was lost", duration(until_s - from_s))
    } else if let Kind::Mitigated { .. } = kind {
        "Mitigated: the steady state was sustained".to_owned()
    } else if let Kind::Gap { reason, .. } = kind {
        format!("Gap: {reason}")
    } else if let Kind::Trouble { what, .. } = kind {
        format!("Trouble: {what}")
    } else if let Kind::SessionEnded { detail, .. } = kind {
        format!("Session ended. {detail}")
    } else {
        return None;
    };
    Some(text)
}

fn terminal(kind: &Kind) -> Option<String> {
    let text = if let Kind::LineEnded { line, exit, .. } = kind {
        match exit {
            Some(0) => format!("$ {line}"),
            Some(code) => format!("$ {line} (exit {code})"),
            None => format!("$ {line} (cut off)"),
        }
    } else if let Kind::LineStarted { line, .. } = kind {
        format!("$ {line} (did not end)")
    } else if let Kind::ProgramRan { argv, path, .. } = kind {
        format!("Ran {}", if argv.is_empty() { path.clone() } else { argv.join(" ") })
    } else if let Kind::ProgramsMissed { terminal, count, reason, .. } = kind {
        match count {
            Some(count) => format!("{count} programs in {terminal} counted only: {reason}"),
            None => format!("Programs in {terminal} not seen: {reason}"),
        }
    } else if let Kind::Truncated { terminal, limit_bytes } = kind {
        let mib = limit_bytes >> 20;
        format!("The recording of {terminal} is full ({mib} MiB) and goes on in part")
    } else if let Kind::RecordedAgain { terminal, lost_bytes } = kind {
        format!("The recording of {terminal} is whole again, {lost_bytes} bytes before are missing")
    } else if let Kind::TerminalOpened { terminal, .. } = kind {
        format!("Terminal {terminal} opened")
    } else if let Kind::TerminalResized { terminal, columns, rows } = kind {
        format!("Terminal {terminal} is {columns} × {rows}")
    } else if let Kind::TerminalClosed { terminal, .. } = kind {
        format!("Terminal {terminal} closed")
    } else {
        return None;
    };
    Some(text)
}

fn look(kind: &Kind) -> Option<String> {
    let text = if let Kind::PageRead = kind {
        "Read the page".to_owned()
    } else if let Kind::BriefRead = kind {
        "Read the briefing".to_owned()
    } else if let Kind::ActStarted { verb, target, detail } = kind {
        format!("Began: {}", format!("{verb} {target} {detail}").trim_end())
    } else if let Kind::Control { verb, target, detail, before, after, ok, began, .. } = kind {
        let call = format!("{verb} {target} {detail}");
        let change = match (before, after) {
            (Some(before), Some(after)) => format!(": {before} → {after}"),
            (Some(_) | None, _) => String::new(),
        };
        let end = match (ok, began, after) {
            (false, ..) => " (refused)",
            (true, Some(_), None) => " (failed half-way)",
            (true, ..) => "",
        };
        format!("{}{change}{end}", call.trim_end())
    } else if let Kind::Docker { .. } = kind {
        docker(kind)
    } else if let Kind::DashboardsListed = kind {
        "Listed the dashboards".to_owned()
    } else if let Kind::DashboardViewed { title, last_s, panels, continued, .. } = kind {
        let asked_only = !panels.is_empty() && panels.iter().all(|panel| panel.unreported);
        let note = if asked_only { " (asked for; no view was reported)" } else { "" };
        let panels: Vec<_> = panels.iter().map(|panel| panel.title.as_str()).collect();
        let last = duration(*last_s as f64);
        match panels.as_slice() {
            // Its panels follow as they come into view.
            [] => format!("Opened dashboard {title}"),
            panels => {
                let more = if *continued { " (continued)" } else { "" };
                format!("Dashboard {title}, last {last}: {}{note}{more}", panels.join(", "))
            }
        }
    } else if let Kind::LogsRead { service, grep, lines, continued, .. } = kind {
        let grep = grep.as_ref().map_or(String::new(), |grep| format!(" matching {grep}"));
        let more = if *continued { " more" } else { "" };
        format!("Logs of {service}{grep} ({lines}{more} lines)")
    } else if let Kind::WikiListed = kind {
        "Listed the wiki".to_owned()
    } else if let Kind::WikiSearched { words, .. } = kind {
        format!("Searched the wiki for {words}")
    } else if let Kind::WikiRead { page } = kind {
        format!("Wiki page {page}")
    } else {
        return None;
    };
    Some(text)
}

/// Such as `docker logs of payments-1, last 100`, or `docker restart payments-1: running → running`.
fn docker(kind: &Kind) -> String {
    let Kind::Docker { verb, target, detail, before, after, ok, certainty, continued, .. } = kind
    else {
        return String::new();
    };
    let mut text = match (verb.as_str(), target.as_str()) {
        (verb, "") => format!("docker {verb}"),
        (verb @ ("logs" | "stats"), target) => format!("docker {verb} of {target}"),
        (verb, target) => format!("docker {verb} {target}"),
    };
    if !detail.is_empty() {
        text.push_str(if verb == "exec" { ": " } else { ", " });
        text.push_str(detail);
    }
    if let (Some(before), Some(after)) = (before, after) {
        text.push_str(&format!(": {before} → {after}"));
    }
    match (ok, certainty, continued) {
        (false, ..) => text.push_str(" (refused)"),
        (true, _, true) => text.push_str(" (continued)"),
        (true, Certainty::Assumed, false) => text.push_str(" (taken for an act)"),
        (true, Certainty::Observed, false) => {}
    }
    text
}

/// What the database and Prometheus wrote down.
fn asked(kind: &Kind) -> Option<String> {
    let text = if let Kind::Sql { verb, statement, detail, ok, .. } = kind {
        let text = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
        let failed = if *ok { "" } else { " (failed)" };
        format!("SQL {verb}: {}{detail}{failed}", cut(&text))
    } else if let Kind::MetricsAsked { route, expression, range_s, refused, status, .. } = kind {
        let range = range_s.map_or(String::new(), |range| format!(", over {}", duration(range)));
        let end = match (refused, status) {
            (Some(reason), _) => format!(" (refused: {reason})"),
            (None, 200) => String::new(),
            (None, status) => format!(" (status {status})"),
        };
        format!("Prometheus {route} {}{range}{end}", cut(expression))
    } else {
        return None;
    };
    Some(text)
}

/// The beginning of a text, as much as a headline has room for.
fn cut(text: &str) -> String {
    const HEADLINE: usize = 160;
    match text.char_indices().nth(HEADLINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn words(kind: &Kind) -> Option<String> {
    let text = if let Kind::Asked { question, .. } = kind {
        format!("Asked: {question}")
    } else if let Kind::Said { text } = kind {
        format!("Said: {text}")
    } else if let Kind::Hypothesis { text, confidence, status, .. } = kind {
        let confidence = confidence.map_or(String::new(), |percent| format!(", {percent} %"));
        format!("Hypothesis: {text} ({}{confidence})", standing(*status))
    } else if let Kind::Done = kind {
        "Said that they were done".to_owned()
    } else {
        return interview(kind);
    };
    Some(text)
}

/// What belongs to an interview alone.
fn interview(kind: &Kind) -> Option<String> {
    let text = if let Kind::Consented = kind {
        "Agreed to be recorded".to_owned()
    } else if let Kind::Entered { role } = kind {
        format!("The {role}'s link was used")
    } else if let Kind::Extended { minutes } = kind {
        format!("{minutes} more minutes")
    } else if let Kind::TimeOver { minutes } = kind {
        format!("The {minutes} minutes were over")
    } else if let Kind::CalledOff = kind {
        "The interviewer ended the session".to_owned()
    } else if let Kind::Noted { text, .. } = kind {
        format!("Note: {text}")
    } else if let Kind::Rated { dimension, level, .. } = kind {
        format!("Rated {dimension}: level {level}")
    } else if let Kind::Told { who, text } = kind {
        format!("{who} (by the interviewer): {text}")
    } else if let Kind::HintGiven { number, of, who, text } = kind {
        format!("Hint {number} of {of}, as {who}: {text}")
    } else if let Kind::InjectUsed { inject, did, .. } = kind {
        format!("Inject {inject}: {}", what_it_did(did))
    } else if let Kind::Paused = kind {
        "The interviewer stopped the clock".to_owned()
    } else if let Kind::Resumed = kind {
        "The clock runs again".to_owned()
    } else {
        return debrief(kind);
    };
    Some(text)
}

/// What comes after the incident.
fn debrief(kind: &Kind) -> Option<String> {
    let text = if let Kind::DebriefWritten { part, .. } = kind {
        format!("Wrote in the debrief: {}", debrief_part(*part).to_lowercase())
    } else if let Kind::DebriefSubmitted = kind {
        "Handed the debrief in".to_owned()
    } else if let Kind::RecordClosed = kind {
        "Closed the record".to_owned()
    } else if let Kind::DebriefOver { minutes } = kind {
        format!("The {minutes} minutes of the debrief were over")
    } else {
        return None;
    };
    Some(text)
}

/// Such as `fault traffic, m-1017 +20/s`, or who said what.
pub(crate) fn what_it_did(did: &InjectDid) -> String {
    match did {
        InjectDid::Said { who, role, text } => format!("{who}, {role}: {text}"),
        InjectDid::Injected { fault, detail } => format!("fault {fault}, {detail}"),
    }
}

/// What was shown to the person, or said to them; raw.
pub(super) fn shown(kind: &Kind) -> Option<String> {
    let text = if let Kind::LineEnded { printed, .. } = kind {
        printed.clone()
    } else if let Kind::Control { shown, .. }
    | Kind::LogsRead { shown, .. }
    | Kind::Docker { shown, .. } = kind
    {
        shown.clone()
    } else if let Kind::Sql { statement, error, .. } = kind {
        error.iter().fold(statement.clone(), |text, error| format!("{text}\n\n{error}"))
    } else if let Kind::MetricsAsked { expression, shown, .. } = kind {
        format!("{expression}\n\n{shown}")
    } else if let Kind::DashboardViewed { panels, .. } = kind {
        panels.iter().map(panel).collect::<Vec<_>>().join("\n\n")
    } else if let Kind::Asked { who, answer, .. } = kind {
        format!("{who}: {answer}")
    } else if let Kind::Rated { because, .. } = kind {
        because.clone()
    } else if let Kind::DebriefWritten { text, .. } = kind {
        text.clone()
    } else if let Kind::Trouble { remedy, .. } = kind {
        remedy.clone()
    } else if let Kind::Paged { promql, .. } = kind {
        promql.clone()
    } else {
        return None;
    };
    (!text.trim().is_empty()).then_some(text)
}

fn panel(panel: &PanelView) -> String {
    format!("{}\n{}", panel.title, panel.shown)
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Provision => "provision",
        Phase::Baseline => "baseline",
        Phase::Inject => "inject",
        Phase::Paged => "paged",
        Phase::Live => "live",
        Phase::Mitigated => "mitigated",
        Phase::Debrief => "debrief",
        Phase::Sealed => "sealed",
        Phase::Aborted => "aborted",
    }
}

/// A number with three significant digits at most.
pub(super) fn number(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
