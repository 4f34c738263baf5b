//! A form for Prometheus, with the parameters that are known and no other. What the question in it
//! means is not read here.

use crate::Refusal;

/// The longest form, in bytes.
const LONGEST: usize = 32 << 10;
/// Parameters of one form.
const MOST: usize = 64;
const KNOWN: [&str; 9] =
    ["query", "time", "start", "end", "step", "match[]", "limit", "metric", "type"];

/// Reads a form and writes it anew.
///
/// # Errors
/// When it is too long, or has a parameter twice that can be there once.
pub(super) fn known(given: &[u8]) -> Result<String, Refusal> {
    if given.len() > LONGEST {
        return Err(Refusal::malformed(format!("the form is longer than {LONGEST} bytes")));
    }
    let pairs = form_urlencoded::parse(given);
    let kept: Vec<_> = pairs.filter(|(key, _)| KNOWN.contains(&key.as_ref())).collect();
    if kept.len() > MOST {
        return Err(Refusal::malformed(format!("the form has over {MOST} parameters")));
    }
    let count = |wanted: &str| kept.iter().filter(|(key, _)| key == wanted).count();
    let twice = KNOWN.into_iter().find(|key| *key != "match[]" && count(key) > 1);
    if let Some(key) = twice {
        return Err(Refusal::malformed(format!("the form has `{key}` twice")));
    }
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish())
}
