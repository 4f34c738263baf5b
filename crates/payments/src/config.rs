//! The settings of the service. Every one is an environment variable (and a flag, for a person who
//! runs it by hand; `--help` has both names); there is no settings file.

use std::net::SocketAddr;
use std::num::ParseIntError;
use std::time::Duration;

/// Takes card payments for merchants, once each.
#[derive(Debug, Clone, clap::Parser)]
#[command(version)]
pub struct Config {
    /// Where merchants' requests are taken.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,

    /// Where health, readiness and metrics are served, away from the merchants.
    #[arg(long, env = "OPS_LISTEN", default_value = "0.0.0.0:9100")]
    pub ops_listen: SocketAddr,

    /// The database, with user and password.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// Connections that this replica may hold. All replicas together must stay below the
    /// database's own limit, with room left for people and for the exporter.
    #[arg(long, env = "POOL_SIZE", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub pool_size: u16,

    /// How long a request waits for a free connection before it is turned away, in milliseconds.
    #[arg(long, env = "POOL_TIMEOUT_MS", default_value = "1000", value_parser = milliseconds)]
    pub pool_timeout: Duration,

    /// The bank.
    #[arg(long, env = "ACQUIRER_URL", default_value = "http://acquirer:8080")]
    pub acquirer_url: String,

    /// How long the bank may take to answer, in milliseconds.
    #[arg(long, env = "ACQUIRER_TIMEOUT_MS", default_value = "2000", value_parser = milliseconds)]
    pub acquirer_timeout: Duration,

    /// How long we go on taking requests after we were told to stop, in milliseconds, so that the
    /// load balancer can see that we are no longer ready.
    #[arg(long, env = "DRAIN_MS", default_value = "1000", value_parser = milliseconds)]
    pub drain: Duration,
}

fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}
