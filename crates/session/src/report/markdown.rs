//! The report for pasting into a document or a chat.

mod after;

use std::fmt::Write;

use super::Report;
use super::commands::LineVerdict;
use super::headline::headline;
use super::interviewer;
use super::text::one_line;
use super::words;
use crate::assessment::EvidenceRecord;

/// The report as Markdown. What people and programs of the lab wrote is escaped, on one line, and
/// cut where it is long; the whole of it is in the JSON and in the journal.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = sections(&mut out, report);
    out
}

fn sections(out: &mut String, report: &Report) -> std::fmt::Result {
    opening(out, report)?;
    evidence(out, report)?;
    cause(out, report)?;
    after::debrief(out, report)?;
    after::ratings(out, report)?;
    after::bearings(out, report)?;
    actions(out, report)?;
    beliefs(out, report)?;
    channel(out, report)?;
    used(out, report)?;
    timeline(out, report)?;
    programs(out, report)?;
    record(out, report)
}

fn opening(out: &mut String, report: &Report) -> std::fmt::Result {
    let session = &report.session;
    let lead = words::lead(report);
    writeln!(out, "# {}\n", plain(&session.title))?;
    writeln!(out, "**First action: {}**  ", code(&lead.action))?;
    writeln!(out, "{}.\n", plain(&lead.when))?;
    writeln!(out, "{} {}\n", plain(&lead.evidence), plain(&lead.meaning))?;
    writeln!(out, "{}\n", words::outcome(&report.assessment))?;
    let persona =
        session.persona.as_ref().map_or(String::new(), |p| format!(", persona {}", plain(p)));
    let candidate =
        session.candidate.as_ref().map_or(String::new(), |p| format!(", candidate {}", plain(p)));
    writeln!(
        out,
        "Session {} of lab {} ({}{persona}{candidate}, seed {}), {}, {} long, {}.\n",
        code(&session.id),
        code(&session.lab),
        plain(&session.mode),
        session.seed,
        plain(&session.started),
        words::duration(session.lasted_s),
        words::ended(session.outcome),
    )
}

fn evidence(out: &mut String, report: &Report) -> std::fmt::Result {
    let assessment = &report.assessment;
    let (tells, others): (Vec<_>, Vec<_>) =
        assessment.evidence.iter().partition(|record| record.because.is_some());
    let (before, missing): (Vec<_>, Vec<_>) =
        tells.into_iter().partition(|record| record.before_action);
    let then = match assessment.first_action {
        Some(_) => "before the first action",
        None => "by the end",
    };
    writeln!(out, "## Evidence seen {then}\n")?;
    list(out, &before, report)?;
    writeln!(out, "## Evidence not seen {then}\n")?;
    list(out, &missing, report)?;
    if !others.is_empty() {
        writeln!(out, "## Other evidence (does not tell this cause apart)\n")?;
        list(out, &others, report)?;
    }
    writeln!(out, "Looks {then}: {}.\n", words::looks(assessment))
}

fn list(out: &mut String, records: &[&EvidenceRecord], report: &Report) -> std::fmt::Result {
    if records.is_empty() {
        writeln!(out, "- none")?;
    }
    for record in records {
        let seen = match record.seen.first() {
            Some(seen) => {
                let since = report.assessment.paged_at_s.map(|paged_at_s| seen.at_s - paged_at_s);
                let clock = words::clock(since, seen.at_s);
                format!("{clock} in {} (event {})", code(&seen.how), seen.seq)
            }
            None => "never seen".to_owned(),
        };
        write!(out, "- **{}**: {seen}", plain(&record.title))?;
        match &record.because {
            Some(because) => writeln!(out, ". {}", plain(because))?,
            None => writeln!(out)?,
        }
    }
    writeln!(out)
}

fn cause(out: &mut String, report: &Report) -> std::fmt::Result {
    let cause = &report.cause;
    writeln!(out, "## What was wrong: {}\n", plain(&cause.title))?;
    for (link, number) in cause.chain.iter().zip(1..) {
        writeln!(out, "{number}. {}", plain(link))?;
    }
    let remedies: Vec<_> = cause.remedies.iter().map(|remedy| code(remedy)).collect();
    match remedies.is_empty() {
        true => writeln!(out, "\nNothing needed to be changed.\n")?,
        false => writeln!(out, "\nWhat mitigates it: {}.\n", remedies.join(" or "))?,
    }
    if !cause.follow_ups.is_empty() {
        writeln!(out, "To talk about afterwards:\n")?;
        for follow_up in &cause.follow_ups {
            writeln!(out, "- {}", plain(follow_up))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn actions(out: &mut String, report: &Report) -> std::fmt::Result {
    let assessment = &report.assessment;
    writeln!(out, "## Acts on the system\n")?;
    if assessment.acts.is_empty() && assessment.refused.is_empty() {
        return writeln!(out, "None.\n");
    }
    writeln!(out, "| since page | act | before → after | what it was |\n|---|---|---|---|")?;
    let mut acts: Vec<_> = assessment.acts.iter().chain(&assessment.refused).collect();
    acts.sort_by_key(|act| act.seq);
    for act in acts {
        let change = match (&act.before, &act.after) {
            (Some(before), Some(after)) => format!("{} → {}", cell(before), cell(after)),
            (Some(_) | None, _) => String::new(),
        };
        let meaning = if act.ok { words::act_meaning(act) } else { "Refused.".to_owned() };
        let clock = words::clock(act.since_page_s, act.at_s);
        writeln!(out, "| {clock} | {} | {change} | {} |", code(&act.words()), cell(&meaning))?;
    }
    writeln!(out)
}

fn beliefs(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Hypotheses\n")?;
    if report.assessment.hypotheses.is_empty() {
        writeln!(out, "None was written down.")?;
    }
    for hypothesis in &report.assessment.hypotheses {
        writeln!(out, "- **{}**: {}", plain(&hypothesis.text), words::standing(hypothesis.status))?;
        for entry in &hypothesis.entries {
            let confidence =
                entry.confidence.map_or("no confidence given".to_owned(), |c| format!("{c} %"));
            let clock = words::clock(entry.since_page_s, entry.at_s);
            writeln!(out, "  - {clock} {confidence}, {}", words::standing(entry.status))?;
        }
    }
    writeln!(out)
}

fn channel(out: &mut String, report: &Report) -> std::fmt::Result {
    let assessment = &report.assessment;
    writeln!(out, "## Said and asked\n")?;
    match assessment.first_said_since_page_s {
        Some(since) => writeln!(out, "First update {} after the page.\n", words::duration(since))?,
        None => writeln!(out, "No status update after the page.\n")?,
    }
    for said in &assessment.said {
        let clock = words::clock(said.since_page_s, said.at_s);
        writeln!(out, "- {clock} said: {}", plain(&said.text))?;
    }
    for asked in &assessment.asked {
        let clock = words::clock(asked.since_page_s, asked.at_s);
        let (question, who) = (plain(&asked.question), plain(&asked.who));
        writeln!(out, "- {clock} asked: {question} ({who}: {})", plain(&asked.answer))?;
    }
    writeln!(out)
}

/// What the interviewer did, where there was one who did something.
fn used(out: &mut String, report: &Report) -> std::fmt::Result {
    let rows = interviewer::rows(&report.assessment);
    if rows.is_empty() {
        return Ok(());
    }
    let sums = interviewer::sums(&report.assessment);
    writeln!(out, "## What the interviewer did\n\n{sums}\n")?;
    writeln!(
        out,
        "| since page | what | in words | against the first action |\n|---|---|---|---|"
    )?;
    for row in rows {
        let (clock, what) = (words::clock(row.since_page_s, row.at_s), cell(&row.what));
        let then = if row.then.is_empty() { String::new() } else { format!(". {}", row.then) };
        let words = cell(&format!("{}{then}", row.words));
        writeln!(out, "| {clock} | {what} | {words} | {} |", row.against)?;
    }
    writeln!(out)
}

fn timeline(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Timeline\n\n| since page | effect | door | what |\n|---|---|---|---|")?;
    for entry in super::listed(report) {
        let clock = words::clock(entry.since_page_s, entry.at_s);
        let (effect, door) = (words::effect(entry.effect), words::door(entry.door));
        writeln!(out, "| {clock} | {effect} | {door} | {} |", cell(&headline(&entry.event)))?;
    }
    writeln!(out)
}

/// Lines that hide programs, programs without a line, and gaps; the others are counted.
fn programs(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Command lines and programs\n\n{}\n", words::lines(&report.commands))?;
    let mut any = false;
    for command in &report.commands {
        let hidden: Vec<_> = command.programs.iter().filter(|program| program.hidden).collect();
        let verdict = words::verdict(command.verdict);
        if hidden.is_empty() && command.verdict != LineVerdict::Gap {
            continue;
        }
        any = true;
        let line = match command.line_id {
            Some(_) => code(&command.line),
            None => format!("without a command line in {}", code(&command.terminal)),
        };
        writeln!(out, "- {line} ({verdict})")?;
        for program in hidden.iter().take(words::HIDDEN) {
            let ended = words::program_end(program);
            writeln!(out, "  - ran {}{ended}", code(&program.words()))?;
        }
        if hidden.len() > words::HIDDEN {
            writeln!(out, "  - and {} more", hidden.len() - words::HIDDEN)?;
        }
        if command.missed > 0 {
            writeln!(out, "  - {} programs were counted only", command.missed)?;
        }
    }
    if any { writeln!(out) } else { Ok(()) }
}

fn record(out: &mut String, report: &Report) -> std::fmt::Result {
    let assessment = &report.assessment;
    writeln!(out, "## The record\n")?;
    match &report.integrity {
        Some(verdict) => writeln!(out, "{}", verdict.sentence)?,
        None => writeln!(out, "The journal was not checked when this report was made.")?,
    }
    writeln!(out, "To check it: {}.\n", code(&format!("checkride verify {}", report.session.id)))?;
    for gap in &assessment.gaps {
        let (at, door) = (words::duration(gap.at_s), words::door(gap.door));
        writeln!(out, "- Gap at {at} ({door}): {}", plain(&gap.reason))?;
    }
    for trouble in &assessment.troubles {
        let at = words::duration(trouble.at_s);
        writeln!(out, "- Trouble at {at}: {}", plain(&trouble.what))?;
    }
    if assessment.gaps.is_empty() && assessment.troubles.is_empty() {
        writeln!(out, "No gap and no trouble was recorded.")?;
    }
    writeln!(out, "\n{}", report.not_judged)
}

/// Longest foreign text in one place, in characters.
const LIMIT: usize = 500;

/// Text that Markdown and HTML within it read as nothing but text.
fn plain(raw: &str) -> String {
    plain_within(raw, LIMIT)
}

/// As [`plain`], of at most so many characters.
fn plain_within(raw: &str, limit: usize) -> String {
    let mut text = String::new();
    for c in one_line(raw, limit).chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => text.extend(['\\', c]),
            _ => text.push(c),
        }
    }
    // An address is not made a link either.
    text.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}

fn cell(raw: &str) -> String {
    plain(raw)
}

/// A code span; its fence is longer than any run of backticks within.
fn code(raw: &str) -> String {
    let text = one_line(raw, LIMIT).replace('|', "\\|");
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
