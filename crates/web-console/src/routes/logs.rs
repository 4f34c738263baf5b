//! Log lines of the services, searched and followed.

use std::sync::LazyLock;
use std::time::Instant;

use axum::extract::State;
use orchestrator::doors::logs::{self, Reading};
use orchestrator::logs::{Kept, Window};
use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::console::Console;
use crate::extract::{Json, Query, perhaps};
use crate::problem::Problem;
use crate::tail::{GATHER, Question};
use crate::who::Candidate;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LogQuestion {
    /// A service (all its replicas) or one container.
    pub service: String,
    /// Only lines that match this regular expression.
    #[serde(default)]
    pub grep: Option<String>,
    /// Only lines of this level or a graver one.
    #[serde(default)]
    pub level: Option<LogLevel>,
    /// At most so many, the newest of those that fit; 200 when left out, 1000 at most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only lines before this cursor: the page before.
    #[serde(default)]
    pub before: Option<u64>,
    /// Only lines after this cursor, oldest first: to follow.
    #[serde(default)]
    pub after: Option<u64>,
}

/// How grave a line says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// Lines, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogLines {
    pub lines: Vec<LogEntry>,
    /// Whether there are more before these that fit.
    pub more: bool,
    /// To follow from here: give it as `after`.
    pub next: u64,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogEntry {
    pub cursor: u64,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    pub container: String,
    /// `null` where the line does not say.
    pub level: Option<LogLevel>,
    /// As it was written; JSON in most services.
    pub text: String,
}

impl From<Kept> for LogEntry {
    fn from(kept: Kept) -> LogEntry {
        LogEntry {
            cursor: kept.cursor,
            at_ms: kept.line.at_unix_ms,
            level: level_of(&kept.line.text),
            container: kept.container,
            text: kept.line.text,
        }
    }
}

/// What has a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogService {
    pub name: String,
    /// Its containers; the same as `name` when there is one.
    pub containers: Vec<String>,
}

/// Whose logs can be read.
#[utoipa::path(get, path = "/api/logs/services", operation_id = "logs_services",
    tag = "logs",
    responses((status = 200, body = Vec<LogService>), (status = 409, body = Problem)))]
pub(crate) async fn services(
    _who: Candidate,
    State(console): State<Console>,
) -> Result<Json<Vec<LogService>>, Problem> {
    let services = console.doors()?.log_services();
    let service = |(name, containers)| LogService { name, containers };
    Ok(Json(services.into_iter().map(service).collect()))
}

/// Lines of a log. Recorded as read; what is followed is gathered for some seconds.
#[utoipa::path(get, path = "/api/logs", operation_id = "logs_read",
    tag = "logs", params(LogQuestion),
    responses((status = 200, body = LogLines), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn read(
    _who: Candidate,
    State(console): State<Console>,
    Query(question): Query<LogQuestion>,
) -> Result<Json<LogLines>, Problem> {
    let doors = console.doors()?;
    let wanted = Wanted::of(&question)?;
    doors
        .may_read_logs(&question.service)
        .map_err(|error| Problem::not_found(error.to_string()))?;
    let most = question.limit.map_or(LINES.0, |limit| limit as usize).clamp(1, LINES.1);
    let window = match (question.after, question.before) {
        (Some(cursor), _) => Window::After(cursor),
        (None, Some(cursor)) => Window::Before(cursor),
        (None, None) => Window::Newest,
    };
    let asked = Question { service: question.service, grep: wanted.in_words() };
    let fits = Box::new(move |line: &str| wanted.fits(line));
    let found = doors.logs.search(&asked.service, window, most, fits).await;
    let found = found.map_err(|error| Problem::bad(error.to_string()))?;
    let mut text = String::new();
    for kept in &found.lines {
        text.push_str(&format!("{} | {}\n", kept.container, kept.line.text));
    }
    let count = found.lines.len() as u64;
    if let Window::After(_) = window {
        if let Some(other) = console.tail().add(&asked, count, &text, Instant::now()) {
            console.note_tail(other);
        }
        if count > 0 {
            record_when_due(console);
        }
    } else {
        doors.note_logs_read(Reading {
            service: &asked.service,
            grep: asked.grep.as_deref(),
            lines: count,
            shown: logs::all_lines(&text),
            continued: false,
        });
    }
    let lines = found.lines.into_iter().map(LogEntry::from).collect();
    Ok(Json(LogLines { lines, more: found.more, next: found.next }))
}

/// Lines at a time: as a page asks for them, and at most.
const LINES: (usize, usize) = (200, 1000);
/// The longest pattern, in characters.
const PATTERN: usize = 1000;

/// What is wanted of a line.
struct Wanted {
    pattern: Option<Regex>,
    level: Option<LogLevel>,
}

impl Wanted {
    fn of(question: &LogQuestion) -> Result<Wanted, Problem> {
        let given = perhaps("the pattern", question.grep.as_deref().unwrap_or_default(), PATTERN)?;
        let pattern = (!given.is_empty()).then(|| {
            logs::pattern(&given).map_err(|error| {
                Problem::bad(format!("the pattern is no regular expression: {error}"))
            })
        });
        Ok(Wanted { pattern: pattern.transpose()?, level: question.level })
    }

    fn fits(&self, line: &str) -> bool {
        let level = || self.level.is_none_or(|least| level_of(line).is_some_and(|it| it >= least));
        self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(line)) && level()
    }

    /// For the record.
    fn in_words(&self) -> Option<String> {
        let level = self.level.map(|least| match least {
            LogLevel::Debug => "level debug",
            LogLevel::Info => "level info",
            LogLevel::Warn => "level warn",
            LogLevel::Error => "level error",
        });
        let words = [self.pattern.as_ref().map(Regex::as_str), level];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// What a line says of its level: `"level":"WARN"` in JSON, Postgres' `error_severity`, or a word in
/// front of the text.
fn level_of(line: &str) -> Option<LogLevel> {
    static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let json = r#""(?:level|severity|error_severity)"\s*:\s*"([A-Za-z]+)\d?""#;
        let plain = r"^(?:\S+ ){0,3}?\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|ALERT)\b";
        let logfmt = r"\blevel=([a-z]+)\b";
        Regex::new(&format!("{json}|{plain}|{logfmt}")).ok()
    });
    let found = SAID.as_ref()?.captures(line)?;
    let word = found.iter().skip(1).flatten().next()?.as_str().to_lowercase();
    match word.as_str() {
        "trace" | "debug" => Some(LogLevel::Debug),
        "info" | "log" | "notice" | "statement" => Some(LogLevel::Info),
        "warn" | "warning" => Some(LogLevel::Warn),
        "error" | "err" | "fatal" | "panic" | "alert" | "crit" | "critical" => {
            Some(LogLevel::Error)
        }
        _ => None,
    }
}

/// Records what is gathered of a log that is followed, once it is time.
fn record_when_due(console: Console) {
    tokio::spawn(async move {
        tokio::time::sleep(GATHER).await;
        if let Some(due) = console.tail().due(Instant::now()) {
            console.note_tail(due);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_line_is_what_it_says_itself() {
        for (line, level) in [
            (r#"{"timestamp":"t","level":"WARN","fields":{}}"#, Some(LogLevel::Warn)),
            (r#"{"error_severity":"FATAL","message":"x"}"#, Some(LogLevel::Error)),
            ("ts=1 caller=x level=info msg=\"error\"", Some(LogLevel::Info)),
            ("2026-01-01T00:00:00Z ERROR pool: exhausted", Some(LogLevel::Error)),
            ("[NOTICE] (1) : haproxy version", Some(LogLevel::Info)),
            ("GET /payments?x=ERROR 200", None),
        ] {
            assert_eq!(level_of(line), level, "{line}");
        }
    }

    #[test]
    fn a_pattern_and_a_level_both_have_to_fit() {
        let question = |grep: &str| LogQuestion {
            service: "payments".to_owned(),
            grep: Some(grep.to_owned()),
            level: Some(LogLevel::Warn),
            limit: None,
            before: None,
            after: None,
        };
        let wanted = Wanted::of(&question("exhau?sted")).ok().unwrap();
        assert!(wanted.fits(r#"{"level":"ERROR","message":"pool exhausted"}"#));
        assert!(!wanted.fits(r#"{"level":"INFO","message":"pool exhausted"}"#));
        assert!(!wanted.fits(r#"{"level":"ERROR","message":"pool"}"#));
        assert_eq!(wanted.in_words().as_deref(), Some("exhau?sted, level warn"));
        assert!(Wanted::of(&question("(")).is_err());
        assert!(Wanted::of(&question("(a{1000}){1000}")).is_err());
    }
}
