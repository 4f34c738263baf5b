//! Releases: a tiny crate, patched, compiled and made into images.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use lab::compose::{Image, Service};
use lab::lab::{Deployment, Lab, Release};
use tempfile::TempDir;
use testbed::{Engine, ImageError, Images, Silent};

use crate::ground::{lab, sleeper};

const MANIFEST: &str = "[package]\nname = \"greeter\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";
const MAIN: &str = "fn main() {\n    println!(\"hello\");\n}\n";
/// Made with `git diff` in the crate's folder.
const GOOD: &str = "A friendlier word\n---\ndiff --git a/src/main.rs b/src/main.rs\n\
    --- a/src/main.rs\n+++ b/src/main.rs\n@@ -1,3 +1,3 @@\n fn main() {\n\
    -    println!(\"hello\");\n+    println!(\"good day\");\n }\n";

/// A folder with the crate, a Dockerfile, a folder for programs, and the given patches.
fn ground(patches: &[(&str, &str)]) -> (TempDir, Lab) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["greeter/src", "docker", "releases", "out/programs"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    fs::write(at("greeter/Cargo.toml"), MANIFEST).unwrap();
    fs::write(at("greeter/src/main.rs"), MAIN).unwrap();
    let dockerfile =
        "FROM debian:trixie-slim\nARG PROGRAM\nCOPY ${PROGRAM} /usr/local/bin/program\n";
    fs::write(at("docker/Dockerfile"), dockerfile).unwrap();
    // The crate lies in a repository, as it does in life.
    assert!(Command::new("git").arg("init").arg(folder.path()).output().unwrap().status.success());

    let image = Image::Release {
        deployment: "greeter".to_owned(),
        context: at("docker"),
        args: BTreeMap::new(),
    };
    let mut lab = lab(&[("greeter", Service { image, ..sleeper() })]);
    lab.system.compose.services.remove("workstation");
    lab.id = format!("t-testbed-releases-{}", std::process::id());
    let releases = patches.iter().map(|(version, text)| {
        let patch = at(&format!("releases/{version}.patch"));
        fs::write(&patch, text).unwrap();
        Release { version: (*version).to_owned(), patch }
    });
    let deployment = Deployment {
        service: "greeter".to_owned(),
        max_replicas: 1,
        source: at("greeter"),
        base: "1.0.0".to_owned(),
        releases: releases.collect(),
        running: "1.0.0".to_owned(),
        ready: None,
        config: BTreeMap::new(),
    };
    lab.system.deployments.insert("greeter".to_owned(), deployment);
    (folder, lab)
}

async fn ensure(folder: &Path, lab: &Lab) -> Result<Images, ImageError> {
    let engine = Engine::connect().await.unwrap();
    testbed::images::ensure(&engine, lab, &folder.join("out/programs"), &Silent).await
}

fn run(image: &str) -> String {
    let docker = Command::new("docker")
        .args(["run", "--rm", "--network", "none", image, "program"])
        .output()
        .unwrap();
    String::from_utf8(docker.stdout).unwrap()
}

fn remove(image: &str) {
    assert!(Command::new("docker").args(["rmi", image]).output().unwrap().status.success());
}

#[tokio::test]
async fn every_release_is_a_build_of_its_own() {
    let (folder, lab) = ground(&[("1.1.0", GOOD)]);
    let images = ensure(folder.path(), &lab).await.unwrap();
    let (base, next) =
        (images.release("greeter", "1.0.0").unwrap(), images.release("greeter", "1.1.0").unwrap());
    assert_eq!((run(base), run(next)), ("hello\n".to_owned(), "good day\n".to_owned()));
    assert_eq!(images.of("greeter"), base, "what runs at the start");
    assert_eq!(images.release("greeter", "9.9.9"), None);

    // With the images there, nothing is compiled: the sources may even be unusable.
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    assert_eq!(ensure(folder.path(), &lab).await.unwrap(), images);
    assert!(!folder.path().join("out").exists());
    remove(base);
    remove(next);
}

#[tokio::test]
async fn a_patch_that_does_not_apply_is_named() {
    let (folder, mut lab) = ground(&[("1.1.0", &GOOD.replace("hello", "goodbye"))]);
    lab.id.push_str("-patch");
    let error = ensure(folder.path(), &lab).await.unwrap_err();
    let ImageError::Patch { before, patch, output, .. } = &error else { panic!("{error:?}") };
    assert_eq!(before, "1.0.0");
    assert!(patch.ends_with("releases/1.1.0.patch"), "{error}");
    assert!(output.contains("src/main.rs"), "{output}");
}

#[tokio::test]
async fn a_release_that_does_not_compile_shows_what_the_compiler_said() {
    let (folder, mut lab) = ground(&[("1.1.0", &GOOD.replace("\"good day\"", "undefined"))]);
    lab.id.push_str("-compile");
    let error = ensure(folder.path(), &lab).await.unwrap_err();
    let ImageError::Compile { version, output, .. } = &error else { panic!("{error:?}") };
    assert_eq!(version, "1.1.0");
    assert!(output.contains("undefined") && output.contains("src/main.rs:2"), "{output}");
}
