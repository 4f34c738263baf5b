//! One system: provision, look inside, change it, take it down.

use std::collections::BTreeMap;

use futures::StreamExt;
use lab::compose::Service;
use testbed::{Death, TestbedError, clean};
use tokio::time::timeout;

use crate::ground::{PATIENCE, on, shell, sleeper};

#[tokio::test]
async fn a_system_starts_answers_and_leaves_nothing() {
    let two = Service { replicas: Some(2), ..sleeper() };
    on("start", &[("payments", two), ("edge", sleeper())], |ground| async move {
        let names = ["edge", "payments-1", "payments-2", "workstation"];
        assert_eq!(ground.testbed.containers(), names);

        let host = ground.run("payments-2", "hostname; getent hosts edge payments | wc -l").await;
        assert_eq!(host, (0, "payments-2\n3".to_owned()));
        let echoed = ground.testbed.exec("edge", &["cat"], Some(b"\0raw\n")).await.unwrap();
        assert_eq!((echoed.code, echoed.stdout), (0, b"\0raw\n".to_vec()));
        assert_eq!(ground.run("edge", "echo no >&2; exit 3").await, (3, "no".to_owned()));

        let removed = ground.testbed.tear_down().await.unwrap();
        assert_eq!(removed.containers.len(), 4);
        assert_eq!(removed.networks.len(), 1);
        let again = clean::session(&ground.engine, &ground.owner).await.unwrap();
        assert!(again.is_empty(), "{again:?}");
        assert!(ground.testbed.tear_down().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_a_container_may_do_is_what_the_lab_says() {
    let service = Service {
        tmpfs: BTreeMap::from([("/scratch".to_owned(), "size=1m,mode=1777".to_owned())]),
        ..sleeper()
    };
    on("limits", &[("edge", service)], |ground| async move {
        let status = ground.run("edge", "grep -E 'CapEff|NoNewPrivs|^Uid' /proc/1/status").await.1;
        assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
        assert!(status.contains("NoNewPrivs:\t1"), "{status}");
        assert!(status.contains("Uid:\t10001"), "{status}");
        assert_ne!(ground.run("edge", "touch /root-is-read-only").await.0, 0);
        assert_eq!(ground.run("edge", "touch /scratch/x").await.0, 0);
        let (_, environment) = ground.run("edge", "env | cut -d= -f1 | sort").await;
        for word in ["checkride", "lab", "session"] {
            assert!(!environment.to_lowercase().contains(word), "{environment}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_replacement_keeps_the_name_and_the_address() {
    on(
        "replace",
        &[("payments", Service { replicas: Some(1), ..sleeper() })],
        |ground| async move {
            let address = "getent hosts payments-1 | cut -d' ' -f1";
            let before = ground.run("workstation", address).await;
            let environment = BTreeMap::from([("POOL_SIZE".to_owned(), "2".to_owned())]);
            let image = ground.images.of("payments").to_owned();
            ground.testbed.replace("payments-1", &image, &environment).await.unwrap();
            assert_eq!(ground.run("workstation", address).await, before);
            assert_eq!(ground.run("payments-1", "echo $POOL_SIZE").await, (0, "2".to_owned()));

            let missing = "checkride/there-is-none:1";
            let refused = ground.testbed.replace("payments-1", missing, &environment).await;
            assert!(matches!(refused, Err(TestbedError::Engine { .. })), "{refused:?}");
            assert_eq!(ground.run("payments-1", "echo $POOL_SIZE").await, (0, "2".to_owned()));

            ground
                .testbed
                .add_replica("payments", "payments-2", &image, &environment)
                .await
                .unwrap();
            let both = ground.run("workstation", "getent ahosts payments | grep -c STREAM").await;
            assert_eq!(both, (0, "2".to_owned()));
            let twice =
                ground.testbed.add_replica("payments", "payments-2", &image, &environment).await;
            assert!(matches!(twice, Err(TestbedError::Exists { .. })), "{twice:?}");
            ground.testbed.remove("payments-2").await.unwrap();
            assert_eq!(ground.testbed.containers(), ["payments-1", "workstation"]);
            let unknown = ground.testbed.restart("payments-2").await.unwrap_err();
            assert!(unknown.to_string().contains("there are payments-1, workstation"), "{unknown}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_death_that_nobody_asked_for_is_told_and_the_others_are_not() {
    on("death", &[("edge", sleeper()), ("bank", sleeper())], |ground| async move {
        let mut deaths = ground.testbed.deaths();
        ground.up("bank", 1).await;
        ground.testbed.restart("bank").await.unwrap();
        // At once: the engine's word of the restart may still be on its way.
        ground.testbed.stop("bank").await.unwrap();
        ground.testbed.restart("bank").await.unwrap();
        let image = ground.images.of("edge").to_owned();
        ground.testbed.replace("edge", &image, &BTreeMap::new()).await.unwrap();
        ground.up("edge", 1).await;
        ground.run("edge", "kill -TERM 1").await;
        let death = timeout(PATIENCE, deaths.next()).await.unwrap().unwrap();
        assert_eq!(death, Death { name: "edge".to_owned(), exit_code: 0, oom: false });
        let again = timeout(PATIENCE, ground.testbed.deaths().next()).await.unwrap().unwrap();
        assert_eq!(again, death, "a listener that comes late hears of it too");
    })
    .await;
}

#[tokio::test]
async fn too_much_memory_is_told_from_other_deaths() {
    let hungry = shell("sleep 0.3; x=x; while :; do x=$x$x; done");
    on("memory", &[("hungry", hungry)], |ground| async move {
        let death = timeout(PATIENCE, ground.testbed.deaths().next()).await.unwrap().unwrap();
        assert_eq!((death.name.as_str(), death.oom), ("hungry", true), "{death:?}");
    })
    .await;
}

#[tokio::test]
async fn logs_come_from_the_start_over_a_restart_and_end_with_the_container() {
    let talker = shell("echo one; echo two >&2; trap 'echo bye; exit' TERM; sleep 3600 & wait");
    on("logs", &[("talker", talker)], |ground| async move {
        let mut logs = ground.testbed.logs("talker");
        let mut lines = Vec::new();
        for _ in 0..2 {
            lines.push(timeout(PATIENCE, logs.next()).await.unwrap().unwrap());
        }
        lines.sort_by_key(|line| line.stderr);
        assert_eq!(lines[0].text, "one");
        assert_eq!((lines[1].text.as_str(), lines[1].stderr), ("two", true));
        assert_eq!(lines[0].service, "talker");

        ground.testbed.restart("talker").await.unwrap();
        let mut texts = Vec::new();
        for _ in 0..3 {
            texts.push(timeout(PATIENCE, logs.next()).await.unwrap().unwrap().text);
        }
        texts[1..].sort();
        assert_eq!(texts, ["bye", "one", "two"]);

        ground.testbed.remove("talker").await.unwrap();
        let rest: Vec<_> = timeout(PATIENCE, logs.map(|line| line.text).collect()).await.unwrap();
        assert_eq!(rest, ["bye"]);
    })
    .await;
}

#[tokio::test]
async fn a_program_that_goes_on_is_seen_to_go_on_and_to_end() {
    let service = Service {
        tmpfs: BTreeMap::from([("/scratch".to_owned(), "size=1m,mode=1777".to_owned())]),
        ..sleeper()
    };
    on("spawn", &[("edge", service)], |ground| async move {
        // It prints more than a pipe holds, then waits for the file.
        let script = "seq 1 100000; until [ -e /scratch/go ]; do sleep 0.01; done; exit ";
        let script = format!("{script}$CODE");
        let argv = ["sh", "-c", &script];
        let spawned = ground.testbed.spawn_exec("edge", &argv, &["CODE=7"]).await;
        let (running, _input) = spawned.unwrap();
        assert_eq!(running.ended().await.unwrap(), None);
        ground.run("edge", "touch /scratch/go").await;
        let ended = timeout(PATIENCE, async {
            loop {
                if let Some(code) = running.ended().await.unwrap() {
                    return code;
                }
                tokio::task::yield_now().await;
            }
        });
        assert_eq!(ended.await.unwrap(), 7);
        let memory = ground.testbed.memory().await.unwrap();
        assert!((1 << 14..32 << 20).contains(&memory["edge"]), "{memory:?}");
    })
    .await;
}
