//! From a source tree and patches to the program of a release.
//!
//! A release is a real build: the crate is copied, the patches up to the release are applied, and
//! cargo compiles it in a stand-in for its workspace, with the dependencies of that.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;
use tokio::sync::Mutex;

use super::context::{Context, ContextError, Inputs};
use super::lock;
use super::plan::ReleaseSource;
use super::workspace::{lock_file, stand_in};
use super::{ImageError, compile, tail};
use crate::Progress;

/// Lines of a tool's output that an error shows.
const SHOWN: usize = 30;

/// Feeds everything that decides about the program into `inputs`.
pub(super) fn hash(
    image: &str,
    source: &ReleaseSource,
    inputs: &mut Inputs,
) -> Result<(), ImageError> {
    let mut context = Context::default();
    let read = |context: &mut Context, name: &str, path: &Path| {
        context.add(name, path).map_err(|error| match error {
            ContextError::Read { path, source } => {
                ImageError::Input { image: image.to_owned(), path, source }
            }
            ContextError::Twice { name } => ImageError::Twice { image: image.to_owned(), name },
        })
    };
    read(&mut context, "source", &source.source)?;
    for (number, (_, patch)) in source.patches.iter().enumerate() {
        read(&mut context, &format!("patches/{number:04}"), patch)?;
    }
    if let Some(path) = lock_file(&source.source) {
        let lock = fs::read_to_string(&path).map_err(|source| ImageError::Input {
            image: image.to_owned(),
            path,
            source,
        })?;
        let name = source.source.file_name().unwrap_or_default().to_string_lossy();
        match lock::concerning(&lock, &name) {
            Some(lines) => lines.iter().for_each(|line| inputs.add(line.as_bytes())),
            None => inputs.add(lock.as_bytes()),
        }
    }
    inputs.add(source.version.as_bytes());
    context.hash(inputs);
    Ok(())
}

/// Compiles one release at a time: they share a target folder, in which the finished program has
/// the same name for all of them.
#[derive(Debug, Default)]
pub(super) struct Compiler(Mutex<()>);

/// A program that was compiled. Nobody on this machine compiles another one into its place as long as
/// this is there.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) path: PathBuf,
    _alone: File,
}

impl Compiler {
    /// Compiles a release; gives the program, in a folder that is the release's own.
    pub(super) async fn compile(
        &self,
        image: &str,
        source: &ReleaseSource,
        progress: &dyn Progress,
    ) -> Result<Compiled, ImageError> {
        let _one_at_a_time = self.0.lock().await;
        let alone = alone(source.cache.clone()).await;
        let _alone = alone.map_err(|error| source.unprepared(&source.cache, error))?;
        let folder = source.cache.join(format!("{}-{}", source.deployment, source.version));
        progress.step(image, "preparing the source");
        // Without a patch it is what its workspace builds, and may have been built there.
        let is_own = source.patches.is_empty() && lock_file(&source.source).is_some();
        let at = if is_own { &source.source } else { &folder };
        if is_own {
            fs::create_dir_all(&folder).map_err(|error| source.unprepared(&folder, error))?;
        } else {
            patched(source, &folder).await?;
        }
        let program = compile::cargo(image, source, at, progress).await?;
        let kept = folder.join(source.program());
        fs::copy(&program, &kept).map_err(|error| source.unprepared(&program, error))?;
        Ok(Compiled { path: kept, _alone })
    }
}

/// Waits until no other program compiles releases in this folder.
async fn alone(cache: PathBuf) -> io::Result<File> {
    let locked = move || {
        fs::create_dir_all(&cache)?;
        let file = File::create(cache.join("lock"))?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(locked).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Makes `folder` a workspace in which the crate is that of the release.
async fn patched(source: &ReleaseSource, folder: &Path) -> Result<(), ImageError> {
    let place = prepare(source, folder).map_err(|error| source.unprepared(folder, error))?;
    let mut before = &source.base;
    for (version, patch) in &source.patches {
        apply(source, &place, before, patch).await?;
        before = version;
    }
    Ok(())
}

impl ReleaseSource {
    fn unprepared(&self, path: &Path, source: io::Error) -> ImageError {
        ImageError::Source {
            deployment: self.deployment.clone(),
            version: self.version.clone(),
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn no_tool(
        &self,
        program: &'static str,
        remedy: &'static str,
        source: io::Error,
    ) -> ImageError {
        ImageError::NoTool {
            program,
            deployment: self.deployment.clone(),
            version: self.version.clone(),
            remedy,
            source,
        }
    }
}

/// A fresh copy of the crate, in a stand-in for its workspace; gives where the crate is.
fn prepare(source: &ReleaseSource, folder: &Path) -> io::Result<PathBuf> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let place = stand_in(&source.source, folder)?;
    copy(&source.source, &place)?;
    if place == folder {
        separate(&folder.join("Cargo.toml"))?;
    }
    Ok(place)
}

/// Makes a crate a workspace of its own, or cargo would look for one around the copy.
fn separate(manifest: &Path) -> io::Result<()> {
    let text = fs::read_to_string(manifest)?;
    if text.lines().any(|line| line.trim() == "[workspace]") {
        return Ok(());
    }
    fs::write(manifest, format!("{text}\n[workspace]\n"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_dir() {
            if name != "target" && name != ".git" {
                copy(&path, &to.join(name))?;
            }
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

async fn apply(
    source: &ReleaseSource,
    folder: &Path,
    before: &str,
    patch: &Path,
) -> Result<(), ImageError> {
    let absolute = patch.canonicalize().map_err(|error| source.unprepared(patch, error))?;
    let output = Command::new("git")
        .arg("apply")
        .arg(absolute)
        .current_dir(folder)
        // Without this, git takes a repository further up for the one that the patch is meant
        // for, and leaves out every file of the patch without a word.
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder))
        .env_remove("GIT_DIR")
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| source.no_tool("git", "install it with `apt-get install git`", error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(ImageError::Patch {
        deployment: source.deployment.clone(),
        before: before.to_owned(),
        patch: patch.to_owned(),
        output: tail(&String::from_utf8_lossy(&output.stderr), SHOWN),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_copy_stands_in_the_place_of_the_crate_and_of_the_last_copy() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("crates/greeter/src")).unwrap();
        for file in ["Cargo.lock", "Cargo.toml", "crates/greeter/src/main.rs"] {
            fs::write(at(file), file).unwrap();
        }
        let source = ReleaseSource {
            deployment: "greeter".to_owned(),
            version: "1.0.0".to_owned(),
            source: at("crates/greeter"),
            patches: Vec::new(),
            base: "1.0.0".to_owned(),
            cache: at("cache"),
        };
        let copy = at("cache/greeter-1.0.0");
        for _ in 0..2 {
            let place = prepare(&source, &copy).unwrap();
            assert_eq!(place, copy.join("crates/greeter"));
            let file = place.join("src/main.rs");
            assert_eq!(fs::read_to_string(&file).unwrap(), "crates/greeter/src/main.rs");
            fs::write(file, "patched").unwrap();
        }
        let original = fs::read_to_string(at("crates/greeter/src/main.rs")).unwrap();
        assert_eq!(original, "crates/greeter/src/main.rs");
    }

    #[test]
    fn a_crate_of_its_own_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("Cargo.toml");
        fs::write(&manifest, "[package]\n").unwrap();
        for _ in 0..2 {
            separate(&manifest).unwrap();
            assert_eq!(fs::read_to_string(&manifest).unwrap(), "[package]\n\n[workspace]\n");
        }
    }
}
