//! `deployctl`: what runs, what changed, and changing it.

use clap::{Parser, Subcommand};
use jiff::Timestamp;

use super::{Asked, Doors, Printed, diff, table};
use crate::control::history::{Change, ago};
use crate::control::{Act, Control, Running};

/// Deployments: what runs, what changed, and changing it.
#[derive(Parser)]
#[command(name = "deployctl", disable_version_flag = true)]
pub(super) struct Deployctl {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Changes, newest first: deploys, settings, scaling, restarts, limits.
    History {
        /// Only changes of this deployment, replica or merchant.
        target: Option<String>,
    },
    /// Replicas, their releases and since when they run.
    Status { deployment: Option<String> },
    /// What changed between two releases: commit messages and code.
    Diff { from: String, to: String },
    /// Go back to the release that ran before.
    Rollback { deployment: String },
    /// Roll out a release, one replica after the other.
    Deploy { deployment: String, release: String },
    /// Run this many replicas.
    Scale { deployment: String, replicas: u32 },
    /// Restart a replica, or all replicas of a deployment one after the other.
    Restart { name: String },
    /// Read and change settings.
    #[command(subcommand)]
    Config(Config),
}

#[derive(Subcommand)]
enum Config {
    /// All settings of a deployment, or one of them.
    Get { deployment: String, key: Option<String> },
    /// Change a setting; the replicas are replaced one after the other.
    Set { deployment: String, key: String, value: String },
    /// Changes of settings, newest first.
    History { deployment: Option<String> },
}

/// Who changes show up as.
pub(super) const BY: &str = "you";

pub(super) async fn run(doors: &Doors, command: Deployctl, columns: Option<u16>) -> Printed {
    let control = &doors.control;
    match command.verb {
        Verb::History { target } => history(doors, target.as_deref()),
        Verb::Status { deployment } => status(doors, deployment.as_deref()).await,
        Verb::Diff { from, to } => {
            let asked = Asked { verb: "diff", target: &from, detail: &to };
            match diff::between(&doors.lab, &from, &to, columns.is_some()) {
                Ok(text) => doors.look(&asked, text),
                Err(message) => Printed::refused("deployctl", message),
            }
        }
        Verb::Rollback { deployment } => {
            let release = control.goes_back_to(&deployment).unwrap_or_default();
            let asked = Asked { verb: "rollback", target: &deployment, detail: &release };
            let doing = control.rollback(&deployment, BY);
            doors.act("deployctl", &asked, doing, |act| rolled(act, &deployment)).await
        }
        Verb::Deploy { deployment, release } => {
            let asked = Asked { verb: "deploy", target: &deployment, detail: &release };
            let doing = control.deploy(&deployment, &release, BY, "");
            doors.act("deployctl", &asked, doing, |act| rolled(act, &deployment)).await
        }
        Verb::Scale { deployment, replicas } => {
            let detail = replicas.to_string();
            let asked = Asked { verb: "scale", target: &deployment, detail: &detail };
            let doing = control.scale(&deployment, replicas, BY);
            let say = |act: &Act| format!("{deployment}: {} -> {} replicas", act.before, act.after);
            doors.act("deployctl", &asked, doing, say).await
        }
        Verb::Restart { name } => {
            let asked = Asked { verb: "restart", target: &name, detail: "" };
            let say = |act: &Act| format!("restarted {}", act.detail);
            doors.act("deployctl", &asked, control.restart(&name, BY), say).await
        }
        Verb::Config(config) => self::config(doors, config).await,
    }
}

fn rolled(act: &Act, deployment: &str) -> String {
    format!("{deployment}: {} -> {}, all replicas ready", act.before, act.after)
}

async fn config(doors: &Doors, config: Config) -> Printed {
    match config {
        Config::Get { deployment, key } => {
            match settings(&doors.control, &deployment, key.as_deref()).await {
                Ok(text) => {
                    let detail = key.as_deref().unwrap_or("");
                    let asked = Asked { verb: "config-get", target: &deployment, detail };
                    doors.look(&asked, text)
                }
                Err(error) => Printed::refused("deployctl", error),
            }
        }
        Config::Set { deployment, key, value } => {
            let detail = format!("{key}={value}");
            let asked = Asked { verb: "config-set", target: &deployment, detail: &detail };
            let doing = doors.control.set_config(&deployment, &key, &value, BY, "");
            let say = |act: &Act| {
                format!("{deployment}: {key} {} -> {}, all replicas ready", act.before, act.after)
            };
            doors.act("deployctl", &asked, doing, say).await
        }
        Config::History { deployment } => {
            let history = doors.control.history();
            let target = deployment.as_deref();
            let changes = history.newest_first(target, Some("config"));
            let text = changes_table(changes, Timestamp::now());
            let asked = Asked { verb: "config-history", target: target.unwrap_or(""), detail: "" };
            doors.look(&asked, text)
        }
    }
}

fn history(doors: &Doors, target: Option<&str>) -> Printed {
    let history = doors.control.history();
    let text = changes_table(history.newest_first(target, None), Timestamp::now());
    doors.look(&Asked { verb: "history", target: target.unwrap_or(""), detail: "" }, text)
}

pub(super) fn changes_table<'a>(
    changes: impl Iterator<Item = &'a Change>,
    now: Timestamp,
) -> String {
    let rows: Vec<Vec<String>> = changes
        .map(|change| {
            vec![
                ago(change.at, now),
                change.by.clone(),
                change.verb.clone(),
                change.target.clone(),
                change.change.clone(),
                change.note.clone(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no changes".to_owned();
    }
    table::draw(&["WHEN", "BY", "WHAT", "TARGET", "CHANGE", "NOTE"], &rows)
}

async fn status(doors: &Doors, deployment: Option<&str>) -> Printed {
    let all = doors.control.running().await;
    if let Some(name) = deployment
        && let Err(error) = doors.control.deployment(name)
    {
        return Printed::refused("deployctl", error);
    }
    let now = Timestamp::now();
    let chosen = all.iter().filter(|(name, _)| deployment.is_none_or(|it| it == name.as_str()));
    let mut rows = Vec::new();
    for (name, running) in chosen {
        for (replica, detail) in &running.replicas {
            let ready = readiness(doors, name, replica).await;
            rows.push(vec![
                name.clone(),
                replica.clone(),
                detail.release.clone(),
                ready.to_owned(),
                ago(detail.started, now),
                settings_line(running),
            ]);
        }
    }
    let header = ["DEPLOYMENT", "REPLICA", "RELEASE", "STATE", "STARTED", "SETTINGS"];
    let asked = Asked { verb: "status", target: deployment.unwrap_or(""), detail: "" };
    doors.look(&asked, table::draw(&header, &rows))
}

fn settings_line(running: &Running) -> String {
    let settings: Vec<String> =
        running.config.iter().map(|(key, value)| format!("{key}={value}")).collect();
    settings.join(" ")
}

/// Asks the replica itself, now.
async fn readiness(doors: &Doors, deployment: &str, replica: &str) -> &'static str {
    let Ok(declared) = doors.control.deployment(deployment) else { return "unknown" };
    let Some(ready) = &declared.ready else { return "running" };
    let link = fault::Hands::testbed(doors.control.as_ref()).link();
    match link.http_get(replica, ready.port, &ready.path).await {
        Ok(answer) if answer.status == 200 => "ready",
        Ok(_) => "not ready",
        Err(_) => "no answer",
    }
}

async fn settings(
    control: &Control,
    name: &str,
    key: Option<&str>,
) -> Result<String, crate::control::ControlError> {
    let deployment = control.deployment(name)?;
    if let Some(key) = key
        && !deployment.config.contains_key(key)
    {
        return Err(crate::control::unknown("setting", key, deployment.config.keys()));
    }
    let all = control.running().await;
    let current = all.get(name).map(|running| &running.config);
    let rows: Vec<Vec<String>> = deployment
        .config
        .iter()
        .filter(|(name, _)| key.is_none_or(|key| key == name.as_str()))
        .map(|(name, setting)| {
            let value = current.and_then(|config| config.get(name)).unwrap_or(&setting.value);
            vec![name.clone(), value.clone(), setting.about.clone()]
        })
        .collect();
    Ok(table::draw(&["SETTING", "VALUE", "MEANING"], &rows))
}
