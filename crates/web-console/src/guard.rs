//! What stands in front of every route: whom a request was meant for, where it comes from, and what
//! the browser may do with the answer.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::address::inside;
use crate::host::Host;
use crate::problem::Problem;

/// No script but ours, nobody's frame, nothing from elsewhere. Styles may stand inline, because the
/// terminal writes its own.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The names under which this server is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    /// Each with its port, as browsers write it.
    names: Vec<String>,
    /// `http://` or `https://`.
    scheme: &'static str,
    /// Scheme, name and port, as links begin.
    origin: String,
}

// === impl Hosts ===

impl Hosts {
    /// `name` as it was asked for, and those of the loopback when it is one of them.
    pub(crate) fn of(name: &str, port: u16, encrypted: bool) -> Hosts {
        let (scheme, usual) = if encrypted { ("https://", 443) } else { ("http://", 80) };
        let loopback = ["127.0.0.1", "localhost", "[::1]"];
        let names: Vec<&str> =
            if loopback.contains(&name) { loopback.to_vec() } else { vec![name] };
        let with_port = |name: &&str| match port {
            port if port == usual => name.to_lowercase(),
            port => format!("{}:{port}", name.to_lowercase()),
        };
        let names = names.iter().map(with_port).collect();
        Hosts { names, scheme, origin: format!("{scheme}{name}:{port}") }
    }

    /// How links begin, such as `http://127.0.0.1:8080`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    fn is_us(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.names.contains(&host)
    }

    fn is_ours(&self, origin: &str) -> bool {
        origin.strip_prefix(self.scheme).is_some_and(|host| self.is_us(host))
    }

    /// Whether a request may go on. `path` is what the console that it is for knows it by.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<(), Problem> {
        let refused = |title: &str, detail: &str| {
            Err(Problem::new(StatusCode::FORBIDDEN, title, detail.to_owned()))
        };
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if headers.get_all(header::HOST).iter().count() != 1
            || !text(header::HOST).is_some_and(|host| self.is_us(host))
        {
            return refused("another host", "open the link exactly as it was printed");
        }
        let is_called = ["/api/", "/ws/", "/grafana/"].iter().any(|it| path.starts_with(it));
        let site = text(HeaderName::from_static("sec-fetch-site"));
        if is_called && site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return refused("another site", "only this page may ask that");
        }
        let changes = !matches!(*method, Method::GET | Method::HEAD) || path.starts_with("/ws/");
        let origin = text(header::ORIGIN);
        if changes && !origin.is_some_and(|origin| self.is_ours(origin)) {
            return refused("another origin", "only this page may ask that");
        }
        Ok(())
    }
}

/// Checks a request and dresses its answer.
pub(crate) async fn stand(
    State(host): State<Host>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let path = inside(request.uri().path()).to_owned();
    let checked = host.hosts().check(request.method(), &path, request.headers());
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    dress(&path, response.headers_mut());
    response
}

fn dress(path: &str, headers: &mut HeaderMap) {
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ];
    for (name, value) in fixed {
        // A report brings a stricter policy of its own, and a page of Grafana the one that it needs.
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    // The names of both hold a hash of their content.
    if !path.starts_with("/assets/") && !path.starts_with("/grafana/public/build/") {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, path: &str, given: &[(&str, &str)]) -> Result<(), String> {
        check_on(&Hosts::of("127.0.0.1", 4321, false), method, path, given)
    }

    fn check_on(
        hosts: &Hosts,
        method: &Method,
        path: &str,
        given: &[(&str, &str)],
    ) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::try_from(*value).unwrap(),
            );
        }
        hosts.check(method, path, &headers).map_err(|problem| problem.title)
    }

    #[test]
    fn only_the_exact_host_is_answered() {
        for host in ["127.0.0.1:4321", "localhost:4321", "LOCALHOST:4321", "[::1]:4321"] {
            assert_eq!(check(&Method::GET, "/", &[("host", host)]), Ok(()), "{host}");
        }
        let foreign = [
            "127.0.0.1",
            "localhost",
            "localhost:80",
            "evil.example",
            "127.0.0.1:4321.evil.example",
            "evil.example:4321",
            "localhost:4321@evil.example",
            "",
            "127.0.0.2:4321",
        ];
        for host in foreign {
            let refused = Err("another host".to_owned());
            assert_eq!(check(&Method::GET, "/", &[("host", host)]), refused, "{host}");
        }
        let twice = [("host", "localhost:4321"), ("host", "evil.example")];
        assert!(check(&Method::GET, "/", &twice).is_err());
        assert!(check(&Method::GET, "/", &[]).is_err());
    }

    #[test]
    fn what_changes_something_and_every_socket_needs_our_origin() {
        let with = |method: &Method, path: &str, origin: Option<&str>| {
            let host = ("host", "localhost:4321");
            let given: Vec<_> =
                [Some(host), origin.map(|it| ("origin", it))].into_iter().flatten().collect();
            check(method, path, &given).is_ok()
        };
        for path in ["/api/say", "/api/ticket", "/api/views"] {
            assert!(with(&Method::POST, path, Some("http://localhost:4321")));
            for foreign in [
                None,
                Some("null"),
                Some("https://localhost:4321"),
                Some("http://localhost:4322"),
                Some("http://evil.example"),
                Some("http://localhost:4321.evil.example"),
            ] {
                assert!(!with(&Method::POST, path, foreign), "{path} {foreign:?}");
            }
        }
        assert!(!with(&Method::GET, "/ws/live", Some("http://evil.example")));
        assert!(!with(&Method::GET, "/ws/live", None));
        assert!(with(&Method::GET, "/ws/live", Some("http://127.0.0.1:4321")));
        assert!(with(&Method::GET, "/api/me", None));
        assert!(!with(&Method::PATCH, "/api/hypotheses/1", None));
        assert!(!with(&Method::DELETE, "/", None));
    }

    #[test]
    fn another_site_may_link_here_and_not_more() {
        let site = |path: &str, site: &str| {
            check(&Method::GET, path, &[("host", "localhost:4321"), ("sec-fetch-site", site)])
                .is_ok()
        };
        assert!(site("/enter/abc", "cross-site"), "a link in a mail");
        assert!(site("/", "cross-site"), "what follows it");
        assert!(!site("/api/me", "cross-site"));
        assert!(!site("/api/me", "same-site"));
        assert!(site("/api/me", "same-origin"));
    }

    #[test]
    fn another_scheme_is_another_origin() {
        let hosts = Hosts::of("localhost", 4321, true);
        let check = |origin: &str| {
            let given = [("host", "localhost:4321"), ("origin", origin)];
            check_on(&hosts, &Method::POST, "/api/say", &given).is_ok()
        };
        assert!(check("https://localhost:4321"));
        assert!(!check("http://localhost:4321"));
    }
}
