//! `checkride images`: build what a lab needs, if it is not there. Also the first step of every
//! session.

use std::path::Path;

use anyhow::Result;
use lab::lab::Lab;
use testbed::{Engine, Images, Progress};

use crate::exit::Code;
use crate::progress::Show;
use crate::{places, print};

pub(super) async fn run(labs: Option<&Path>, name: &str) -> Result<Code> {
    let lab = places::lab(labs, name)?;
    let show = Show::new();
    let engine = Engine::connect().await?;
    ensure(&engine, &lab, &show).await?;
    show.clear();
    print::note(&format!("all images of `{}` are there", lab.id));
    Ok(Code::Ok)
}

/// Makes sure that every image of the lab is on the engine.
///
/// # Errors
/// When one cannot be built; the message holds the builder's last lines.
pub(super) async fn ensure(engine: &Engine, lab: &Lab, show: &dyn Progress) -> Result<Images> {
    Ok(testbed::images::ensure(engine, lab, &places::programs()?, show).await?)
}
