//! The Docker door with the real CLI in the real workstation: a persona looks and acts by every
//! command (`personas/docker.yaml` says what each must show), and the record says what each was.

use serde_json::Value;

use crate::ground::Ground;

#[test]
fn every_command_works_as_known_and_is_recorded_as_what_it_is() {
    let ground = Ground::new();
    let persona = "tests/docker/personas/docker.yaml";
    let args = ["rehearse", "payments", "--cause", "leaky-release", "--persona", persona, "--json"];
    let output = ground.run(&args);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stdout}");
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    let session = summary["session"].as_str().unwrap();
    let events: Vec<Value> = ground
        .journal(session)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|event| event["kind"] == "docker")
        .collect();
    acts_have_their_effect(&events);
    looks_show_nothing_of_the_lab(&events, session);
    let folder = ground.home.path().join("sessions").join(session);
    let cast = std::fs::read_to_string(folder.join("exec-2.cast")).unwrap();
    assert!(cast.contains("two"), "{cast}");
}

/// The last event of a verb on a target that was carried out.
fn last<'a>(events: &'a [Value], verb: &str, target: &str) -> &'a Value {
    let wanted = |event: &&Value| {
        let data = &event["data"];
        data["verb"] == verb && data["target"] == target && data["ok"] == true
    };
    events.iter().rev().find(wanted).unwrap_or_else(|| panic!("no {verb} of {target}"))
}

fn acts_have_their_effect(events: &[Value]) {
    for (verb, target, before, after) in [
        ("restart", "payments-1", "running since", "running since"),
        ("stop", "prometheus", "running since", "exited"),
        ("pause", "edge", "running since", "paused"),
        ("unpause", "edge", "paused", "running since"),
        ("update", "payments-2", "memory 64 MiB", "memory 96 MiB, cpus 0.4"),
        ("kill", "payments-2", "running since", "exited (137)"),
        ("start", "payments-2", "exited (137)", "running since"),
    ] {
        let act = last(events, verb, target);
        assert_eq!(act["effect"], "act", "{act}");
        let text = |key: &str| act["data"][key].as_str().unwrap_or_default();
        assert!(text("before").starts_with(before), "{act}");
        assert!(text("after").starts_with(after), "{act}");
    }
    program_that_only_reads_is_one_look(events);
    let ended = events.iter().find(|event| detail(event) == "ended the container");
    assert_eq!(ended.expect("the kill by a program")["effect"], "act");
}

/// Told in one event or, where the machine is slow, in several of which each continues the one before.
fn program_that_only_reads_is_one_look(events: &[Value]) {
    let program = "cat /proc/1/comm";
    let told: Vec<&Value> =
        events.iter().filter(|event| detail(event).starts_with(program)).collect();
    assert!(told.iter().all(|event| event["effect"] == "look"), "{told:?}");
    let continued = told.iter().map(|event| event["data"]["continued"] == true);
    assert!(continued.eq((0..told.len()).map(|place| place > 0)), "{told:?}");
    let shown = told.iter().filter_map(|event| event["data"]["shown"].as_str());
    assert_eq!(shown.collect::<String>(), "payments\n");
    let last = told.last().expect("the program that only reads");
    assert_eq!(detail(last), format!("{program} (exit 0)"));
}

fn detail(event: &Value) -> &str {
    event["data"]["detail"].as_str().unwrap_or_default()
}

fn looks_show_nothing_of_the_lab(events: &[Value], session: &str) {
    for event in events {
        let shown = event["data"]["shown"].as_str().unwrap_or_default().to_lowercase();
        for word in ["checkride", "/var/lib", "database_url", "leaky-release", session] {
            assert!(!shown.contains(word), "{word} in {event}");
        }
    }
}
