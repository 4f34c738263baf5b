//! The command lines: how far each is told, what it printed, and the programs under it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{block, event_id, line, section};
use crate::event::Kind;
use crate::report::{Command, Entry, LineVerdict, ProgramFacts, Report, words};

/// The ends of lines, by terminal and line.
type Ends<'a> = BTreeMap<(&'a str, u64), &'a Entry>;

pub(super) fn commands(report: &Report) -> Markup {
    let mut ends = Ends::new();
    for entry in &report.timeline {
        if let Kind::LineEnded { terminal, line_id, .. } = &entry.event {
            ends.insert((terminal, *line_id), entry);
        }
    }
    let body = html! {
        @if report.commands.is_empty() { p.empty { "No command line was recorded." } }
        @else { p.intro {
            (words::lines(&report.commands)) " Confirmed: the shell told the line and the kernel told \
             the programs under it; what was typed is in the recording. Programs whose name does not \
             stand in the line are listed."
        } }
        ul.commands { @for command in &report.commands { (row(report, command, &ends)) } }
    };
    section("commands", "Command lines", &body)
}

fn row(report: &Report, command: &Command, ends: &Ends<'_>) -> Markup {
    let since = report.assessment.paged_at_s.map(|at_s| command.started_s - at_s);
    let entry = command.line_id.and_then(|id| ends.get(&(command.terminal.as_str(), id)));
    let end = entry.map(|entry| &entry.event);
    // The timeline has none of these, so what points to one comes here.
    let id = entry.filter(|entry| entry.is_left_to_its_door()).map(|entry| event_id(entry.seq));
    html! {
        li id=[id] {
            details {
                summary {
                    span.clock { (words::clock(since, command.started_s)) }
                    @match command.line_id {
                        Some(_) => code { (line(&command.line)) },
                        None => span { "Programs without a command line" },
                    }
                    " " (pill(command.verdict))
                    span.quiet { (how(end)) }
                }
                (printed(end))
                (programs(command))
            }
        }
    }
}

fn pill(verdict: LineVerdict) -> Markup {
    let class = match verdict {
        LineVerdict::Confirmed => "pill steady",
        LineVerdict::LineOnly => "pill",
        LineVerdict::ExecOnly | LineVerdict::Gap => "pill warm",
    };
    html! { span class=(class) { (words::verdict(verdict)) } }
}

fn how(end: Option<&Kind>) -> String {
    let Some(Kind::LineEnded { duration_s, exit, .. }) = end else { return String::new() };
    let took = words::duration(*duration_s);
    match exit {
        Some(0) => took,
        Some(code) => format!("{took}, exit {code}"),
        None => format!("{took}, cut off"),
    }
}

fn printed(end: Option<&Kind>) -> Markup {
    let Some(Kind::LineEnded { cwd, printed, printed_bytes, .. }) = end else { return html! {} };
    html! {
        p.quiet { "in " (line(cwd)) ", " (printed_bytes) " bytes printed" }
        @if !printed.trim().is_empty() { (block(printed)) }
    }
}

fn programs(command: &Command) -> Markup {
    let hidden: Vec<_> = command.programs.iter().filter(|program| program.hidden).collect();
    html! {
        p.quiet { (command.programs.len()) " programs ran, " (hidden.len()) " of them not named in the line"
            @if command.missed > 0 { "; " (command.missed) " more were counted only" } }
        @if !hidden.is_empty() {
            ul.plain {
                @for program in hidden.iter().take(words::HIDDEN) { (hidden_row(program)) }
                @if hidden.len() > words::HIDDEN {
                    li.quiet { "and " (hidden.len() - words::HIDDEN) " more, in the JSON report" }
                }
            }
        }
    }
}

fn hidden_row(program: &ProgramFacts) -> Markup {
    html! {
        li { code { (line(&program.words())) } span.quiet { (words::program_end(program)) } }
    }
}
