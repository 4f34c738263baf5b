//! Log lines of the services, and who may not be read: the workstation and the traffic.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use session::event::{Door, Effect, Kind};

use super::Doors;
pub use crate::excerpt::Excerpt;

/// Nothing that has a log is called so; the message lists what does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no service `{name}`; there are {known}")]
pub struct NoSuchService {
    pub name: String,
    pub known: String,
}

/// At most so much of the beginning and of the end of lines goes into an event, in bytes: a page of them, of which
/// the last are the newest.
const SHOWN: (usize, usize) = (16 << 10, 48 << 10);
/// The largest program that a pattern may become, in bytes.
const PATTERN: usize = 256 << 10;

/// A pattern that log lines are looked through for.
///
/// # Errors
/// When it is no regular expression, or a very large one.
pub fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(PATTERN).build()
}

/// Keeps as much of the lines that it is given as an event holds.
pub fn no_lines() -> Excerpt {
    Excerpt::of(SHOWN)
}

/// As much of these lines as an event holds.
pub fn all_lines(text: &str) -> Excerpt {
    let mut lines = no_lines();
    lines.push(text.as_bytes());
    lines
}

/// What was read of a log, for the record.
pub struct Reading<'a> {
    pub service: &'a str,
    pub grep: Option<&'a str>,
    /// How many lines.
    pub lines: u64,
    /// The lines, each with its container in front, as [`no_lines`] and [`all_lines`] keep them.
    pub shown: Excerpt,
    /// More of a log that is being followed.
    pub continued: bool,
}

// === impl Doors ===

impl Doors {
    /// What has a log that may be read, with its containers.
    pub fn log_services(&self) -> BTreeMap<String, Vec<String>> {
        let containers = fault::Hands::testbed(self.control.as_ref()).containers();
        let services = &self.lab.system.compose.services;
        let mut readable: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for container in containers {
            let numbered = container.rsplit_once('-').map(|(service, _)| service);
            let service = [Some(container.as_str()), numbered].into_iter().flatten();
            let Some(service) = service.into_iter().find(|it| services.contains_key(*it)) else {
                continue;
            };
            if !self.is_hidden(service) {
                readable.entry(service.to_owned()).or_default().push(container);
            }
        }
        readable
    }

    /// Whether this service or container has a log that may be read.
    ///
    /// # Errors
    /// When there is none of that name, or it is not the person's to read.
    pub fn may_read_logs(&self, name: &str) -> Result<(), NoSuchService> {
        let services = self.log_services();
        if services.contains_key(name) || services.values().flatten().any(|it| it == name) {
            return Ok(());
        }
        let known: Vec<&str> = services.values().flatten().map(String::as_str).collect();
        Err(NoSuchService { name: name.to_owned(), known: known.join(", ") })
    }

    /// Records that a log was read.
    pub fn note_logs_read(&self, mut reading: Reading<'_>) {
        let kind = Kind::LogsRead {
            service: reading.service.to_owned(),
            grep: reading.grep.map(str::to_owned),
            lines: reading.lines,
            shown: reading.shown.take(),
            continued: reading.continued,
        };
        self.record(Door::Logs, Effect::Look, kind);
    }

    fn is_hidden(&self, service: &str) -> bool {
        let system = &self.lab.system;
        service == system.workstation || Some(service) == system.internet.as_deref()
    }
}
