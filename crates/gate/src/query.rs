//! A query's parameters, each used once; one that nobody used is refused.

use std::collections::BTreeMap;

use crate::Refusal;

/// What is left of a query.
pub(crate) struct Query(BTreeMap<String, String>);

/// A number that Docker's own client might send; larger ones are nonsense.
const LARGEST: u64 = 1_000_000_000;

impl Query {
    pub(crate) fn new(parameters: BTreeMap<String, String>) -> Query {
        // The client writes some parameters without a value, which means the default.
        Query(parameters.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    pub(crate) fn flag(&mut self, key: &str) -> Result<bool, Refusal> {
        match self.text(key).as_deref() {
            None | Some("0" | "false" | "False") => Ok(false),
            Some("1" | "true" | "True") => Ok(true),
            Some(_) => Err(odd(key)),
        }
    }

    pub(crate) fn flag_or(&mut self, key: &str, otherwise: bool) -> Result<bool, Refusal> {
        if self.0.contains_key(key) { self.flag(key) } else { Ok(otherwise) }
    }

    /// A whole number that is not negative; -1 counts as none, as it does for the engine.
    pub(crate) fn number(&mut self, key: &str) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.text(key).filter(|text| text != "-1") else { return Ok(None) };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<u64>().ok().filter(|number| digits && *number <= LARGEST);
        let number = number.and_then(|number| u32::try_from(number).ok());
        number.map(Some).ok_or_else(|| odd(key))
    }

    /// Seconds since 1970 or an RFC 3339 time.
    pub(crate) fn time(&mut self, key: &str) -> Result<Option<String>, Refusal> {
        self.matching(key, 40, |byte| {
            byte.is_ascii_digit() || matches!(byte, b'T' | b'Z' | b':' | b'.' | b'+' | b'-')
        })
    }

    /// A signal by its name or number.
    pub(crate) fn signal(&mut self, key: &str) -> Result<Option<String>, Refusal> {
        self.matching(key, 16, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'))
    }

    pub(crate) fn matching(
        &mut self,
        key: &str,
        longest: usize,
        fits: impl Fn(u8) -> bool,
    ) -> Result<Option<String>, Refusal> {
        match self.text(key) {
            None => Ok(None),
            Some(text) if text.len() <= longest && text.bytes().all(fits) => Ok(Some(text)),
            Some(_) => Err(odd(key)),
        }
    }

    /// Nothing may be left.
    pub(crate) fn end(self) -> Result<(), Refusal> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(key) => Err(Refusal::forbidden(format!("`{key}` is not available here"))),
        }
    }
}

fn odd(key: &str) -> Refusal {
    Refusal::malformed(format!("`{key}` has an odd value"))
}
