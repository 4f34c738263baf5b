//! Lines of a log that are there for the record alone: what the database writes down of the
//! person's statements, and the scribe of their questions to Prometheus. They are read for the
//! record and shown to nobody, or whoever reads such a log would find little else.

use lab::lab::{Database, System};

use super::metrics::is_scribes;
use super::sql::is_own_statement;

/// Knows such lines. By default there are none.
#[derive(Debug, Clone, Default)]
pub struct RecordLines {
    database: Option<Database>,
    prometheus: Option<String>,
}

impl RecordLines {
    /// Those of a lab's system.
    pub fn of(system: &System) -> RecordLines {
        let prometheus = Some(system.prometheus_service().to_owned());
        RecordLines { database: system.database.clone(), prometheus }
    }

    /// Whether a container writes such lines at all.
    pub fn are_in(&self, container: &str) -> bool {
        self.prometheus.as_deref() == Some(container)
            || self.database.as_ref().is_some_and(|database| database.service == container)
    }

    /// Whether `line`, without a time before it, is one.
    pub fn is_one(&self, container: &str, line: &str) -> bool {
        let is_statement = |database: &Database| {
            database.service == container && is_own_statement(&database.role, line)
        };
        (self.prometheus.as_deref() == Some(container) && is_scribes(line))
            || self.database.as_ref().is_some_and(is_statement)
    }

    /// What tells the other lines of a container from them.
    pub(crate) fn kept(self, container: &str) -> impl Fn(&str) -> bool + Send + 'static {
        let container = container.to_owned();
        move |line| !self.is_one(&container, line)
    }
}
