//! The edge: limits for single merchants and drains of single servers, through HAProxy's admin
//! socket, which only a program inside the edge's own container can reach.
//!
//! A lab's edge keeps two conventions: the admin socket is [`SOCKET`], and requests are limited by
//! the map [`LIMITS`] (key to requests a second).

use super::{Act, Control, ControlError};
use crate::boxed;

/// HAProxy's admin socket in the edge's container.
pub const SOCKET: &str = "/run/haproxy/admin.sock";
/// The map of limits: key and requests a second.
pub const LIMITS: &str = "/etc/haproxy/limits.map";

/// The edge as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeStatus {
    /// Key and requests a second.
    pub limits: Vec<(String, String)>,
    pub servers: Vec<Server>,
}

/// One server behind the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub backend: String,
    pub name: String,
    pub address: String,
    /// `up`, `down`, `drain`, `maint`.
    pub state: &'static str,
}

impl Control {
    /// Asks the edge how it is.
    ///
    /// # Errors
    /// When there is no edge or it does not answer.
    #[boxed]
    pub async fn edge_status(&self) -> Result<EdgeStatus, ControlError> {
        let limits = self.edge(&format!("show map {LIMITS}")).await?;
        let servers = self.edge("show servers state").await?;
        Ok(EdgeStatus { limits: parse_limits(&limits), servers: parse_servers(&servers) })
    }

    /// Limits a merchant to `rate` requests a second, over all servers.
    ///
    /// # Errors
    /// When the edge refuses.
    #[boxed]
    pub async fn limit(&self, merchant: &str, rate: u32, by: &str) -> Result<Act, ControlError> {
        check_word(merchant)?;
        let before = self.limit_of(merchant).await?;
        if before.is_some() {
            self.edge(&format!("set map {LIMITS} {merchant} {rate}")).await?;
        } else {
            self.edge(&format!("add map {LIMITS} {merchant} {rate}")).await?;
        }
        let before = before.map_or("no limit".to_owned(), |rate| format!("{rate}/s"));
        let after = format!("{rate}/s");
        self.log(by, "limit", merchant, format!("{before} -> {after}"), "");
        Ok(Act {
            verb: "limit",
            target: merchant.to_owned(),
            detail: rate.to_string(),
            before,
            after,
        })
    }

    /// Takes a merchant's limit away.
    ///
    /// # Errors
    /// When there was none or the edge refuses.
    #[boxed]
    pub async fn unlimit(&self, merchant: &str, by: &str) -> Result<Act, ControlError> {
        check_word(merchant)?;
        let before = self
            .limit_of(merchant)
            .await?
            .ok_or_else(|| ControlError::Edge(format!("{merchant} has no limit")))?;
        self.edge(&format!("del map {LIMITS} {merchant}")).await?;
        self.log(by, "unlimit", merchant, format!("{before}/s -> no limit"), "");
        Ok(Act {
            verb: "unlimit",
            target: merchant.to_owned(),
            detail: String::new(),
            before: format!("{before}/s"),
            after: "no limit".to_owned(),
        })
    }

    /// Stops (or starts again) sending new requests to a server.
    ///
    /// # Errors
    /// When there is no such server or the edge refuses.
    #[boxed]
    pub async fn drain(&self, server: &str, drain: Drain, by: &str) -> Result<Act, ControlError> {
        check_word(server)?;
        let status = self.edge_status().await?;
        let known: Vec<String> = status.servers.iter().map(|it| it.name.clone()).collect();
        let found = status
            .servers
            .iter()
            .find(|it| it.name == server)
            .ok_or_else(|| super::unknown("server", server, known.iter()))?;
        let (verb, state) = match drain {
            Drain::On => ("drain", "drain"),
            Drain::Off => ("undrain", "ready"),
        };
        self.edge(&format!("set server {}/{server} state {state}", found.backend)).await?;
        self.log(by, verb, server, format!("{} -> {state}", found.state), "");
        Ok(Act {
            verb,
            target: server.to_owned(),
            detail: found.backend.clone(),
            before: found.state.to_owned(),
            after: state.to_owned(),
        })
    }

    async fn limit_of(&self, merchant: &str) -> Result<Option<String>, ControlError> {
        let map = self.edge(&format!("show map {LIMITS}")).await?;
        Ok(parse_limits(&map).into_iter().find(|(key, _)| key == merchant).map(|(_, rate)| rate))
    }

    async fn edge(&self, command: &str) -> Result<String, ControlError> {
        let edge = self.lab.system.edge.as_deref().ok_or_else(|| {
            ControlError::Edge("this system has no edge that could be changed".to_owned())
        })?;
        let socket = format!("UNIX-CONNECT:{SOCKET}");
        let line = format!("{command}\n");
        let output = self
            .testbed
            .exec(edge, &["socat", "-t5", "-", &socket], Some(line.as_bytes()))
            .await
            .map_err(|source| ControlError::Command { name: edge.to_owned(), source })?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.code != 0 {
            let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(ControlError::Edge(complaint));
        }
        // HAProxy answers an accepted change with nothing and a refused one with a sentence.
        if !command.starts_with("show") && !said.is_empty() {
            return Err(ControlError::Edge(said));
        }
        Ok(said)
    }
}

/// Whether a server is to be drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drain {
    On,
    Off,
}

/// What goes into a line of the admin socket must be one plain word: a `;` or a line break there
/// would be another command.
fn check_word(word: &str) -> Result<(), ControlError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !word.is_empty() && word.len() <= 64 && word.chars().all(plain) {
        return Ok(());
    }
    Err(ControlError::Edge(format!(
        "`{}` is not a name; letters, digits, `-`, `_` and `.` make one",
        word.escape_debug()
    )))
}

/// Lines of `0x55d3 m-1042 20`.
fn parse_limits(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        })
        .collect()
}

/// The table of `show servers state`, version 1: a version line, a `#` header, a line a server.
fn parse_servers(text: &str) -> Vec<Server> {
    let column = |words: &[&str], index: usize| words.get(index).map(|word| (*word).to_owned());
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let operational: u32 = words.get(5)?.parse().ok()?;
            let admin: u32 = words.get(6)?.parse().ok()?;
            Some(Server {
                backend: column(&words, 1)?,
                name: column(&words, 3)?,
                address: column(&words, 4)?,
                state: state(operational, admin),
            })
        })
        .collect()
}

/// HAProxy's `SRV_OP_STATE` and `SRV_ADMIN_STATE` bits in the words of its status page.
fn state(operational: u32, admin: u32) -> &'static str {
    const MAINTENANCE: u32 = 0x01 | 0x02 | 0x04 | 0x20 | 0x40;
    const DRAIN: u32 = 0x08 | 0x10;
    match (admin & MAINTENANCE != 0, admin & DRAIN != 0, operational) {
        (true, _, _) => "maint",
        (_, true, _) => "drain",
        (_, _, 0) => "down",
        (_, _, 1) => "starting",
        (_, _, 3) => "stopping",
        (..) => "up",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_from_the_map() {
        assert_eq!(
            parse_limits("0x55d3 m-1042 20\n0x55d4 m-1001 5\n"),
            [("m-1042".into(), "20".into()), ("m-1001".into(), "5".into())]
        );
    }

    #[test]
    fn servers_are_read_from_the_state_table() {
        let table = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state\n\
                     3 payments 1 payments-1 10.0.0.4 2 0 1 1\n\
                     3 payments 2 payments-2 10.0.0.5 2 8 1 1\n\
                     3 payments 3 payments-3 - 0 32 1 1\n";
        let states: Vec<_> =
            parse_servers(table).into_iter().map(|it| (it.name, it.state)).collect();
        assert_eq!(
            states,
            [
                ("payments-1".to_owned(), "up"),
                ("payments-2".to_owned(), "drain"),
                ("payments-3".to_owned(), "maint")
            ]
        );
    }

    #[test]
    fn a_name_that_would_be_a_second_command_is_refused() {
        for bad in ["m-1;shutdown sessions server payments/payments-1", "m\nshow env", "", "a b"] {
            assert!(check_word(bad).is_err(), "{bad:?}");
        }
        assert!(check_word("m-1042").is_ok());
    }
}
