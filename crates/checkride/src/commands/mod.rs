//! The verbs of the command line, one a file.

mod check;
mod clean;
mod completions;
mod doctor;
mod earlier;
mod grafana;
mod guard;
mod hosted;
mod images;
mod interview;
mod labs;
mod port;
mod practice;
mod prepare;
mod rehearse;
mod report;
mod schema;
mod serve;
mod sessions;
mod show;
mod verify;

use anyhow::Result;

use crate::cli::{Cli, Command};
use crate::exit::Code;

/// Does what the command line asks.
///
/// # Errors
/// What went wrong; [`crate::exit::code_of`] says how the program ends with it.
pub async fn run(cli: Cli) -> Result<Code> {
    let labs = cli.labs.as_deref();
    match cli.command {
        Command::Labs(json) => labs::run(labs, json.json),
        Command::Show { lab, json } => show::run(labs, &lab, json.json),
        Command::Check { names, json } => check::run(labs, &names, json.json),
        Command::Schema { file } => schema::run(file),
        Command::Images { lab } => images::run(labs, &lab).await,
        Command::Practice(args) => practice::run(labs, &args).await,
        Command::Interview(args) => interview::run(labs, &args).await,
        Command::Serve(args) => serve::run(labs, &args).await,
        Command::Rehearse(args) => rehearse::run(labs, &args).await,
        Command::Sessions(json) => sessions::run(json.json),
        Command::Report(args) => report::run(labs, &args),
        Command::Verify { session, json } => verify::run(&session, json.json),
        Command::Clean { all, images, json } => clean::run(all, images, json.json).await,
        Command::Doctor(json) => doctor::run(labs, json.json).await,
        Command::Completions { shell } => completions::run(shell),
        Command::Guard { home, session } => guard::run(&home, &session).await,
    }
}
