//! The two labels that say what is ours. Their values name a session or an image, nothing else.

use std::collections::HashMap;

/// On every container, network and volume: the session that it belongs to.
pub(crate) const SESSION: &str = "checkride.session";

/// On every image that we built: its name without the tag.
pub(crate) const IMAGE: &str = "checkride.image";

/// The label set of a session's resource.
pub(crate) fn of_session(session: &str) -> HashMap<String, String> {
    HashMap::from([(SESSION.to_owned(), session.to_owned())])
}

/// An API filter for everything that bears `label`, with `value` when one is given.
pub(crate) fn filter(label: &str, value: Option<&str>) -> HashMap<String, Vec<String>> {
    let wanted = value.map_or_else(|| label.to_owned(), |value| format!("{label}={value}"));
    HashMap::from([("label".to_owned(), vec![wanted])])
}
