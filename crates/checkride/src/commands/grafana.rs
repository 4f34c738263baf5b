//! The image of `--grafana`: looked for, and fetched, before a session begins.

use anyhow::Result;
use orchestrator::grafana::Wanted;
use testbed::{Engine, Progress};
use web_console::console::Console;

use crate::cli::Grafana;

/// Makes sure that the image is on the engine.
///
/// # Errors
/// When it is not, and no registry gives it.
pub(super) async fn fetch(
    engine: &Engine,
    asked: &Grafana,
    show: &dyn Progress,
) -> Result<Option<String>> {
    let Some(image) = &asked.grafana else { return Ok(None) };
    testbed::images::fetch(engine, image, show).await?;
    Ok(Some(image.clone()))
}

/// A Grafana of this image, for the console's session.
pub(super) fn wanted(image: Option<&String>, console: &Console) -> Option<Wanted> {
    let address = console.grafana_address();
    image.map(|image| Wanted { image: image.clone(), address })
}
