//! Where a service's image comes from: named, built, or built from a release.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::compose_values::pairs;
use super::folder::Folder;
use super::scalar::is_kebab;
use crate::compose::Image;
use crate::raw::at::At;
use crate::raw::compose::Service;
use crate::raw::compose_forms::Build;
use crate::rule::Rule;
use crate::source::Findings;

/// Reads the image of a service; `at` is where the service stands.
pub(crate) fn image(
    raw: &Service,
    at: &At<String>,
    folder: &mut Folder,
    found: &mut Findings,
) -> Image {
    match (&raw.image, &raw.build) {
        (Some(named), None) => {
            needs_build(raw, found);
            Image::Named(found.line(named))
        }
        (None, Some(build)) => built(raw, build, folder, found),
        (Some(both), Some(_)) => {
            let message = format!("`{}` has an image and builds one too", at.value);
            found.error(Rule::ComposeValue, both, message, "keep `image` or `build`");
            Image::Named(both.value.clone())
        }
        (None, None) => {
            let message = format!("`{}` has no image", at.value);
            found.error(Rule::ComposeValue, at, message, "add `image:` or `build:`");
            Image::Named(String::new())
        }
    }
}

fn needs_build(raw: &Service, found: &mut Findings) {
    let mut say = |key: &str, at: &At<String>| {
        let message = format!("`{key}` goes into a build, and there is none");
        found.error(Rule::ComposeValue, at, message, "write `build:` in place of `image:`");
    };
    for (key, at) in [("x-binary", &raw.binary), ("x-deployment", &raw.deployment)] {
        if let Some(at) = at {
            say(key, at);
        }
    }
    if let Some(files) = &raw.files {
        say("x-files", &files.with(String::new()));
    }
}

fn built(raw: &Service, build: &At<Build>, folder: &mut Folder, found: &mut Findings) -> Image {
    let (context_at, args) = match &build.value {
        Build::Context(context) => (build.with(context.clone()), BTreeMap::new()),
        Build::Long(long) => (long.context.0.clone(), pairs(&long.args, found)),
    };
    let context = context(&context_at, folder, found);
    let files = raw.files.as_ref().map(|files| self::files(&files.value, folder, found));
    let Some(deployment) = &raw.deployment else {
        let binary = raw.binary.as_ref().map(|at| binary(at, found));
        return Image::Built { context, args, files: files.unwrap_or_default(), binary };
    };
    for both in
        [raw.binary.as_ref().map(|at| at.with(())), raw.files.as_ref().map(|at| at.with(()))]
            .iter()
            .flatten()
    {
        let message = "a release brings its own program and files";
        found.error(Rule::ComposeValue, both, message, "take it out, or take `x-deployment` out");
    }
    Image::Release { deployment: found.id(deployment), context, args }
}

fn context(at: &At<String>, folder: &Folder, found: &mut Findings) -> PathBuf {
    let Some(context) = found.path(at, folder.path()) else { return PathBuf::new() };
    if folder.folder_exists(at, &context, "the folder to build", found)
        && !folder.files().exists(&context.join("Dockerfile"))
    {
        let message = format!("there is no Dockerfile in {}", context.display());
        found.error(Rule::FileMissing, at, message, "write one, or name another folder");
    }
    context
}

fn files(
    raw: &BTreeMap<At<String>, crate::raw::scalar::RelPath>,
    folder: &Folder,
    found: &mut Findings,
) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    for (name, from) in raw {
        let inside = Path::new(&name.value).components().all(|c| matches!(c, Component::Normal(_)));
        if name.value.is_empty() || !inside {
            let message = format!("`{}` is not a place in the build context", name.value);
            found.error(Rule::Path, name, message, "write a relative path without `..`");
        }
        let Some(path) = found.path(from, folder.path()) else { continue };
        if !folder.files().exists(&path) {
            let message = format!("there is no file or folder {}", path.display());
            found.error(Rule::FileMissing, from, message, "write its path relative to this file");
        }
        files.insert(name.value.clone(), path);
    }
    files
}

fn binary(at: &At<String>, found: &mut Findings) -> String {
    if !is_kebab(&at.value) {
        let message = format!("`{}` is not the name of a program of this workspace", at.value);
        found.error(Rule::ComposeValue, at, message, "write a name such as `internet`");
    }
    at.value.clone()
}
