//! An error with everything below it, in one line. Says nothing of its own.

/// The error and its causes, parted by `: `, as a journal keeps them and a person reads them.
pub fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
