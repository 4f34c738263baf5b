//! What every verb that starts a session does first: the engine, the home, the images, and an end to
//! what earlier sessions left. It starts nothing itself.

use std::sync::Arc;

use anyhow::Result;
use lab::lab::Lab;
use orchestrator::home::Home;
use testbed::{Engine, Images};
use tokio_util::sync::CancellationToken;

use super::{earlier, images};
use crate::places;
use crate::progress::Show;
use crate::signals::unless_stopped;

/// What a session stands on.
pub(super) struct Prepared {
    pub engine: Engine,
    pub home: Home,
    pub images: Arc<Images>,
}

/// Connects to the engine, builds the images that are missing, and closes earlier sessions.
///
/// # Errors
/// When there is no engine, no home, an image cannot be built, or the program is asked to end meanwhile.
pub(super) async fn prepare(lab: &Lab, show: &Show, stop: &CancellationToken) -> Result<Prepared> {
    let preparing = async {
        let engine = Engine::connect().await?;
        let home = places::home()?;
        let images = images::ensure(&engine, lab, show).await?;
        earlier::close_before_start(&engine, &home).await;
        Ok(Prepared { engine, home, images: Arc::new(images) })
    };
    unless_stopped(stop, preparing).await
}
