//! Sudden ends: the orchestrator is interrupted or killed while the system starts, is proven well, is broken,
//! and in the incident ([`crate::leases`] kills at random moments, [`crate::debrief`] after it). Nothing may be
//! left, and the journal must be readable.

use nix::sys::signal::Signal;

use crate::ground::{Ground, wait_until};
use crate::program::Program;

/// Lets a rehearsal run until `mark` stands in its journal.
pub fn until(ground: &Ground, mark: &str) -> (Program, String) {
    let child = ground.start_rehearsal();
    let session = ground.session();
    wait_until(mark, || ground.journal(&session).contains(mark).then_some(()));
    (child, session)
}

fn killed_in(phase: &str) {
    let ground = Ground::new();
    let (mut child, session) = until(&ground, &format!(r#""phase":"{phase}""#));
    child.signal(Signal::SIGKILL);
    child.wait().unwrap();
    let removed = ground.json(&["clean", "--json"]);
    assert_eq!(ground.left_of(&session), [] as [&str; 0], "{removed}");
    assert_eq!(removed["journals_closed"][0], session.as_str(), "{removed}");
    assert!(ground.run(&["verify", &session]).status.success());
    assert_eq!(ground.json(&["sessions", "--json"])[0]["state"], "lost");
}

#[test]
fn killed_while_the_system_starts_nothing_is_left() {
    killed_in("provision");
}

#[test]
fn killed_in_the_baseline_nothing_is_left() {
    killed_in("baseline");
}

#[test]
fn killed_while_the_fault_is_injected_nothing_is_left() {
    killed_in("inject");
}

fn interrupted_in(phase: &str) {
    let ground = Ground::new();
    let (mut child, session) = until(&ground, &format!(r#""phase":"{phase}""#));
    child.signal(Signal::SIGINT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(ground.left_of(&session), [] as [&str; 0]);
    assert!(ground.run(&["verify", &session]).status.success());
    assert_eq!(ground.json(&["sessions", "--json"])[0]["state"], "interrupted");
}

#[test]
fn interrupted_while_the_system_starts_it_ends_in_order() {
    interrupted_in("provision");
}

#[test]
fn interrupted_in_the_incident_it_ends_in_order() {
    interrupted_in("live");
}

#[test]
fn cleaning_spares_a_session_that_runs() {
    let ground = Ground::new();
    let (mut child, session) = until(&ground, r#""phase":"baseline""#);
    // Neither this home nor another one on the same engine takes it for left over.
    for home in [&ground, &Ground::beside()] {
        let removed = home.json(&["clean", "--json"]);
        assert_eq!(removed["sessions"].as_array().map(Vec::len), Some(0), "{removed}");
    }
    assert!(!ground.left_of(&session).is_empty());
    child.signal(Signal::SIGTERM);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(ground.left_of(&session).is_empty());
}
