//! Connections and requests, with their limits. A request is understood whole and asked again in
//! the scribe's own words: nothing of its headers but the form's type reaches Prometheus.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sha2::{Digest, Sha256};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::record::{Line, Open, Pen, Told};
use crate::routes::{self, LONGEST_TARGET, Refusal};

/// Connections at a time; more are closed at once.
const CONNECTIONS: usize = 128;
/// Questions of people that Prometheus works on at a time; others wait. Fewer than it can take, so
/// that the orchestrator's never wait for a person's.
const AT_A_TIME: usize = 2;
/// A connection that asks nothing for so long is closed.
const IDLE: Duration = Duration::from_secs(20);
/// A question waits for its turn, and its answer for its first byte, so long at most.
const PATIENCE: Duration = Duration::from_secs(12);
/// A request's head, in bytes.
const HEAD: usize = 16 << 10;
/// The header that the orchestrator's own questions carry.
pub const PASS: &str = "x-scribe-pass";

type Answer = Response<BoxBody<Bytes, hyper::Error>>;

struct Desk {
    upstream: SocketAddr,
    /// SHA-256 of the pass, in hex.
    pass: Option<String>,
    turns: Semaphore,
    pen: Pen,
}

/// Serves until the process ends.
pub async fn serve(listener: TcpListener, upstream: SocketAddr, pass: Option<String>) {
    serve_at(Desk::new(upstream, pass, Arc::new(Line::write)), listener).await;
}

async fn serve_at(desk: Desk, listener: TcpListener) {
    let desk = Arc::new(desk);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // An error is one connection's that was given up before it was taken, or a want of files
        // that passes.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&desk, request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(IDLE)
                .max_buf_size(HEAD)
                .serve_connection(TokioIo::new(stream), service);
            // What is no HTTP has been answered with 400 by then.
            let _ = connection.await;
            drop(place);
        });
    }
}

async fn answer(desk: &Desk, request: Request<Incoming>) -> Result<Answer, hyper::Error> {
    // Before anything is waited for: whoever asks may be gone by then, and has asked all the same.
    let mut open = desk.open(&request);
    let answered = match desk.ask(request, &mut open).await {
        Ok(answered) => answered,
        Err(refusal) => return Ok(refuse(refusal, open)),
    };
    open.line.status = answered.status().as_u16();
    let (parts, body) = answered.into_parts();
    let mut response = Response::new(Told::new(body, open).boxed());
    *response.status_mut() = parts.status;
    if let Some(kind) = parts.headers.get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, kind.clone());
    }
    Ok(response)
}

const BUSY: Refusal = Refusal { status: 503, reason: "too many questions at a time" };
const SILENT: Refusal = Refusal { status: 503, reason: "prometheus does not answer" };
const TOO_LONG: Refusal = Refusal { status: 413, reason: "the question is too long" };
const NO_TEXT: Refusal = Refusal { status: 400, reason: "the question is no text" };

/// Whether a form can be written down as it is. Clients encode whatever else is in one; a line in
/// which it had to be cut might not hold what was asked.
fn is_text(form: &[u8]) -> bool {
    let is_odd = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    std::str::from_utf8(form).is_ok() && !form.iter().any(is_odd)
}

/// Says why not, and writes that down.
fn refuse(refusal: Refusal, mut open: Open) -> Answer {
    open.line.status = refusal.status;
    open.line.refused = Some(refusal.reason);
    drop(open);
    let text = Bytes::from(format!("{}\n", refusal.reason));
    let body = Full::new(text).map_err(|never| match never {}).boxed();
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    response
}

/// A request that has been read to its end.
struct Question {
    method: Method,
    target: String,
    form: Bytes,
}

// === impl Question ===

impl Question {
    async fn read(request: Request<Incoming>) -> Result<Question, Refusal> {
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let form = Limited::new(body, LONGEST_TARGET).collect();
        let form = match tokio::time::timeout(PATIENCE, form).await {
            Ok(Ok(form)) => form.to_bytes(),
            Ok(Err(_)) | Err(_) => return Err(TOO_LONG),
        };
        if !is_text(&form) {
            return Err(NO_TEXT);
        }
        Ok(Question { method: parts.method, target, form })
    }

    async fn ask(self, upstream: SocketAddr) -> Result<Response<Incoming>, String> {
        let said = |error: &dyn std::error::Error| error.to_string();
        let stream = TcpStream::connect(upstream).await.map_err(|error| said(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| said(&error))?;
        // Its end is the answer's end, which the reader of the answer sees.
        tokio::spawn(async move { drop(connection.await) });
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.target)
            .header(HOST, upstream.to_string());
        if self.method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Full::new(self.form)).map_err(|error| said(&error))?;
        sender.send_request(request).await.map_err(|error| said(&error))
    }
}

// === impl Desk ===

impl Desk {
    fn new(upstream: SocketAddr, pass: Option<String>, pen: Pen) -> Desk {
        Desk { upstream, pass, turns: Semaphore::new(AT_A_TIME), pen }
    }

    /// Begins the line of a request with what its head says.
    fn open(&self, request: &Request<Incoming>) -> Open {
        let mut line = Line::of(request.method().as_str(), request.uri().path());
        let question = request.uri().query().unwrap_or_default();
        line.question = question.chars().take(LONGEST_TARGET).collect();
        let pen = (!self.knows(request.headers())).then(|| Arc::clone(&self.pen));
        Open::new(line, Instant::now(), pen)
    }

    /// Asks when it is a person's turn, and adds to the line what is asked.
    async fn ask(
        &self,
        request: Request<Incoming>,
        open: &mut Open,
    ) -> Result<Response<Incoming>, Refusal> {
        open.line.route = routes::route(request.method(), request.uri())?;
        let _turn = match open.is_written_down() {
            false => None,
            true => match tokio::time::timeout(PATIENCE, self.turns.acquire()).await {
                Ok(turn) => turn.ok(),
                Err(_) => return Err(BUSY),
            },
        };
        let question = Question::read(request).await?;
        if !question.form.is_empty() {
            let asked = &mut open.line.question;
            let mark = if asked.is_empty() { "" } else { "&" };
            *asked = format!("{asked}{mark}{}", String::from_utf8_lossy(&question.form));
        }
        match tokio::time::timeout(PATIENCE, question.ask(self.upstream)).await {
            Ok(Ok(answered)) => Ok(answered),
            Ok(Err(_)) | Err(_) => Err(SILENT),
        }
    }

    /// Whether the question is the orchestrator's own.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(PASS).map(|pass| hex::encode(Sha256::digest(pass.as_bytes())));
        // Hashes are compared, so the time that it takes tells nothing about the pass.
        self.pass.is_some() && given == self.pass
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    use super::*;
    use crate::record::LEFT;

    /// Long: it is only ever waited out by a test that fails.
    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_question_whose_asker_leaves_before_the_answer_is_written_down() {
        let here = || TcpListener::bind("127.0.0.1:0");
        let (silent, listener) = (here().await.unwrap(), here().await.unwrap());
        let (upstream, address) = (silent.local_addr().unwrap(), listener.local_addr().unwrap());
        let (told, mut written) = mpsc::unbounded_channel();
        let pen: Pen =
            Arc::new(move |line| told.send(serde_json::to_value(line).unwrap()).unwrap());
        let serving = tokio::spawn(serve_at(Desk::new(upstream, None, pen), listener));

        let mut asker = TcpStream::connect(address).await.unwrap();
        let question = "GET /api/v1/query?query=up HTTP/1.1\r\nHost: x\r\n\r\n";
        asker.write_all(question.as_bytes()).await.unwrap();
        let (mut asked, _) = timeout(LONG, silent.accept()).await.expect("it asks").unwrap();
        assert!(asked.read(&mut [0; 1]).await.unwrap() > 0);
        assert!(written.try_recv().is_err(), "nothing is over");
        drop(asker);

        let line = timeout(LONG, written.recv()).await.expect("it is written").unwrap();
        assert_eq!((&line["route"], &line["question"]), (&"query".into(), &"query=up".into()));
        assert_eq!((&line["status"], &line["shown"]), (&LEFT.into(), &"".into()));
        serving.abort();
    }

    #[test]
    fn a_form_of_control_characters_is_no_question() {
        for form in ["", "query=up", "query=sum(\n\tup)\r\n", "query=%00%01", "query=€"] {
            assert!(is_text(form.as_bytes()), "{form:?}");
        }
        for form in
            [&b"x=\x01&query=up"[..], b"query=\0", b"x=\x1b[0m", b"x=\x7f", b"x=\xff&query=up"]
        {
            assert!(!is_text(form), "{form:?}");
        }
    }
}
