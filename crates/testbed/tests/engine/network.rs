//! The session's network and the link into it.

use std::time::Instant;

use testbed::LinkError;
use tokio::time::timeout;

use crate::ground::{PATIENCE, on, shell, sleeper};

/// Answers every request on port 80 with its own environment; perl is in every Debian.
const SERVER: &str = r#"exec perl -MIO::Socket::INET -e '
    my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
    while (my $client = $server->accept) {
        while (my $line = <$client>) { last if $line eq "\r\n" }
        print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nready";
        close $client;
    }'"#;

#[tokio::test]
async fn http_goes_through_the_workstation_into_the_system() {
    on("http", &[("web", shell(SERVER))], |ground| async move {
        let link = ground.testbed.link();
        let answer = timeout(PATIENCE, async {
            loop {
                match link.http_get("web", 8080, "/readyz").await {
                    Ok(answer) => return answer,
                    // It does not listen yet.
                    Err(LinkError::Refused { .. }) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        let answer = answer.await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, &b"ready"[..]));
        let refused = link.dial("web", 81).await.unwrap_err();
        assert!(matches!(refused, LinkError::Refused { port: 81, .. }), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_link_ends_with_the_workstation() {
    on("end", &[], |ground| async move {
        ground.testbed.stop("workstation").await.unwrap();
        timeout(PATIENCE, ground.testbed.link().ended()).await.unwrap();
        let error = ground.testbed.link().dial("workstation", 1).await.unwrap_err();
        assert!(matches!(error, LinkError::Ended { .. }), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn neither_the_host_nor_the_world_is_in_reach() {
    on("island", &[("edge", sleeper())], |ground| async move {
        // The host's address on the session's network would be the first of its subnet; the other
        // is the host's on the engine's default network. Both would refuse where nobody listens.
        let first = "getent hosts edge | awk '{split($1, p, \".\"); printf \"%d.%d.%d.%d\", \
                     p[1], p[2], p[3], int(p[4] / 32) * 32 + 1}'";
        let first = ground.run("workstation", first).await.1;
        for host in [first.as_str(), "172.17.0.1"] {
            let dialled = ground.testbed.link().dial(host, 9).await.unwrap_err();
            let answered = dialled.to_string().to_lowercase().contains("refused");
            assert!(!answered, "something answered at {host}: {dialled}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_from_outside_fails_soon() {
    on("names", &[("edge", sleeper())], |ground| async move {
        let began = Instant::now();
        let (code, _) = ground.run("edge", "getent hosts example.invalid.").await;
        assert_ne!(code, 0);
        assert!(began.elapsed().as_secs() < 5, "it took {:?}", began.elapsed());
        assert_eq!(ground.run("edge", "getent hosts workstation | wc -l").await.1, "1");
    })
    .await;
}
