//! Images: built once, built again when an input changes, and errors that say what is wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use lab::compose::{Image, Service};
use lab::lab::Lab;
use testbed::{Built, Engine, ImageError, Images, Progress};

use crate::ground::{lab, programs, sleeper};

/// Remembers what it was told.
#[derive(Default)]
struct Heard {
    steps: Mutex<Vec<String>>,
    built: Mutex<Vec<(String, Built)>>,
}

impl Progress for Heard {
    fn step(&self, _image: &str, message: &str) {
        self.steps.lock().unwrap().push(message.to_owned());
    }

    fn built(&self, image: &str, outcome: Built) {
        self.built.lock().unwrap().push((image.to_owned(), outcome));
    }
}

impl Heard {
    fn outcome(&self, image: &str) -> Built {
        let built = self.built.lock().unwrap();
        built.iter().find(|(name, _)| name == image).unwrap().1
    }
}

/// A lab with one image that is built from `folder`; the workstation is left out.
fn lab_from(folder: &Path, id: &str) -> Lab {
    let image = Image::Built {
        context: folder.to_owned(),
        args: BTreeMap::from([("WORD".to_owned(), "hello".to_owned())]),
        files: BTreeMap::new(),
        binary: None,
    };
    let mut lab = lab(&[("web", Service { image, ..sleeper() })]);
    lab.system.compose.services.remove("workstation");
    lab.id = format!("t-testbed-{id}-{}", std::process::id());
    lab
}

async fn ensure(lab: &Lab) -> (Heard, Result<Images, ImageError>) {
    let engine = Engine::connect().await.unwrap();
    let heard = Heard::default();
    let images = testbed::images::ensure(&engine, lab, &programs(), &heard).await;
    (heard, images)
}

fn remove(image: &str) {
    let removed = std::process::Command::new("docker").args(["rmi", image]).output().unwrap();
    assert!(removed.status.success(), "{removed:?}");
}

#[tokio::test]
async fn an_image_is_built_once_and_again_when_an_input_changes() {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = "FROM debian:trixie-slim\nARG WORD\nRUN echo $WORD > /word\n";
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let lab = lab_from(folder.path(), "once");
    let key = format!("{}-web", lab.id);

    let (heard, first) = ensure(&lab).await;
    assert!(matches!(heard.outcome(&key), Built::Built { .. }));
    assert!(heard.steps.lock().unwrap().iter().any(|step| step.contains(" : RUN echo")));
    let (heard, second) = ensure(&lab).await;
    assert_eq!(heard.outcome(&key), Built::UpToDate);
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first, second);

    fs::write(folder.path().join("Dockerfile"), dockerfile.replace("/word", "/phrase")).unwrap();
    let (heard, third) = ensure(&lab).await;
    assert!(matches!(heard.outcome(&key), Built::Built { .. }));
    let third = third.unwrap();
    assert_ne!(third.of("web"), first.of("web"));
    remove(first.of("web"));
    remove(third.of("web"));
}

#[tokio::test]
async fn a_build_that_fails_shows_the_step_and_the_last_lines() {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = "FROM debian:trixie-slim\nRUN echo about to fail; exit 9\n";
    fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let error = ensure(&lab_from(folder.path(), "fails")).await.1.unwrap_err();
    let ImageError::Build { step, output, .. } = error else { panic!("{error:?}") };
    assert!(step.starts_with("Step 2/") && step.contains(" : RUN"), "{step}");
    assert!(output.contains("about to fail") && output.contains("code: 9"), "{output}");
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = lab_from(folder.path(), "missing");
    let error = ensure(&lab).await.1.unwrap_err();
    assert!(matches!(error, ImageError::NoDockerfile { .. }), "{error:?}");

    fs::write(folder.path().join("Dockerfile"), "FROM debian:trixie-slim\n").unwrap();
    if let Image::Built { binary, .. } =
        &mut lab.system.compose.services.get_mut("web").unwrap().image
    {
        *binary = Some("no-such-program".to_owned());
    }
    let error = ensure(&lab).await.1.unwrap_err().to_string();
    assert!(error.contains("cargo build --release -p no-such-program"), "{error}");

    lab.system.compose.services.get_mut("web").unwrap().image =
        Image::Named("nowhere.invalid/none:1".to_owned());
    let error = ensure(&lab).await.1.unwrap_err();
    assert!(matches!(error, ImageError::NotPulled { .. }), "{error:?}");
}
