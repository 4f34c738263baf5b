//! The labels that say what is ours, and whose. Their values name a home, a session or an image,
//! nothing else.

use std::collections::HashMap;

/// On every container and network: the session that it belongs to.
pub(crate) const SESSION: &str = "checkride.session";

/// On every container and network: the home whose session it is.
pub(crate) const HOME: &str = "checkride.home";

/// On every image that we built: its name without the tag.
pub(crate) const IMAGE: &str = "checkride.image";

/// Whose a resource is. Several people, or several homes of one person, may share an engine; nobody
/// removes what another one runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The opaque id of the home that keeps the session's record. No path, no name.
    pub home: String,
    /// The session's id.
    pub session: String,
}

impl Owner {
    /// The label set of a session's resource.
    pub(crate) fn labels(&self) -> HashMap<String, String> {
        HashMap::from([
            (SESSION.to_owned(), self.session.clone()),
            (HOME.to_owned(), self.home.clone()),
        ])
    }

    /// An API filter for everything of this session of this home.
    pub(crate) fn filter(&self) -> HashMap<String, Vec<String>> {
        let wanted = self.labels().into_iter().map(|(key, value)| format!("{key}={value}"));
        HashMap::from([("label".to_owned(), wanted.collect())])
    }
}

/// An API filter for everything that bears `label`, with `value` when one is given.
pub(crate) fn filter(label: &str, value: Option<&str>) -> HashMap<String, Vec<String>> {
    let wanted = value.map_or_else(|| label.to_owned(), |value| format!("{label}={value}"));
    HashMap::from([("label".to_owned(), vec![wanted])])
}
