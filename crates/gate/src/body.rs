//! The bodies of the three calls that have one, read into what may be asked for and nothing more.

use serde::Deserialize;
use serde_json::Value;

use crate::{Exec, Refusal, Start};

/// The most words of a program's argument list, and their bytes in all.
const WORDS: usize = 256;
const BYTES: usize = 32 << 10;

/// Limits that `docker update` may set; what is `None` stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory; there is never swap beside it.
    pub memory: Option<u64>,
    /// Processors, in billionths.
    pub nano_cpus: Option<u64>,
    pub pids: Option<u32>,
}

impl Limits {
    /// Memory for one container, in bytes: from what the engine takes to more than one ever needs.
    pub const MEMORY: std::ops::RangeInclusive<u64> = (6 << 20)..=(1 << 30);
    /// Processors for one container, in billionths.
    pub const NANO_CPUS: std::ops::RangeInclusive<u64> = 10_000_000..=2_000_000_000;
    /// Processes of one container.
    pub const PIDS: std::ops::RangeInclusive<u32> = 1..=512;

    /// Such as `memory 128 MiB, cpus 0.5`.
    pub fn words(&self) -> String {
        let memory = self.memory.map(|bytes| {
            let mebibytes = bytes as f64 / f64::from(1 << 20);
            format!("memory {} MiB", (mebibytes * 10.0).round() / 10.0)
        });
        let cpus = self
            .nano_cpus
            .map(|billionths| format!("cpus {}", (billionths as f64 / 1e6).round() / 1e3));
        let pids = self.pids.map(|count| format!("pids {count}"));
        [memory, cpus, pids].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawExec {
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    tty: bool,
    detach: bool,
    privileged: bool,
    user: Option<String>,
    working_dir: Option<String>,
    env: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
}

pub(crate) fn exec(body: &[u8]) -> Result<Exec, Refusal> {
    let raw: RawExec = parsed(body)?;
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let no = |what: &str| Err(Refusal::forbidden(format!("{what}; leave it out")));
    if raw.privileged {
        return no("`docker exec --privileged` is not available here");
    }
    if given(&raw.user) {
        return no("a program runs as the container's own user here: no `--user`");
    }
    if given(&raw.working_dir) {
        return no("a program runs in the container's own folder here: no `--workdir`");
    }
    if raw.env.is_some_and(|env| !env.is_empty()) {
        return no("a program runs with the container's own environment here: no `--env`");
    }
    if raw.detach {
        return Err(detached());
    }
    // The CLI attaches both unless it is told to detach. Started without, a program runs by itself and
    // nobody sees what it prints.
    if !raw.attach_stdout && !raw.attach_stderr {
        return Err(Refusal::malformed(
            "what a program prints without `AttachStdout` and `AttachStderr` cannot be recorded; \
             set one of them, and leave `--detach` out",
        ));
    }
    let argv = raw.cmd.unwrap_or_default();
    if argv.first().is_none_or(String::is_empty) {
        return Err(Refusal::malformed("No exec command specified"));
    }
    let bytes: usize = argv.iter().map(String::len).sum();
    if argv.len() > WORDS || bytes > BYTES || argv.iter().any(|word| word.contains('\0')) {
        return Err(Refusal::malformed("the command is too long or no text"));
    }
    let RawExec { attach_stdin: stdin, attach_stdout: stdout, attach_stderr: stderr, tty, .. } =
        raw;
    Ok(Exec { argv, tty, stdin, stdout, stderr })
}

fn detached() -> Refusal {
    Refusal::forbidden("what a detached program prints cannot be recorded; leave `--detach` out")
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawStart {
    detach: bool,
    console_size: Option<[u16; 2]>,
}

pub(crate) fn start(body: &[u8]) -> Result<Start, Refusal> {
    let raw: RawStart = if body.is_empty() { RawStart::default() } else { parsed(body)? };
    if raw.detach {
        return Err(detached());
    }
    let size = raw.console_size.map(|[rows, columns]| (rows, columns));
    Ok(Start { size: size.filter(|(rows, columns)| *rows > 0 && *columns > 0) })
}

/// What can be set; every other key must say nothing (null, zero, empty).
pub(crate) fn limits(body: &[u8]) -> Result<Limits, Refusal> {
    let raw: serde_json::Map<String, Value> = parsed(body)?;
    let mut limits = Limits::default();
    for (key, value) in &raw {
        if says_nothing(value) {
            continue;
        }
        match key.as_str() {
            "Memory" => limits.memory = Some(within(key, value, Limits::MEMORY)?),
            // Always the same as memory; the engine would refuse a smaller one first.
            "MemorySwap" | "MemoryReservation" => {}
            "NanoCpus" | "NanoCPUs" => {
                limits.nano_cpus = Some(within(key, value, Limits::NANO_CPUS)?);
            }
            "PidsLimit" => {
                let range = u64::from(*Limits::PIDS.start())..=u64::from(*Limits::PIDS.end());
                let count = within(key, value, range)?;
                limits.pids = u32::try_from(count).ok();
            }
            other => {
                let message =
                    format!("`{other}` cannot be changed here; memory, cpus and pids can");
                return Err(Refusal::forbidden(message));
            }
        }
    }
    if limits == Limits::default() {
        return Err(Refusal::malformed("nothing to change; give --memory, --cpus or --pids-limit"));
    }
    Ok(limits)
}

fn within(key: &str, value: &Value, range: std::ops::RangeInclusive<u64>) -> Result<u64, Refusal> {
    let number = value.as_u64().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        let (low, high) = (range.start(), range.end());
        Refusal::forbidden(format!("`{key}` takes a number from {low} to {high} here"))
    })
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.values().all(says_nothing),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::malformed(format!("the body is not what it should be: {error}")))
}
