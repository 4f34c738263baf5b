//! A report's facts in words, the same in Markdown and in HTML. Neutral: what was, not how good.

use crate::assessment::{Act, ActIs, Assessment, Inject};
use crate::event::{DebriefPart, Door, Effect, Kind, Outcome, Standing};

use super::Report;
use super::commands::{Command, LineVerdict, ProgramFacts};

/// The first action in words.
pub struct Lead {
    /// Such as `rollback payments`, or that there was none.
    pub action: String,
    /// When, and through which door.
    pub when: String,
    /// What it was with regard to the cause.
    pub meaning: String,
    /// How much evidence was seen before it.
    pub evidence: String,
}

/// What a report leads with.
pub fn lead(report: &Report) -> Lead {
    let assessment = &report.assessment;
    let (action, when) = match &assessment.first_action {
        Some(act) => {
            let (after, helped) = (after_page(act), helped(assessment));
            (act.words(), format!("{after}{helped}, door: {}", door(act.door)))
        }
        None => ("No action".to_owned(), "Nothing was changed after the page".to_owned()),
    };
    Lead { action, when, meaning: meaning(assessment), evidence: evidence(assessment) }
}

fn after_page(act: &Act) -> String {
    match act.since_page_s {
        Some(since) => format!("{} after the page", duration(since)),
        None => format!("{} after the start", duration(act.at_s)),
    }
}

/// How much of the time before the first action did not count, and what came to help in it.
fn helped(assessment: &Assessment) -> String {
    let mut text = String::new();
    if assessment.paused_before_action_s > 0.0 {
        text = format!(", {} of it paused", duration(assessment.paused_before_action_s));
    }
    match assessment.hints.iter().filter(|hint| hint.before_action).count() {
        0 => {}
        1 => text.push_str(", after 1 hint"),
        count => text.push_str(&format!(", after {count} hints")),
    }
    text
}

/// What became of a steady state into which an inject's fault went.
pub(super) fn after_inject(inject: &Inject) -> String {
    let became = match (inject.steady_at, inject.lost_at_s) {
        (Some(true), Some(lost)) => {
            format!("The steady state held, and was lost {} later.", duration(lost - inject.at_s))
        }
        (Some(true), None) => "The steady state held, and was not lost after it.".to_owned(),
        (Some(false), _) => "The system was not steady when it went in.".to_owned(),
        (None, _) => String::new(),
    };
    let Some(back) = inject.taken_back_at_s else { return became };
    format!("{became} It was taken back {} later.", duration(back - inject.at_s)).trim().to_owned()
}

fn meaning(assessment: &Assessment) -> String {
    let Some(act) = &assessment.first_action else {
        return match (assessment.paged_at_s, assessment.restraint) {
            (None, _) => "No page was sent.".to_owned(),
            (Some(_), true) => {
                "The system had recovered by itself: nothing needed to be changed.".to_owned()
            }
            (Some(_), false) => "There was something to mitigate.".to_owned(),
        };
    };
    let luck = match assessment.by_luck {
        true => {
            " None of the evidence that tells this cause apart had been seen: the record shows \
                 no reason for it."
        }
        false => "",
    };
    format!("{}{luck}", act_meaning(act))
}

/// What an act was with regard to the cause.
pub fn act_meaning(act: &Act) -> String {
    let meaning = what_it_was(act);
    match act.ended_s {
        Some(_) => meaning,
        None => format!("{meaning} It had not ended when the record did."),
    }
}

fn what_it_was(act: &Act) -> String {
    match act.is {
        ActIs::Remedy => "This act mitigates this cause.".to_owned(),
        ActIs::Trap => {
            let because = act.because.as_deref().unwrap_or_default();
            format!("This act is tempting and does not mitigate this cause: {because}")
        }
        ActIs::Unneeded => "Nothing needed to be changed.".to_owned(),
        ActIs::Neither => {
            "The lab names this act neither as a mitigation nor as a tempting wrong one.".to_owned()
        }
    }
}

fn evidence(assessment: &Assessment) -> String {
    let tells = assessment.evidence.iter().filter(|record| record.because.is_some());
    let (all, missing) = (tells.count(), assessment.evidence_missing.len());
    let then = match assessment.first_action {
        Some(_) => "before the first action",
        None => "by the end",
    };
    format!("{} of {all} discriminating observations were made {then}.", all - missing)
}

/// What became of the system.
pub fn outcome(assessment: &Assessment) -> String {
    let mut relief = match assessment.own_relief().count() {
        0 => String::new(),
        1 => " Once it came back and was lost again (relief).".to_owned(),
        times => format!(" {times} times it came back and was lost again (relief)."),
    };
    for inject in assessment.relief.iter().filter_map(|relief| relief.inject.as_ref()) {
        relief.push_str(&format!(
            " It was lost again after the inject {inject} went in, which does not count as relief."
        ));
    }
    match (assessment.mitigated_since_s, assessment.paged_at_s) {
        (Some(since), Some(paged)) if since > paged => format!(
            "The steady state came back {} after the page and was sustained.{relief}",
            duration(since - paged)
        ),
        (Some(_), _) => format!("The steady state was back before the page and held.{relief}"),
        (None, _) => format!("The steady state did not come back for good.{relief}"),
    }
}

pub(super) fn ended(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Done) => "ended in order",
        Some(Outcome::CalledOff) => "called off before it began",
        Some(Outcome::Interrupted) => "interrupted",
        Some(Outcome::Failed) => "failed: the lab could not do its part",
        Some(Outcome::Lost) => "lost: the recorder stopped",
        None => "not ended",
    }
}

/// Such as `4.2 s`, `3 min 07 s` or `15 min`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole % 60 {
        0 => format!("{} min", whole / 60),
        rest => format!("{} min {rest:02} s", whole / 60),
    }
}

/// Time since the page, such as `+0:42.3`; `−0:03.0` before it. Since the start without a page.
pub(super) fn clock(since_page_s: Option<f64>, at_s: f64) -> String {
    let (sign, seconds) = match since_page_s {
        Some(since) if since < 0.0 => ("\u{2212}", -since),
        Some(since) => ("+", since),
        None => ("", at_s),
    };
    let tenths = (seconds * 10.0).round() as u64;
    format!("{sign}{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

pub(super) fn door(door: Door) -> &'static str {
    match door {
        Door::Terminal => "terminal",
        Door::Docker => "docker",
        Door::Control => "control",
        Door::Dashboards => "dashboards",
        Door::Logs => "logs",
        Door::Sql => "sql",
        Door::Metrics => "metrics",
        Door::Changes => "changes",
        Door::Wiki => "wiki",
        Door::Channel => "channel",
        Door::Notebook => "notebook",
        Door::Page => "page",
        Door::Session => "session",
    }
}

pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Look => "look",
        Effect::Act => "act",
        Effect::Say => "say",
        Effect::Think => "think",
        Effect::Truth => "truth",
    }
}

/// As many hidden programs of one line are listed; the others are in the JSON.
pub(super) const HIDDEN: usize = 50;

/// How many lines were told how, such as `9 command lines: 8 confirmed, 1 line only.`
pub(super) fn lines(commands: &[Command]) -> String {
    let lines: Vec<_> = commands.iter().filter(|command| command.line_id.is_some()).collect();
    let all = [LineVerdict::Confirmed, LineVerdict::LineOnly, LineVerdict::Gap];
    let count = |it: LineVerdict| lines.iter().filter(|command| command.verdict == it).count();
    let counts = all.map(|it| (count(it), verdict(it)));
    let counts: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).collect();
    let parts: Vec<_> = counts.iter().map(|(count, word)| format!("{count} {word}")).collect();
    let programs: usize = commands.iter().map(|command| command.programs.len()).sum();
    let detail = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("{} command lines{detail}; {programs} programs.", lines.len())
}

/// How a program ended, such as ` (exit 2)`; nothing when it went well.
pub(super) fn program_end(program: &ProgramFacts) -> String {
    match (program.ran, program.exit, program.duration_s) {
        (false, ..) => " (no such program)".to_owned(),
        (true, Some(0), _) | (true, None, Some(_)) => String::new(),
        (true, Some(code), _) => format!(" (exit {code})"),
        (true, None, None) => " (did not end)".to_owned(),
    }
}

pub(super) fn verdict(verdict: LineVerdict) -> &'static str {
    match verdict {
        LineVerdict::Confirmed => "confirmed",
        LineVerdict::LineOnly => "line only",
        LineVerdict::ExecOnly => "programs only",
        LineVerdict::Gap => "gap",
    }
}

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::RuledOut => "ruled out",
        Standing::Confirmed => "confirmed",
    }
}

/// What a part of the debrief is called.
pub(super) fn debrief_part(part: DebriefPart) -> &'static str {
    match part {
        DebriefPart::Timeline => "What happened",
        DebriefPart::Cause => "The cause",
        DebriefPart::Factors => "What contributed",
        DebriefPart::Detection => "The gap in detection",
        DebriefPart::FollowUps => "Follow-ups",
    }
}

/// A dimension's id as words, such as `systems thinking`.
pub(super) fn dimension(id: &str) -> String {
    id.replace('-', " ")
}

/// Looks by door, such as `dashboards 3, logs 1`.
pub fn looks(assessment: &Assessment) -> String {
    let by_door = assessment.looks_before_action.iter();
    let parts: Vec<_> = by_door.map(|(at, count)| format!("{} {count}", door(*at))).collect();
    match parts.is_empty() {
        true => "none".to_owned(),
        false => parts.join(", "),
    }
}

/// Whether an event has a line of its own in a list for people: health is drawn, and a command
/// line that ended says all that its start said.
pub(super) fn is_listed(kind: &Kind, has_end: bool) -> bool {
    if matches!(kind, Kind::LineStarted { .. }) {
        return !has_end;
    }
    let window = matches!(kind, Kind::TerminalResized { .. } | Kind::TerminalOpened { .. });
    // Programs are shown under their lines.
    let program = matches!(kind, Kind::ProgramRan { .. } | Kind::ProgramEnded { .. });
    // What was written at last has a section of its own.
    let draft = matches!(kind, Kind::DebriefWritten { .. });
    !window && !program && !draft && !matches!(kind, Kind::Health { .. })
}
