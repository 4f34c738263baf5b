//! From a source tree and patches to the program of a release.
//!
//! A release is a real build: the crate is copied, the patches up to the release are applied, and
//! cargo compiles it with the dependencies that the workspace's lock file names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;
use tokio::sync::Mutex;

use super::context::{Context, ContextError, Inputs};
use super::lock;
use super::plan::ReleaseSource;
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

impl Compiler {
    /// Compiles a release; gives the program's path, in a folder that is the release's own.
    pub(super) async fn compile(
        &self,
        image: &str,
        source: &ReleaseSource,
        progress: &dyn Progress,
    ) -> Result<PathBuf, ImageError> {
        let _one_at_a_time = self.0.lock().await;
        let folder = source.cache.join(format!("{}-{}", source.deployment, source.version));
        progress.step(image, "preparing the source");
        prepare(source, &folder).map_err(|error| source.unprepared(&folder, error))?;
        let mut before = &source.base;
        for (version, patch) in &source.patches {
            apply(source, &folder, before, patch).await?;
            before = version;
        }
        separate(source, &folder).map_err(|error| source.unprepared(&folder, error))?;
        let program = compile::cargo(image, source, &folder, progress).await?;
        let kept = folder.join(source.program());
        fs::copy(&program, &kept).map_err(|error| source.unprepared(&program, error))?;
        Ok(kept)
    }
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

/// A fresh copy of the crate, as a workspace of its own with the workspace's lock file.
fn prepare(source: &ReleaseSource, folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    copy(&source.source, folder)?;
    if let Some(lock) = lock_file(&source.source) {
        fs::copy(lock, folder.join("Cargo.lock"))?;
    }
    Ok(())
}

/// Makes the patched copy a workspace of its own, wherever its folder lies, with the profile of
/// the workspace that it was taken from: the dependencies may then have been compiled already.
fn separate(source: &ReleaseSource, folder: &Path) -> io::Result<()> {
    let manifest = folder.join("Cargo.toml");
    let mut text = fs::read_to_string(&manifest)?;
    text.push_str("\n[workspace]\n");
    if let Some(lock) = lock_file(&source.source) {
        text.push_str(&release_profile(&fs::read_to_string(lock.with_file_name("Cargo.toml"))?));
    }
    fs::write(manifest, text)
}

/// The lines of a manifest's `[profile.release]`, with which a crate that is a workspace of its own shares what the
/// manifest's workspace has compiled; nothing when it has none.
pub fn release_profile(manifest: &str) -> String {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[profile.release]");
    let Some(header) = lines.next() else { return String::new() };
    let settings = lines.take_while(|line| !line.starts_with('['));
    std::iter::once(header).chain(settings).map(|line| format!("{line}\n")).collect()
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

/// The nearest lock file from the crate's folder upwards.
fn lock_file(source: &Path) -> Option<PathBuf> {
    source.ancestors().map(|folder| folder.join("Cargo.lock")).find(|path| path.is_file())
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
    fn the_release_profile_ends_where_the_next_table_begins() {
        let manifest = "[profile.dev]\nx = 1\n[profile.release]\nopt-level = 2\nlto = false\n\n\
                        [profile.bench]\ny = 1\n";
        let profile = release_profile(manifest);
        assert_eq!(profile, "[profile.release]\nopt-level = 2\nlto = false\n\n");
        assert_eq!(release_profile("[package]\n"), "");
    }

    #[test]
    fn the_copy_is_a_workspace_with_the_profile_of_its_origin() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("crates/greeter")).unwrap();
        fs::write(at("Cargo.lock"), "version = 4\n").unwrap();
        fs::write(at("Cargo.toml"), "[profile.release]\nopt-level = 2\n").unwrap();
        fs::write(at("crates/greeter/Cargo.toml"), "[package]\nname = \"greeter\"\n").unwrap();
        let source = ReleaseSource {
            deployment: "greeter".to_owned(),
            version: "1.0.0".to_owned(),
            source: at("crates/greeter"),
            patches: Vec::new(),
            base: "1.0.0".to_owned(),
            cache: at("cache"),
        };
        let copy = at("cache/greeter-1.0.0");
        prepare(&source, &copy).unwrap();
        separate(&source, &copy).unwrap();
        let manifest = fs::read_to_string(copy.join("Cargo.toml")).unwrap();
        let wanted =
            "[package]\nname = \"greeter\"\n\n[workspace]\n[profile.release]\nopt-level = 2\n";
        assert_eq!(manifest, wanted);
        assert_eq!(fs::read_to_string(copy.join("Cargo.lock")).unwrap(), "version = 4\n");
    }
}
