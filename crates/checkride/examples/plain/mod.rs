//! A tty in a container without us: the floor that the console is measured against. It records nothing.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use serde_json::{Value, json};

use crate::client::Outcome;

/// Both ends of what runs there. Its program is gone when this is dropped.
pub struct Plain {
    read: Box<dyn Read>,
    write: Box<dyn Write>,
    client: Option<Child>,
}

impl Plain {
    /// `docker exec -it`, as a person has it at their own terminal.
    pub fn program(container: &str, script: &str) -> Outcome<Plain> {
        let pair = openpty(None, None)?;
        let mut raw = tcgetattr(&pair.slave)?;
        cfmakeraw(&mut raw);
        tcsetattr(&pair.slave, SetArg::TCSANOW, &raw)?;
        let end = || -> Outcome<OwnedFd> { Ok(pair.slave.try_clone()?) };
        let words = ["exec", "-it", container, "sh", "-c", script];
        let mut docker = Command::new("docker");
        let client = docker.args(words).stdin(end()?).stdout(end()?).stderr(end()?).spawn()?;
        let ours = File::from(pair.master);
        Ok(Plain { read: Box::new(ours.try_clone()?), write: Box::new(ours), client: Some(client) })
    }

    /// The same through the engine's API, with no program between: the least that is possible.
    pub fn api(container: &str, script: &str) -> Outcome<Plain> {
        let stream = exec(container, script)?;
        Ok(Plain { read: Box::new(stream.try_clone()?), write: Box::new(stream), client: None })
    }

    pub fn send(&mut self, bytes: &[u8]) -> Outcome<()> {
        Ok(self.write.write_all(bytes)?)
    }

    /// Reads on until what has come since holds this.
    pub fn until(&mut self, wanted: &[u8]) -> Outcome<()> {
        let (mut seen, mut chunk) = (Vec::new(), [0; 4096]);
        while !seen.windows(wanted.len()).any(|it| it == wanted) {
            let count = self.read.read(&mut chunk)?;
            if count == 0 {
                return Err("the exec is gone".into());
            }
            seen.extend_from_slice(chunk.get(..count).unwrap_or_default());
        }
        Ok(())
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        if let Some(client) = &mut self.client {
            // It may have ended by itself.
            let _ = client.kill();
            let _ = client.wait();
        }
    }
}

fn exec(container: &str, script: &str) -> Outcome<UnixStream> {
    let config = json!({ "Cmd": ["sh", "-c", script], "Tty": true, "AttachStdin": true, "AttachStdout": true });
    let mut stream = UnixStream::connect("/var/run/docker.sock")?;
    ask(&mut stream, &format!("/containers/{container}/exec"), &config, "Connection: close")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let id = answer.split(r#""Id":""#).nth(1).and_then(|rest| rest.split('"').next());
    let id = id.ok_or_else(|| format!("no exec: {answer}"))?;
    let mut stream = UnixStream::connect("/var/run/docker.sock")?;
    let upgrade = "Connection: Upgrade\r\nUpgrade: tcp";
    ask(&mut stream, &format!("/exec/{id}/start"), &json!({ "Tty": true }), upgrade)?;
    Ok(stream)
}

fn ask(stream: &mut UnixStream, path: &str, body: &Value, more: &str) -> Outcome<()> {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{more}\r\n\r\n{body}",
        body.len()
    );
    Ok(stream.write_all(request.as_bytes())?)
}
