//! Orders for a running `internet`: one JSON line in, one JSON line out, over a local socket.

use std::path::Path;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::arrivals;
use crate::traffic::Traffic;

/// What a running `internet` can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Let one merchant send more.
    Surge(Surge),
    /// End what one merchant sends more.
    Calm(Calm),
    /// Say what was sent.
    Stats,
}

/// One merchant sends more than usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, clap::Args)]
pub struct Surge {
    /// Which merchant, like m-1042.
    #[arg(long)]
    pub merchant: String,
    /// Requests a second, on top of what it sends anyway.
    #[arg(long, value_parser = arrivals::rate)]
    pub rate: f64,
    /// How often it sends a failed request again.
    #[arg(long, default_value_t = 2)]
    pub retries: u32,
}

/// One merchant sends as usual again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, clap::Args)]
pub struct Calm {
    /// Which merchant, like m-1042. One that has no surge is calm already.
    #[arg(long)]
    pub merchant: String,
}

/// Opens the socket, in the place of one that an earlier run has left.
///
/// # Errors
/// When the folder cannot be written to.
pub fn listen(path: &Path) -> anyhow::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace {}", path.display()));
        }
        Ok(()) | Err(_) => {}
    }
    UnixListener::bind(path).with_context(|| format!("cannot listen on {}", path.display()))
}

/// Carries orders out, one after the other, and never completes.
pub async fn serve(listener: UnixListener, traffic: &Traffic) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors: traffic that ends will free some.
            tokio::task::yield_now().await;
            continue;
        };
        // Whoever hangs up before the answer does not want it.
        let _ = answer(stream, traffic).await;
    }
}

/// Gives an order to a running `internet` and returns its answer, one JSON object.
///
/// # Errors
/// When none runs, or it refuses.
pub async fn ask(path: &Path, order: &Order) -> anyhow::Result<String> {
    let mut stream = UnixStream::connect(path).await.with_context(|| {
        format!("nothing listens on {}, start `internet run` first", path.display())
    })?;
    let mut line = serde_json::to_string(order)?;
    line.push('\n');
    stream.write_all(line.as_bytes()).await?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    let answer = answer.trim_end();
    match serde_json::from_str::<serde_json::Value>(answer)?.get("error") {
        Some(error) => bail!("{}", error.as_str().unwrap_or("the order was refused")),
        None => Ok(answer.to_owned()),
    }
}

async fn answer(mut stream: UnixStream, traffic: &Traffic) -> anyhow::Result<()> {
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).await?;
    let mut answer = match carry_out(&line, traffic) {
        Ok(figures) => figures,
        Err(error) => serde_json::json!({ "error": format!("{error:#}") }).to_string(),
    };
    answer.push('\n');
    stream.write_all(answer.as_bytes()).await?;
    Ok(())
}

/// Every order is answered with the figures as they are afterwards.
fn carry_out(line: &str, traffic: &Traffic) -> anyhow::Result<String> {
    match serde_json::from_str(line).context("the order is not understood")? {
        Order::Surge(surge) => traffic.surge(surge),
        Order::Calm(calm) => traffic.calm(&calm.merchant),
        Order::Stats => {}
    }
    Ok(serde_json::to_string(&traffic.figures())?)
}
