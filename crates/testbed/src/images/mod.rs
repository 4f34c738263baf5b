//! The images that a lab needs, built from source when they are not there.
//!
//! Each image's tag is a hash over everything that goes into it, so that an image with that tag
//! is the one that is wanted, and one without it has to be built. Nothing else decides.

mod base;
mod build;
mod compile;
mod context;
mod lock;
mod plan;
mod release;
mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use lab::lab::Lab;

use crate::boxed;
use crate::clean::CleanError;
use crate::{Built, Engine, Progress, Refusal};

pub use plan::ImagePlan;
use plan::{Recipe, Wanted};
pub use workspace::stand_in;

/// Builds that go on beside each other, of releases and of everything else: compiling takes the
/// processor, and installing packages mostly waits.
const AT_ONCE: usize = 2;

/// The images of a lab, all of which are on the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Images {
    services: BTreeMap<String, String>,
    releases: BTreeMap<(String, String), String>,
}

/// Why an image is not there and could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("could not read `{path}`, which goes into image `{image}`")]
    Input {
        image: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("image `{image}` needs a Dockerfile in `{context}`")]
    NoDockerfile { image: String, context: PathBuf },
    #[error(
        "image `{image}` needs the program `{program}`, which is not in `{folder}`; build it with \
         `cargo build --release -p {program}`"
    )]
    NoProgram { image: String, program: String, folder: PathBuf },
    #[error("`{name}` would come twice into image `{image}`: from its folder and from `x-files`")]
    Twice { image: String, name: String },
    #[error("image `{image}` did not build, at {step}:\n{output}")]
    Build { image: String, step: String, output: String },
    #[error("the engine could not {what} image `{image}`")]
    Engine {
        what: &'static str,
        image: String,
        #[source]
        source: Refusal,
    },
    #[error(
        "image `{image}` is not on the engine and could not be pulled; load it with `docker load`, or \
         name one that is there"
    )]
    NotPulled {
        image: String,
        #[source]
        source: Refusal,
    },
    #[error(
        "the base image `{image}` is not on the engine, no registry gave it, and mmdebstrap, which \
         could make it, is not installed; `apt-get install mmdebstrap`, or load the image yourself \
         with `docker load`"
    )]
    NoBase {
        image: &'static str,
        #[source]
        source: Refusal,
    },
    #[error("mmdebstrap could not make the base image:\n{output}")]
    Bootstrap { output: String },
    #[error("patch `{patch}` does not apply to release {before} of `{deployment}`:\n{output}")]
    Patch { deployment: String, before: String, patch: PathBuf, output: String },
    #[error("release {version} of `{deployment}` does not compile:\n{output}")]
    Compile { deployment: String, version: String, output: String },
    #[error("deployment `{deployment}` has no release {version}")]
    NoRelease { deployment: String, version: String },
    #[error("could not run `{program}` to make release {version} of `{deployment}`; {remedy}")]
    NoTool {
        program: &'static str,
        deployment: String,
        version: String,
        remedy: &'static str,
        #[source]
        source: std::io::Error,
    },
    #[error("could not prepare the source of release {version} of `{deployment}` in `{path}`")]
    Source {
        deployment: String,
        version: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("an older image could not be removed")]
    Old(#[source] CleanError),
}

/// Makes sure that every image of the lab is on the engine, all releases of its deployments
/// included. `programs` is the folder with this workspace's static binaries; sources of releases
/// are compiled in a folder beside it.
///
/// # Errors
/// What could not be made and why, with the last lines of what the tool said.
#[boxed]
pub async fn ensure(
    engine: &Engine,
    lab: &Lab,
    programs: &Path,
    progress: &dyn Progress,
) -> Result<Images, ImageError> {
    let plan = ImagePlan::of(lab, programs);
    ensure_plan(engine, &plan, progress).await
}

/// Makes sure that an image is on the engine under its own name, and fetches it where it is not.
///
/// # Errors
/// When the engine has none and no registry gives it.
#[boxed]
pub async fn fetch(
    engine: &Engine,
    image: &str,
    progress: &dyn Progress,
) -> Result<(), ImageError> {
    let outcome = match base::id_of(engine, image).await? {
        Some(_) => Built::UpToDate,
        None => {
            let pulled = base::pull(engine, image, progress).await;
            pulled.map_err(|source| ImageError::NotPulled { image: image.to_owned(), source })?;
            Built::Pulled
        }
    };
    progress.built(image, outcome);
    Ok(())
}

/// As [`ensure`], for a plan.
///
/// # Errors
/// As [`ensure`].
#[boxed]
pub async fn ensure_plan(
    engine: &Engine,
    plan: &ImagePlan,
    progress: &dyn Progress,
) -> Result<Images, ImageError> {
    let base = match plan.needs_base() {
        true => base::ensure(engine, plan.cache(), progress).await?,
        false => String::new(),
    };
    let builder = build::Builder::new(engine, Arc::from(base), progress).await?;
    let is_release = |it: &&Wanted| matches!(it.recipe, Recipe::Release { .. });
    let (releases, others): (Vec<_>, Vec<_>) = plan.wanted().iter().partition(is_release);
    let (mut references, of_releases) =
        tokio::try_join!(lane(&builder, others), lane(&builder, releases))?;
    references.extend(of_releases);
    Ok(plan.images(&references))
}

/// The references of some of the images, by their keys, once all are there.
async fn lane(
    builder: &build::Builder<'_>,
    wanted: Vec<&Wanted>,
) -> Result<BTreeMap<String, String>, ImageError> {
    let builds: Vec<_> = wanted.into_iter().map(|wanted| builder.ensure(wanted)).collect();
    futures::stream::iter(builds).buffer_unordered(AT_ONCE).try_collect().await
}

impl Images {
    /// The image that a service's containers start from; for a service that is deployed, that of
    /// the release which runs at the start. Empty for a service that the lab does not have.
    pub fn of(&self, service: &str) -> &str {
        self.services.get(service).map(String::as_str).unwrap_or_default()
    }

    /// The image of a release of a deployment.
    pub fn release(&self, deployment: &str, version: &str) -> Option<&str> {
        let key = (deployment.to_owned(), version.to_owned());
        self.releases.get(&key).map(String::as_str)
    }
}

/// The last lines of what a tool said, which is where compilers and builders put the reason.
fn tail(output: &str, lines: usize) -> String {
    let all: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
