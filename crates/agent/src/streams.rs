//! Streams that the other side opened: reads what each is for and gives it to whoever does that.

use std::sync::Arc;

use tokio::io::AsyncReadExt;
use wire::Open;
use wire::frame::{Decoder, Message};

use crate::context::Context;
use crate::link::Stream;
use crate::terminal::Size;
use crate::{AgentError, dial, terminal};

/// Serves one stream to its end. What goes wrong on it ends it and nothing else.
pub(crate) async fn serve(mut stream: Stream, context: Arc<Context>) -> Result<(), AgentError> {
    let mut decoder = Decoder::new();
    let Some(open) = next::<Open>(&mut stream, &mut decoder).await? else { return Ok(()) };
    match open {
        Open::Terminal { terminal, columns, rows } => {
            terminal::serve(stream, decoder, terminal, Size { columns, rows }, &context).await
        }
        Open::Dial { host, port } => dial::serve(stream, decoder, &host, port).await,
        // Only this side opens these; a stream of that kind from there carries nothing.
        Open::Call(_) | Open::Lines { .. } | Open::Docker => Ok(()),
    }
}

/// The next message of a stream, or `None` at its end.
///
/// # Errors
/// A broken stream, or bytes that are no such message.
pub(crate) async fn next<M: Message>(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
    decoder: &mut Decoder,
) -> Result<Option<M>, AgentError> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        if let Some(message) = decoder.next()? {
            return Ok(Some(message));
        }
        match stream.read(&mut buffer).await.map_err(AgentError::stream)? {
            0 => {
                decoder.finish()?;
                return Ok(None);
            }
            read => decoder.push(buffer.get(..read).unwrap_or_default()),
        }
    }
}
