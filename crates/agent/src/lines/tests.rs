//! What reads the pipe and what tells home, side by side with all else that the agent does.

use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use wire::frame::Decoder;

use super::*;

/// Long: it is only ever waited out by a test that fails.
const LONG: Duration = Duration::from_secs(10);

/// The lines of an agent, with the pipe of its shells.
struct Agent {
    _folder: tempfile::TempDir,
    recorder: Recorder,
}

impl Agent {
    fn new() -> Agent {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let (_, recorder) = prepare(&path, Clock::start(), Arc::default()).unwrap();
        Agent { _folder: folder, recorder }
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
