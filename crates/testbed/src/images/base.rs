//! The one base of all images: used when it is there, else pulled, else made here.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use bollard::query_parameters::CreateImageOptionsBuilder;
use futures::StreamExt;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio_util::io::ReaderStream;

use super::{ImageError, tail};
use crate::{Built, Engine, Progress, Refusal};

/// What every Dockerfile begins with.
pub(super) const BASE: &str = "debian:trixie-slim";
const REPOSITORY: (&str, &str) = ("debian", "trixie-slim");

/// Makes sure that the base image is there; gives its id.
pub(super) async fn ensure(
    engine: &Engine,
    cache: &Path,
    progress: &dyn Progress,
) -> Result<String, ImageError> {
    if let Some(id) = id_of(engine, BASE).await? {
        progress.built(BASE, Built::UpToDate);
        return Ok(id);
    }
    let began = Instant::now();
    match pull(engine, BASE, progress).await {
        Ok(()) => progress.built(BASE, Built::Pulled),
        Err(refusal) => {
            tracing::info!(error = %refusal, "no registry gave the base image; making it");
            make(engine, cache, progress, refusal).await?;
            progress.built(BASE, Built::Built { took: began.elapsed() });
        }
    }
    id_of(engine, BASE)
        .await?
        .ok_or_else(|| failed("find", Refusal::NotFound { said: BASE.into() }))
}

/// The id of an image, or `None` when it is not on the engine.
pub(super) async fn id_of(engine: &Engine, image: &str) -> Result<Option<String>, ImageError> {
    match engine.docker().inspect_image(image).await.map_err(Refusal::from) {
        Ok(inspected) => Ok(inspected.id),
        Err(refusal) if refusal.is_not_found() => Ok(None),
        Err(source) => {
            Err(ImageError::Engine { what: "look for", image: image.to_owned(), source })
        }
    }
}

/// Fetches an image from its registry. Where none is in reach this fails at once.
pub(super) async fn pull(
    engine: &Engine,
    image: &str,
    progress: &dyn Progress,
) -> Result<(), Refusal> {
    progress.step(image, "pulling");
    let (name, tag) =
        image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).unwrap_or((image, "latest"));
    let options = CreateImageOptionsBuilder::new().from_image(name).tag(tag).build();
    let mut answer = engine.docker().create_image(Some(options), None, None);
    while let Some(line) = answer.next().await {
        if let Some(status) = line?.status {
            progress.step(image, &status);
        }
    }
    Ok(())
}

/// Makes the smallest Debian that can install packages, and imports it.
async fn make(
    engine: &Engine,
    cache: &Path,
    progress: &dyn Progress,
    not_pulled: Refusal,
) -> Result<(), ImageError> {
    let input =
        |source| ImageError::Input { image: BASE.to_owned(), path: cache.to_owned(), source };
    std::fs::create_dir_all(cache).map_err(input)?;
    let folder = tempfile::tempdir_in(cache).map_err(input)?;
    let archive = folder.path().join("base.tar");
    bootstrap(&archive, progress, not_pulled).await?;
    progress.step(BASE, "importing");
    let file = tokio::fs::File::open(&archive).await.map_err(input)?;
    let options = CreateImageOptionsBuilder::new()
        .from_src("-")
        .repo(REPOSITORY.0)
        .tag(REPOSITORY.1)
        .changes(vec!["CMD [\"bash\"]".to_owned()])
        .build();
    let body = bollard::body_try_stream(ReaderStream::new(file));
    let mut answer = engine.docker().create_image(Some(options), Some(body), None);
    while let Some(line) = answer.next().await {
        line.map_err(|error| failed("import", error.into()))?;
    }
    Ok(())
}

async fn bootstrap(
    archive: &Path,
    progress: &dyn Progress,
    not_pulled: Refusal,
) -> Result<(), ImageError> {
    let child = Command::new("mmdebstrap")
        .args(["--variant=essential", "--include=apt,ca-certificates", "trixie"])
        .arg(archive)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(ImageError::NoBase { image: BASE, source: not_pulled });
        }
        Err(error) => return Err(ImageError::Bootstrap { output: error.to_string() }),
    };
    let mut group = Group::of(&child);
    let mut output = String::new();
    if let Some(stderr) = child.stderr.take() {
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            progress.step(BASE, &line);
            output.push_str(&line);
            output.push('\n');
        }
    }
    let ended = child.wait().await;
    group.has_ended();
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(ImageError::Bootstrap { output: format!("{}\n{status}", tail(&output, 20)) })
        }
        Err(error) => Err(ImageError::Bootstrap { output: error.to_string() }),
    }
}

/// A program and all that it started. One that is given up is asked to end, and then removes what it has made by
/// itself: a folder with a whole system in it, which would stay if it were killed.
struct Group(Option<Pid>);

impl Group {
    /// That of a program that leads its own.
    fn of(leader: &Child) -> Group {
        Group(leader.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw))
    }

    fn has_ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // What has just ended needs not be asked.
            let _ = killpg(leader, Signal::SIGTERM);
        }
    }
}

fn failed(what: &'static str, source: Refusal) -> ImageError {
    ImageError::Engine { what, image: BASE.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// One that leads a group, does not end by itself, and removes what it has made when it is asked to.
    fn leader(made: &Path) -> Child {
        let script = "sleep 1000 & touch \"$0\"; trap 'rm \"$0\"; exit 0' TERM; echo; wait";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(made).process_group(0).stdout(Stdio::piped());
        command.spawn().unwrap()
    }

    #[tokio::test]
    async fn a_program_that_is_given_up_removes_what_it_has_made() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("made");
        let mut child = leader(&made);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some(""));
        drop(Group::of(&child));
        let ended = tokio::time::timeout(Duration::from_secs(20), child.wait()).await;
        assert_eq!(ended.expect("it ends").unwrap().code(), Some(0));
        assert!(!made.exists());
    }
}
