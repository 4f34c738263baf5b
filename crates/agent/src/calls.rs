//! The socket on which `deployctl`, `edgectl` and `oncall` ask. Each question becomes a stream of the
//! link; the answer's bytes go back as they come. It understands no command.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
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

/// Answers whoever comes, side by side, for ever.
pub(crate) async fn run(listener: UnixListener, link: Link) -> Result<(), AgentError> {
    loop {
        let (socket, _) =
            listener.accept().await.map_err(AgentError::system("accept a question"))?;
        let link = link.clone();
        tokio::spawn(async move {
            // The one who asked sees that the answer has no end, and says so.
            let _ = serve(socket, &link).await;
        });
    }
}

async fn serve(mut socket: UnixStream, link: &Link) -> Result<(), AgentError> {
    let mut decoder = Decoder::new();
    let Some(Open::Call(call)) = streams::next::<Open>(&mut socket, &mut decoder).await? else {
        return Ok(());
    };
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
