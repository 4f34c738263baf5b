//! Answers about containers: the list, one of them, its processes, a program run in it.

use serde_json::{Map, Value, json};

use super::{NETWORK, keep, scrub, text};
use crate::{Container, Filters, Scope};

const STATE: [&str; 12] = [
    "Status",
    "Running",
    "Paused",
    "Restarting",
    "OOMKilled",
    "Dead",
    "Pid",
    "ExitCode",
    "Error",
    "StartedAt",
    "FinishedAt",
    "Health",
];
const LIMITS: [&str; 15] = [
    "Memory",
    "MemorySwap",
    "MemoryReservation",
    "NanoCpus",
    "CpuShares",
    "CpuQuota",
    "CpuPeriod",
    "PidsLimit",
    "RestartPolicy",
    "ReadonlyRootfs",
    "OomKillDisable",
    "ShmSize",
    "Ulimits",
    "CapDrop",
    "CapAdd",
];
const CONFIG: [&str; 15] = [
    "Hostname",
    "User",
    "AttachStdin",
    "AttachStdout",
    "AttachStderr",
    "ExposedPorts",
    "Tty",
    "OpenStdin",
    "StdinOnce",
    "Cmd",
    "Entrypoint",
    "WorkingDir",
    "StopSignal",
    "StopTimeout",
    "Healthcheck",
];

/// The list of containers, and what it shows: name, image and status a line.
pub fn list(
    scope: &Scope,
    engine: &Value,
    all: bool,
    limit: Option<u32>,
    filters: &Filters,
) -> (Value, String) {
    let all = all || limit.is_some() || filters.wants_stopped();
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let listed: Vec<Value> = engine
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| listed(scope, one, all, filters))
        .take(limit)
        .collect();
    let line = |one: &Value| {
        let name = text(&one["Names"], "").to_owned();
        let name =
            one["Names"][0].as_str().map_or(name, |it| it.trim_start_matches('/').to_owned());
        format!("{name}  {}  {}\n", text(one, "Image"), text(one, "Status"))
    };
    let shown = listed.iter().map(line).collect();
    (Value::Array(listed), shown)
}

fn listed(scope: &Scope, one: &Value, all: bool, filters: &Filters) -> Option<Value> {
    let container = scope.by_id(text(one, "Id"))?;
    let (state, status) = (text(one, "State"), text(one, "Status"));
    let image = scope.image(text(one, "Image"), &container.name);
    let exited = status.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let fits = (all || state == "running" || state == "paused")
        && filters.has("status", state)
        && filters.any("id", |id| container.id.starts_with(id))
        && filters.any("exited", |code| state == "exited" && exited.is_some_and(|it| it.0 == code))
        && filters
            .any("ancestor", |wanted| image == wanted || image.split(':').next() == Some(wanted))
        && filters.name_fits("name", &container.name);
    if !fits {
        return None;
    }
    let mut kept = keep(one, &["Id", "ImageID", "Command", "Created", "Ports", "State", "Status"]);
    kept.insert("Names".to_owned(), json!([format!("/{}", container.name)]));
    kept.insert("Image".to_owned(), json!(image));
    kept.insert("Labels".to_owned(), json!({}));
    kept.insert("Mounts".to_owned(), json!([]));
    kept.insert("HostConfig".to_owned(), json!({ "NetworkMode": NETWORK }));
    kept.insert("NetworkSettings".to_owned(), json!({ "Networks": networks(one) }));
    let mut kept = Value::Object(kept);
    scrub(scope, &mut kept);
    Some(kept)
}

/// The one network with the container's address in it.
fn networks(one: &Value) -> Value {
    let all = one["NetworkSettings"]["Networks"].as_object();
    let Some(network) = all.and_then(|all| all.values().next()) else { return json!({}) };
    json!({ NETWORK: keep(network, &["IPAddress", "IPPrefixLen", "MacAddress"]) })
}

/// Everything about one container that may be known.
pub fn inspect(scope: &Scope, container: &Container, engine: &Value) -> Value {
    let top = ["Id", "Created", "Path", "Args", "Image", "RestartCount", "Platform"];
    let mut kept = keep(engine, &top);
    let mut put = |key: &str, value: Value| kept.insert(key.to_owned(), value);
    put("Name", json!(format!("/{}", container.name)));
    let mut state = keep(&engine["State"], &STATE);
    if let Some(Value::String(error)) = state.get_mut("Error") {
        *error = scope.clean(error);
    }
    put("State", Value::Object(state));
    put("HostConfig", host_config(&engine["HostConfig"]));
    put("Config", config(scope, container, &engine["Config"]));
    put("Mounts", json!([]));
    put(
        "NetworkSettings",
        json!({ "Ports": engine["NetworkSettings"]["Ports"], "Networks": networks(engine) }),
    );
    let mut kept = Value::Object(kept);
    scrub(scope, &mut kept);
    kept
}

fn host_config(engine: &Value) -> Value {
    let mut kept = keep(engine, &LIMITS);
    kept.insert("NetworkMode".to_owned(), json!(NETWORK));
    Value::Object(kept)
}

fn config(scope: &Scope, container: &Container, engine: &Value) -> Value {
    let mut kept: Map<String, Value> = keep(engine, &CONFIG);
    let all: Vec<&str> =
        engine["Env"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    kept.insert("Env".to_owned(), json!(scope.environment(&container.service, &all)));
    kept.insert("Image".to_owned(), json!(scope.image(text(engine, "Image"), &container.name)));
    kept.insert("Labels".to_owned(), json!({}));
    Value::Object(kept)
}

/// A container's state with its limits in words, such as `running since 2026-01-01T10:00:00` and
/// `memory 64 MiB, cpus 0.5, pids 32`, for the record of a change.
pub fn state(engine: &Value) -> (String, String) {
    let state = &engine["State"];
    let status = match text(state, "Status") {
        "exited" => format!("exited ({})", state["ExitCode"].as_i64().unwrap_or(-1)),
        "running" => {
            let since = text(state, "StartedAt").split('.').next().unwrap_or_default();
            format!("running since {since}")
        }
        "" => "unknown".to_owned(),
        other => other.to_owned(),
    };
    let host = &engine["HostConfig"];
    let limits = crate::Limits {
        memory: host["Memory"].as_u64(),
        nano_cpus: host["NanoCpus"].as_u64(),
        pids: host["PidsLimit"].as_u64().and_then(|count| u32::try_from(count).ok()),
    };
    (status, limits.words())
}

/// The processes of a container, and the same as text.
pub fn top(scope: &Scope, engine: &Value) -> (Value, String) {
    let mut kept = Value::Object(keep(engine, &["Titles", "Processes"]));
    scrub(scope, &mut kept);
    let row = |row: &Value| {
        let cells = row.as_array().into_iter().flatten().filter_map(Value::as_str);
        cells.collect::<Vec<_>>().join("  ") + "\n"
    };
    let processes = kept["Processes"].as_array().into_iter().flatten().map(row);
    let shown = std::iter::once(row(&kept["Titles"])).chain(processes).collect();
    (kept, shown)
}

/// How a container ended.
pub fn wait(engine: &Value) -> Value {
    Value::Object(keep(engine, &["StatusCode"]))
}

/// How a program in a container stands.
pub fn exec(scope: &Scope, engine: &Value) -> Value {
    const KEYS: [&str; 9] = [
        "ID",
        "Running",
        "ExitCode",
        "Pid",
        "CanRemove",
        "ContainerID",
        "OpenStdin",
        "OpenStdout",
        "OpenStderr",
    ];
    let mut kept = keep(engine, &KEYS);
    let process = keep(&engine["ProcessConfig"], &["tty", "entrypoint", "arguments", "privileged"]);
    kept.insert("ProcessConfig".to_owned(), Value::Object(process));
    let mut kept = Value::Object(kept);
    scrub(scope, &mut kept);
    kept
}
