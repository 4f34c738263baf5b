//! The bytes of a terminal, both ways. A side that does not take them makes the other wait.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::time::timeout;
use wire::ToTerminal;
use wire::frame::{Decoder, encode_output};

use super::outgoing::Outgoing;
use super::printed::Printed;
use super::pty::Pty;
use super::taken::Taken;
use super::{Size, Stream};
use crate::AgentError;
use crate::reaper::Exit;

/// As much as one turn carries. A terminal hands out some 4 KiB at a time.
const TURN: usize = 32 * 1024;

/// Input that waits for a program to read it. Beyond this the other side waits, and may not hang up any
/// more; so it never sends as much.
const WAITING: usize = 2 * wire::UNTAKEN;

/// A job may keep the terminal open after its shell is gone: silence for this long is the end.
const SILENCE: Duration = Duration::from_millis(50);

/// Carries what is printed until the shell is gone and all that it printed is carried.
pub(super) async fn output(
    pty: &Pty,
    to: &mut Outgoing<impl AsyncWrite + Unpin>,
    printed: &Printed,
    taken: &Taken,
    mut exit: Exit,
) -> Result<(), AgentError> {
    let mut buffer = vec![0; TURN];
    let mut gone = false;
    loop {
        let read = if gone {
            timeout(SILENCE, pty.read(&mut buffer)).await.unwrap_or(Ok(0))
        } else {
            tokio::select! {
                biased;
                read = pty.read(&mut buffer) => read,
                () = taken.overdue() => {
                    taken.put(to.frames())?;
                    Ok(0)
                }
                // The reaper outlives every shell; were it gone, so would be the shell.
                _ = exit.wait_for(Option::is_some) => { gone = true; continue }
            }
        };
        if !to.frames().is_empty() {
            to.send().await?;
            continue;
        }
        let bytes = buffer.get(..read.map_err(AgentError::stream)?).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        printed.feed(bytes);
        taken.put(to.frames())?;
        encode_output(bytes, to.frames());
        to.send().await?;
    }
}

/// Carries what is typed until the other side closes the terminal, its stream ends, or it breaks.
pub(super) async fn input(
    pty: &Pty,
    mut from: tokio::io::ReadHalf<Stream>,
    mut decoder: Decoder,
    taken: &Taken,
) -> Result<(), AgentError> {
    let mut buffer = vec![0; 16 * 1024];
    let mut waiting: Vec<u8> = Vec::new();
    loop {
        while let Some(message) = decoder.next::<ToTerminal>()? {
            match message {
                ToTerminal::Input(bytes) => waiting.extend_from_slice(&bytes),
                ToTerminal::Resize { columns, rows } => pty.resize(Size { columns, rows }),
                ToTerminal::Close => return Ok(()),
            }
        }
        tokio::select! {
            biased;
            written = pty.write(&waiting), if !waiting.is_empty() => {
                let written = written.map_err(AgentError::stream)?;
                waiting.drain(..written);
                taken.add(written, pty.masks());
            }
            read = from.read(&mut buffer), if waiting.len() < WAITING => {
                match read.map_err(AgentError::stream)? {
                    0 => return Ok(()),
                    read => decoder.push(buffer.get(..read).unwrap_or_default()),
                }
            }
        }
    }
}
