//! Everything of a session is a lease: it goes when the orchestrator does, however that ends, and
//! with nobody there to clean up. The journal then says how it ended.
//!
//! With CHECKRIDE_TEST_FULL set, the orchestrator is killed at a hundred random moments.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::ground::{Ground, REHEARSAL, wait_until};
use crate::program::Program;
use crate::sudden::until;

/// What is promised: with no orchestrator, nothing is left after so long.
const LEASE: Duration = Duration::from_secs(60);

/// Waits, without any command of ours, until nothing of the session is on the engine.
fn gone_by_itself(ground: &Ground, session: &str) -> Duration {
    let begun = Instant::now();
    wait_until("the session's containers and network are gone", || {
        ground.left_of(session).is_empty().then_some(())
    });
    begun.elapsed()
}

fn is_closed_as(ground: &Ground, session: &str, state: &str) {
    wait_until(&format!("the session is {state}"), || {
        let rows = ground.json(&["sessions", "--json"]);
        let rows = rows.as_array().unwrap().iter();
        rows.filter(|row| row["session"] == session).find(|row| row["state"] == state).map(|_| ())
    });
    let verified = ground.run(&["verify", session]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// The process that watches over a session.
fn guard_of(session: &str) -> Option<Pid> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut guards = processes.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let words = std::fs::read_to_string(entry.path().join("cmdline")).ok()?;
        (words.contains("__guard") && words.contains(session)).then(|| Pid::from_raw(pid))
    });
    guards.next()
}

#[test]
fn killed_in_the_incident_everything_goes_by_itself_within_a_minute() {
    let ground = Ground::new();
    let (mut child, session) = until(&ground, r#""phase":"live""#);
    assert!(!ground.left_of(&session).is_empty());
    child.signal(Signal::SIGKILL);
    child.wait().unwrap();
    let took = gone_by_itself(&ground, &session);
    println!("gone {:.1} s after SIGKILL, with nobody there", took.as_secs_f64());
    assert!(took < LEASE, "it took {took:?}");
    is_closed_as(&ground, &session, "lost");
    // The next one who starts something is told, once.
    let told = ground.json(&["clean", "--json"]);
    assert_eq!(told["journals_closed"][0], session.as_str(), "{told}");
    let again = ground.json(&["clean", "--json"]);
    assert_eq!(again["journals_closed"].as_array().map(Vec::len), Some(0), "{again}");
    wait_until("the guard has ended as well", || guard_of(&session).is_none().then_some(()));
}

/// A rehearsal that leads a process group of its own.
fn in_a_group(ground: &Ground) -> Program {
    let mut command = ground.command(&REHEARSAL);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    Program::start(&mut command)
}

#[test]
fn killed_with_its_whole_process_group_everything_goes_by_itself() {
    let ground = Ground::new();
    let mut child = in_a_group(&ground);
    let session = ground.session();
    wait_until("containers are there", || (ground.left_of(&session).len() > 3).then_some(()));
    killpg(child.pid(), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
    let took = gone_by_itself(&ground, &session);
    assert!(took < LEASE, "it took {took:?}");
    is_closed_as(&ground, &session, "lost");
}

#[test]
fn killed_with_its_folder_gone_everything_goes_by_itself() {
    let ground = Ground::new();
    let mut child = in_a_group(&ground);
    let session = ground.session();
    wait_until("containers are there", || (ground.left_of(&session).len() > 3).then_some(()));
    let sessions = ground.home.path().join("sessions");
    std::fs::rename(&sessions, ground.home.path().join("elsewhere")).unwrap();
    child.signal(Signal::SIGKILL);
    child.wait().unwrap();
    let took = gone_by_itself(&ground, &session);
    assert!(took < LEASE, "it took {took:?}");
}

#[test]
fn an_end_in_order_needs_no_home() {
    let ground = Ground::new();
    let mut child = in_a_group(&ground);
    let session = ground.session();
    wait_until("containers are there", || (ground.left_of(&session).len() > 3).then_some(()));
    std::fs::remove_dir_all(ground.home.path()).unwrap();
    child.signal(Signal::SIGINT);
    child.wait().unwrap();
    assert_eq!(ground.left_of(&session), [] as [&str; 0]);
    wait_until("the guard has ended as well", || guard_of(&session).is_none().then_some(()));
}

#[test]
fn the_end_of_its_terminal_ends_a_session_in_order() {
    let ground = Ground::new();
    let mut command = ground.command(&REHEARSAL);
    let (reader, terminal) = std::io::pipe().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(terminal).process_group(0);
    let mut child = Program::start(&mut command);
    let session = ground.session();
    wait_until("containers are there", || (ground.left_of(&session).len() > 3).then_some(()));
    // Whoever read what it says is gone as well.
    drop((reader, command));
    // As the kernel does it: to everybody in the terminal's foreground.
    killpg(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGHUP).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(ground.left_of(&session), [] as [&str; 0]);
    is_closed_as(&ground, &session, "interrupted");
    assert_eq!(guard_of(&session), None, "the guard was dismissed");
}

/// Where a sample of the moments lies: each in its own part of a session's first half minute, in
/// which all phases begin.
fn moments(count: u64) -> impl Iterator<Item = Duration> {
    let seed = std::process::id();
    let first = if count > 10 { 30_000 } else { 12_000 };
    (0..count).map(move |number| {
        let part = first / count;
        // Not the same in every run, and told when it fails.
        let within = u64::from(seed).wrapping_mul(6_364_136_223_846_793_005 + number) % part;
        Duration::from_millis(part * number + within)
    })
}

/// In full a hundred moments, in chains that go on side by side; they keep the machine busy by themselves.
#[test]
fn killed_at_random_moments_nothing_is_left_after_the_next_start() {
    let full = std::env::var_os("CHECKRIDE_TEST_FULL").is_some();
    let (chains, kills) = if full { (5, 100) } else { (1, 4) };
    let moments: Vec<Duration> = moments(kills).collect();
    let _ground = if full { Ground::alone() } else { Ground::new() };
    std::thread::scope(|scope| {
        for first in 0..chains {
            let moments = moments.iter().copied().skip(first).step_by(chains);
            scope.spawn(move || chain(&Ground::beside(), moments));
        }
    });
}

/// Sessions one after the other: each is killed at its moment, every second one together with its
/// guard, and the start of the next one has to find and close it.
fn chain(ground: &Ground, moments: impl Iterator<Item = Duration>) {
    let (mut killed, mut unguarded) = (Vec::new(), 0);
    for (number, moment) in moments.enumerate() {
        let mut child = ground.start_rehearsal();
        let session = ground.session_after(killed.len());
        nothing_is_left_of(ground, &killed);
        // Not a wait for something: the moment itself is what is drawn.
        std::thread::sleep(moment);
        if number % 2 == 0
            && let Some(guard) = guard_of(&session)
        {
            // The guard first, else it may be through before it dies.
            kill(guard, Signal::SIGKILL).unwrap();
            unguarded += 1;
        }
        child.signal(Signal::SIGKILL);
        child.wait().unwrap();
        killed.push(session);
    }
    let mut last = ground.command(&REHEARSAL);
    let mut last = Program::start(last.stdout(Stdio::null()).stderr(Stdio::piped()));
    ground.session_after(killed.len());
    nothing_is_left_of(ground, &killed);
    last.signal(Signal::SIGINT);
    let mut told = String::new();
    last.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    last.wait().unwrap();
    let newest = killed.last().unwrap();
    assert!(told.contains(&format!("the earlier session {newest} had been killed")), "{told}");
    println!("{} sessions killed, {unguarded} with their guard: nothing left", killed.len());
}

fn nothing_is_left_of(ground: &Ground, killed: &[String]) {
    for session in killed {
        assert_eq!(ground.left_of(session), [] as [&str; 0], "left of {session}");
        is_closed_as(ground, session, "lost");
    }
}
