//! What was written and judged after the incident, in Markdown. Nothing where nobody did.

use std::fmt::Write;

use super::{plain, plain_within, words};
use crate::event::DebriefPart;
use crate::report::{PROSE, Report};

pub(super) fn debrief(out: &mut String, report: &Report) -> std::fmt::Result {
    let debrief = &report.debrief;
    if debrief.is_blank() {
        return Ok(());
    }
    writeln!(out, "## The debrief, in their words\n")?;
    if debrief.submitted_at_s.is_none() {
        writeln!(out, "It was not handed in; this is how it was left.\n")?;
    }
    for part in DebriefPart::ALL {
        writeln!(out, "### {}\n", words::debrief_part(part))?;
        let mut lines =
            debrief.part(part).lines().filter(|line| !line.trim().is_empty()).peekable();
        if lines.peek().is_none() {
            writeln!(out, "Nothing was written.")?;
        }
        for line in lines {
            writeln!(out, "> {}  ", plain_within(line, PROSE))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn ratings(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.ratings.is_empty() {
        return Ok(());
    }
    writeln!(out, "## The interviewer's levels\n")?;
    for rating in &report.ratings {
        let (dimension, level) = (plain(&words::dimension(&rating.dimension)), rating.level);
        let because = match rating.because.is_empty() {
            true => "no reason was given".to_owned(),
            false => plain_within(&rating.because, PROSE),
        };
        writeln!(out, "- **{dimension}**: level {level}. {because}")?;
    }
    writeln!(out)
}

/// What the record has that bears on each dimension.
pub(super) fn bearings(out: &mut String, report: &Report) -> std::fmt::Result {
    if report.ratings.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What the record has on each\n")?;
    for bearing in &report.bearings {
        writeln!(out, "- **{}**", plain(&words::dimension(&bearing.dimension)))?;
        for fact in &bearing.facts {
            let at =
                fact.moments.iter().map(|it| words::clock(since_page(report, it.at_s), it.at_s));
            let at: Vec<String> = at.collect();
            let at = if at.is_empty() { String::new() } else { format!(" ({})", at.join(", ")) };
            writeln!(out, "  - {}{at}", plain(&fact.says))?;
        }
    }
    writeln!(out)
}

fn since_page(report: &Report, at_s: f64) -> Option<f64> {
    report.assessment.paged_at_s.map(|paged_at_s| at_s - paged_at_s)
}
