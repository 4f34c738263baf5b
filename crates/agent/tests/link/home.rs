//! The other side of the link, as small as tests need it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::task::Poll;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, join};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};
use wire::frame::{Decoder, Message};
use wire::{FromTerminal, Line, Open, ToTerminal};
use yamux::{Config, Connection, Mode};

pub(crate) type Stream = Compat<yamux::Stream>;

/// Long: it is only ever waited out by a test that fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running agent and this side of its link.
pub(crate) struct Home {
    child: Child,
    opens: mpsc::Sender<oneshot::Sender<Stream>>,
    inbound: mpsc::Receiver<Stream>,
    folder: Option<TempDir>,
}

impl Home {
    /// The agent on a folder of its own, with the image's `bash.bashrc` pointed there.
    pub(crate) fn here() -> Self {
        Self::in_a_folder(Command::new(env!("CARGO_BIN_EXE_agent")))
    }

    /// The same, with so many descriptors at most.
    pub(crate) fn with_descriptors(count: u32) -> Self {
        let mut command = Command::new("sh");
        let limited = format!("ulimit -n {count}; exec \"$0\" \"$1\"");
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_agent")]);
        Self::in_a_folder(command)
    }

    /// `command` starts the agent, when it is given the folder.
    fn in_a_folder(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let image = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docker/workstation");
        let bashrc = std::fs::read_to_string(image.join("bash.bashrc")).unwrap();
        let run = path.join("run");
        let bashrc = bashrc.replace("/run/oncall", run.to_str().unwrap());
        std::fs::write(path.join("bashrc"), bashrc).unwrap();
        command.arg(path);
        let mut home = Self::over(command);
        home.folder = Some(folder);
        home
    }

    /// The agent as `command` runs it.
    pub(crate) fn over(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let io = join(child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let mut connection = Connection::new(io.compat(), Config::default(), Mode::Client);
        let (opens, mut wanted) = mpsc::channel::<oneshot::Sender<Stream>>(16);
        let (sender, inbound) = mpsc::channel(64);
        tokio::spawn(async move {
            let mut waiting = VecDeque::new();
            poll_fn(|cx| {
                loop {
                    match wanted.poll_recv(cx) {
                        Poll::Ready(Some(reply)) => waiting.push_back(reply),
                        // Dropped by the test: the link ends with it.
                        Poll::Ready(None) => return Poll::Ready(()),
                        Poll::Pending => {}
                    }
                    if let Some(reply) = waiting.pop_front() {
                        match connection.poll_new_outbound(cx) {
                            Poll::Ready(stream) => {
                                reply.send(stream.unwrap().compat()).unwrap();
                            }
                            Poll::Pending => waiting.push_front(reply),
                        }
                        continue;
                    }
                    match connection.poll_next_inbound(cx) {
                        Poll::Ready(Some(Ok(stream))) => {
                            sender.try_send(stream.compat()).unwrap();
                        }
                        Poll::Ready(_) => return Poll::Ready(()),
                        Poll::Pending => return Poll::Pending,
                    }
                }
            })
            .await;
        });
        Self { child, opens, inbound, folder: None }
    }

    pub(crate) async fn open(&self, open: Open) -> Talk {
        let (sender, receiver) = oneshot::channel();
        self.opens.send(sender).await.unwrap();
        let mut talk = Talk { stream: receiver.await.unwrap(), decoder: Decoder::new() };
        talk.say(&open).await;
        talk
    }

    pub(crate) async fn terminal(&self, name: &str) -> Talk {
        self.open(Open::Terminal { terminal: name.into(), columns: 100, rows: 30 }).await
    }

    /// The next stream that the agent opens, with what it is for.
    pub(crate) async fn accept(&mut self) -> (Open, Talk) {
        let stream = timeout(PATIENCE, self.inbound.recv()).await.unwrap().unwrap();
        let mut talk = Talk { stream, decoder: Decoder::new() };
        let open = talk.hear().await.unwrap();
        (open, talk)
    }

    /// The stream of command lines, which is the first that the agent opens.
    pub(crate) async fn lines(&mut self) -> Talk {
        let (open, talk) = self.accept().await;
        assert_eq!(open, Open::Lines { version: wire::VERSION });
        talk
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("run")
    }

    /// The agent's process number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Kills the agent. Its folder stays as long as the test.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends the link, and gives the agent's exit code.
    pub(crate) async fn hang_up(self) -> Option<i32> {
        let Self { mut child, opens, inbound, folder } = self;
        drop((opens, inbound));
        let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
        drop(folder);
        status.code()
    }
}

/// Waits until something is there.
pub(crate) async fn until<T>(what: impl Fn() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(it) = what() {
                return it;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it did not come for too long")
}

/// One stream with frames on it.
pub(crate) struct Talk {
    pub(crate) stream: Stream,
    pub(crate) decoder: Decoder,
}

impl Talk {
    pub(crate) async fn say<M: Message>(&mut self, message: &M) {
        self.stream.write_all(&message.to_frame().unwrap()).await.unwrap();
    }

    pub(crate) async fn type_in(&mut self, text: &str) {
        self.say(&ToTerminal::Input(text.as_bytes().to_vec())).await;
    }

    /// The next message, or `None` at the stream's end.
    pub(crate) async fn hear<M: Message>(&mut self) -> Option<M> {
        let heard = hear(&mut self.stream, &mut self.decoder);
        timeout(PATIENCE, heard).await.expect("nothing came for too long")
    }

    /// Reads a terminal until what it printed contains `text`; gives all that was read.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let so_far = String::from_utf8_lossy(&seen).into_owned();
            if so_far.contains(text) {
                return so_far;
            }
            match self.hear::<FromTerminal>().await {
                Some(FromTerminal::Output(bytes)) => seen.extend(bytes),
                Some(FromTerminal::Took { .. }) => {}
                other => panic!("{other:?} instead of {text:?}; so far {so_far:?}"),
            }
        }
    }

    /// Reads a terminal to its end: what it still printed, and the exit code.
    pub(crate) async fn rest(&mut self) -> (String, Option<i32>) {
        let mut seen = Vec::new();
        loop {
            match self.hear::<FromTerminal>().await {
                Some(FromTerminal::Output(bytes)) => seen.extend(bytes),
                Some(FromTerminal::Took { .. }) => {}
                Some(FromTerminal::Exited(code)) => {
                    return (String::from_utf8_lossy(&seen).into_owned(), code);
                }
                None => panic!("the stream ended without the shell's exit"),
            }
        }
    }

    /// The next thing about command lines: not the clock, and not the programs under them.
    pub(crate) async fn line(&mut self) -> Line {
        let line = async {
            loop {
                let line = self.hear::<Line>().await.expect("the lines ended");
                let other = matches!(
                    line,
                    Line::Clock { .. } | Line::Program(_) | Line::ProgramEnded { .. }
                );
                if !other {
                    return line;
                }
            }
        };
        timeout(PATIENCE, line).await.expect("no line came for too long")
    }

    /// The next thing that is told, but for the clock.
    pub(crate) async fn any_line(&mut self) -> Line {
        loop {
            let line = self.hear::<Line>().await.expect("the lines ended");
            if !matches!(line, Line::Clock { .. }) {
                return line;
            }
        }
    }

    /// The next line that ends: as it was typed, its exit code and what it printed.
    pub(crate) async fn ended(&mut self) -> (String, i32, String) {
        let mut typed = String::new();
        loop {
            match self.line().await {
                Line::Started { line, .. } => typed = line,
                Line::Ended { exit, printed, .. } => return (typed, exit, printed),
                Line::Ready { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

async fn hear<M: Message>(
    stream: &mut (impl AsyncRead + Unpin),
    decoder: &mut Decoder,
) -> Option<M> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if let Some(message) = decoder.next().unwrap() {
            return Some(message);
        }
        match stream.read(&mut buffer).await.unwrap() {
            0 => return None,
            read => decoder.push(&buffer[..read]),
        }
    }
}
