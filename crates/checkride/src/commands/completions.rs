//! `checkride completions`: the completions of a shell, on standard output.

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Code;
use crate::print;

/// The grammar without what is hidden: completions would offer that as well.
fn shown() -> Command {
    let whole = Cli::command();
    let verbs = whole.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned();
    Command::new("checkride").args(whole.get_arguments().cloned()).subcommands(verbs)
}

pub(super) fn run(shell: Shell) -> Result<Code> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut shown(), "checkride", &mut script);
    print::out(&String::from_utf8(script)?);
    Ok(Code::Ok)
}
