//! Questions from inside: over the agent's socket as the programs ask them.

use std::path::Path;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use wire::frame::{Decoder, Message};
use wire::{Call, Open, Reply};

use crate::home::{Home, Talk, until};

fn call(program: &str) -> Open {
    Open::Call(Call { program: program.into(), args: vec!["status".into()], columns: Some(80) })
}

#[tokio::test]
async fn a_question_comes_home_and_the_answer_goes_back() {
    let mut home = Home::here();
    let lines = home.lines().await;
    let mut socket = UnixStream::connect(home.run().join("calls.sock")).await.unwrap();
    socket.write_all(&call("deployctl").to_frame().unwrap()).await.unwrap();
    let (open, mut talk): (Open, Talk) = home.accept().await;
    assert_eq!(open, call("deployctl"));
    talk.say(&Reply::Stdout(b"2.3.2\n".to_vec())).await;
    talk.say(&Reply::Exit(4)).await;
    talk.stream.shutdown().await.unwrap();
    let mut decoder = Decoder::new();
    let mut heard = Vec::new();
    let mut buffer = [0; 256];
    loop {
        match tokio::io::AsyncReadExt::read(&mut socket, &mut buffer).await.unwrap() {
            0 => break,
            read => decoder.push(&buffer[..read]),
        }
    }
    while let Some(reply) = decoder.next::<Reply>().unwrap() {
        heard.push(reply);
    }
    assert_eq!(heard, [Reply::Stdout(b"2.3.2\n".to_vec()), Reply::Exit(4)]);
    drop(lines);
}

#[tokio::test]
async fn whoever_gives_up_asking_ends_the_stream() {
    let mut home = Home::here();
    let lines = home.lines().await;
    let mut socket = UnixStream::connect(home.run().join("calls.sock")).await.unwrap();
    socket.write_all(&call("oncall").to_frame().unwrap()).await.unwrap();
    let (_, mut talk) = home.accept().await;
    drop(socket);
    assert!(talk.hear::<Reply>().await.is_none());
    drop(lines);
}

#[tokio::test]
async fn more_docker_clients_than_there_are_descriptors_end_no_agent() {
    const CLIENTS: usize = 48;
    const DESCRIPTORS: u32 = 32;
    let mut home = Home::with_descriptors(DESCRIPTORS);
    let lines = home.lines().await;
    let path = home.run().join("docker.sock");
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(UnixStream::connect(&path).await.unwrap());
    }
    for _ in 0..8 {
        assert_eq!(home.accept().await.0, Open::Docker);
    }
    // All are there at once, so it tries to accept one more than it has descriptors for.
    let open = Path::new("/proc").join(home.pid().to_string()).join("fd");
    let is_full = || (0..DESCRIPTORS).all(|fd| open.join(fd.to_string()).is_symlink());
    until(|| is_full().then_some(())).await;
    clients.truncate(1);
    for _ in 8..CLIENTS {
        assert_eq!(home.accept().await.0, Open::Docker);
    }
    drop((lines, clients));
}

#[tokio::test]
async fn only_our_programs_may_ask() {
    let mut home = Home::here();
    let lines = home.lines().await;
    let mut socket = UnixStream::connect(home.run().join("calls.sock")).await.unwrap();
    socket.write_all(&call("rm").to_frame().unwrap()).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(tokio::io::AsyncReadExt::read(&mut socket, &mut buffer).await.unwrap(), 0);
    drop(lines);
}
