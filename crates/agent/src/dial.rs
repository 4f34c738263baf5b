//! TCP connections from inside the network, on behalf of the other side. Chooses no target.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, copy_bidirectional_with_sizes};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::Dialled;
use wire::frame::{Decoder, Message};

use crate::AgentError;
use crate::link::Stream;

/// Everything is one hop away: who has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(2);

/// Half of yamux's split size each way would do; this keeps large answers in few calls.
const BUFFER: usize = 32 * 1024;

/// Connects, says how it went, and carries bytes until both sides have said all.
pub(crate) async fn serve(
    mut stream: Stream,
    decoder: Decoder,
    host: &str,
    port: u16,
) -> Result<(), AgentError> {
    match connect(host, port).await {
        Ok(mut tcp) => {
            let answer = Dialled::Connected.to_frame()?;
            stream.write_all(&answer).await.map_err(AgentError::stream)?;
            // What came along with the request belongs to the connection.
            tcp.write_all(decoder.rest()).await.map_err(AgentError::stream)?;
            copy_bidirectional_with_sizes(&mut stream, &mut tcp, BUFFER, BUFFER)
                .await
                .map(|_| ())
                .map_err(AgentError::stream)
        }
        Err(error) => {
            let reason = format!("{host}:{port}: {error}");
            let answer = Dialled::Refused { reason }.to_frame()?;
            stream.write_all(&answer).await.map_err(AgentError::stream)?;
            stream.shutdown().await.map_err(AgentError::stream)
        }
    }
}

async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let Ok(connected) = timeout(PATIENCE, TcpStream::connect((host, port))).await else {
        let reason = format!("no answer within {} s", PATIENCE.as_secs());
        return Err(io::Error::new(io::ErrorKind::TimedOut, reason));
    };
    let tcp = connected?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}
