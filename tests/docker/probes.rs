//! What can be reached from inside the workstation: nothing but the lab itself. Each probe is made
//! by the person's user, and is worth something only because its counterpart answers.

use std::net::TcpListener;

use serde_json::Value;

use crate::live::{Live, docker};

/// Says of `host port` whether it can be reached at all: a refusal is an answer too.
const DIAL: &str = r#"dial() {
    local said
    if said=$(timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2" 2>&1); then echo "$1 $2 open"
    elif [[ $said == *refused* ]]; then echo "$1 $2 refused"
    else echo "$1 $2 out-of-reach"; fi
}
"#;

/// Probes everything that must be out of reach of `live`; gives the table, and what is wrong.
pub fn walk(live: &Live<'_>, neighbour: &Live<'_>) -> (String, Vec<String>) {
    // Something of this machine that would answer whoever gets here.
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut targets: Vec<(&str, String, u16)> = Vec::new();
    for host in addresses_of_this_machine() {
        targets.push(("this machine", host.clone(), port));
        targets.push(("the engine's TCP port", host, 2375));
    }
    targets.push(("the network's gateway", gateway(live), port));
    for (what, host, port) in [
        ("metadata of a cloud", "169.254.169.254", 80),
        ("the world", "1.1.1.1", 443),
        ("the world", "8.8.8.8", 53),
    ] {
        targets.push((what, host.to_owned(), port));
    }
    for (name, container) in neighbour.containers() {
        for port in ports_of(&name) {
            targets.push(("another lab", address(&container), *port));
        }
    }
    let mut wrong = Vec::new();
    let mut table = dial_all(live, &targets, &mut wrong);
    for (name, found) in [
        ("names from outside", names(live)),
        ("routes and addresses", routes(live)),
        ("sockets in the workstation", sockets(live)),
        ("ports of the orchestrator", listening(live.process())),
        ("the lab itself answers", own(live)),
    ] {
        let state = if found.is_empty() { "holds" } else { "DOES NOT HOLD" };
        table.push_str(&format!("{name:<34} {state}\n"));
        wrong.extend(found.into_iter().map(|it| format!("{name}: {it}")));
    }
    (table, wrong)
}

fn dial_all(live: &Live<'_>, targets: &[(&str, String, u16)], wrong: &mut Vec<String>) -> String {
    let dials: Vec<String> =
        targets.iter().map(|(_, host, port)| format!("dial {host} {port} &")).collect();
    let said = live.run(&format!("{DIAL}{}\nwait", dials.join("\n")));
    let mut table = String::new();
    for (what, host, port) in targets {
        let state = said.lines().find_map(|line| line.strip_prefix(&format!("{host} {port} ")));
        let state = state.unwrap_or("NO ANSWER");
        table.push_str(&format!("{what:<22} {:<22} {state}\n", format!("{host}:{port}")));
        if state != "out-of-reach" {
            wrong.push(format!("{what} at {host}:{port} is {state}"));
        }
    }
    table
}

fn addresses_of_this_machine() -> Vec<String> {
    let output = std::process::Command::new("hostname").arg("-I").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().filter(|it| it.contains('.')).map(str::to_owned).collect()
}

fn gateway(live: &Live<'_>) -> String {
    let format = "{{(index .IPAM.Config 0).Gateway}}";
    docker(&["network", "inspect", "--format", format, &live.session]).trim().to_owned()
}

fn address(container: &Value) -> String {
    let networks = container.pointer("/NetworkSettings/Networks").unwrap().as_object().unwrap();
    let network = networks.values().next().unwrap();
    network["IPAddress"].as_str().unwrap().to_owned()
}

fn ports_of(name: &str) -> &'static [u16] {
    match name.split('-').next() {
        Some("postgres") => &[5432, 9187],
        Some("prometheus") => &[9090],
        Some("edge" | "acquirer") => &[8080],
        Some("payments") => &[8080, 9100],
        _ => &[22],
    }
}

/// Each lookup fails, and soon: nobody should wonder whether something hangs.
fn names(live: &Live<'_>) -> Vec<String> {
    let lookups = [
        "getent hosts example.com",
        "getent hosts canary-4711.example.org.",
        "host -W 1 canary-4711.example.org",
        "host -W 1 -t txt canary-4711.example.org 127.0.0.11",
        "host -W 1 example.com 8.8.8.8",
    ];
    let script = lookups.map(|it| {
        format!("s=${{EPOCHREALTIME/./}}; timeout 10 {it} >/dev/null 2>&1; echo $? $(( (${{EPOCHREALTIME/./}} - s) / 1000 ))")
    });
    let said = live.run(&script.join("\n"));
    let answers: Vec<&str> = said.lines().collect();
    let mut wrong = Vec::new();
    for (lookup, answer) in lookups.iter().zip(&answers) {
        let (code, took) = answer.split_once(' ').unwrap_or(("?", "0"));
        if code == "0" {
            wrong.push(format!("`{lookup}` finds something"));
        }
        // Three seconds are promised; a busy machine adds to them.
        if took.parse::<u64>().unwrap_or(u64::MAX) > 4000 {
            wrong.push(format!("`{lookup}` took {took} ms"));
        }
    }
    if answers.len() != lookups.len() {
        wrong.push(format!("only {} of {} lookups ended", answers.len(), lookups.len()));
    }
    wrong
}

/// No address of another kind, and nobody behind the way out: an engine may set a route to a
/// gateway that it has given no address.
fn routes(live: &Live<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let addresses = live.run("ip -6 -o addr show dev eth0; ip -6 route show default");
    if !addresses.trim().is_empty() {
        wrong.push(format!("there is a way by IPv6: {addresses}"));
    }
    let gateway = gateway(live);
    let known = live.run(&format!("ip neigh show {gateway}"));
    if known.contains("lladdr") {
        wrong.push(format!("somebody answers as the gateway: {known}"));
    }
    wrong
}

/// The agent's own, and the one behind which the gate stands; no socket of a host.
fn sockets(live: &Live<'_>) -> Vec<String> {
    let found = live.run("find / -xdev -type s 2>/dev/null; find /run /tmp -type s 2>/dev/null");
    let mounted = live.run("grep -c docker.sock /proc/self/mountinfo");
    let known = ["/run/oncall/", "/run/docker.sock"];
    let mut wrong: Vec<String> = found
        .lines()
        .filter(|path| !known.iter().any(|known| path.starts_with(known)))
        .map(|path| format!("there is a socket {path}"))
        .collect();
    if mounted.trim() != "0" {
        wrong.push("a socket of the engine is mounted".to_owned());
    }
    wrong
}

/// 127.0.0.1 as the kernel's tables write it, where a socket of ours is bound.
const LOOPBACK: &str = ": 0100007F:";

/// The orchestrator listens on the console's port alone, on this machine's loopback, which is none of
/// the lab's. By inode, since ports are no process's own.
fn listening(process: u32) -> Vec<String> {
    let folder = std::path::Path::new("/proc").join(process.to_string());
    let own: Vec<String> = std::fs::read_dir(folder.join("fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| std::fs::read_link(fd.path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|to| Some(to.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let tables = ["tcp", "tcp6", "udp", "udp6"];
    let rows = tables.iter().flat_map(|table| {
        let text = std::fs::read_to_string(folder.join("net").join(table)).unwrap_or_default();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    });
    let mut listening: Vec<String> = rows
        .filter(|row| {
            let columns: Vec<&str> = row.split_whitespace().collect();
            let (state, inode) = (columns.get(3).copied(), columns.get(9).copied());
            matches!(state, Some("0A" | "07")) && own.iter().any(|own| Some(own.as_str()) == inode)
        })
        .collect();
    let console = listening.iter().position(|row| row.contains(LOOPBACK));
    if let Some(console) = console {
        listening.remove(console);
    }
    listening
}

/// The counterpart: the same dials do find what is there.
fn own(live: &Live<'_>) -> Vec<String> {
    let said = live.run(&format!("{DIAL}dial prometheus 9090; dial postgres 5432; dial edge 8080"));
    said.lines().filter(|line| !line.ends_with(" open")).map(str::to_owned).collect()
}
