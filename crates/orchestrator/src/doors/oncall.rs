//! `oncall`: the page, dashboards, logs, the wiki, people and the notebook.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use session::event::{Door, Effect, Kind, Standing};

use super::logs::{self, Reading};
use super::words::Entry;
use super::{Doors, PageText, Printed, dashboards};
use crate::logs::Window;

/// What the person on call has at hand.
#[derive(Parser)]
#[command(name = "oncall", disable_version_flag = true)]
pub(super) struct Oncall {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// The page that called you in.
    Page,
    /// What is expected of you, and what there is.
    Brief,
    /// All dashboards and their panels.
    Dashboards,
    /// Draw a dashboard, or one panel of it.
    Dashboard(DashboardArgs),
    /// Read the log of a service (all replicas) or of one container.
    Logs(LogsArgs),
    /// All wiki pages, or one.
    Wiki { page: Option<String> },
    /// Ask your colleagues something.
    Ask {
        #[arg(required = true)]
        question: Vec<String>,
    },
    /// Post a status update to the incident channel.
    Say {
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Note what you think is going on.
    Hypothesis(HypothesisArgs),
    /// You are done.
    Done,
}

#[derive(Args)]
pub(super) struct DashboardArgs {
    pub(super) name: String,
    /// Only panels whose title contains this.
    #[arg(long)]
    pub(super) panel: Option<String>,
    /// How far back, such as 5m or 1h.
    #[arg(long, default_value = "5m", value_parser = humantime::parse_duration)]
    pub(super) last: Duration,
}

#[derive(Args)]
struct LogsArgs {
    service: String,
    /// Only lines that match this regular expression.
    #[arg(long)]
    grep: Option<String>,
    /// At most so many lines, the newest ones.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    last: u64,
}

#[derive(Args)]
struct HypothesisArgs {
    #[arg(required = true)]
    text: Vec<String>,
    /// How sure you are, in percent.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=100))]
    confidence: Option<u8>,
    /// You no longer believe it.
    #[arg(long, conflicts_with = "confirm")]
    rule_out: bool,
    /// You have seen it proven.
    #[arg(long)]
    confirm: bool,
}

pub(super) async fn run(doors: &Doors, command: Oncall, columns: Option<u16>) -> Printed {
    match command.verb {
        Verb::Page => page(doors),
        Verb::Brief => Printed::out(doors.read_brief()),
        Verb::Dashboards => {
            doors.record(Door::Dashboards, Effect::Look, Kind::DashboardsListed);
            Printed::out(dashboards::list(&doors.dashboards))
        }
        Verb::Dashboard(args) => dashboards::show(doors, &args, columns).await,
        Verb::Logs(args) => logs(doors, &args).await,
        Verb::Wiki { page } => wiki(doors, page.as_deref()),
        Verb::Ask { question } => ask(doors, &question.join(" ")),
        Verb::Say { text } => say(doors, text.join(" ")),
        Verb::Hypothesis(args) => hypothesis(doors, &args),
        Verb::Done => {
            doors.say_done();
            Printed::out("Thank you. You can close the terminal.")
        }
    }
}

fn page(doors: &Doors) -> Printed {
    match doors.read_page() {
        Some(page) => Printed::out(render_page(&page)),
        None => Printed::out("No page. All is quiet."),
    }
}

/// The page as it stands on the phone.
pub fn render_page(page: &PageText) -> String {
    format!(
        "{}  {}\n{}\n\nalert   {}\nsince   {}\nexpr    {}\n",
        page.severity,
        page.alert,
        page.summary,
        page.alert,
        to_the_second(&page.since),
        page.promql
    )
}

/// Prometheus tells the moment to the nanosecond, which nobody reads at night.
fn to_the_second(since: &str) -> String {
    match since.parse::<jiff::Timestamp>() {
        Ok(at) => at.strftime("%F %T UTC").to_string(),
        Err(_) => since.to_owned(),
    }
}

async fn logs(doors: &Doors, args: &LogsArgs) -> Printed {
    let pattern = match args.grep.as_deref().map(logs::pattern).transpose() {
        Ok(pattern) => pattern,
        Err(error) => return Printed::refused("oncall", error),
    };
    if let Err(error) = doors.may_read_logs(&args.service) {
        return Printed::refused("oncall", error);
    }
    let last = usize::try_from(args.last).unwrap_or(usize::MAX);
    let matches = move |line: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(line));
    let searching = doors.logs.search(&args.service, Window::Newest, last, Box::new(matches));
    let lines = match searching.await {
        Ok(found) => found.lines,
        Err(error) => return Printed::refused("oncall", error),
    };
    let text: String =
        lines.iter().map(|kept| format!("{} | {}\n", kept.container, kept.line.text)).collect();
    doors.note_logs_read(Reading {
        service: &args.service,
        grep: args.grep.as_deref(),
        lines: lines.len() as u64,
        shown: logs::all_lines(&text),
        continued: false,
    });
    Printed::out(if text.is_empty() { "no lines".to_owned() } else { text })
}

fn wiki(doors: &Doors, page: Option<&str>) -> Printed {
    let names = || doors.lab.wiki.keys().map(String::as_str).collect::<Vec<_>>();
    let Some(page) = page else {
        doors.record(Door::Wiki, Effect::Look, Kind::WikiListed);
        return Printed::out(names().join("\n"));
    };
    match doors.read_wiki(page.trim_end_matches(".md")) {
        Some(text) => Printed::out(text),
        None => {
            let message = format!("no page `{page}`; there are {}", names().join(", "));
            Printed::refused("oncall", message)
        }
    }
}

fn ask(doors: &Doors, question: &str) -> Printed {
    let answered = doors.ask(question);
    Printed::out(format!("{}: {}", answered.who, answered.says))
}

fn say(doors: &Doors, text: String) -> Printed {
    doors.say(text);
    Printed::out("posted to #incident")
}

fn hypothesis(doors: &Doors, args: &HypothesisArgs) -> Printed {
    let standing = match (args.rule_out, args.confirm) {
        (true, _) => Standing::RuledOut,
        (_, true) => Standing::Confirmed,
        _ => Standing::Open,
    };
    let said = match (standing, args.confidence) {
        (Standing::RuledOut, _) => "noted as ruled out".to_owned(),
        (Standing::Confirmed, _) => "noted as confirmed".to_owned(),
        (Standing::Open, Some(percent)) => format!("noted at {percent} %"),
        (Standing::Open, None) => {
            "noted; add --confidence to say how sure you are, in percent".to_owned()
        }
    };
    let noted = doors.note(Entry {
        text: args.text.join(" "),
        confidence: args.confidence,
        standing,
        disprove: None,
        evidence: Vec::new(),
    });
    match noted {
        Ok(_) => Printed::out(said),
        Err(full) => Printed::refused("oncall", full),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_since_when_to_the_second() {
        assert_eq!(to_the_second("2026-03-01T18:41:02.13768054Z"), "2026-03-01 18:41:02 UTC");
        assert_eq!(to_the_second("a while ago"), "a while ago");
    }
}
