//! One sample of a container's statistics.

use serde_json::{Value, json};

use super::{keep, scrub};
use crate::{Container, Scope};

const KEYS: [&str; 10] = [
    "read",
    "preread",
    "pids_stats",
    "blkio_stats",
    "num_procs",
    "storage_stats",
    "cpu_stats",
    "precpu_stats",
    "memory_stats",
    "networks",
];

/// The sample as it may be told, and what it shows, such as `cpu 12.3 %, memory 20.1 of 64 MiB`.
pub fn stats(scope: &Scope, container: &Container, engine: &Value) -> (Value, String) {
    let mut kept = keep(engine, &KEYS);
    kept.insert("name".to_owned(), json!(format!("/{}", container.name)));
    kept.insert("id".to_owned(), json!(container.id));
    let mut kept = Value::Object(kept);
    scrub(scope, &mut kept);
    let shown = format!("{}{}\n", cpu(engine), memory(&engine["memory_stats"]));
    (kept, shown)
}

/// As `docker stats` reckons: the share of the host's time, times its processors.
fn cpu(engine: &Value) -> String {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let (now, before) = (&engine["cpu_stats"], &engine["precpu_stats"]);
    let used =
        number(&now["cpu_usage"]["total_usage"]) - number(&before["cpu_usage"]["total_usage"]);
    let whole = number(&now["system_cpu_usage"]) - number(&before["system_cpu_usage"]);
    let is_pair = number(&before["system_cpu_usage"]) > 0.0 && whole > 0.0;
    if !is_pair {
        return String::new();
    }
    format!("cpu {:.1} %, ", used / whole * number(&now["online_cpus"]).max(1.0) * 100.0)
}

fn memory(stats: &Value) -> String {
    let parts = &stats["stats"];
    let cache = parts["total_inactive_file"].as_u64().or(parts["inactive_file"].as_u64());
    let used = stats["usage"].as_u64().unwrap_or(0).saturating_sub(cache.unwrap_or(0));
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let limit = stats["limit"].as_u64().unwrap_or(0);
    format!("memory {:.1} of {:.0} MiB", mebibytes(used), mebibytes(limit))
}
