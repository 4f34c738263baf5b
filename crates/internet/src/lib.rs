//! Everybody who pays: many merchants that send requests at their own pace.
//!
//! Arrivals are an open loop: the time of each is fixed by the rate alone, and slow answers do not
//! slow them. What cannot be sent is counted, never silently left out.
//!
//! # Layout
//!
//! - [`arrivals`]: when a request comes; [`shopping`]: which one it is
//! - [`sender`]: how it is sent, timed out and sent again; [`address`]: where to
//! - [`recent`]: payments that can be looked up later; [`stats`]: what became of it all
//! - [`traffic`]: all of it together; [`control`]: surges and figures, over a local socket

pub mod address;
pub mod arrivals;
pub mod control;
pub mod recent;
pub mod sender;
pub mod shopping;
pub mod stats;
pub mod traffic;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use hyper::Uri;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

pub use crate::control::{Calm, Order, Surge};

use crate::address::Address;
use crate::sender::Sender;
use crate::traffic::Traffic;

/// Everybody who pays.
#[derive(Debug, clap::Parser)]
#[command(version)]
pub struct Cli {
    /// The socket over which a running `internet` takes orders.
    #[arg(long, global = true, default_value = "/run/internet/control.sock")]
    pub control: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be asked for.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Send traffic until told to stop.
    Run(Run),
    /// Let one merchant send more, on top of what all send.
    Surge(Surge),
    /// End what one merchant sends more.
    Calm(Calm),
    /// Print what was sent and what came back, as one JSON object.
    Stats,
}

/// How the ordinary traffic is sent.
#[derive(Debug, Clone, clap::Args)]
pub struct Run {
    /// Where to.
    #[arg(long, default_value = "http://edge:8080")]
    pub target: Uri,
    /// Requests a second, of all merchants together.
    #[arg(long, default_value_t = 15.0, value_parser = arrivals::rate)]
    pub rate: f64,
    /// Decides merchants, amounts and cards, in the same order each time.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How long a merchant waits for an answer, in milliseconds.
    #[arg(long, default_value_t = 3000)]
    pub timeout_ms: u64,
    /// How often a merchant sends a failed request again.
    #[arg(long, default_value_t = 1)]
    pub retries: u32,
    /// Requests that may wait for an answer at one time; more are counted as not sent.
    #[arg(long, default_value_t = 2000)]
    pub max_in_flight: usize,
}

/// Sends traffic until SIGTERM or SIGINT.
///
/// # Errors
/// When the target is no address, or the control socket cannot be had. A target that does not
/// answer is no error.
pub async fn run(run: Run, control: &Path) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let listener = control::listen(control)?;

    let address = Address::new(&run.target)?;
    let timeout = Duration::from_millis(run.timeout_ms);
    let sender = Sender::new(&run.target, address.clone(), timeout, run.max_in_flight)?;
    let traffic = Traffic::new(sender, run.seed);

    let work = async {
        tokio::select! {
            () = control::serve(listener, &traffic) => {}
            () = address.follow() => {}
            () = traffic.ordinary(&address, run.rate, run.retries) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    // Requests share their figures without locks, so all of them stay on this thread.
    LocalSet::new().run_until(work).await;
    Ok(())
}
