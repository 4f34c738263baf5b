//! What a browser may do with a page of Grafana: run the scripts that the page itself marks, from our
//! own origin, in our own frame. The console's pages have a stricter policy.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, header};
use regex::Regex;

/// Grafana makes a number for each page and marks its scripts with it.
static NONCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("'nonce-([A-Za-z0-9+/_-]{8,64}={0,2})'").ok());

/// Puts the policy on an answer; `given` are Grafana's own headers. A page that brings no number runs
/// no script that stands in it.
pub(super) fn put(given: &HeaderMap, headers: &mut HeaderMap) {
    let own = given.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
    let nonce = own.and_then(|own| {
        let found = NONCE.as_ref()?.captures(own)?;
        Some(found.get(1)?.as_str().to_owned())
    });
    // Grafana loads its plugins by evaluating them; scripts that a marked one loads are ours too.
    let script = match nonce {
        Some(nonce) => format!("'self' 'unsafe-eval' 'strict-dynamic' 'nonce-{nonce}'"),
        None => "'self'".to_owned(),
    };
    let policy = format!(
        "default-src 'self'; script-src {script}; style-src 'self' 'unsafe-inline' blob:; \
         img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; \
         worker-src 'self' blob:; frame-src 'none'; object-src 'none'; base-uri 'self'; \
         form-action 'none'; frame-ancestors 'self'"
    );
    // It holds nothing but what is written here and a number of known letters.
    let policy =
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(own: &str) -> String {
        let (mut given, mut headers) = (HeaderMap::new(), HeaderMap::new());
        given.insert(header::CONTENT_SECURITY_POLICY, own.parse().unwrap());
        put(&given, &mut headers);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        policy.split("; ").find(|part| part.starts_with("script-src")).unwrap().to_owned()
    }

    #[test]
    fn a_page_runs_what_it_marked_and_nothing_else() {
        // As Grafana fills its template in.
        let own = "script-src 'self' 'unsafe-eval' 'strict-dynamic' 'nonce-Yq3k0aJv9Qw1Zx=='; object-src 'none'";
        let with = "script-src 'self' 'unsafe-eval' 'strict-dynamic' 'nonce-Yq3k0aJv9Qw1Zx=='";
        assert_eq!(scripts(own), with);
        for none in
            ["script-src *", "script-src 'nonce-x y'", "script-src 'nonce-x'", "'nonce-abcd;efgh'"]
        {
            assert_eq!(scripts(none), "script-src 'self'", "{none}");
        }
    }
}
