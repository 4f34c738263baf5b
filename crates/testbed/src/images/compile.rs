//! Running cargo on the source of a release.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::plan::ReleaseSource;
use super::{ImageError, tail};
use crate::Progress;

/// Lines of cargo's output that an error shows.
const SHOWN: usize = 30;

/// Compiles the release in its workspace, `folder`; gives the path of the finished program.
pub(super) async fn cargo(
    image: &str,
    source: &ReleaseSource,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<PathBuf, ImageError> {
    let child = command(source, folder).spawn();
    let mut child = child
        .map_err(|error| source.no_tool("cargo", "install Rust, with rustup for example", error))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (program, output) =
        tokio::join!(async { finished(stdout, &source.program()).await }, async {
            listen(stderr, |line| progress.step(image, line)).await
        });
    let status = child.wait().await;
    match (status, program) {
        (Ok(status), Some(program)) if status.success() => Ok(program),
        (Err(error), _) => Err(source.no_tool("cargo", "look at the system's log", error)),
        (Ok(_), _) => Err(ImageError::Compile {
            deployment: source.deployment.clone(),
            version: source.version.clone(),
            output: tail(&output, SHOWN),
        }),
    }
}

/// Where cargo puts what it makes. When this workspace's own target folder is around the cache
/// (`target/<triple>/releases-src`), that one, because the dependencies may be in it already.
fn target_folder(cache: &Path) -> PathBuf {
    let own = cache.parent().and_then(Path::parent).filter(|it| it.join("CACHEDIR.TAG").is_file());
    own.map_or_else(|| cache.join("target"), Path::to_owned)
}

/// Static like all our programs; the target is named so that the flag stays away from procedural
/// macros. RUSTFLAGS takes the place of what any configuration file says.
fn command(source: &ReleaseSource, folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        // Of all members, so that the dependencies have the features that all members ask for.
        .args(["build", "--release", "--workspace", "--bin", &source.program()])
        .args(["--config", "build.target=\"host-tuple\""])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--target-dir")
        .arg(target_folder(&source.cache))
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A message of cargo's about something that it made; other messages lack these fields.
#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

async fn finished(stdout: Option<impl AsyncRead + Unpin>, program: &str) -> Option<PathBuf> {
    let mut lines = BufReader::new(stdout?).lines();
    let mut found = None;
    while let Ok(Some(line)) = lines.next_line().await {
        // Cargo says more than this on the same stream; what is no such message is left out.
        let Ok(artifact) = serde_json::from_str::<Artifact>(&line) else { continue };
        if artifact.target.is_some_and(|target| target.name == program) {
            found = artifact.executable.or(found);
        }
    }
    found
}

async fn listen(stderr: Option<impl AsyncRead + Unpin>, tell: impl Fn(&str)) -> String {
    let mut output = String::new();
    let Some(stderr) = stderr else { return output };
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tell(&line);
        output.push_str(&line);
        output.push('\n');
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_program_is_the_one_of_the_crates_name() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"build-script"},"executable":"/t/b"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"greeter"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"greeter"},"executable":"/t/greeter"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
            "\nnot a message\n",
        );
        let found = finished(Some(messages.as_bytes()), "greeter").await;
        assert_eq!(found, Some(PathBuf::from("/t/greeter")));
        assert_eq!(finished(Some(messages.as_bytes()), "other").await, None);
    }

    #[test]
    fn a_target_folder_around_the_cache_is_shared() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("triple/releases-src");
        assert_eq!(target_folder(&cache), cache.join("target"));
        std::fs::write(folder.path().join("CACHEDIR.TAG"), "").unwrap();
        assert_eq!(target_folder(&cache), folder.path());
    }
}
