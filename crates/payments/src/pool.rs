//! The connections to the database: how many there are, who holds one and for how long.
//!
//! The pool opens connections when they are needed and finds out by itself that one has died, so
//! the service may start before the database and outlives its restarts.

use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::{Duration, Instant};

use deadpool_postgres::{
    BuildError, Client, Manager, ManagerConfig, PoolError as Refusal, RecyclingMethod, Runtime,
};
use prometheus::HistogramTimer;
use tokio_postgres::NoTls;

use crate::config::Config;
use crate::metrics::Metrics;

/// Longer than any healthy database needs to let us in; a dead address must not hold a request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A limited set of connections. Clones share the set.
#[derive(Debug, Clone)]
pub struct Pool {
    inner: deadpool_postgres::Pool,
    metrics: Metrics,
}

/// A connection that nobody else can use meanwhile. Dropping it gives it back, and that is the
/// only way in which it is given back.
#[derive(Debug)]
#[must_use = "dropping the connection gives it back to the pool"]
pub struct Connection {
    client: Client,
    /// Stops and is counted when the connection is given back.
    _held: HistogramTimer,
}

/// How the pool stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The limit.
    pub size: usize,
    /// Open connections.
    pub connections: usize,
    /// Open connections that somebody holds.
    pub in_use: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// All connections stayed in use for the whole time that a request may wait.
    #[error("connection pool exhausted")]
    Exhausted {
        /// How long this request has waited.
        waited: Duration,
        /// The pool when it gave up.
        status: Status,
    },
    /// There was room for a connection, but the database did not let us in.
    #[error("cannot connect to the database")]
    Unreachable(#[source] Refusal),
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
pub enum PoolSetupError {
    /// DATABASE_URL is not an address of a database.
    #[error("DATABASE_URL is not understood, use postgres://user:password@host:5432/name")]
    Url(#[source] tokio_postgres::Error),
    /// The pool refused its settings.
    #[error("the connection pool cannot be set up")]
    Build(#[source] BuildError),
}

impl Pool {
    /// Sets up the pool; the first connection is opened by whoever first needs one.
    ///
    /// # Errors
    /// When the settings make no sense. A database that does not answer is no error here.
    pub fn new(config: &Config, metrics: Metrics) -> Result<Pool, PoolSetupError> {
        let mut database =
            tokio_postgres::Config::from_str(&config.database_url).map_err(PoolSetupError::Url)?;
        database.application_name("payments").connect_timeout(CONNECT_TIMEOUT);

        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(database, NoTls, recycling);
        let inner = deadpool_postgres::Pool::builder(manager)
            .max_size(usize::from(config.pool_size))
            .wait_timeout(Some(config.pool_timeout))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(PoolSetupError::Build)?;

        metrics.pool_size.set(i64::from(config.pool_size));
        Ok(Pool { inner, metrics })
    }

    /// Takes a connection, waiting for one if all are in use. `operation` names the work for which
    /// it is held, as it appears in `db_hold_seconds`.
    ///
    /// # Errors
    /// [`PoolError::Exhausted`] after the time that a request may wait.
    pub async fn get(&self, operation: &'static str) -> Result<Connection, PoolError> {
        let started = Instant::now();
        let result = self.inner.get().await;
        let waited = started.elapsed();
        self.metrics.pool_wait.observe(waited.as_secs_f64());
        match result {
            Ok(client) => {
                let held = self.metrics.db_hold.with_label_values(&[operation]).start_timer();
                Ok(Connection { client, _held: held })
            }
            Err(Refusal::Timeout(deadpool_postgres::TimeoutType::Wait)) => {
                self.metrics.pool_timeouts.inc();
                Err(PoolError::Exhausted { waited, status: self.status() })
            }
            Err(refusal) => Err(PoolError::Unreachable(refusal)),
        }
    }

    /// How the pool stands now.
    pub fn status(&self) -> Status {
        let status = self.inner.status();
        Status {
            size: status.max_size,
            connections: status.size,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
        }
    }

    /// Writes the pool's standing into its gauges.
    pub fn publish(&self) {
        let status = self.status();
        let set = |gauge: &prometheus::IntGauge, count: usize| {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        };
        set(&self.metrics.pool_connections, status.connections);
        set(&self.metrics.pool_in_use, status.in_use);
        set(&self.metrics.pool_waiting, status.waiting);
    }
}

// A connection is used exactly as a client of deadpool's is.

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}
