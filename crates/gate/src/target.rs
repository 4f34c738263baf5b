//! A request's target, taken apart once and strictly: what is recorded is what is acted on.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::Refusal;

/// The longest target, in bytes. The longest of a Docker CLI (filters) is below a fifth of it.
const LONGEST: usize = 4096;
/// The most parameters of a query.
const PARAMETERS: usize = 24;

/// A version of the API, such as 1.41.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

impl Version {
    /// Reads `1.41`: digits, a dot, digits, nothing else and no leading zero.
    pub fn parse(text: &str) -> Option<Version> {
        let (major, minor) = text.split_once('.')?;
        let number = |text: &str| -> Option<u8> {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let plain = plain && (text == "0" || !text.starts_with('0'));
            plain.then(|| text.parse().ok()).flatten()
        };
        Some(Version { major: number(major)?, minor: number(minor)? })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Path and query of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// From the path's beginning (`/v1.41/…`), where it has one.
    pub version: Option<Version>,
    /// What follows. Each is one or more of `A-Z a-z 0-9 . _ -`, and neither `.` nor `..`.
    pub segments: Vec<String>,
    /// Decoded. No key comes twice, no text has a control character.
    pub query: BTreeMap<String, String>,
}

impl Target {
    /// Takes a target in origin form (`/path?query`) apart.
    ///
    /// # Errors
    /// For everything that two readers might understand differently: another form, an encoded or
    /// odd character in the path, an empty or dotted segment, a key that comes twice.
    pub fn parse(text: &str) -> Result<Target, Refusal> {
        if text.len() > LONGEST {
            return Err(Refusal::malformed(format!("the target is longer than {LONGEST} bytes")));
        }
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, query),
            None => (text, ""),
        };
        let mut segments = segments(path)?;
        let version = match segments.first().and_then(|first| first.strip_prefix('v')) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                let version = Version::parse(rest).ok_or_else(|| {
                    Refusal::malformed(format!("`v{rest}` is no version of the API"))
                })?;
                segments.remove(0);
                Some(version)
            }
            Some(_) | None => None,
        };
        Ok(Target { version, segments, query: parameters(query)? })
    }
}

fn segments(path: &str) -> Result<Vec<String>, Refusal> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err(Refusal::malformed("the target is no path; it has to begin with `/`"));
    };
    let segment = |segment: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if segment.is_empty() {
            return Err(Refusal::malformed("the path has an empty segment"));
        }
        if segment == "." || segment == ".." {
            return Err(Refusal::malformed("the path has a dotted segment"));
        }
        if !segment.bytes().all(plain) {
            return Err(Refusal::malformed("the path has an encoded or odd character"));
        }
        Ok(segment.to_owned())
    };
    rest.split('/').map(segment).collect()
}

fn parameters(query: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let mut all = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key_fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if key.is_empty() || !key.bytes().all(key_fits) {
            return Err(Refusal::malformed("the query has an odd key"));
        }
        if all.insert(key.to_owned(), decoded(value)?).is_some() {
            return Err(Refusal::malformed(format!("the query has `{key}` twice")));
        }
        if all.len() > PARAMETERS {
            return Err(Refusal::malformed(format!("the query has over {PARAMETERS} parameters")));
        }
    }
    Ok(all)
}

fn decoded(value: &str) -> Result<String, Refusal> {
    let odd = || Refusal::malformed("the query has a value that is no text");
    let mut rest = value;
    while let Some(at) = rest.find('%') {
        let digits = rest.as_bytes().get(at + 1..at + 3).ok_or_else(odd)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(odd());
        }
        rest = &rest[at + 3..];
    }
    // A space is `+` in a query; a plus sign is always encoded.
    let spaced = value.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_| odd())?;
    if text.chars().any(char::is_control) {
        return Err(odd());
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        Target::parse(text).is_err_and(|refusal| refusal.status == 400)
    }

    #[test]
    fn a_clients_own_target_is_taken_apart() {
        let target =
            Target::parse("/v1.41/containers/payments-1/top?ps_args=-o+pid%2Cargs").unwrap();
        assert_eq!(target.version, Some(Version { major: 1, minor: 41 }));
        assert_eq!(target.segments, ["containers", "payments-1", "top"]);
        assert_eq!(target.query["ps_args"], "-o pid,args");
    }

    #[test]
    fn every_trick_with_a_path_is_refused() {
        let tricks = [
            "",
            "*",
            "containers/json",
            "http://docker/containers/json",
            "//containers/json",
            "/containers//json",
            "/containers/json/",
            "/",
            "/./containers/json",
            "/containers/../images/json",
            "/v1.41/../containers/json",
            "/containers/%2e%2e/images/json",
            "/containers/%2E%2E/images/json",
            "/containers%2fjson",
            "/containers/x%00/json",
            "/containers/x%20y/json",
            "/containers/x\\..\\y/json",
            "/containers/x;y/json",
            "/containers/x y/json",
            "/containers/\u{202e}/json",
            "/v1.041/containers/json",
            "/v1.41.0/containers/json",
            "/v1/containers/json",
            "/v1.999/containers/json",
        ];
        for trick in tricks {
            assert!(refused(trick), "{trick}");
        }
        assert!(refused(&format!("/containers/{}/json", "x".repeat(5000))));
    }

    #[test]
    fn a_query_that_two_readers_could_understand_differently_is_refused() {
        for trick in
            ["/x?a=1&a=2", "/x?a=%", "/x?a=%zz", "/x?a=%00", "/x?a=%ff", "/x?=1", "/x?a[]=1"]
        {
            assert!(refused(trick), "{trick}");
        }
        let many: String = (0..40).map(|n| format!("k{n}=1&")).collect();
        assert!(refused(&format!("/x?{many}")));
    }
}
