//! The socket on which `deployctl`, `edgectl` and `oncall` ask. Each question becomes a stream of the
//! link; the answer's bytes go back as they come. It understands no command.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use wire::Open;
use wire::frame::{Decoder, Message};

use crate::link::Link;
use crate::{AgentError, client, streams};

/// Opens the socket for everybody in the container.
pub(crate) fn listen(path: &Path) -> Result<UnixListener, AgentError> {
    UnixListener::bind(path)
        .and_then(|listener| {
            set_permissions(path, Permissions::from_mode(0o666))?;
            Ok(listener)
        })
        .map_err(|source| AgentError::Run { path: path.to_owned(), source })
}

/// So many are answered side by side; more wait their turn. Whoever opens thousands of connections
/// keeps only their own questions waiting.
const SIDE_BY_SIDE: usize = 64;
/// Whoever connects asks at once; who does not gives the place up.
const ASKED_WITHIN: Duration = Duration::from_secs(2);
/// After a connection that could not be accepted, as for want of descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// The next who connects. Nothing that somebody in the container does may end the agent, so one that
/// could not be accepted is passed over.
pub(crate) async fn accept(listener: &UnixListener) -> UnixStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

/// Answers whoever comes, side by side, for ever.
pub(crate) async fn run(listener: UnixListener, link: Link) -> Result<(), AgentError> {
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let socket = accept(&listener).await;
        let link = link.clone();
        tokio::spawn(async move {
            // The one who asked sees that the answer has no end, and says so.
            let _ = serve(socket, &link).await;
            drop(place);
        });
    }
}

async fn serve(mut socket: UnixStream, link: &Link) -> Result<(), AgentError> {
    let mut decoder = Decoder::new();
    let asked = streams::next::<Open>(&mut socket, &mut decoder);
    let Ok(asked) = tokio::time::timeout(ASKED_WITHIN, asked).await else { return Ok(()) };
    let Some(Open::Call(call)) = asked? else { return Ok(()) };
    if !client::PROGRAMS.contains(&call.program.as_str()) {
        return Ok(());
    }
    let mut stream = link.open().await?;
    let question = Open::Call(call).to_frame()?;
    stream.write_all(&question).await.map_err(AgentError::stream)?;
    let (mut asking, mut told) = socket.split();
    let mut more = [0];
    tokio::select! {
        answered = copy(&mut stream, &mut told) => {
            answered.map_err(AgentError::stream)?;
        }
        // Nothing follows a question: whoever asked is gone. Dropping the stream says so.
        _ = asking.read(&mut more) => {}
    }
    Ok(())
}
