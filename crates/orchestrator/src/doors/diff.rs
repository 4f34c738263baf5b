//! What changed between two releases: the patches themselves, commit message first, as they were
//! reviewed.

use std::fs;

use lab::lab::{Deployment, Lab};

use crate::control::versions;

/// The patches that lead from one release to the other, in the order in which they were made; for
/// the way back, the same ones with a word in front. `colour` marks added and removed lines.
///
/// # Errors
/// When a release is unknown or a patch cannot be read; the message is for the person who asked.
pub(super) fn between(lab: &Lab, from: &str, to: &str, colour: bool) -> Result<String, String> {
    let deployment = owner(lab, from, to)?;
    let versions = versions(deployment);
    let place = |version: &str| versions.iter().position(|it| it == version);
    let (Some(first), Some(last)) = (place(from), place(to)) else {
        return Err(format!("releases are {}", versions.join(", ")));
    };
    if first == last {
        return Ok(format!("{from} and {to} are the same release"));
    }
    let (low, high) = (first.min(last), first.max(last));
    let mut text = String::new();
    if first > last {
        text.push_str(&format!("{to} is older than {from}. Going back takes this away:\n\n"));
    }
    for release in &deployment.releases[low..high] {
        let patch = fs::read_to_string(&release.patch).map_err(|error| {
            format!("the change of {} cannot be read: {error}", release.version)
        })?;
        text.push_str(&paint(&patch, colour));
        text.push('\n');
    }
    Ok(text)
}

fn owner<'a>(lab: &'a Lab, from: &str, to: &str) -> Result<&'a Deployment, String> {
    let has = |deployment: &Deployment, version: &str| {
        versions(deployment).iter().any(|it| it == version)
    };
    let deployments = &lab.system.deployments;
    deployments.values().find(|it| has(it, from) && has(it, to)).ok_or_else(|| {
        let known: Vec<String> = deployments
            .iter()
            .map(|(name, deployment)| format!("{name}: {}", versions(deployment).join(", ")))
            .collect();
        format!("no deployment has both releases; there are {}", known.join("; "))
    })
}

/// The patch without the mail's first line and its date: a change is as old as its rollout.
fn paint(patch: &str, colour: bool) -> String {
    let mut text = String::new();
    for line in patch.lines().filter(|line| !is_envelope(line)) {
        let code = match line.as_bytes() {
            _ if !colour => "",
            [b'+', ..] => "\x1b[32m",
            [b'-', ..] => "\x1b[31m",
            [b'@', b'@', ..] => "\x1b[36m",
            [b'd', b'i', b'f', b'f', ..] => "\x1b[1m",
            _ => "",
        };
        text.push_str(code);
        text.push_str(line);
        text.push_str(if code.is_empty() { "\n" } else { "\x1b[0m\n" });
    }
    text
}

fn is_envelope(line: &str) -> bool {
    let first = line.starts_with("From ") && line.ends_with("Mon Sep 17 00:00:00 2001");
    first || line.starts_with("Date: ")
}
