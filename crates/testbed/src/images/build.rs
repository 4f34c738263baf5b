//! From a recipe to an image on the engine, unless it is there already.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use bollard::query_parameters::{BuildImageOptionsBuilder, ListImagesOptionsBuilder};
use futures::StreamExt;

use super::context::{Context, ContextError, Inputs};
use super::plan::{Ingredients, Recipe, Wanted};
use super::{ImageError, base, release, tail};
use crate::{Built, Engine, Progress, Refusal, clean, label};

/// Changes when every image has to be built anew although no input changed.
const FORMAT: &str = "1";
/// Lines of output that an error shows.
const SHOWN: usize = 25;

/// Builds on one engine, on one base.
pub(super) struct Builder<'a> {
    engine: &'a Engine,
    base: Arc<str>,
    progress: &'a dyn Progress,
    /// The references that are there, by the name without tag, newest first.
    there: BTreeMap<String, Vec<String>>,
    compiler: release::Compiler,
}

impl<'a> Builder<'a> {
    pub(super) async fn new(
        engine: &'a Engine,
        base: Arc<str>,
        progress: &'a dyn Progress,
    ) -> Result<Builder<'a>, ImageError> {
        let there = there(engine).await?;
        Ok(Builder { engine, base, progress, there, compiler: release::Compiler::default() })
    }

    /// Makes sure that an image is there; gives its key and its reference.
    pub(super) async fn ensure(&self, wanted: &Wanted) -> Result<(String, String), ImageError> {
        let reference = match &wanted.recipe {
            Recipe::Named => self.named(&wanted.key).await?,
            Recipe::Built(_) | Recipe::Release { .. } => self.made(wanted).await?,
        };
        Ok((wanted.key.clone(), reference))
    }

    async fn named(&self, image: &str) -> Result<String, ImageError> {
        if image == base::BASE && !self.base.is_empty() {
            return Ok(image.to_owned());
        }
        super::fetch(self.engine, image, self.progress).await?;
        Ok(image.to_owned())
    }

    async fn made(&self, wanted: &Wanted) -> Result<String, ImageError> {
        let (wanted, base) = (wanted.clone(), self.base.clone());
        let name = format!("checkride/{}", wanted.key);
        let began = Instant::now();
        let gathered = tokio::task::spawn_blocking({
            let wanted = wanted.clone();
            move || gather(&wanted, &base)
        });
        let (mut context, tag) = joined(&wanted.key, gathered.await)?;
        let reference = format!("{name}:{tag}");
        let before = self.there.get(&name).map(Vec::as_slice).unwrap_or_default();
        if before.contains(&reference) {
            self.progress.built(&wanted.key, Built::UpToDate);
            return Ok(reference);
        }
        let ingredients = match &wanted.recipe {
            Recipe::Release { ingredients, source } => {
                let program = self.compiler.compile(&wanted.key, source, self.progress).await?;
                context = with_program(&wanted.key, context, &source.program(), &program.path)?;
                ingredients
            }
            Recipe::Built(ingredients) => ingredients,
            Recipe::Named => return Ok(name),
        };
        self.build(&wanted.key, &reference, ingredients, &context).await?;
        self.progress.built(&wanted.key, Built::Built { took: began.elapsed() });
        self.forget(before).await?;
        Ok(reference)
    }

    async fn build(
        &self,
        key: &str,
        reference: &str,
        ingredients: &Ingredients,
        context: &Context,
    ) -> Result<(), ImageError> {
        let tar = context.tar().map_err(|source| ImageError::Input {
            image: key.to_owned(),
            path: ingredients.context.clone(),
            source,
        })?;
        let args: HashMap<String, String> = ingredients.args.clone().into_iter().collect();
        let labels = HashMap::from([(label::IMAGE.to_owned(), key.to_owned())]);
        let options = BuildImageOptionsBuilder::new()
            .t(reference)
            .buildargs(&args)
            .labels(&labels)
            .rm(true)
            .forcerm(true)
            .build();
        let body = bollard::body_full(tar.into());
        let mut said = Said::default();
        let mut answer = self.engine.docker().build_image(options, None, Some(body));
        while let Some(piece) = answer.next().await {
            match piece {
                Ok(piece) => {
                    for line in piece.stream.iter().flat_map(|text| text.lines()) {
                        said.line(line, |line| self.progress.step(key, line));
                    }
                }
                Err(error) => return Err(said.failed(key, error.into())),
            }
        }
        Ok(())
    }

    /// Removes what the new image replaces, but for the newest one: going back to the code of
    /// before is then free. One that a container uses stays, and all do while a session is on the engine.
    async fn forget(&self, before: &[String]) -> Result<(), ImageError> {
        let mut older = before.iter().skip(1).peekable();
        if older.peek().is_none()
            || clean::any_session(self.engine).await.map_err(ImageError::Old)?.is_some()
        {
            return Ok(());
        }
        for old in older {
            clean::image_unless_used(self.engine, old).await.map_err(ImageError::Old)?;
        }
        Ok(())
    }
}

/// What the builder has said.
#[derive(Default)]
struct Said {
    step: String,
    output: String,
}

impl Said {
    fn line(&mut self, line: &str, tell: impl Fn(&str)) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        if line.starts_with("Step ") {
            line.clone_into(&mut self.step);
        }
        tell(line);
        self.output.push_str(line);
        self.output.push('\n');
    }

    fn failed(self, key: &str, refusal: Refusal) -> ImageError {
        let image = key.to_owned();
        match refusal {
            Refusal::DiskFull { .. } | Refusal::Unreachable(_) | Refusal::TimedOut => {
                ImageError::Engine { what: "build", image, source: refusal }
            }
            Refusal::NotFound { .. } | Refusal::Conflict { .. } | Refusal::Refused { .. } => {
                let step = if self.step.is_empty() { "its start".to_owned() } else { self.step };
                let output = format!("{}\n{}", tail(&self.output, SHOWN), refusal.said());
                ImageError::Build { image, step, output: output.trim_start().to_owned() }
            }
        }
    }
}

/// Reads a recipe's files and hashes everything that decides about the image.
fn gather(wanted: &Wanted, base: &str) -> Result<(Context, String), ImageError> {
    let mut inputs = Inputs::new(FORMAT);
    inputs.add(base.as_bytes());
    let ingredients = match &wanted.recipe {
        Recipe::Built(ingredients) => ingredients,
        Recipe::Release { ingredients, source } => {
            release::hash(&wanted.key, source, &mut inputs)?;
            ingredients
        }
        Recipe::Named => return Ok((Context::default(), inputs.tag())),
    };
    for (key, value) in &ingredients.args {
        inputs.add(key.as_bytes());
        inputs.add(value.as_bytes());
    }
    let context = read(&wanted.key, ingredients)?;
    context.hash(&mut inputs);
    Ok((context, inputs.tag()))
}

fn read(key: &str, ingredients: &Ingredients) -> Result<Context, ImageError> {
    let image = || key.to_owned();
    let mut context = Context::default();
    context.add("", &ingredients.context).map_err(|error| unreadable(key, error))?;
    if !context.contains("Dockerfile") {
        return Err(ImageError::NoDockerfile {
            image: image(),
            context: ingredients.context.clone(),
        });
    }
    for (name, path) in &ingredients.files {
        context.add(name, path).map_err(|error| unreadable(key, error))?;
    }
    if let Some((name, path)) = &ingredients.program {
        if !path.is_file() {
            let folder = path.parent().unwrap_or(path).to_owned();
            return Err(ImageError::NoProgram { image: image(), program: name.clone(), folder });
        }
        context.add(name, path).map_err(|error| unreadable(key, error))?;
    }
    Ok(context)
}

fn with_program(
    key: &str,
    mut context: Context,
    name: &str,
    path: &std::path::Path,
) -> Result<Context, ImageError> {
    context.add(name, path).map_err(|error| unreadable(key, error))?;
    Ok(context)
}

fn unreadable(key: &str, error: ContextError) -> ImageError {
    let image = key.to_owned();
    match error {
        ContextError::Read { path, source } => ImageError::Input { image, path, source },
        ContextError::Twice { name } => ImageError::Twice { image, name },
    }
}

fn joined<T>(
    key: &str,
    result: Result<Result<T, ImageError>, tokio::task::JoinError>,
) -> Result<T, ImageError> {
    result.unwrap_or_else(|error| {
        let source = Refusal::Unreachable(Box::new(error));
        Err(ImageError::Engine { what: "read the files of", image: key.to_owned(), source })
    })
}

/// Our images on the engine.
async fn there(engine: &Engine) -> Result<BTreeMap<String, Vec<String>>, ImageError> {
    let options = ListImagesOptionsBuilder::new().filters(&label::filter(label::IMAGE, None));
    let list = engine.docker().list_images(Some(options.build())).await;
    let mut list = list.map_err(|error| ImageError::Engine {
        what: "list",
        image: "checkride/*".to_owned(),
        source: error.into(),
    })?;
    list.sort_by_key(|image| std::cmp::Reverse(image.created));
    let mut there: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for reference in list.into_iter().flat_map(|image| image.repo_tags) {
        if let Some((name, _)) = reference.rsplit_once(':') {
            there.entry(name.to_owned()).or_default().push(reference.clone());
        }
    }
    Ok(there)
}
