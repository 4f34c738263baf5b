//! The points of the CIS Docker Benchmark, sections 4 and 5, on every container of a live lab, each
//! by its number, from what the engine says of it.

use serde_json::Value;

use crate::live::{Live, docker};

/// What is asked of a container; the answer is what is wrong with it.
type Check = fn(&str, &Value) -> Option<String>;

/// A point that applies, and how it is looked at.
struct Point {
    number: &'static str,
    title: &'static str,
    check: Check,
}

/// Its first process becomes the person's user, and ends what that user has started.
const WORKSTATION: [&str; 3] = ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"];

/// What does not apply, and why, stands in docs/trust/isolation.md: 5.1 (no swarm), 5.3 (SELinux),
/// 5.14 (no port is bound at all), 5.27 (readiness is polled by the orchestrator).
const POINTS: &[Point] = &[
    Point {
        number: "4.1",
        title: "runs as a user of its own",
        check: |name, it| {
            let user = text(it, "/Config/User");
            let root = matches!(user, "" | "0" | "root") || user.starts_with("0:");
            // Stated exception: it must become somebody else, and no shell of it is root.
            wrong_if(root && name != "workstation", user)
        },
    },
    Point {
        number: "5.2",
        title: "AppArmor, where the engine has it",
        check: |_, it| {
            let has = docker(&["info", "--format", "{{.SecurityOptions}}"]).contains("apparmor");
            wrong_if(
                has && text(it, "/AppArmorProfile") != "docker-default",
                text(it, "/AppArmorProfile"),
            )
        },
    },
    Point {
        number: "5.4",
        title: "all capabilities dropped",
        check: |name, it| {
            let added: Vec<String> = list(it, "/HostConfig/CapAdd").map(cap).collect();
            let allowed =
                |cap: &String| name == "workstation" && WORKSTATION.contains(&cap.as_str());
            let dropped = list(it, "/HostConfig/CapDrop").any(|cap| cap == "ALL");
            wrong_if(!dropped || !added.iter().all(allowed), &format!("{added:?}"))
        },
    },
    Point {
        number: "5.5",
        title: "not privileged",
        check: |_, it| {
            wrong_if(
                it.pointer("/HostConfig/Privileged") != Some(&Value::Bool(false)),
                "privileged",
            )
        },
    },
    Point {
        number: "5.6",
        title: "no directory of the host is mounted",
        check: |_, it| {
            let mounts = it["Mounts"].as_array().unwrap().iter();
            let kinds: Vec<&str> = mounts.map(|mount| mount["Type"].as_str().unwrap()).collect();
            let binds = list(it, "/HostConfig/Binds").count();
            wrong_if(binds > 0 || kinds.contains(&"bind"), &format!("{kinds:?}"))
        },
    },
    Point {
        number: "5.7",
        title: "no SSH server",
        check: |_, it| {
            let processes = docker(&["top", id(it)]);
            wrong_if(processes.contains("sshd"), &processes)
        },
    },
    Point {
        number: "5.8, 5.9",
        title: "no port is published",
        check: |_, it| {
            let bound = it.pointer("/HostConfig/PortBindings").is_some_and(has_members);
            let published = it.pointer("/NetworkSettings/Ports").and_then(Value::as_object);
            let open = published.is_some_and(|ports| ports.values().any(|it| !it.is_null()));
            let all = it.pointer("/HostConfig/PublishAllPorts") == Some(&Value::Bool(true));
            wrong_if(bound || open || all, "a port is published")
        },
    },
    Point {
        number: "5.10",
        title: "not the host's network",
        check: |_, it| wrong_if(text(it, "/HostConfig/NetworkMode") == "host", "host"),
    },
    Point {
        number: "5.11",
        title: "memory is limited, swap too",
        check: |_, it| {
            let (memory, swap) = (number(it, "Memory"), number(it, "MemorySwap"));
            wrong_if(memory <= 0 || swap != memory, &format!("{memory}, with swap {swap}"))
        },
    },
    Point {
        number: "5.12",
        title: "processor time is limited",
        check: |_, it| wrong_if(number(it, "NanoCpus") <= 0, "no limit"),
    },
    Point {
        number: "5.13",
        title: "the root file system is read-only",
        check: |_, it| {
            wrong_if(
                it.pointer("/HostConfig/ReadonlyRootfs") != Some(&Value::Bool(true)),
                "writable",
            )
        },
    },
    Point {
        number: "5.15",
        title: "is not restarted by the engine",
        check: |_, it| {
            let policy = text(it, "/HostConfig/RestartPolicy/Name");
            wrong_if(!matches!(policy, "no" | ""), policy)
        },
    },
    Point {
        number: "5.16",
        title: "not the host's processes",
        check: |_, it| {
            wrong_if(!text(it, "/HostConfig/PidMode").is_empty(), text(it, "/HostConfig/PidMode"))
        },
    },
    Point {
        number: "5.17",
        title: "not the host's IPC",
        check: |_, it| {
            let mode = text(it, "/HostConfig/IpcMode");
            wrong_if(!matches!(mode, "private" | "none" | ""), mode)
        },
    },
    Point {
        number: "5.18",
        title: "no device of the host",
        check: |_, it| wrong_if(list(it, "/HostConfig/Devices").count() > 0, "devices"),
    },
    Point {
        number: "5.19",
        title: "open files and core dumps are limited",
        check: |_, it| {
            let limits = it.pointer("/HostConfig/Ulimits").and_then(Value::as_array).unwrap();
            let named = |name: &str| limits.iter().any(|limit| limit["Name"] == name);
            wrong_if(!named("nofile") || !named("core"), &format!("{limits:?}"))
        },
    },
    Point {
        number: "5.20",
        title: "no mount is shared with the host",
        check: |_, it| {
            let mounts = it["Mounts"].as_array().unwrap().iter();
            let shared = mounts.filter(|mount| mount["Propagation"] == "shared").count();
            wrong_if(shared > 0, "shared")
        },
    },
    Point {
        number: "5.21",
        title: "not the host's UTS",
        check: |_, it| {
            wrong_if(!text(it, "/HostConfig/UTSMode").is_empty(), text(it, "/HostConfig/UTSMode"))
        },
    },
    Point {
        number: "5.22",
        title: "seccomp is on",
        check: |_, it| {
            let off = list(it, "/HostConfig/SecurityOpt").any(|it| it.contains("unconfined"));
            let has = docker(&["info", "--format", "{{.SecurityOptions}}"]).contains("seccomp");
            wrong_if(off || !has, "unconfined")
        },
    },
    Point {
        number: "5.23, 5.24",
        title: "no exec is privileged",
        check: |_, it| {
            let execs: Vec<String> = list(it, "/ExecIDs").map(str::to_owned).collect();
            let privileged = execs.iter().filter(|exec| is_privileged(exec)).count();
            wrong_if(privileged > 0, &format!("{privileged} of {}", execs.len()))
        },
    },
    Point {
        number: "5.25",
        title: "the engine's own cgroup",
        check: |_, it| {
            let parent = text(it, "/HostConfig/CgroupParent");
            wrong_if(!parent.is_empty(), parent)
        },
    },
    Point {
        number: "5.26",
        title: "gains no privileges",
        check: |_, it| {
            let said =
                list(it, "/HostConfig/SecurityOpt").any(|it| it.starts_with("no-new-privileges"));
            wrong_if(!said, "no-new-privileges is not set")
        },
    },
    Point {
        number: "5.28",
        title: "an image named by its content",
        check: |_, it| {
            let image = text(it, "/Config/Image");
            let tag = image.rsplit_once(':').map_or("latest", |(_, tag)| tag);
            wrong_if(tag == "latest" || tag.len() < 12, image)
        },
    },
    Point {
        number: "5.29",
        title: "processes are limited",
        check: |_, it| {
            let limit = number(it, "PidsLimit");
            wrong_if(!(1..=512).contains(&limit), &limit.to_string())
        },
    },
    Point {
        number: "5.30",
        title: "a network of its own, not docker0",
        check: |_, it| {
            let networks =
                it.pointer("/NetworkSettings/Networks").and_then(Value::as_object).unwrap();
            let names: Vec<&String> = networks.keys().collect();
            wrong_if(names.len() != 1 || names[0] == "bridge", &format!("{names:?}"))
        },
    },
    Point {
        number: "5.31",
        title: "not the host's user namespace by request",
        check: |_, it| wrong_if(text(it, "/HostConfig/UsernsMode") == "host", "host"),
    },
    Point {
        number: "5.32",
        title: "no socket of the engine",
        check: |_, it| {
            wrong_if(it["Mounts"].to_string().contains("docker.sock"), "docker.sock is mounted")
        },
    },
    Point {
        number: "2.13, 5.x",
        title: "the log is bounded",
        check: |_, it| {
            let kind = text(it, "/HostConfig/LogConfig/Type");
            let bounded = it.pointer("/HostConfig/LogConfig/Config/max-size").is_some();
            wrong_if(kind != "none" && !bounded, kind)
        },
    },
];

/// Looks at every point of every container; gives the table, and what is wrong.
pub fn walk(live: &Live<'_>) -> (String, Vec<String>) {
    let containers = live.containers();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for Point { number, title, check } in POINTS {
        let found: Vec<String> = containers
            .iter()
            .filter_map(|(name, it)| {
                Some(format!("{number} {title}: {name}: {}", check(name, it)?))
            })
            .collect();
        let state = if found.is_empty() { "holds" } else { "DOES NOT HOLD" };
        table.push_str(&format!("{number:<11} {title:<45} {state}\n"));
        wrong.extend(found);
    }
    (format!("{} containers\n{table}", containers.len()), wrong)
}

fn wrong_if(wrong: bool, what: &str) -> Option<String> {
    wrong.then(|| format!("`{what}`"))
}

fn id(container: &Value) -> &str {
    container["Id"].as_str().unwrap()
}

fn text<'a>(container: &'a Value, pointer: &str) -> &'a str {
    container.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn number(container: &Value, key: &str) -> i64 {
    container.pointer(&format!("/HostConfig/{key}")).and_then(Value::as_i64).unwrap_or(0)
}

fn list<'a>(container: &'a Value, pointer: &str) -> impl Iterator<Item = &'a str> {
    let items = container.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    items.map(|item| item.as_str().unwrap_or("?"))
}

fn has_members(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}

fn cap(name: &str) -> String {
    if name.starts_with("CAP_") { name.to_owned() } else { format!("CAP_{name}") }
}

/// The command line does not show an exec; the engine's own socket does.
fn is_privileged(exec: &str) -> bool {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let socket = host.strip_prefix("unix://").unwrap_or("/var/run/docker.sock").to_owned();
    let address = format!("http://engine/exec/{exec}/json");
    let asked = std::process::Command::new("curl")
        .args(["--silent", "--unix-socket", &socket, &address])
        .output()
        .unwrap();
    // An exec that has just ended is not there any more.
    let answer: Value = serde_json::from_slice(&asked.stdout).unwrap_or_default();
    answer.pointer("/ProcessConfig/privileged") == Some(&Value::Bool(true))
}
