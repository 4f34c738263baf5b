//! A browser without a window, for measuring: requests and sockets as the page makes them. It knows
//! just enough HTTP for a server on the loopback.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

pub type Outcome<T> = Result<T, Box<dyn Error>>;
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// The program, which ends in order when this is dropped.
pub struct Program(Child);

/// A page that has come in by its link.
pub struct Browser {
    /// Such as `127.0.0.1:4321`.
    host: String,
    /// Such as `/s/4f1e6f0c2b9a7d35`.
    path: String,
    cookie: String,
}

/// A socket of the page.
pub struct Socket(WebSocket<MaybeTlsStream<TcpStream>>);

impl Program {
    /// Starts it, and waits for the JSON object that it prints.
    pub fn start(program: &str, words: &[&str]) -> Outcome<(Program, Value)> {
        let mut child = Command::new(program).args(words).stdout(Stdio::piped()).spawn()?;
        let mut stdout = child.stdout.take().ok_or("no output")?;
        let program = Program(child);
        let (mut printed, mut chunk) = (Vec::new(), [0; 4096]);
        loop {
            let count = stdout.read(&mut chunk)?;
            if count == 0 {
                return Err("it ended before it printed its links".into());
            }
            printed.extend_from_slice(chunk.get(..count).unwrap_or_default());
            if let Ok(links) = serde_json::from_slice(&printed) {
                return Ok((program, links));
            }
        }
    }

    /// Memory of the program itself, in MiB.
    #[allow(dead_code, reason = "not every example asks")]
    pub fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
        let kib = line.split_whitespace().nth(1).ok_or("no VmRSS")?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already needs no signal.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

impl Browser {
    pub fn enter(link: &str) -> Outcome<Browser> {
        let rest = link.strip_prefix("http://").ok_or("not a link")?;
        let (host, path) = rest.split_once('/').ok_or("not a link")?;
        let (base, _) = path.split_once("/enter/").ok_or("not a link")?;
        let path = format!("/{base}");
        let mut browser = Browser { host: host.to_owned(), path, cookie: String::new() };
        let entering = link.strip_prefix(&format!("http://{host}{}", browser.path));
        let (head, _) = browser.request("GET", entering.ok_or("not a link")?, "")?;
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|it| it.split(';').next()).ok_or("no cookie")?;
        cookie.clone_into(&mut browser.cookie);
        Ok(browser)
    }

    pub fn get(&self, path: &str) -> Outcome<Value> {
        Ok(serde_json::from_slice(&self.request("GET", path, "")?.1).unwrap_or_default())
    }

    pub fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let (_, answer) = self.request("POST", path, &body.to_string())?;
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// The head of the answer, and its body.
    pub fn request(&self, method: &str, path: &str, body: &str) -> Outcome<(String, Vec<u8>)> {
        let Browser { host, path: base, cookie } = self;
        let mut stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let request = format!(
            "{method} {base}{path} HTTP/1.0\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
             Cookie: {cookie}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let split = answer.windows(4).position(|it| it == b"\r\n\r\n").ok_or("half an answer")?;
        let body = answer.split_off(split + 4);
        Ok((String::from_utf8_lossy(&answer).into_owned(), body))
    }

    pub fn socket(&self, path: &str) -> Outcome<Socket> {
        let ticket = self.post("/api/ticket", &json!({}))?;
        let ticket = ticket["ticket"].as_str().ok_or("no ticket")?;
        let address = format!("ws://{}{}{path}?ticket={ticket}", self.host, self.path);
        let mut request = address.into_client_request()?;
        request.headers_mut().insert("origin", format!("http://{}", self.host).parse()?);
        let (mut socket, _) = tungstenite::connect(request)?;
        if let MaybeTlsStream::Plain(stream) = socket.get_mut() {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
        }
        Ok(Socket(socket))
    }

    /// Waits until the session is so far.
    pub fn until(&self, is_so: impl Fn(&Value) -> bool) -> Outcome<Value> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let me = self.get("/api/me")?;
            if is_so(&me) {
                return Ok(me);
            }
            if !me["ended"].is_null() {
                return Err(format!("the session is over: {me}").into());
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        Err("the session did not get so far".into())
    }
}

impl Socket {
    #[allow(dead_code, reason = "not every example types")]
    pub fn send(&mut self, bytes: &[u8]) -> Outcome<()> {
        Ok(self.0.send(Message::binary(bytes.to_vec()))?)
    }

    /// Reads on until what has come since holds this.
    pub fn until(&mut self, wanted: &[u8]) -> Outcome<()> {
        let mut seen = Vec::new();
        while !seen.windows(wanted.len()).any(|it| it == wanted) {
            match self.0.read()? {
                Message::Binary(bytes) => seen.extend_from_slice(&bytes),
                Message::Text(text) => seen.extend_from_slice(text.as_bytes()),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                Message::Close(_) => return Err("the socket was closed".into()),
            }
        }
        Ok(())
    }
}

/// The value below which this part of all is.
pub fn part(all: &mut [f64], part: f64) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(((all.len() as f64 - 1.0) * part) as usize).copied().unwrap_or(f64::NAN)
}

/// Milliseconds since then.
pub fn ms(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
