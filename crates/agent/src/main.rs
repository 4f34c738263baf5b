//! The program: which part it plays is in the name it was started under. Holds no logic.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let called = args.next().unwrap_or_default();
    let name = Path::new(&called).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let rest: Vec<OsString> = args.collect();
    if agent::client::PROGRAMS.contains(&name.as_str()) {
        return agent::client::main(&name, &rest);
    }
    if name == agent::login::NAME {
        return agent::login::main(&rest);
    }
    agent::first::main(&rest)
}
