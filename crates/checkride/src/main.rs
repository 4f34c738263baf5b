//! Checkride puts a person in front of a system that has just broken, and records how they find
//! out why. This is the program: its grammar, its messages and its exit codes.
//!
//! The only crate that prints, and [`print`] is the only file of it that does. What happens in a
//! session is `orchestrator`'s.
//!
//! # Layout
//! - [`cli`]: the grammar
//! - [`commands`]: one verb a file
//! - [`attach`]: this machine's terminal, connected to one in the workstation
//! - [`exit`]: exit codes, and which error is which
//! - [`places`]: where labs, programs and sessions are
//! - [`print`], [`progress`]: what people read

mod attach;
mod cli;
mod commands;
mod exit;
mod places;
mod practitioner;
mod print;
mod progress;
mod signals;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    print::trace(cli.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            print::error(&anyhow::Error::from(error).context("cannot start the runtime"));
            return exit::Code::Environment.into();
        }
    };
    let mut code = runtime.block_on(commands::run(cli)).unwrap_or_else(|error| {
        print::error(&error);
        exit::code_of(&error)
    });
    if let Some(error) = print::unwritten() {
        print::error(&anyhow::anyhow!("{error}").context("cannot write to standard output"));
        code = exit::Code::Environment;
    }
    // Something that still reads the keyboard must not hold the end up.
    runtime.shutdown_background();
    code.into()
}
