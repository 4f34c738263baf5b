//! The only place that prints: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use owo_colors::{OwoColorize, Stream, Style};
use serde::Serialize;

static UNWRITTEN: OnceLock<io::Error> = OnceLock::new();

/// Data for a person or a program.
pub fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let newline: &[u8] = if text.ends_with('\n') || text.is_empty() { b"" } else { b"\n" };
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.write_all(newline));
    match written.and_then(|()| stdout.flush()) {
        Ok(()) => {}
        // A reader that went away (`checkride labs | head -1`) wants no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        // The first says why.
        Err(error) => drop(UNWRITTEN.set(error)),
    }
}

/// Why not all data went out, if so: a full disk behind standard output.
pub fn unwritten() -> Option<&'static io::Error> {
    UNWRITTEN.get()
}

/// One JSON value for a program.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<(), serde_json::Error> {
    out(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A sentence about what is going on.
pub fn note(text: &str) {
    tell(text);
}

/// Something that goes on all the same.
pub fn warning(text: &str) {
    tell(&format!("{} {text}", label("warning:", Style::new().yellow().bold())));
}

/// Why the program ends, the reasons below.
pub fn error(error: &anyhow::Error) {
    tell(&format!("{} {error}", label("error:", Style::new().red().bold())));
    for cause in error.chain().skip(1) {
        tell(&format!("  {} {cause}", label("because:", Style::new().dimmed())));
    }
}

/// A heading on standard output.
pub fn heading(text: &str) -> String {
    text.if_supports_color(Stream::Stdout, |text| text.bold()).to_string()
}

/// Whether a person reads standard error.
pub fn is_read_by_a_person() -> bool {
    io::stderr().is_terminal()
}

/// Turns on what `tracing` says, on standard error.
pub fn trace(verbose: bool) {
    let default = if verbose { "info,orchestrator=debug,testbed=debug" } else { "error" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("CHECKRIDE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .log_internal_errors(false)
        .init();
}

/// A line on standard error. Where nobody is left to read it (a closed terminal, a `tee` that Ctrl-C ended first)
/// there is nobody to tell that either, and a session still has to end in order.
fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn label(text: &str, style: Style) -> String {
    text.if_supports_color(Stream::Stderr, |text| text.style(style)).to_string()
}
