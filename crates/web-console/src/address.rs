//! Where one of a port's consoles stands: its path, its links and its cookie. It knows nobody's key.
//!
//! Each session has a path of its own, named by a slot. The slot is random and not the session's id:
//! an id says when a session began, does not exist before it has, and could be guessed from another
//! one's. It is no secret either, since a key is asked for behind it.

use axum::http::{HeaderMap, header};

use crate::keys;

/// What comes before a slot in a path.
const SESSIONS: &str = "/s/";
/// The operator's path.
pub(crate) const OPERATOR: &str = "/operator";

/// Where a console stands on its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme, name and port, such as `http://127.0.0.1:8080`.
    origin: String,
    /// Such as `/s/4f1e6f0c2b9a7d35`, without a slash at its end.
    path: String,
    /// The cookie's name. Cookies know no port, and a browser may hold those of several consoles.
    cookie: String,
}

// === impl Address ===

impl Address {
    /// A session's.
    pub(crate) fn of_session(origin: &str, slot: &str) -> Address {
        let (path, cookie) = (format!("{SESSIONS}{slot}"), format!("checkride-{slot}"));
        Address { origin: origin.to_owned(), path, cookie }
    }

    /// The operator's.
    pub(crate) fn of_operator(origin: &str) -> Address {
        let port = origin.rsplit(':').next().unwrap_or_default();
        let (path, cookie) = (OPERATOR.to_owned(), format!("checkride-operator-{port}"));
        Address { origin: origin.to_owned(), path, cookie }
    }

    /// The whole address, without a slash at its end.
    pub fn base(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The path of the page itself.
    pub fn page(&self) -> String {
        format!("{}/", self.path)
    }

    /// A link that is exchanged for a cookie.
    pub(crate) fn link(&self, secret: &str) -> String {
        format!("{}/enter/{secret}", self.base())
    }

    /// The name of its cookies.
    pub fn cookie_name(&self) -> &str {
        &self.cookie
    }

    /// What sets the cookie: for this path alone, and over TLS alone where there is TLS.
    pub(crate) fn set_cookie(&self, secret: &str) -> String {
        let secure = if self.origin.starts_with("https:") { "; Secure" } else { "" };
        format!("{}={secret}; HttpOnly; SameSite=Strict; Path={}{secure}", self.cookie, self.page())
    }

    /// The values of this cookie in a request.
    pub(crate) fn cookies<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs =
            all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(key, _)| *key == self.cookie).map(|(_, value)| value)
    }
}

/// A slot that nobody can guess: 64 random bits, in hex.
pub(crate) fn fresh_slot() -> String {
    let mut slot = keys::secret();
    slot.truncate(16);
    slot
}

/// The slot and what stands behind it, of a path below one; `""` where not even a slash does.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let below = path.strip_prefix(SESSIONS)?;
    Some(below.find('/').map_or((below, ""), |slash| below.split_at(slash)))
}

/// A path as the console below it knows it.
pub(crate) fn inside(path: &str) -> &str {
    match split(path) {
        Some((_, rest)) => rest,
        None => path.strip_prefix(OPERATOR).filter(|rest| rest.starts_with('/')).unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_apart_from_its_slot() {
        assert_eq!(split("/s/ab/api/me"), Some(("ab", "/api/me")));
        assert_eq!((split("/s/ab/"), split("/s/ab")), (Some(("ab", "/")), Some(("ab", ""))));
        assert_eq!((split("/"), split("/sab/api")), (None, None));
        assert_eq!(inside("/s/ab/ws/live"), "/ws/live");
        assert_eq!(inside("/operator/api/labs"), "/api/labs");
        assert_eq!(inside("/operatorapi/labs"), "/operatorapi/labs");
    }

    #[test]
    fn a_cookie_is_for_one_console_alone() {
        let one = Address::of_session("http://127.0.0.1:80", "ab");
        assert_eq!(one.set_cookie("x"), "checkride-ab=x; HttpOnly; SameSite=Strict; Path=/s/ab/");
        let over_tls = Address::of_session("https://127.0.0.1:80", "ab").set_cookie("x");
        assert!(over_tls.ends_with("; Secure"), "{over_tls}");
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "checkride-abc=no; checkride-ab=yes; a=b".parse().unwrap());
        headers.append(header::COOKIE, "checkride-ab=also".parse().unwrap());
        assert_eq!(one.cookies(&headers).collect::<Vec<_>>(), ["yes", "also"]);
    }

    #[test]
    fn slots_are_all_different() {
        let all: std::collections::BTreeSet<_> = (0..1000).map(|_| fresh_slot()).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|slot| slot.len() == 16));
    }
}
