//! The program: sends the traffic, or speaks to the one that does.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use internet::{Cli, Command, Order, control};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell it to when standard error is gone.
            let _ = writeln!(std::io::stderr(), "internet: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<()> {
    // One thread does it all: a request costs some tens of microseconds here, and a schedule that
    // is kept by one thread needs no locks.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let order = match cli.command {
        Command::Run(run) => return runtime.block_on(internet::run(run, &cli.control)),
        Command::Surge(surge) => Order::Surge(surge),
        Command::Calm(calm) => Order::Calm(calm),
        Command::Stats => Order::Stats,
    };
    let answer = runtime.block_on(control::ask(&cli.control, &order))?;
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}
