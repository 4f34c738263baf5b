//! `answers.yaml`: what teammates say when they are asked.

use std::collections::BTreeMap;

/// One thing a teammate knows. The best match of the question's words wins.
#[derive(Debug, Clone)]
pub struct Answer {
    pub id: String,
    /// Who answers, such as `Dana (payments)`.
    pub who: String,
    /// Lower-case words; an answer is given when one of these groups is wholly in the question.
    pub asked: Vec<Vec<String>>,
    pub says: String,
    /// Other words for single causes, keyed by cause id.
    pub unless: BTreeMap<String, String>,
}
