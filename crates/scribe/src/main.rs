//! `scribe <listen> <upstream> <program> [argument …]`: starts the program and stands in front of
//! it. The hash of the orchestrator's pass comes in `SCRIBE_PASS` (SHA-256 in hex; none: every
//! request is written down).

use std::net::SocketAddr;
use std::process::ExitCode;

use scribe::{child, proxy};

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            // Where the container's log is read; there is nobody else to tell.
            let line = format!("scribe: {error}\n");
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn start() -> std::io::Result<ExitCode> {
    let usage =
        || std::io::Error::other("usage: scribe <listen> <upstream> <program> [argument …]");
    let mut words = std::env::args().skip(1);
    let mut address = || words.next().and_then(|word| word.parse::<SocketAddr>().ok());
    let (Some(listen), Some(upstream)) = (address(), address()) else { return Err(usage()) };
    let command: Vec<String> = words.collect();
    if command.is_empty() {
        return Err(usage());
    }
    // Nobody of the same user reads a pass out of its memory.
    nix::sys::prctl::set_dumpable(false)?;
    let pass = std::env::var("SCRIBE_PASS").ok();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let child = child::start(&command)?;
        tokio::spawn(proxy::serve(listener, upstream, pass));
        child.ended().await
    })
}
