//! The list of what passes to a Grafana, by method and path. What is not on it is refused; what is
//! asked in a body is read elsewhere.

use super::SOURCE;
use super::path::Segments;
use crate::Refusal;

/// What stands on the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// Read and nothing else.
    Own,
    /// Read too, although it has a body: which features are on, and how fast the page was.
    Told,
    Dashboard(String),
    Queries,
    /// What stands behind `/api/v1/`.
    Question(String),
}

/// API groups of which a viewer reads something: dashboards, folders, their own settings, switches.
const GROUPS: [&str; 6] = [
    "collections.grafana.app",
    "dashboard.grafana.app",
    "features.grafana.app",
    "folder.grafana.app",
    "preferences.grafana.app",
    "userstorage.grafana.app",
];

/// Finds a request on the list.
///
/// # Errors
/// 404, or 403 for a method that changes something.
pub(super) fn find(method: &str, path: &Segments) -> Result<Found, Refusal> {
    let parts = path.parts();
    let found = match method {
        "GET" | "HEAD" => read(&parts),
        "POST" => sent(&parts),
        _ => None,
    };
    found.ok_or_else(|| match method {
        "GET" | "HEAD" => Refusal {
            status: 404,
            message: format!("`{path}` is not served here; dashboards and Explore are"),
        },
        _ => Refusal {
            status: 403,
            message: format!("`{method} {path}` would change Grafana, which is read-only here"),
        },
    })
}

fn read(parts: &[&str]) -> Option<Found> {
    if let ["api", rest @ ..] = parts {
        return of_api(rest);
    }
    Some(match parts {
        // Pages, and the files that they are made of.
        []
        | ["explore" | "bootdata" | "dashboards" | "favicon.ico"]
        | ["d" | "d-solo", _]
        | ["d" | "d-solo", _, _]
        | ["dashboards", "f", ..]
        | ["public", _, ..] => Found::Own,
        ["apis", "dashboard.grafana.app", _, "namespaces", _, "dashboards", uid]
        | ["apis", "dashboard.grafana.app", _, "namespaces", _, "dashboards", uid, "dto"] => {
            Found::Dashboard((*uid).to_owned())
        }
        ["apis", group, _, "namespaces", _, _, ..] if GROUPS.contains(group) => Found::Own,
        _ => return resources(parts),
    })
}

fn of_api(rest: &[&str]) -> Option<Found> {
    Some(match rest {
        ["dashboards", "uid", uid] => Found::Dashboard((*uid).to_owned()),
        ["health" | "search" | "annotations" | "user" | "org" | "plugins" | "library-elements"]
        | ["frontend", "settings"]
        | ["login", "ping"]
        | ["annotations" | "dashboards", "tags"]
        | ["dashboards", "home"]
        | ["folders", ..]
        | ["user", "preferences" | "orgs" | "stars" | "teams"]
        | ["org", "preferences"]
        | ["plugins", _, "settings"]
        | ["access-control", "user", "permissions" | "actions"]
        | ["prometheus", "grafana", "api", "v1", "rules"] => Found::Own,
        ["datasources", "uid", SOURCE] | ["datasources", "uid", SOURCE, "health"] => Found::Own,
        _ => return question(rest),
    })
}

fn sent(parts: &[&str]) -> Option<Found> {
    match parts {
        ["api", "ds", "query"] | ["apis", "query.grafana.app", _, "namespaces", _, "query"] => {
            Some(Found::Queries)
        }
        ["api", "frontend-metrics"]
        | [
            "apis",
            "features.grafana.app",
            _,
            "namespaces",
            _,
            "ofrep",
            "v1",
            "evaluate",
            "flags",
            ..,
        ] => Some(Found::Told),
        ["api", rest @ ..] => question(rest),
        _ => resources(parts),
    }
}

/// Prometheus' API behind Grafana's: as a resource of the data source, or through its proxy.
fn question(rest: &[&str]) -> Option<Found> {
    match rest {
        ["datasources", "uid", SOURCE, "resources", "api", "v1", route @ ..]
        | ["datasources", "proxy", "uid", SOURCE, "api", "v1", route @ ..] => known(route),
        _ => None,
    }
}

/// The same by Grafana's newer paths.
fn resources(parts: &[&str]) -> Option<Found> {
    let ["apis", "prometheus.datasource.grafana.app", _, "namespaces", _, rest @ ..] = parts else {
        return None;
    };
    match rest {
        ["datasources", SOURCE, "resources", "api", "v1", route @ ..] => known(route),
        _ => None,
    }
}

/// Routes of Prometheus that ask something; none that an administrator would use.
fn known(route: &[&str]) -> Option<Found> {
    let is_known = match route {
        ["query" | "query_range" | "query_exemplars" | "series" | "labels" | "metadata"]
        | ["rules" | "alerts"]
        | ["status", "buildinfo"] => true,
        ["label", name, "values"] => is_label(name),
        _ => false,
    };
    is_known.then(|| Found::Question(route.join("/")))
}

fn is_label(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether the answer on this route only names things. The values of a label answer a question, but
/// for the names of metrics.
pub(super) fn names_only(route: &str) -> bool {
    matches!(route, "labels" | "metadata" | "rules" | "status/buildinfo" | "label/__name__/values")
        || route == "query_exemplars"
}
