//! What reads the pipe and what tells home, side by side with all else that the agent does.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use wire::frame::Decoder;

use super::*;

/// Long: it is only ever waited out by a test that fails.
const LONG: Duration = Duration::from_secs(10);

/// The lines of an agent, with the pipe of its shells.
struct Agent {
    folder: tempfile::TempDir,
    recorder: Recorder,
}

impl Agent {
    fn new() -> Agent {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let (_, recorder) = prepare(&path, Clock::start(), Arc::default()).unwrap();
        Agent { folder, recorder }
    }
}

/// The next line that comes home.
async fn told(home: &mut (impl AsyncReadExt + Unpin), decoder: &mut Decoder) -> Line {
    loop {
        if let Some(line) = decoder.next().unwrap() {
            return line;
        }
        let mut buffer = [0; 64];
        let read = home.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the lines ended");
        decoder.push(&buffer[..read]);
    }
}

#[tokio::test]
async fn what_is_due_once_a_second_is_told_however_much_comes_meanwhile() {
    let agent = Agent::new();
    let lines = agent.recorder.lines.clone();
    // Smaller than a frame: while one is on its way, there is always something to be told again.
    let (near, mut far) = tokio::io::duplex(16);
    let telling = tokio::spawn({
        let lines = lines.clone();
        async move { tell(&lines, near).await }
    });
    let ticked = async {
        let mut decoder = Decoder::new();
        while decoder.next::<Open>().unwrap().is_none() {
            let mut byte = [0];
            far.read_exact(&mut byte).await.unwrap();
            decoder.push(&byte);
            lines.unseen("t1", "it never ends".to_owned());
        }
        while !matches!(told(&mut far, &mut decoder).await, Line::Clock { .. }) {
            lines.unseen("t1", "it never ends".to_owned());
        }
    };
    timeout(LONG, ticked).await.expect("the clock was told");
    telling.abort();
}

/// Writes into the pipe as fast as it takes it until it is told to stop; gives whether it was, and was
/// not out of patience before.
fn flood(path: &Path, enough: &AtomicBool) -> bool {
    let mut pipe = std::fs::File::options().write(true).open(path).unwrap();
    let (rubbish, begun) = ("y\n".repeat(32 * 1024), Instant::now());
    while begun.elapsed() < LONG {
        if enough.load(Ordering::Relaxed) {
            return true;
        }
        pipe.write_all(rubbish.as_bytes()).unwrap();
    }
    false
}

#[tokio::test]
async fn who_writes_into_the_pipe_without_an_end_takes_the_agent_from_nobody() {
    let agent = Agent::new();
    let lines = agent.recorder.lines.clone();
    let (path, enough) = (agent.folder.path().join("lines"), Arc::new(AtomicBool::new(false)));
    let writer = thread::spawn({
        let enough = Arc::clone(&enough);
        move || flood(&path, &enough)
    });
    let hearing = tokio::spawn(async move { hear(&lines).await });
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    enough.store(true, Ordering::Relaxed);
    let was_stopped = tokio::task::spawn_blocking(move || writer.join().unwrap()).await.unwrap();
    assert!(was_stopped, "nothing else ran while somebody wrote");
    hearing.abort();
}
