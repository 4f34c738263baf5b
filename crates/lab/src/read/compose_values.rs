//! Values of Compose keys: sizes, paths in a container, capabilities, names with values.

use std::collections::BTreeMap;

use crate::raw::at::At;
use crate::raw::compose_forms::{OneOrMany, Pairs};
use crate::rule::Rule;
use crate::source::{Findings, words};

/// The engine refuses a container with less.
const LEAST_MEMORY: u64 = 6 * 1024 * 1024;
/// Capabilities that reach nothing outside of the container.
const CAPABILITIES: [&str; 7] =
    ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/// A text in which a doubled dollar sign stands for one.
pub(crate) fn text(at: &At<String>) -> String {
    at.value.replace("$$", "$")
}

/// Names with values, from either form.
pub(crate) fn pairs(raw: &Pairs, found: &mut Findings) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    match raw {
        Pairs::Map(entries) => {
            for (name, value) in entries {
                match value {
                    Some(value) => _ = pairs.insert(name.value.clone(), text(value)),
                    None => without_value(name, found),
                }
            }
        }
        Pairs::List(entries) => {
            for entry in entries {
                match entry.value.split_once('=') {
                    Some((name, value)) => {
                        let value = text(&entry.with(value.to_owned()));
                        if pairs.insert(name.to_owned(), value).is_some() {
                            let message = format!("`{name}` stands here for the second time");
                            found.error(Rule::DuplicateKey, entry, message, "keep one of them");
                        }
                    }
                    None => without_value(entry, found),
                }
            }
        }
    }
    pairs
}

fn without_value(name: &At<String>, found: &mut Findings) {
    let message = format!(
        "`{}` has no value, and would take one from the environment of whoever starts it",
        name.value
    );
    found.error(Rule::ComposeInterpolation, name, message, "write its value; empty is `\"\"`");
}

/// Bytes of memory.
pub(crate) fn memory(at: &At<String>, found: &mut Findings) -> u64 {
    let bytes = size(&at.value);
    match bytes {
        Some(bytes) if bytes >= LEAST_MEMORY => bytes,
        Some(_) => {
            let message = format!("`{}` is less than any container can have", at.value);
            found.error(Rule::ComposeValue, at, message, "write at least `6m`");
            LEAST_MEMORY
        }
        None => {
            not_a_size(at, found);
            LEAST_MEMORY
        }
    }
}

/// Bytes of shared memory.
pub(crate) fn shared_memory(at: &At<String>, found: &mut Findings) -> u64 {
    size(&at.value).filter(|bytes| *bytes > 0).unwrap_or_else(|| {
        not_a_size(at, found);
        LEAST_MEMORY
    })
}

fn not_a_size(at: &At<String>, found: &mut Findings) {
    let message = format!("`{}` is not a number of bytes", at.value);
    found.error(
        Rule::ComposeValue,
        at,
        message,
        "write a number with a unit, such as `64m` or `1g`",
    );
}

/// `64m`, `1.5g`, `512kb`, `4096`: units of 1024. Sizes of containers are far below 2^52, and a
/// fraction of a byte is no matter, so a float does.
fn size(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match lower.strip_prefix(digits)? {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => 1 << 20,
        "g" | "gb" => 1 << 30,
        _ => return None,
    };
    let number: f64 = digits.trim().parse().ok()?;
    let bytes = number * unit as f64;
    (number.is_finite() && (0.0..=1e13).contains(&bytes)).then_some(bytes as u64)
}

/// Paths to options.
pub(crate) fn tmpfs(raw: &At<OneOrMany>, found: &mut Findings) -> BTreeMap<String, String> {
    let one;
    let entries = match &raw.value {
        OneOrMany::One(text) => {
            one = [raw.with(text.clone())];
            one.as_slice()
        }
        OneOrMany::Many(entries) => entries.as_slice(),
    };
    let mut tmpfs = BTreeMap::new();
    for entry in entries {
        let (path, options) = entry.value.split_once(':').unwrap_or((&entry.value, ""));
        container_path(path, entry, found);
        tmpfs.insert(path.to_owned(), options.to_owned());
    }
    tmpfs
}

/// Anonymous volumes: a path in the container and nothing else.
pub(crate) fn volume(at: &At<String>, found: &mut Findings) -> String {
    if let Some((source, _)) = at.value.split_once(':') {
        let help = "write the path in the container only, such as `/var/lib/data`";
        if source.starts_with(['/', '.', '~']) {
            let message = format!("`{source}` would show the container files of the host");
            found.error(Rule::ComposeUnsafe, at, message, help);
        } else {
            let message = format!("the volume `{source}` would outlive the session");
            found.error(Rule::ComposeUnsafe, at, message, help);
        }
        return at.value.clone();
    }
    container_path(&at.value, at, found);
    at.value.clone()
}

fn container_path(path: &str, at: &At<String>, found: &mut Findings) {
    let climbs = path.split('/').any(|part| part == "..");
    if !path.starts_with('/') || path == "/" || climbs {
        let message = format!("`{path}` is not a path in the container");
        found.error(Rule::ComposeValue, at, message, "write it from the root, such as `/tmp`");
    }
}

/// A capability that a container may keep, without `CAP_`.
pub(crate) fn capability(at: &At<String>, found: &mut Findings) -> String {
    let upper = at.value.to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if !CAPABILITIES.contains(&name) {
        let message = format!("the capability `{}` could reach outside of the container", at.value);
        let help = format!("take it out; allowed here: {}", words(CAPABILITIES));
        found.error(Rule::ComposeUnsafe, at, message, help);
    }
    name.to_owned()
}
