//! What is removed and what is not, and in which order.

use std::collections::BTreeMap;
use std::process::Command;

use testbed::clean::Reach;
use testbed::{Engine, Owner, ProvisionError, Silent, Testbed, clean};

use crate::ground::{images, lab, on, session, shell, sleeper};

#[tokio::test]
async fn two_sessions_stand_beside_each_other() {
    on("one", &[("edge", sleeper())], |one| async move {
        let other = session("two");
        let started = Testbed::provision(&one.engine, &other, &one.lab, &one.images, &Silent).await;
        let two = started.unwrap();
        let own = "getent hosts edge | cut -d' ' -f1";
        let here = one.run("workstation", own).await;
        let there = two.exec("workstation", &["sh", "-c", own], None).await.unwrap();
        assert_ne!(here.1, String::from_utf8(there.stdout).unwrap().trim());
        let removed = two.tear_down().await.unwrap();
        assert!(removed.sessions.contains(&other.session) && removed.sessions.len() == 1);
        assert_eq!(one.run("edge", "echo alive").await.1, "alive");
    })
    .await;
}

#[tokio::test]
async fn orphans_are_removed_and_live_sessions_are_not() {
    on("live", &[("edge", sleeper())], |live| async move {
        let dead = session("dead");
        let started =
            Testbed::provision(&live.engine, &dead, &live.lab, &live.images, &Silent).await;
        // As a killed process would leave it: nobody takes it down.
        drop(started.unwrap());
        // Other tests' sessions bear the same home; they are none of this test's business.
        let is_live = |session: &str| session != dead.session;
        let removed =
            clean::orphans(&live.engine, &Reach::Home(&dead.home), &is_live).await.unwrap();
        assert_eq!(removed.sessions.iter().collect::<Vec<_>>(), [&dead.session]);
        assert_eq!((removed.containers.len(), removed.networks.len()), (2, 1));
        assert_eq!(live.run("edge", "echo alive").await.1, "alive");
    })
    .await;
}

#[tokio::test]
async fn one_session_that_cannot_be_removed_keeps_no_other() {
    on("watching", &[("edge", sleeper())], |live| async move {
        let mut dead = [session("left-1"), session("left-2")];
        // The one that is come to first.
        dead.sort_by(|one, other| one.session.cmp(&other.session));
        for owner in &dead {
            let started =
                Testbed::provision(&live.engine, owner, &live.lab, &live.images, &Silent).await;
            drop(started.unwrap());
        }
        let [stuck, free] = &dead;
        let network = docker(&["network", "ls", "-q", "--filter", &label(stuck)]);
        // Somebody's own, which is nobody's to remove.
        let image = "debian:trixie-slim";
        let guest = docker(&["run", "-d", "--network", &network, image, "sleep", "300"]);
        let is_live = |session: &str| dead.iter().all(|owner| owner.session != session);
        let reach = Reach::Home(&stuck.home);
        let refused = clean::orphans(&live.engine, &reach, &is_live).await;
        let left = docker(&["ps", "-aq", "--filter", &label(free)]);
        docker(&["rm", "-f", &guest]);
        let removed = clean::orphans(&live.engine, &reach, &is_live).await.unwrap();
        assert!(refused.is_err() && left.is_empty(), "{refused:?}, left: {left}");
        assert_eq!(removed.sessions.iter().collect::<Vec<_>>(), [&stuck.session]);
    })
    .await;
}

fn label(owner: &Owner) -> String {
    format!("label=checkride.session={}", owner.session)
}

/// What the command prints, without the line's end.
fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn another_homes_session_is_spared_unless_everything_is_asked_for() {
    on("mine", &[("edge", sleeper())], |mine| async move {
        let own = session("neighbour");
        let other = Owner { home: format!("{}-other", own.home), ..own };
        let started =
            Testbed::provision(&mine.engine, &other, &mine.lab, &mine.images, &Silent).await;
        let theirs = started.unwrap();
        // To this home, the other one's session looks like one that nobody runs.
        let is_live = |session: &str| session != other.session;
        let reach = Reach::Home(&mine.owner.home);
        assert!(clean::orphans(&mine.engine, &reach, &is_live).await.unwrap().is_empty());
        let alive = theirs.exec("edge", &["echo", "alive"], None).await.unwrap();
        assert_eq!(alive.stdout, b"alive\n");
        let removed = clean::orphans(&mine.engine, &Reach::Engine, &is_live).await.unwrap();
        assert_eq!(removed.sessions.iter().collect::<Vec<_>>(), [&other.session]);
        assert_eq!(mine.run("edge", "echo alive").await.1, "alive");
    })
    .await;
}

#[tokio::test]
async fn no_container_ends_before_all_have_left_the_network() {
    let engine = Engine::connect().await.unwrap();
    let (session, lab) = (session("order"), lab(&[("edge", sleeper()), ("bank", sleeper())]));
    let images = images(&engine, &lab).await;
    let since = now();
    let started = Testbed::provision(&engine, &session, &lab, &images, &Silent).await.unwrap();
    let removed = started.tear_down().await.unwrap();
    assert_eq!((removed.containers.len(), removed.networks.len()), (3, 1));
    let network = removed.networks.first().unwrap();
    let left = events(&since, "disconnect", &format!("network={network}"), "container");
    let died = events(&since, "die", &label(&session), "name");
    assert_eq!((left.len(), died.len()), (3, 3), "{left:?} {died:?}");
    assert!(left.values().max() < died.values().min(), "left: {left:?}, died: {died:?}");
}

/// What `docker events` takes for a time, with nine digits after the second.
fn now() -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    format!("{}.{:09}", now.as_secs(), now.subsec_nanos())
}

/// When something happened last to each of the containers that a filter finds, in nanoseconds. `by` is the
/// event's attribute that has the container: an engine may tell of one leaving twice.
fn events(since: &str, what: &str, filter: &str, by: &str) -> BTreeMap<String, u64> {
    let format = format!("{{{{index .Actor.Attributes {by:?}}}}} {{{{.TimeNano}}}}");
    let (what, until) = (format!("event={what}"), now());
    let range = ["events", "--since", since, "--until", &until, "--format", &format];
    let text = docker(&[&range[..], &["--filter", &what, "--filter", filter]].concat());
    let events = text.lines().filter_map(|line| line.split_once(' '));
    events.map(|(container, at)| (container.to_owned(), at.parse().unwrap())).collect()
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing() {
    let engine = Engine::connect().await.unwrap();
    let (session, lab) = (session("given-up"), lab(&[("edge", sleeper()), ("bank", sleeper())]));
    let images = images(&engine, &lab).await;
    for milliseconds in [5, 60, 200] {
        let starting = Testbed::provision(&engine, &session, &lab, &images, &Silent);
        let patience = std::time::Duration::from_millis(milliseconds);
        drop(tokio::time::timeout(patience, starting).await);
        clean::session(&engine, &session).await.unwrap();
        // Looked for in another way than the code does.
        let left = Command::new("docker")
            .args(["ps", "--all", "--quiet", "--filter", &format!("name={}", session.session)])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(left.stdout).unwrap(), "");
    }
}

#[tokio::test]
async fn a_start_that_fails_says_why_and_leaves_nothing() {
    let engine = Engine::connect().await.unwrap();
    let session = session("fails");
    let mut lab = lab(&[("edge", sleeper())]);
    let images = images(&engine, &lab).await;

    // The workstation's program ends at once, with a word about it.
    let broken = shell("echo nothing to do here >&2; exit 1");
    let broken = lab::compose::Service { stdin_open: true, ..broken };
    lab.system.compose.services.insert("edge".to_owned(), broken);
    lab.system.workstation = "edge".to_owned();
    let error = Testbed::provision(&engine, &session, &lab, &images, &Silent).await.err().unwrap();
    assert!(matches!(error, ProvisionError::Link { .. }), "{error:?}");
    assert!(error.to_string().contains("nothing to do here"), "{error}");

    // A service that the images were not made for.
    lab.system.compose.services.insert("edge".to_owned(), sleeper());
    lab.system.workstation = "workstation".to_owned();
    lab.system.compose.services.insert("late".to_owned(), sleeper());
    let error = Testbed::provision(&engine, &session, &lab, &images, &Silent).await.err().unwrap();
    assert!(error.to_string().contains("late"), "{error}");
    assert!(clean::session(&engine, &session).await.unwrap().is_empty());
}
