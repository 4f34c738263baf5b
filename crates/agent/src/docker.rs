//! The Docker socket of the workstation. Each connection becomes a stream of the link, byte for
//! byte; it understands nothing of what is said.

use std::sync::Arc;

use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use wire::Open;
use wire::frame::Message;

use crate::AgentError;
use crate::calls::accept;
use crate::link::Link;

/// Connections at a time; more of them wait. The link has room for a few hundred streams in all,
/// and nobody may take the last one from the terminals.
const AT_ONCE: usize = 64;

/// Serves whoever connects, side by side, for ever.
pub(crate) async fn run(listener: UnixListener, link: Link) -> Result<(), AgentError> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return Err(AgentError::Down);
        };
        let socket = accept(&listener).await;
        let link = link.clone();
        tokio::spawn(async move {
            // The client sees its connection end; the rest goes on.
            let _ = serve(socket, &link).await;
            drop(place);
        });
    }
}

async fn serve(mut socket: UnixStream, link: &Link) -> Result<(), AgentError> {
    let mut stream = link.open().await?;
    let open = Open::Docker.to_frame()?;
    stream.write_all(&open).await.map_err(AgentError::stream)?;
    // Ends when both sides have said all; a client that hung up mid-answer is found by the next byte.
    copy_bidirectional(&mut socket, &mut stream).await.map(|_| ()).map_err(AgentError::stream)
}
