//! What the person asked of the lab's servers, as the servers themselves wrote it down: SQL from
//! the database's log, questions about metrics from the record in front of Prometheus.
//!
//! Nothing here goes by what was typed, so it makes no difference which program asked.

pub(crate) mod clock;
pub mod lines;
pub mod metrics;
pub(crate) mod record;
pub mod sql;
