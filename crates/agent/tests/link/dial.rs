//! Connections from inside.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wire::{Dialled, Open};

use crate::home::Home;

#[tokio::test]
async fn a_dial_carries_bytes_both_ways_and_each_side_may_finish_first() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        socket.read_to_string(&mut asked).await.unwrap();
        socket.write_all(asked.to_uppercase().repeat(100_000).as_bytes()).await.unwrap();
    });
    let home = Home::here();
    let mut talk = home.open(Open::Dial { host: "127.0.0.1".into(), port }).await;
    assert_eq!(talk.hear::<Dialled>().await, Some(Dialled::Connected));
    talk.stream.write_all(b"hello").await.unwrap();
    talk.stream.shutdown().await.unwrap();
    let mut answer = talk.decoder.rest().to_vec();
    talk.stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer.len(), 500_000);
    assert!(answer.starts_with(b"HELLOHELLO"));
    server.await.unwrap();
}

#[tokio::test]
async fn a_dial_that_is_refused_says_why() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let home = Home::here();
    let mut talk = home.open(Open::Dial { host: "127.0.0.1".into(), port }).await;
    match talk.hear::<Dialled>().await.unwrap() {
        Dialled::Refused { reason } => {
            assert!(reason.starts_with(&format!("127.0.0.1:{port}: ")), "{reason}");
        }
        Dialled::Connected => panic!("nobody listens there"),
    }
}
