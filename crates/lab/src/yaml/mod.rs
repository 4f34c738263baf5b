//! From the text of a file to a raw type, bounded, with errors in the author's words.

mod budget;
mod error;
pub(crate) mod node;

use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::Source;

/// The version of the file format that this program reads and writes.
const VERSION: &str = "1";

/// Reads a file of ours: checks its `version`, then the rest.
pub(crate) fn versioned<T: DeserializeOwned>(source: &Source) -> Result<T, Box<Problem>> {
    version(source)?;
    plain(source)
}

/// Reads a file that has no version of ours, such as a Compose file.
pub(crate) fn plain<T: DeserializeOwned>(source: &Source) -> Result<T, Box<Problem>> {
    serde_saphyr::from_str_with_options(&source.text, budget::options())
        .map_err(|error| Box::new(error::problem(source, &error)))
}

fn version(source: &Source) -> Result<(), Box<Problem>> {
    let root: At<node::Node> = plain(source)?;
    let node::Node::Map(entries) = &root.value else { return Ok(()) };
    let found = entries.iter().find(|(key, _)| key.value == "version");
    let (span, message) = match found {
        Some((_, at)) => match &at.value {
            node::Node::Scalar(text) if text == VERSION => return Ok(()),
            node::Node::Scalar(text) => {
                (at.span.clone(), format!("version `{text}` of the file format is not known"))
            }
            node::Node::Null | node::Node::List(_) | node::Node::Map(_) => {
                (at.span.clone(), "`version` is not a number".to_owned())
            }
        },
        None => (0..0, "`version` is missing".to_owned()),
    };
    let mut problem = source.problem(Rule::Version, span, message);
    problem.help = Some(format!("this program reads `version: {VERSION}`"));
    Err(Box::new(problem))
}
