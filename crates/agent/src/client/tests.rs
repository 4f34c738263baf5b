//! A question over a real socket, with this test on the other end.

use std::os::unix::net::UnixListener;
use std::thread;

use super::*;

/// Answers one question with `answer` and gives what was asked and what came of it.
fn asked(answer: Vec<u8>) -> (Open, Result<u8, AgentError>, Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut decoder = Decoder::new();
        let mut buffer = [0; 1024];
        loop {
            let read = socket.read(&mut buffer).unwrap();
            decoder.push(&buffer[..read]);
            if let Some(open) = decoder.next::<Open>().unwrap() {
                socket.write_all(&answer).unwrap();
                return open;
            }
        }
    });
    let call = Call { program: "deployctl".into(), args: vec!["history".into()], columns: None };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let outcome = ask(&path, call, &mut stdout, &mut stderr);
    (server.join().unwrap(), outcome, stdout, stderr)
}

#[test]
fn an_answer_is_printed_and_its_exit_code_kept() {
    let mut answer = Vec::new();
    Reply::Stdout(b"2.3.2\n".to_vec()).encode(&mut answer).unwrap();
    Reply::Stderr(b"old\n".to_vec()).encode(&mut answer).unwrap();
    Reply::Exit(3).encode(&mut answer).unwrap();
    let (open, outcome, stdout, stderr) = asked(answer);
    assert!(matches!(open, Open::Call(call) if call.args == ["history"]));
    assert_eq!(outcome.unwrap(), 3);
    assert_eq!((stdout, stderr), (b"2.3.2\n".to_vec(), b"old\n".to_vec()));
}

#[test]
fn an_answer_that_breaks_off_means_that_the_link_is_down() {
    let (_, outcome, stdout, _) = asked(Reply::Stdout(b"half".to_vec()).to_frame().unwrap());
    assert_eq!(outcome.unwrap_err().to_string(), "the link is down");
    assert_eq!(stdout, b"half");
}

#[test]
fn a_socket_that_is_not_there_means_that_the_link_is_down() {
    let call = Call { program: "oncall".into(), args: vec![], columns: None };
    let outcome = ask(Path::new("/nonexistent/calls.sock"), call, &mut vec![], &mut vec![]);
    assert_eq!(outcome.unwrap_err().to_string(), "the link is down");
}
