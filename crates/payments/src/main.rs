//! The program: reads the settings, starts the log and runs the service until it is told to stop.

use std::process::ExitCode;

use clap::Parser;
use payments::{Config, run, shutdown, telemetry};
use tracing::error;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    telemetry::start_log();
    match run(config, shutdown::requested()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            error!(error = %telemetry::chain(&failure), "the service could not run");
            ExitCode::FAILURE
        }
    }
}
