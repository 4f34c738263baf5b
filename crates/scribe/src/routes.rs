//! What may be asked of Prometheus: a method and an exact path. Everything else is refused, and so
//! is every path that could be read in two ways, since it equals none of these.

use hyper::{Method, Uri};

/// Questions that may come with a form in the body.
const WITH_FORM: [&str; 6] =
    ["query", "query_range", "query_exemplars", "series", "labels", "format_query"];
/// Other paths of the API.
const READ: [&str; 13] = [
    "targets",
    "targets/metadata",
    "rules",
    "alerts",
    "alertmanagers",
    "metadata",
    "status/buildinfo",
    "status/runtimeinfo",
    "status/config",
    "status/flags",
    "status/tsdb",
    "status/walreplay",
    "parse_query",
];
/// Paths outside of the API.
const OUTSIDE: [&str; 4] = ["/metrics", "/federate", "/-/healthy", "/-/ready"];
/// Of a request line, path and question, in bytes.
pub const LONGEST_TARGET: usize = 8 << 10;

/// Why a request is not passed on, with the status that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub reason: &'static str,
}

/// The name of the route, such as `query` or `label/values`.
///
/// # Errors
/// What is not on the list.
pub fn route(method: &Method, uri: &Uri) -> Result<&'static str, Refusal> {
    if uri.scheme().is_some() || uri.authority().is_some() {
        return Err(Refusal { status: 400, reason: "the address is not a path" });
    }
    if uri.path_and_query().map_or(0, |target| target.as_str().len()) > LONGEST_TARGET {
        return Err(Refusal { status: 414, reason: "the question is too long" });
    }
    let (name, form) =
        known(uri.path()).ok_or(Refusal { status: 404, reason: "no such path here" })?;
    if *method == Method::GET || (form && *method == Method::POST) {
        return Ok(name);
    }
    Err(Refusal { status: 405, reason: "this path takes no such method" })
}

fn known(path: &str) -> Option<(&'static str, bool)> {
    if let Some(name) = OUTSIDE.iter().find(|name| **name == path) {
        return Some((name, false));
    }
    let path = path.strip_prefix("/api/v1/")?;
    if let Some(name) = WITH_FORM.iter().find(|name| **name == path) {
        return Some((name, true));
    }
    if let Some(name) = READ.iter().find(|name| **name == path) {
        return Some((name, false));
    }
    let label = path.strip_prefix("label/")?.strip_suffix("/values")?;
    let is_name =
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then_some(("label/values", false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: &Method, target: &str) -> u16 {
        let Ok(uri) = target.parse() else { return 400 };
        route(method, &uri).map_or_else(|refusal| refusal.status, |_| 200)
    }

    #[test]
    fn what_people_ask_is_passed_on() {
        for target in [
            "/api/v1/query?query=up",
            "/api/v1/query_range?query=up&start=1&end=2&step=1",
            "/api/v1/series?match[]=up",
            "/api/v1/labels",
            "/api/v1/label/__name__/values",
            "/api/v1/rules",
            "/api/v1/alerts",
            "/api/v1/targets?state=active",
            "/metrics",
            "/federate?match[]=up",
            "/api/v1/status/config",
            "/-/ready",
        ] {
            assert_eq!(status(&Method::GET, target), 200, "{target}");
        }
        for form in WITH_FORM {
            assert_eq!(status(&Method::POST, &format!("/api/v1/{form}")), 200, "{form}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for target in [
            "/api/v1/admin/tsdb/delete_series?match[]=up",
            "/api/v1/admin/tsdb/snapshot",
            "/api/v1/admin/tsdb/clean_tombstones",
            "/-/reload",
            "/-/quit",
            "/debug/pprof/",
            "/debug/pprof/heap",
            "/api/v1/write",
            "/api/v1/read",
            "/api/v1/otlp/v1/metrics",
            "/",
            "/graph",
            "/api/v1/query/",
            "/api/v1//query",
            "//api/v1/query",
            "/api/v1/../v1/query",
            "/api/v1/%71uery",
            "/api/v1/query%2f",
            "/api/v1/query;x",
            "/API/v1/query",
            "/api/v1/query%00",
            "/metrics/..",
            "/./metrics",
            "/%2e/metrics",
            "/api/v1/label/../query/values",
            "/api/v1/label/a%2fb/values",
            "/api/v1/label//values",
            "/api/v1/label/a/b/values",
            "/api/v1/query\\..\\admin",
            "/metrics%20",
            "*",
            "http://127.0.0.1:9091/metrics",
            "http://prometheus:9090/api/v1/query?query=up",
        ] {
            assert_ne!(status(&Method::GET, target), 200, "{target}");
        }
        assert_eq!(status(&Method::GET, &format!("/api/v1/query?query={}", "x".repeat(9000))), 414);
        for method in [Method::PUT, Method::DELETE, Method::OPTIONS, Method::CONNECT, Method::HEAD]
        {
            assert_eq!(status(&method, "/api/v1/query"), 405);
        }
        assert_eq!(status(&Method::POST, "/metrics"), 405);
        assert_eq!(status(&Method::POST, "/api/v1/alerts"), 405);
    }
}
