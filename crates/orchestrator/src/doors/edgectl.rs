//! `edgectl`: limits for single merchants and drains of single servers.

use clap::{Parser, Subcommand};

use super::deployctl::BY;
use super::{Asked, Doors, Printed, table};
use crate::control::Act;
use crate::control::edge::Drain;

/// The edge: who is limited, which servers get requests.
#[derive(Parser)]
#[command(name = "edgectl", disable_version_flag = true)]
pub(super) struct Edgectl {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Limits and servers as they are now.
    Status,
    /// Let a merchant send at most so many requests a second; the rest gets 429.
    Limit {
        merchant: String,
        /// Requests a second.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        rate: u32,
    },
    /// Take a merchant's limit away.
    Unlimit { merchant: String },
    /// Send no new requests to a server.
    Drain { server: String },
    /// Send requests to it again.
    Undrain { server: String },
}

pub(super) async fn run(doors: &Doors, command: Edgectl) -> Printed {
    let control = &doors.control;
    match command.verb {
        Verb::Status => status(doors).await,
        Verb::Limit { merchant, rate } => {
            let detail = rate.to_string();
            let asked = Asked { verb: "limit", target: &merchant, detail: &detail };
            let doing = control.limit(&merchant, rate, BY);
            doors.act("edgectl", &asked, doing, |act| changed(act, &merchant)).await
        }
        Verb::Unlimit { merchant } => {
            let asked = Asked { verb: "unlimit", target: &merchant, detail: "" };
            let doing = control.unlimit(&merchant, BY);
            doors.act("edgectl", &asked, doing, |act| changed(act, &merchant)).await
        }
        Verb::Drain { server } => drain(doors, &server, Drain::On).await,
        Verb::Undrain { server } => drain(doors, &server, Drain::Off).await,
    }
}

async fn drain(doors: &Doors, server: &str, drain: Drain) -> Printed {
    let verb = match drain {
        Drain::On => "drain",
        Drain::Off => "undrain",
    };
    let asked = Asked { verb, target: server, detail: "" };
    let doing = doors.control.drain(server, drain, BY);
    doors.act("edgectl", &asked, doing, |act| changed(act, server)).await
}

fn changed(act: &Act, what: &str) -> String {
    format!("{what}: {} -> {}", act.before, act.after)
}

async fn status(doors: &Doors) -> Printed {
    let status = match doors.control.edge_status().await {
        Ok(status) => status,
        Err(error) => return Printed::refused("edgectl", anyhow::Error::from(error)),
    };
    let limits: Vec<Vec<String>> = status
        .limits
        .iter()
        .map(|(merchant, rate)| vec![merchant.clone(), format!("{rate}/s")])
        .collect();
    let servers: Vec<Vec<String>> = status
        .servers
        .iter()
        .map(|it| {
            let address = if it.address == "-" { "" } else { &it.address };
            vec![it.backend.clone(), it.name.clone(), it.state.to_owned(), address.to_owned()]
        })
        .collect();
    let limits = if limits.is_empty() {
        "no limits\n".to_owned()
    } else {
        table::draw(&["MERCHANT", "LIMIT"], &limits)
    };
    let servers = table::draw(&["BACKEND", "SERVER", "STATE", "ADDRESS"], &servers);
    let asked = Asked { verb: "edge-status", target: "", detail: "" };
    doors.look(&asked, format!("{limits}\n{servers}"))
}
