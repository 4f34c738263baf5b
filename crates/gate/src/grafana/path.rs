//! A path of Grafana, taken apart once and strictly. It does not say what the path is for.

use crate::Refusal;

/// The longest path, in bytes.
const LONGEST: usize = 1024;

/// The parts of a path. Each is one or more of `A-Z a-z 0-9 . _ - ~ @ : = +`, and neither `.` nor
/// `..`; none for the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segments(Vec<String>);

// === impl Segments ===

impl Segments {
    /// Takes a path apart, which begins with `/`.
    ///
    /// # Errors
    /// For everything that two readers might understand differently: an encoded or odd character, an
    /// empty or dotted part, a slash at the end of more than the root.
    pub fn parse(path: &str) -> Result<Segments, Refusal> {
        if path.len() > LONGEST {
            return Err(Refusal::malformed(format!("the path is longer than {LONGEST} bytes")));
        }
        let rest = path.strip_prefix('/');
        let rest = rest.ok_or_else(|| Refusal::malformed("the path does not begin with `/`"))?;
        if rest.is_empty() {
            return Ok(Segments(Vec::new()));
        }
        let part = |part: &str| {
            if part.is_empty() || part == "." || part == ".." || !part.bytes().all(is_plain) {
                return Err(Refusal::malformed("the path has an empty, dotted or odd part"));
            }
            Ok(part.to_owned())
        };
        rest.split('/').map(part).collect::<Result<_, _>>().map(Segments)
    }

    /// The parts, in order.
    pub fn parts(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'_' | b'-' | b'~' | b'@' | b':' | b'=' | b'+')
}

impl std::fmt::Display for Segments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        self.0.iter().try_for_each(|part| write!(f, "/{part}"))
    }
}
