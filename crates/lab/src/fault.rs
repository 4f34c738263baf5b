//! The closed set of injectable changes, as data. The crate `fault` injects and recovers them.

use std::time::Duration;

/// One injectable change.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Rolls a deployment to another release, as an entry of the deploy history.
    Deploy { deployment: String, release: String, by: String, note: String },
    /// Changes a setting of a deployment, as an entry of the config history.
    Config { deployment: String, key: String, value: String, by: String, note: String },
    /// Adds open-loop traffic for one merchant, in place of what another one has added for it.
    Traffic {
        merchant: String,
        /// Extra arrivals a second.
        rate: f64,
        /// How often a failed request is sent again by its client.
        retries: u32,
    },
    /// Runs SQL in the database's container as a named application, for a bounded time.
    Sql {
        /// The Compose service of the database.
        service: String,
        /// `application_name` of the session, as `pg_stat_activity` shows it.
        application: String,
        /// One or more statements; sent in one transaction.
        statement: String,
        /// The transaction is held open this long, then rolled back.
        hold: Duration,
    },
}
