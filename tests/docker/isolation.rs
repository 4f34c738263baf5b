//! A stranger has a shell in a lab, beside another lab: what the engine says of the containers,
//! what can be reached and what can be found out. What abuse does is [`crate::abuse`]'s.
//!
//! Two labs are started once for all of it. Each part prints its table (`--nocapture` shows them);
//! docs/trust/isolation.md holds one.

use crate::ground::Ground;
use crate::leaks::Seen;
use crate::live::Live;
use crate::{cis, leaks, probes};

#[test]
fn a_stranger_with_a_shell_finds_neither_the_host_nor_the_answer() {
    let ground = Ground::new();
    let next_door = Ground::beside();
    let ((live, seen), (neighbour, other)) = std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| walked(&next_door, "shrunk-pool"));
        (walked(&ground, "leaky-release"), neighbour.join().unwrap())
    });

    let mut wrong = Vec::new();
    let mut part = |title: &str, (table, found): (String, Vec<String>)| {
        println!("== {title}\n{table}");
        wrong.extend(found.into_iter().map(|it| format!("{title}: {it}")));
    };
    part("CIS Docker Benchmark", cis::walk(&live));
    part("CIS Docker Benchmark, next door", cis::walk(&neighbour));
    part("reach", probes::walk(&live, &neighbour));
    part("leaks, leaky-release", leaks::words(&seen));
    part("leaks, shrunk-pool", leaks::words(&other));
    part("leaks, what differs", leaks::differences(&seen, &other));

    // A `clean` of one home leaves the other's session alone, and this one's that runs.
    let cleaned = ground.json(&["clean", "--json"]);
    assert_eq!(cleaned["sessions"].as_array().map(Vec::len), Some(0), "{cleaned}");
    live.ends_in_order();
    neighbour.ends_in_order();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A lab in its incident, and what can be found out in it.
fn walked<'a>(ground: &'a Ground, cause: &str) -> (Live<'a>, Seen) {
    let live = Live::start(ground, cause);
    let seen = leaks::walk(&live);
    (live, seen)
}

/// Every cause, with CHECKRIDE_TEST_FULL set: each against the first.
#[test]
fn no_cause_leaks_anything_that_a_real_incident_would_not_show() {
    let causes = ["flash-sale", "all-quiet", "leaky-release", "shrunk-pool"];
    let full = std::env::var_os("CHECKRIDE_TEST_FULL").is_some();
    let mut wrong = Vec::new();
    let mut first = None;
    for cause in &causes[..if full { causes.len() } else { 1 }] {
        let ground = Ground::new();
        let (_live, seen) = walked(&ground, cause);
        wrong.extend(leaks::words(&seen).1);
        match &first {
            None => first = Some(seen),
            Some(first) => wrong.extend(leaks::differences(first, &seen).1),
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
