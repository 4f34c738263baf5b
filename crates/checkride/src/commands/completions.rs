//! `checkride completions`: the completions of a shell, on standard output.

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Code;
use crate::print;

pub(super) fn run(shell: Shell) -> Result<Code> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "checkride", &mut script);
    print::out(&String::from_utf8(script)?);
    Ok(Code::Ok)
}
