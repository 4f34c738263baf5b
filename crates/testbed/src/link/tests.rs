//! The link over a pipe in memory, with a yamux server of the test's own at the other end.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio_util::compat::TokioAsyncReadCompatExt;
use tokio_util::io::ReaderStream;

use super::carrier::Piece;
use super::*;

/// The workstation's end of the pipe.
struct Far {
    connection: yamux::Connection<tokio_util::compat::Compat<DuplexStream>>,
}

fn pipe() -> (Link, Far) {
    let (near, far) = tokio::io::duplex(64 << 10);
    let (read, write) = tokio::io::split(near);
    let output = ReaderStream::new(read).map(|bytes: io::Result<Bytes>| bytes.map(Piece::Stdout));
    let link = Link::over(Carrier::new(Box::pin(output), Box::pin(write)));
    let config = yamux::Config::default();
    (link, Far { connection: yamux::Connection::new(far.compat(), config, yamux::Mode::Server) })
}

impl Far {
    /// Answers every dial to port 80 with `answers` (one HTTP answer a request), refuses others.
    /// Counts the dials.
    fn serve(mut self, answers: &'static [u8]) -> Arc<AtomicUsize> {
        let dials = Arc::new(AtomicUsize::new(0));
        let count = dials.clone();
        tokio::spawn(async move {
            while let Some(Ok(stream)) =
                std::future::poll_fn(|cx| self.connection.poll_next_inbound(cx)).await
            {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve_stream(LinkStream::new(stream), answers));
            }
        });
        dials
    }

    /// Opens a stream and says what it is for.
    async fn open(mut self, open: Open) {
        let opened = std::future::poll_fn(|cx| self.connection.poll_new_outbound(cx)).await;
        let mut stream = LinkStream::new(opened.unwrap());
        let drive = std::future::poll_fn(|cx| self.connection.poll_next_inbound(cx).map(|_| ()));
        let say = async {
            stream.write_all(&open.to_frame().unwrap()).await.unwrap();
            stream.flush().await.unwrap();
            std::future::pending::<()>().await;
        };
        tokio::select! { () = drive => {}, () = say => {} }
    }
}

async fn serve_stream(mut stream: LinkStream, answers: &'static [u8]) {
    let reply = match stream.receive().await.unwrap() {
        Open::Dial { port: 80, .. } => Dialled::Connected,
        Open::Dial { .. } => Dialled::Refused { reason: "connection refused".to_owned() },
        Open::Terminal { .. } | Open::Call(_) | Open::Lines { .. } | Open::Docker => return,
    };
    stream.write_all(&reply.to_frame().unwrap()).await.unwrap();
    stream.flush().await.unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        seen.extend_from_slice(&buffer[..count]);
        if seen.ends_with(b"\r\n\r\n") {
            seen.clear();
            stream.write_all(answers).await.unwrap();
            stream.flush().await.unwrap();
        }
    }
}

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const ONCE: &[u8] = b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy";

#[tokio::test]
async fn questions_share_one_connection() {
    let (link, far) = pipe();
    let dials = far.serve(FINE);
    for _ in 0..5 {
        let answer = link.http_get("prometheus", 80, "/-/ready?x=1").await.unwrap();
        assert_eq!(answer, HttpAnswer { status: 200, body: Bytes::from_static(b"ok") });
    }
    assert_eq!(dials.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_replaced() {
    let (link, far) = pipe();
    let dials = far.serve(ONCE);
    for _ in 0..3 {
        let answer = link.http_get("payments-1", 80, "/readyz").await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (503, &b"busy"[..]));
    }
    assert_eq!(dials.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_refused_dial_names_the_host_the_port_and_the_reason() {
    let (link, far) = pipe();
    far.serve(FINE);
    let error = link.dial("postgres", 5432).await.unwrap_err().to_string();
    assert_eq!(error, "`postgres:5432` does not answer inside the system: connection refused");
}

#[tokio::test]
async fn a_path_that_is_none_is_refused_before_anything_is_sent() {
    let (link, _far) = pipe();
    for path in ["no slash", "x", "/a b"] {
        let error = link.http_get("prometheus", 80, path).await.unwrap_err();
        assert!(matches!(error, LinkError::Path { .. }), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn what_the_agent_opens_is_handed_over_with_its_purpose() {
    let (link, far) = pipe();
    let mut incoming = link.incoming().unwrap();
    assert!(link.incoming().is_none());
    tokio::spawn(far.open(Open::Lines { version: wire::VERSION }));
    let (open, _stream) = incoming.recv().await.unwrap();
    assert_eq!(open, Open::Lines { version: wire::VERSION });
}

#[tokio::test]
async fn the_end_of_the_workstation_ends_the_link_with_its_last_words() {
    let output = futures::stream::iter([Ok(Piece::Stderr(Bytes::from_static(b"no such user\n")))]);
    let link = Link::over(Carrier::new(Box::pin(output), Box::pin(tokio::io::sink())));
    let reason = tokio::time::timeout(Duration::from_secs(5), link.ended()).await.unwrap();
    assert!(reason.ends_with("it said: no such user"), "{reason}");
    let error = link.dial("x", 80).await.unwrap_err();
    assert!(matches!(error, LinkError::Ended { .. }), "{error:?}");
}
