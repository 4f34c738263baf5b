//! The whole program against a server that answers at once, badly, late or not at all.
#![expect(clippy::unwrap_used, reason = "what cannot go on here is a failed test")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A running `internet`, which ends with the test.
struct Internet {
    child: Child,
    folder: TempDir,
}

impl Internet {
    fn run(target: &str, arguments: &[&str]) -> Internet {
        let folder = TempDir::new().unwrap();
        let child = internet(&socket(&folder))
            .args(["run", "--target", target])
            .args(arguments)
            .spawn()
            .unwrap();
        Internet { child, folder }
    }

    /// Gives an order, as soon as the socket is there.
    async fn order(&self, arguments: &[&str]) -> Value {
        wait_until("the control socket answers", || {
            let output = internet(&socket(&self.folder)).args(arguments).output().unwrap();
            serde_json::from_slice(&output.stdout).ok()
        })
        .await
    }

    /// Waits until the figures are as wanted, and returns them.
    async fn figures(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        wait_until(what, || {
            let output = internet(&socket(&self.folder)).arg("stats").output().unwrap();
            serde_json::from_slice(&output.stdout).ok().filter(&wanted)
        })
        .await
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn socket(folder: &TempDir) -> PathBuf {
    folder.path().join("control.sock")
}

fn internet(control: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_internet"));
    command.arg("--control").arg(control).stdin(Stdio::null());
    command
}

async fn wait_until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn is_on_schedule(figures: &Value, rate: f64) -> bool {
    let (elapsed, offered) = (figures["elapsed_s"].as_f64(), figures["offered"].as_f64());
    elapsed.zip(offered).is_some_and(|(elapsed, offered)| (offered - elapsed * rate).abs() <= 2.0)
}

/// A server that gives every request the same answer. It returns where it listens.
async fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, answer));
    format!("http://{address}")
}

async fn serve(listener: TcpListener, answer: &'static str) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(converse(stream, answer));
    }
}

/// Reads requests and answers each, until the client hangs up.
async fn converse(stream: TcpStream, answer: &str) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if !matches!(stream.read_line(&mut line).await, Ok(read) if read > 0) {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        if answer.is_empty() || stream.write_all(answer.as_bytes()).await.is_err() {
            // An empty answer stands for a server that hangs: read on and say nothing.
            continue;
        }
    }
}

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
const HANG: &str = "";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_offered_at_the_rate_and_answered() {
    let internet = Internet::run(&server(CREATED).await, &["--rate", "200"]);
    // The n-th arrival is due at n / rate, so after any time the count is right to one arrival.
    // A busy machine may show a count that lags for a moment, but one that drifts stays wrong.
    let figures = internet
        .figures("400 are sent, at the rate", |figures| {
            figures["sent"].as_u64() >= Some(400) && is_on_schedule(figures, 200.0)
        })
        .await;
    assert_eq!((&figures["not_sent"], &figures["retries"]), (&0.into(), &0.into()));
    assert_eq!(figures["rate"], 200.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_comes_late_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let internet = Internet::run(&format!("http://{address}"), &["--rate", "100"]);
    internet.figures("attempts break", |f| f["broken"].as_u64() > Some(0)).await;
    tokio::spawn(serve(TcpListener::bind(address).await.unwrap(), CREATED));
    internet.figures("answers come", |f| f["status"]["2xx"].as_u64() > Some(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_requests_are_sent_again_once() {
    let internet = Internet::run(&server(BUSY).await, &["--rate", "100"]);
    let figures = internet.figures("200 failed", |f| f["status"]["5xx"].as_u64() > Some(200)).await;
    let (retries, offered) = (figures["retries"].as_u64(), figures["offered"].as_u64());
    assert!(retries > Some(50) && retries <= offered, "{figures}");
    assert!(figures["sent"].as_u64() <= offered.map(|offered| offered * 2), "{figures}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_slows_no_arrival_and_fills_no_memory() {
    let arguments = ["--rate", "500", "--timeout-ms", "60000", "--max-in-flight", "100"];
    let internet = Internet::run(&server(HANG).await, &arguments);
    let figures = internet
        .figures("some are not sent", |figures| {
            figures["not_sent"].as_u64() >= Some(400) && is_on_schedule(figures, 500.0)
        })
        .await;
    assert_eq!(figures["in_flight"], 100);
    assert_eq!(figures["sent"], 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_takes_too_long_is_a_timeout() {
    let arguments = ["--rate", "100", "--timeout-ms", "50", "--retries", "0"];
    let internet = Internet::run(&server(HANG).await, &arguments);
    let figures = internet.figures("some time out", |f| f["timeouts"].as_u64() > Some(20)).await;
    assert_eq!(figures["status"]["2xx"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_surge_adds_to_the_rate_until_it_is_calmed() {
    let internet = Internet::run(&server(CREATED).await, &["--rate", "50"]);
    internet.figures("traffic flows", |f| f["rate"] == 50.0).await;
    let surge = ["surge", "--merchant", "m-1042", "--rate", "300", "--retries", "2"];
    assert_eq!(internet.order(&surge).await["rate"], 350.0);
    // The same merchant again is another rate for it, not a second surge.
    let weaker = ["surge", "--merchant", "m-1042", "--rate", "100"];
    assert_eq!(internet.order(&weaker).await["rate"], 150.0);
    let other = ["surge", "--merchant", "m-1017", "--rate", "15"];
    assert_eq!(internet.order(&other).await["rate"], 165.0);
    let calm = ["calm", "--merchant", "m-1042"];
    assert_eq!(internet.order(&calm).await["rate"], 65.0, "another merchant's goes on");
    assert_eq!(internet.order(&calm).await["rate"], 65.0);
    assert_eq!(internet.order(&["calm", "--merchant", "m-1017"]).await["rate"], 50.0);
}

#[test]
fn an_order_to_nobody_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let output = internet(&socket(&folder)).arg("stats").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("start `internet run` first"), "{said}");
}
