//! `deployctl`, `edgectl` and `oncall`: send what was asked through the agent, print what comes back.
//! They know no command; even their usage text comes from the other side.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

use wire::frame::{Decoder, Message};
use wire::{Call, Open, Reply};

use crate::AgentError;
use crate::context::Settings;

/// The names under which this is a program that asks.
pub const PROGRAMS: [&str; 3] = ["deployctl", "edgectl", "oncall"];

/// Nobody answers (`EX_UNAVAILABLE`).
const UNAVAILABLE: u8 = 69;

/// Whoever reads our output is gone (128 and SIGPIPE).
const NOBODY_READS: u8 = 141;

/// Asks, prints the answer, and ends with its exit code.
pub fn main(program: &str, args: &[OsString]) -> ExitCode {
    let call = Call {
        program: program.to_owned(),
        args: args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect(),
        columns: columns(),
    };
    let path = Settings::workstation().calls();
    match ask(&path, call, &mut io::stdout().lock(), &mut io::stderr().lock()) {
        Ok(code) => ExitCode::from(code),
        Err(AgentError::System { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::from(NOBODY_READS)
        }
        Err(error) => {
            // When even stderr is closed, the exit code still tells.
            let _ = writeln!(io::stderr(), "{program}: {error}; try again in a moment");
            ExitCode::from(UNAVAILABLE)
        }
    }
}

/// The width of what we print to, when that is a terminal.
fn columns() -> Option<u16> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    rustix::termios::tcgetwinsize(&stdout)
        .ok()
        .map(|size| size.ws_col)
        .filter(|columns| *columns > 0)
}

/// Asks over the socket at `path` and copies the answer to `stdout` and `stderr` as it comes.
///
/// # Errors
/// [`AgentError::Down`] when nobody listens or the answer breaks off before its exit code.
fn ask(
    path: &Path,
    call: Call,
    stdout: &mut impl Write,
    stderr: &mut impl Write,
) -> Result<u8, AgentError> {
    let question = Open::Call(call).to_frame()?;
    let mut socket = UnixStream::connect(path).map_err(|_| AgentError::Down)?;
    socket.write_all(&question).map_err(|_| AgentError::Down)?;
    let mut decoder = Decoder::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        while let Some(reply) = decoder.next::<Reply>()? {
            match reply {
                Reply::Stdout(bytes) => print(stdout, &bytes)?,
                Reply::Stderr(bytes) => print(stderr, &bytes)?,
                Reply::Exit(code) => return Ok(code),
            }
        }
        match socket.read(&mut buffer).map_err(|_| AgentError::Down)? {
            0 => return Err(AgentError::Down),
            read => decoder.push(buffer.get(..read).unwrap_or_default()),
        }
    }
}

fn print(out: &mut impl Write, bytes: &[u8]) -> Result<(), AgentError> {
    out.write_all(bytes).and_then(|()| out.flush()).map_err(AgentError::system("print the answer"))
}

#[cfg(test)]
mod tests;
