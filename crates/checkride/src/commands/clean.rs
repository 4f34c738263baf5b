//! `checkride clean`: remove what ended sessions left on the engine, and close their journals.
//! Sessions that still run are left alone, and so is everything of other homes without `--all`.

use std::collections::BTreeSet;

use anyhow::Result;
use orchestrator::reasons::in_words;
use serde_json::json;
use testbed::Engine;

use super::earlier::{self, Earlier};
use crate::exit::Code;
use crate::{places, print};

pub(super) async fn run(all: bool, images: bool, json: bool) -> Result<Code> {
    let home = places::home()?;
    let engine = Engine::connect().await?;
    let Earlier { removed, closed, left } = earlier::close(&engine, &home, all).await?;
    for error in &left {
        print::warning(&in_words(error));
    }
    let mut code = if left.is_empty() { Code::Ok } else { Code::Environment };
    let asked = if images { Some(testbed::clean::images(&engine).await) } else { None };
    let images = match asked {
        None => removed.images,
        Some(Ok(removed)) => removed.images,
        Some(Err(error)) => {
            print::warning(&in_words(&error));
            code = Code::Environment;
            BTreeSet::new()
        }
    };
    if json {
        print::json(&json!({
            "sessions": removed.sessions,
            "containers": removed.containers,
            "networks": removed.networks,
            "images": images,
            "miscounted": removed.miscounted,
            "journals_closed": closed,
        }))?;
        return Ok(code);
    }
    let counts = [
        (removed.containers.len(), "containers"),
        (removed.networks.len(), "networks"),
        (images.len(), "images"),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    print::out(&match words.is_empty() {
        true => "nothing to remove".to_owned(),
        false => format!("removed {}", words.join(", ")),
    });
    for network in &removed.miscounted {
        print::warning(&format!(
            "the network {network} is empty, but the engine has lost count and keeps it; restart \
             the engine, and `checkride clean` removes it"
        ));
    }
    for session in closed {
        print::out(&format!("closed the journal of {session}"));
    }
    Ok(code)
}
