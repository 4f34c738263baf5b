//! How many hypotheses a notebook holds, whichever door they come through. What stands in it is the timeline's.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use session::assessment::same_words;
use session::redact;

/// More than anybody believes in an incident. Each change has the pages draw all of them.
const MOST: usize = 50;

/// The words of those that there are.
#[derive(Debug, Default)]
pub(crate) struct Notebook(Mutex<BTreeSet<String>>);

/// One more has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the notebook has {MOST} hypotheses and holds no more; go on with one of them, in the same words"
)]
pub struct Full;

// === impl Notebook ===

impl Notebook {
    /// Makes a place for a hypothesis, unless it has one.
    ///
    /// # Errors
    /// When there is none left.
    pub(crate) fn hold(&self, text: &str) -> Result<(), Full> {
        // In the record it stands without secrets.
        let words = same_words(&redact::text(text));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains(&words) {
            return Err(Full);
        }
        known.insert(words);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_notebook_takes_changes_and_nothing_new() {
        let notebook = Notebook::default();
        assert!((0..50).all(|number| notebook.hold(&format!("Cause {number}")).is_ok()));
        assert_eq!(notebook.hold("cause  7 "), Ok(()));
        let full = notebook.hold("Another cause").unwrap_err().to_string();
        assert_eq!(
            full,
            "the notebook has 50 hypotheses and holds no more; go on with one of them, in the same words"
        );
    }

    #[test]
    fn words_that_differ_by_a_secret_are_one_hypothesis_as_in_the_record() {
        let notebook = Notebook::default();
        assert!(
            (0..60).all(|number| notebook.hold(&format!("It leaks token={number:05}")).is_ok())
        );
    }
}
