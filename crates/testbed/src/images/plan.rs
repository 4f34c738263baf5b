//! Which images a lab needs, and what each is made of. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lab::compose::Image;
use lab::lab::{Deployment, Lab};

use super::Images;

/// What must be there before a lab can start.
#[derive(Debug, Clone)]
pub struct ImagePlan {
    wanted: Vec<Wanted>,
    /// Where sources are unpacked and compiled.
    cache: PathBuf,
    /// Service to key in `wanted`.
    services: BTreeMap<String, String>,
    /// Deployment and version to key in `wanted`.
    releases: BTreeMap<(String, String), String>,
}

/// One image.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Unique in the plan: the name without `checkride/` and tag, or the whole reference of an
    /// image that is used as it is.
    pub(super) key: String,
    pub(super) recipe: Recipe,
}

#[derive(Debug, Clone)]
pub(super) enum Recipe {
    /// Used as it is.
    Named,
    /// A folder with a Dockerfile, more files and a program.
    Built(Ingredients),
    /// The same, with a program that is compiled from a release first.
    Release { ingredients: Ingredients, source: ReleaseSource },
}

/// What goes into a build context.
#[derive(Debug, Clone, Default)]
pub(super) struct Ingredients {
    pub(super) context: PathBuf,
    pub(super) args: BTreeMap<String, String>,
    pub(super) files: BTreeMap<String, PathBuf>,
    /// The program's name and the file that it is copied from.
    pub(super) program: Option<(String, PathBuf)>,
}

/// A source tree and the patches that make a release of it.
#[derive(Debug, Clone)]
pub(super) struct ReleaseSource {
    pub(super) deployment: String,
    pub(super) version: String,
    /// The crate's folder, whose name is the program's.
    pub(super) source: PathBuf,
    /// Each with the version that it makes, in order.
    pub(super) patches: Vec<(String, PathBuf)>,
    pub(super) base: String,
    /// The folder with this workspace's binaries; compiling goes on beside it.
    pub(super) cache: PathBuf,
}

impl ReleaseSource {
    /// The program's name, which is the crate's.
    pub(super) fn program(&self) -> String {
        let name = self.source.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

impl ImagePlan {
    /// Reads off what `lab` needs; `programs` holds this workspace's static binaries.
    pub fn of(lab: &Lab, programs: &Path) -> ImagePlan {
        let mut plan = ImagePlan {
            wanted: Vec::new(),
            cache: programs.parent().unwrap_or(programs).join("releases-src"),
            services: BTreeMap::new(),
            releases: BTreeMap::new(),
        };
        for (name, service) in &lab.system.compose.services {
            let key = match &service.image {
                Image::Named(reference) => plan.want(reference.clone(), Recipe::Named),
                Image::Built { context, args, files, binary } => {
                    let program = binary.as_ref().map(|it| (it.clone(), programs.join(it)));
                    let (context, args, files) = (context.clone(), args.clone(), files.clone());
                    let ingredients = Ingredients { context, args, files, program };
                    plan.want(format!("{}-{name}", lab.id), Recipe::Built(ingredients))
                }
                Image::Release { deployment, context, args } => {
                    let Some(governed) = lab.system.deployments.get(deployment) else { continue };
                    let (context, args) = (context.clone(), args.clone());
                    let ingredients = Ingredients { context, args, ..Ingredients::default() };
                    plan.want_releases(lab, deployment, governed, &ingredients);
                    release_key(lab, deployment, &governed.running)
                }
            };
            plan.services.insert(name.clone(), key);
        }
        plan
    }

    pub(super) fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    pub(super) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Whether anything is built at all.
    pub(super) fn needs_base(&self) -> bool {
        self.wanted.iter().any(|wanted| !matches!(wanted.recipe, Recipe::Named))
    }

    /// The plan's images, with the references that their keys became.
    pub(super) fn images(&self, references: &BTreeMap<String, String>) -> Images {
        let reference = |key: &String| references.get(key).cloned().unwrap_or_default();
        Images {
            services: self.services.iter().map(|(it, key)| (it.clone(), reference(key))).collect(),
            releases: self.releases.iter().map(|(it, key)| (it.clone(), reference(key))).collect(),
        }
    }

    fn want(&mut self, key: String, recipe: Recipe) -> String {
        if !self.wanted.iter().any(|wanted| wanted.key == key) {
            self.wanted.push(Wanted { key: key.clone(), recipe });
        }
        key
    }

    /// Every release, not only the one that runs at the start: a deploy must not have to build.
    fn want_releases(
        &mut self,
        lab: &Lab,
        name: &str,
        governed: &Deployment,
        ingredients: &Ingredients,
    ) {
        let mut patches: Vec<(String, PathBuf)> = Vec::new();
        let versions =
            governed.releases.iter().map(|it| (it.version.clone(), Some(it.patch.clone())));
        for (version, patch) in std::iter::once((governed.base.clone(), None)).chain(versions) {
            patches.extend(patch.map(|patch| (version.clone(), patch)));
            let source = ReleaseSource {
                deployment: name.to_owned(),
                version: version.clone(),
                source: governed.source.clone(),
                patches: patches.clone(),
                base: governed.base.clone(),
                cache: self.cache.clone(),
            };
            let mut ingredients = ingredients.clone();
            ingredients.args.entry("PROGRAM".to_owned()).or_insert_with(|| source.program());
            let key = release_key(lab, name, &version);
            let key = self.want(key, Recipe::Release { ingredients, source });
            self.releases.insert((name.to_owned(), version), key);
        }
    }
}

fn release_key(lab: &Lab, deployment: &str, version: &str) -> String {
    format!("{}-{deployment}-{version}", lab.id)
}
