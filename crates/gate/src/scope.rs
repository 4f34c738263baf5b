//! Which containers there are to whoever asks, and under which names.

use std::collections::{BTreeMap, BTreeSet};

use crate::Refusal;

/// Words that are never part of an answer; what holds one is emptied.
const MARK: &str = "checkride";

/// A container that people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The engine's own, 64 hex digits.
    pub id: String,
    /// As people type it, such as `payments-1`.
    pub name: String,
    /// The service that it is a replica of.
    pub service: String,
}

/// What people see of a session, and how it is called.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The prefix of the engine's names for the containers is this and a `-`.
    pub session: String,
    /// Those that are seen, sorted by name.
    pub containers: Vec<Container>,
    /// Services that are not: where people sit, and what is not the team's own.
    pub hidden: BTreeSet<String>,
    /// The engine's names of images, and what people see instead (`payments:2.4.0`).
    pub images: BTreeMap<String, String>,
    /// By service: the variables that the control plane shows as well.
    pub settings: BTreeMap<String, BTreeSet<String>>,
}

impl Scope {
    /// The container of this name or id, or the only one whose id begins so.
    ///
    /// # Errors
    /// 404 in the engine's own words, also for one that exists and is not seen.
    pub fn find(&self, reference: &str) -> Result<&Container, Refusal> {
        let exact = |it: &&Container| it.name == reference || it.id == reference;
        if let Some(found) = self.containers.iter().find(exact) {
            return Ok(found);
        }
        let mut starting = self.containers.iter().filter(|it| it.id.starts_with(reference));
        match (starting.next(), starting.next()) {
            (Some(found), None) if !reference.is_empty() => Ok(found),
            _ => Err(Refusal::no_container(reference)),
        }
    }

    /// The container that the engine calls by this id.
    pub fn by_id(&self, id: &str) -> Option<&Container> {
        self.containers.iter().find(|it| it.id == id)
    }

    /// The name that people type, from the engine's (with or without a leading `/`); `None` for a
    /// container of another session and for one that is not seen. Also for one that is gone.
    pub fn name<'a>(&self, engine_name: &'a str) -> Option<&'a str> {
        let name = engine_name.trim_start_matches('/');
        let name = name.strip_prefix(&self.session)?.strip_prefix('-')?;
        (!self.is_hidden(name)).then_some(name)
    }

    /// Whether a container is one of a hidden service (`internet`, `internet-2`).
    pub fn is_hidden(&self, name: &str) -> bool {
        self.hidden.iter().any(|service| {
            name.strip_prefix(service.as_str()).is_some_and(|rest| {
                let number = rest.strip_prefix('-');
                rest.is_empty()
                    || number.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
            })
        })
    }

    /// What people see instead of the engine's name for an image.
    pub fn image(&self, engine_name: &str, container: &str) -> String {
        if let Some(shown) = self.images.get(engine_name) {
            return shown.clone();
        }
        // An image that lost its name: the service's is as good as any.
        let service = container.trim_end_matches(|c: char| c.is_ascii_digit());
        format!("{}:latest", service.trim_end_matches('-'))
    }

    /// The environment less what is not a setting of the control plane.
    pub(crate) fn environment(&self, service: &str, all: &[&str]) -> Vec<String> {
        let Some(settings) = self.settings.get(service) else { return Vec::new() };
        let is_setting =
            |pair: &&&str| pair.split_once('=').is_some_and(|(key, _)| settings.contains(key));
        all.iter().filter(is_setting).map(|pair| (**pair).to_owned()).collect()
    }

    /// The engine's words for an error, in names that people see; nothing of the host's paths.
    pub fn clean(&self, message: &str) -> String {
        let text = message.replace(&format!("{}-", self.session), "");
        if self.tells(&text) || text.contains("/var/") || text.contains("/run/") {
            return "the engine refused".to_owned();
        }
        text
    }

    /// Whether a text says what must not be said.
    pub(crate) fn tells(&self, text: &str) -> bool {
        let session = !self.session.is_empty() && text.contains(&self.session);
        session || text.to_ascii_lowercase().contains(MARK)
    }
}

#[cfg(test)]
pub(crate) fn example() -> Scope {
    let container = |name: &str, service: &str, digit: &str| Container {
        id: digit.repeat(64),
        name: name.to_owned(),
        service: service.to_owned(),
    };
    Scope {
        session: "20261124-151617-abcd".to_owned(),
        containers: vec![
            container("edge", "edge", "e"),
            container("payments-1", "payments", "a1"),
            container("payments-2", "payments", "a2"),
        ],
        hidden: ["workstation", "internet"].map(str::to_owned).into(),
        images: BTreeMap::from([(
            "checkride/payments-payments-2.4.0:abc".to_owned(),
            "payments:2.4.0".to_owned(),
        )]),
        settings: BTreeMap::from([("payments".to_owned(), ["POOL_SIZE".to_owned()].into())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_found_by_name_id_and_the_beginning_of_its_id() {
        let scope = example();
        let found = |reference: &str| scope.find(reference).map(|it| it.name.clone()).ok();
        assert_eq!(found("payments-1").as_deref(), Some("payments-1"));
        assert_eq!(found(&"e".repeat(64)).as_deref(), Some("edge"));
        assert_eq!(found("ee").as_deref(), Some("edge"));
        for other in ["a", "", "workstation", "internet", "20261124-151617-abcd-edge", "pay"] {
            let refusal = scope.find(other).unwrap_err();
            assert_eq!(refusal.status, 404, "{other}");
        }
    }

    #[test]
    fn the_engines_names_become_the_labs() {
        let scope = example();
        assert_eq!(scope.name("/20261124-151617-abcd-payments-1"), Some("payments-1"));
        assert_eq!(scope.name("20261124-151617-abcd-internet"), None);
        assert_eq!(scope.name("20261124-151617-abcd-internet-2"), None);
        assert_eq!(scope.name("other-payments-1"), None);
        assert_eq!(scope.name("/payments-1"), None);
    }

    #[test]
    fn an_error_says_no_session_and_no_path_of_the_host() {
        let scope = example();
        let cleaned = scope.clean("Container 20261124-151617-abcd-edge is not running");
        assert_eq!(cleaned, "Container edge is not running");
        assert_eq!(scope.clean("open /var/lib/docker/x: gone"), "the engine refused");
        assert_eq!(scope.clean("label Checkride.x"), "the engine refused");
    }
}
