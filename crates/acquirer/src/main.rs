//! The program: reads the settings and serves the bank until it is told to stop.

use std::process::ExitCode;

use acquirer::Config;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tracing::error;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).init();

    let stop = match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            async move {
                terminate.recv().await;
            }
        }
        Err(error) => {
            error!(%error, "cannot listen for SIGTERM");
            return ExitCode::FAILURE;
        }
    };
    // A bank keeps no state: a request that is cut off here is asked again by whoever sent it.
    tokio::select! {
        result = acquirer::run(config) => match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                error!(error = %failure, source = ?std::error::Error::source(&failure), "the bank could not run");
                ExitCode::FAILURE
            }
        },
        () = stop => ExitCode::SUCCESS,
    }
}
