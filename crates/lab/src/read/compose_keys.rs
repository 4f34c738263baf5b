//! The keys of the Compose specification that a lab may not use, and why. Looked for before the
//! file is read by its type, so that all of them are named at once, each with its reason.

use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, words};
use crate::yaml::node::Node;

const SERVICE_KEYS: [&str; 19] = [
    "image",
    "build",
    "x-files",
    "x-binary",
    "x-deployment",
    "command",
    "environment",
    "deploy",
    "user",
    "mem_limit",
    "cpus",
    "pids_limit",
    "read_only",
    "tmpfs",
    "volumes",
    "cap_add",
    "shm_size",
    "stop_grace_period",
    "stdin_open",
];

/// Keys that would let a container reach its host or the outside, or leave something behind.
const UNSAFE: [(&str, &str); 31] = [
    ("privileged", "it would give the container the whole host"),
    ("ports", "no port is published; the doors of the session lead inside"),
    ("network_mode", "it could put the container on the host's network"),
    ("networks", "all services share one network that leads nowhere else"),
    ("pid", "it could show the container the host's processes"),
    ("ipc", "it could share the host's memory with the container"),
    ("uts", "it could share the host's name with the container"),
    ("userns_mode", "it could make root in the container root on the host"),
    ("cgroup", "it could show the container the host's control groups"),
    ("cgroup_parent", "it could take the container out of its limits"),
    ("devices", "it would give the container devices of the host"),
    ("device_cgroup_rules", "it would give the container devices of the host"),
    ("gpus", "it would give the container devices of the host"),
    ("security_opt", "it could switch the confinement off; no-new-privileges is always set"),
    ("sysctls", "it would change the kernel's settings"),
    ("ulimits", "it could lift the limits; use `mem_limit`, `cpus` and `pids_limit`"),
    ("oom_kill_disable", "it could take the host's memory"),
    ("oom_score_adj", "it could make the host kill other processes first"),
    ("runtime", "it could run the container outside of its confinement"),
    ("extra_hosts", "it could lead to the host or the outside"),
    ("dns", "it could lead to the outside"),
    ("dns_search", "it could lead to the outside"),
    ("dns_opt", "it could lead to the outside"),
    ("external_links", "it would reach containers that are not the lab's"),
    ("volumes_from", "it could reach containers that are not the lab's"),
    ("env_file", "it would read a file of the host; use `environment`"),
    ("secrets", "it would read a file of the host; a lab has nothing that is secret"),
    ("configs", "it would read a file of the host; bake files into the image with `x-files`"),
    ("extends", "it would read another file; YAML anchors do the same within this one"),
    ("include", "it would read another file; YAML anchors do the same within this one"),
    ("group_add", "it could give the container groups that own files of the host"),
];

/// Keys that do no harm and have no place here.
const NEEDLESS: [(&str, &str); 17] = [
    ("depends_on", "all services start at once, and wait for one another by themselves"),
    ("healthcheck", "readiness is asked for from outside; see `ready` in lab.yaml"),
    ("restart", "a container that ends is a finding, not something to hide"),
    ("cap_drop", "all capabilities are dropped; `cap_add` keeps some"),
    ("container_name", "containers are named after their service"),
    ("hostname", "the host's name is that of the service"),
    ("labels", "labels are set by the session"),
    ("logging", "logs are kept by the engine, and read from there"),
    ("entrypoint", "write it in the Dockerfile"),
    ("working_dir", "write it in the Dockerfile"),
    ("expose", "all services reach all ports of one another"),
    ("links", "all services reach one another by name"),
    ("profiles", "all services are started"),
    ("init", "write an init into the image when one is needed"),
    ("tty", "the agent makes the terminals"),
    ("scale", "write `deploy: { replicas: … }`"),
    ("dockerfile", "call the file `Dockerfile`"),
];

/// Says what of the file is outside of the subset. `true` when nothing is.
pub(crate) fn subset(root: &At<Node>, found: &mut Findings) -> bool {
    let before = found.problems.len();
    texts(root, found);
    if let Node::Map(entries) = &root.value {
        for (key, _) in entries {
            // Extension fields at the top hold anchors; they have no meaning of their own.
            if !key.value.starts_with("x-") {
                known(key, &["services"], found);
            }
        }
    }
    if let Some(At { value: Node::Map(services), .. }) = root.value.get("services") {
        services.iter().for_each(|(_, service)| one_service(service, found));
    }
    found.problems.len() == before
}

fn one_service(service: &At<Node>, found: &mut Findings) {
    let Node::Map(entries) = &service.value else { return };
    for (key, value) in entries {
        if known(key, &SERVICE_KEYS, found) {
            form(key, value, found);
        }
    }
}

/// The forms of a value that Compose has and this subset has not.
fn form(key: &At<String>, value: &At<Node>, found: &mut Findings) {
    match (key.value.as_str(), &value.value) {
        ("build", Node::Map(entries)) => {
            entries.iter().for_each(|(key, _)| _ = known(key, &["context", "args"], found));
        }
        ("deploy", Node::Map(entries)) => {
            entries.iter().for_each(|(key, _)| _ = known(key, &["replicas"], found));
        }
        ("command", Node::Scalar(text)) => {
            let help = format!("write a list: `[{}]`", text.replace(' ', ", "));
            let message = "a command as one text would need a shell to take it apart";
            found.error(Rule::ComposeUnsupported, value, message, help);
        }
        ("volumes", Node::List(volumes)) => {
            volumes.iter().for_each(|volume| long_volume(volume, found));
        }
        _ => {}
    }
}

/// A volume as a mapping is refused whole: its short form says all that is allowed.
fn long_volume(volume: &At<Node>, found: &mut Findings) {
    if !matches!(volume.value, Node::Map(_)) {
        return;
    }
    let is_bind = volume.value.get("type").and_then(|kind| kind.value.text()) == Some("bind");
    let help = "write the path in the container only, such as `/var/lib/data`";
    if is_bind {
        let message = "a bind mount would show the container files of the host";
        found.error(Rule::ComposeUnsafe, volume, message, help);
    } else {
        let message = "a volume is written in its short form here";
        found.error(Rule::ComposeUnsupported, volume, message, help);
    }
}

fn known(key: &At<String>, allowed: &[&str], found: &mut Findings) -> bool {
    let name = key.value.as_str();
    if allowed.contains(&name) {
        return true;
    }
    let reason = |table: &[(&'static str, &'static str)]| {
        table.iter().find(|(key, _)| *key == name).map(|(_, why)| *why)
    };
    let help = format!("take it out; allowed here: {}", words(allowed.iter().copied()));
    if let Some(why) = reason(&UNSAFE) {
        let message = format!("`{name}` is refused: {why}");
        found.error(Rule::ComposeUnsafe, key, message, "take it out");
    } else if let Some(why) = reason(&NEEDLESS) {
        let message = format!("`{name}` is not needed: {why}");
        found.error(Rule::ComposeUnsupported, key, message, "take it out");
    } else {
        let message = format!("`{name}` is not in the subset of Compose that a lab may use");
        found.error(Rule::ComposeUnsupported, key, message, help);
    }
    false
}

/// Interpolation, wherever it stands: the same lab must be the same system on every machine.
fn texts(node: &At<Node>, found: &mut Findings) {
    match &node.value {
        Node::Null => {}
        Node::Scalar(text) => {
            if interpolates(text) {
                let message = "this would take a value from the environment of whoever starts it";
                let help = "write the value itself; a dollar sign that is meant is written `$$`";
                found.error(Rule::ComposeInterpolation, node, message, help);
            }
        }
        Node::List(elements) => elements.iter().for_each(|element| texts(element, found)),
        Node::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, found)),
    }
}

/// Whether a `$` is followed by a name or a brace, other than a doubled one.
fn interpolates(text: &str) -> bool {
    let rest = text.replace("$$", "");
    rest.match_indices('$').any(|(at, _)| {
        rest.get(at + 1..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|next| next == '{' || next == '_' || next.is_ascii_alphabetic())
    })
}
