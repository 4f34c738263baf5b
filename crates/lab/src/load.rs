//! From a folder to a [`Lab`]: the one way in.
//!
//! Everything that can be said about the files of a lab is said at once, each problem with its
//! place. What is given out is valid; with errors, nothing is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::cause::Cause;
use crate::compose::Compose;
use crate::files::{Files, tidy};
use crate::lab::Lab;
use crate::persona::Persona;
use crate::problem::{Problem, Problems};
use crate::raw;
use crate::raw::at::At;
use crate::read::folder::{Folder, stem};
use crate::read::{self, alerts, answers, dashboards, evidence, inject, siblings, steady, system};
use crate::rubric::Rubric;
use crate::rule::Rule;
use crate::source::{Findings, Source, whole_file, words};
use crate::yaml;

pub use crate::files::{Disk, Memory};

/// Reads a lab.
///
/// # Errors
/// All that is wrong with its files, warnings included, when at least one is an error.
pub fn lab(folder: &Path, files: &dyn Files) -> Result<Lab, Problems> {
    let (lab, problems) = check(folder, files);
    lab.ok_or(problems)
}

/// Reads a lab and says all that is wrong with it: the lab when there is no error, and the
/// problems, which may hold warnings even then.
pub fn check(folder: &Path, files: &dyn Files) -> (Option<Lab>, Problems) {
    let mut folder = Folder::new(&tidy(folder), files);
    let lab = whole(&mut folder);
    let mut problems = Problems(folder.problems);
    problems.sort();
    (lab.filter(|_| !problems.has_errors()), problems)
}

/// Reads one cause for `lab`: one of the lab's own by its name, else the file at that path.
///
/// # Errors
/// All that is wrong with the file, or that there is none.
pub fn cause(name_or_path: &str, lab: &Lab, files: &dyn Files) -> Result<Cause, Problems> {
    if let Some(cause) = lab.causes.get(name_or_path) {
        return Ok(cause.clone());
    }
    let source = outside(name_or_path, "cause", &lab.causes, files)?;
    alone(&source, |raw: &raw::cause::Cause, found| {
        let cause = read::cause::cause(raw, stem(&source.file).as_deref(), lab, found);
        siblings::can_be_told(&raw.id, &cause, &lab.causes, found);
        cause
    })
}

/// Reads one persona for `lab`: one of the lab's own by its name, else the file at that path. A
/// cause from outside of the lab that it rehearses must have been put into `lab.causes` before.
///
/// # Errors
/// All that is wrong with the file, or that there is none.
pub fn persona(name_or_path: &str, lab: &Lab, files: &dyn Files) -> Result<Persona, Problems> {
    if let Some(persona) = lab.personas.get(name_or_path) {
        return Ok(persona.clone());
    }
    let source = outside(name_or_path, "persona", &lab.personas, files)?;
    let causes = lab.causes.keys().cloned().collect();
    alone(&source, |raw, found| {
        read::persona::persona(raw, stem(&source.file).as_deref(), lab, &causes, found)
    })
}

/// Reads what is judged: the file at that path.
///
/// # Errors
/// All that is wrong with the file, or that there is none.
pub fn rubric(path: &Path, files: &dyn Files) -> Result<Rubric, Problems> {
    let mut folder = Folder::new(Path::new(""), files);
    let source = folder.read(path, "a rubric stands beside the labs; write one");
    alone(&source.ok_or(Problems(folder.problems))?, read::rubric::rubric)
}

/// A file from outside of the lab's folder.
fn outside<T>(
    path: &str,
    kind: &str,
    own: &BTreeMap<String, T>,
    files: &dyn Files,
) -> Result<Source, Problems> {
    let file = PathBuf::from(path);
    if !files.exists(&file) {
        let message = format!("there is no {kind} and no file `{path}`");
        let mut problem = whole_file(Rule::FileMissing, &file, message);
        let own = words(own.keys().map(String::as_str));
        problem.help = Some(format!("name one of {own}, or write the path of a file"));
        return Err(Problems(vec![problem]));
    }
    let mut folder = Folder::new(Path::new(""), files);
    folder.read(&file, "").ok_or(Problems(folder.problems))
}

/// Reads one file by itself.
fn alone<R: DeserializeOwned, T>(
    source: &Source,
    read: impl FnOnce(&R, &mut Findings) -> T,
) -> Result<T, Problems> {
    let raw = yaml::versioned(source).map_err(|problem| Problems(vec![*problem]))?;
    let mut found = Findings::new(source);
    let value = read(&raw, &mut found);
    let mut problems = Problems(found.problems);
    problems.sort();
    if problems.has_errors() { Err(problems) } else { Ok(value) }
}

/// A file in its raw form.
struct File<R> {
    source: Source,
    raw: R,
}

impl<R: DeserializeOwned> File<R> {
    fn parse(source: Source, problems: &mut Vec<Problem>) -> Option<Self> {
        match yaml::versioned(&source) {
            Ok(raw) => Some(Self { source, raw }),
            Err(problem) => {
                problems.push(*problem);
                None
            }
        }
    }

    fn parse_all(folder: &mut Folder, name: &str) -> Vec<Self> {
        let files = folder.with_ending(&folder.path().join(name), ".yaml");
        let mut parsed = Vec::new();
        for file in files {
            let Some(source) = folder.read(&file, "") else { continue };
            parsed.extend(Self::parse(source, &mut folder.problems));
        }
        parsed
    }
}

/// The lab, with stand-ins where something was wrong. `None` without a readable `lab.yaml`; the
/// other files have been parsed even then, so that their own mistakes are told as well.
fn whole(folder: &mut Folder) -> Option<Lab> {
    let help = "a lab is a folder with a lab.yaml; see docs/creating-a-lab.md";
    let source = folder.read(&folder.path().join("lab.yaml"), help);
    let file = source.and_then(|source| File::<raw::lab::Lab>::parse(source, &mut folder.problems));
    let answers = answers_file(folder);
    let causes = File::parse_all(folder, "causes");
    let personas = File::parse_all(folder, "personas");
    let file = file?;
    let mut found = Findings::new(&file.source);
    let mut lab = bare(&file.raw, &answers, folder, &mut found);
    let known = known_causes(folder);
    add_causes(&mut lab, &causes, folder);
    if let Answers::Read(file, _) = &answers {
        let mut found = Findings::new(&file.source);
        answers::causes_exist(&file.raw, &known, &mut found);
        folder.problems.append(&mut found.problems);
    }
    add_personas(&mut lab, &personas, &known, folder);
    if known.len() == lab.causes.len() {
        siblings::evidence_is_used(&file.raw.evidence, &lab, &mut found);
    }
    folder.problems.append(&mut found.problems);
    Some(lab)
}

/// `answers.yaml`, which may be absent.
enum Answers {
    Absent,
    Broken,
    Read(File<raw::answers::Answers>, Vec<crate::answers::Answer>),
}

impl Answers {
    /// `None` when it is not known which there are.
    fn known(&self) -> Option<&[crate::answers::Answer]> {
        match self {
            Self::Absent => Some(&[]),
            Self::Broken => None,
            Self::Read(_, answers) => Some(answers),
        }
    }
}

fn answers_file(folder: &mut Folder) -> Answers {
    let path = folder.path().join("answers.yaml");
    if !folder.files().exists(&path) {
        return Answers::Absent;
    }
    let source = folder.read(&path, "");
    let Some(file) = source.and_then(|source| File::parse(source, &mut folder.problems)) else {
        return Answers::Broken;
    };
    let mut found = Findings::new(&file.source);
    let answers = answers::answers(&file.raw, &mut found);
    folder.problems.append(&mut found.problems);
    Answers::Read(file, answers)
}

/// The lab without its causes and personas.
fn bare(raw: &raw::lab::Lab, answers: &Answers, folder: &mut Folder, found: &mut Findings) -> Lab {
    let compose = compose_file(&raw.system.compose, folder, found);
    let dashboards = dashboards::dashboards(&raw.system.dashboards, folder, found);
    let wiki = folder.wiki();
    let system = system::system(&raw.system, compose, folder, found);
    let page = steady::page(&raw.page, found);
    let prometheus = system.prometheus_service();
    alerts::alert_exists(&raw.page.alert, prometheus, &system.compose, folder, found);
    let sights = evidence::Sights {
        system: &system,
        dashboards: &dashboards,
        wiki: &wiki,
        answers: answers.known(),
    };
    let evidence = evidence::evidence(&raw.evidence, &sights, found);
    let name = folder.path().file_name().map(|name| name.to_string_lossy().into_owned());
    Lab {
        id: found.id_named(&raw.id, name.as_deref(), "folder"),
        title: found.line(&raw.title),
        summary: found.text(&raw.summary),
        folder: folder.path().to_path_buf(),
        steady_state: steady::steady_state(&raw.steady_state, found),
        page,
        evidence,
        injects: inject::injects(&raw.injects, &system, found),
        briefing: folder.briefing(),
        answers: answers.known().unwrap_or_default().to_vec(),
        causes: BTreeMap::new(),
        personas: BTreeMap::new(),
        dashboards: dashboards.files,
        wiki,
        system,
    }
}

/// The Compose file, without services when it could not be read.
fn compose_file(at: &At<String>, folder: &mut Folder, found: &mut Findings) -> Compose {
    let nothing = Compose { services: BTreeMap::new() };
    let Some(file) = found.path(at, folder.path()) else { return nothing };
    match folder.read(&file, "write it, or name another file in lab.yaml") {
        Some(source) => {
            in_its_folder(&file, folder, |folder| read::compose::compose(&source, folder))
        }
        None => nothing,
    }
}

/// Paths in a file are relative to the folder of that file, which need not be the lab's.
fn in_its_folder<'a, T>(
    file: &Path,
    folder: &mut Folder<'a>,
    read: impl FnOnce(&mut Folder<'a>) -> T,
) -> T {
    let mut inner = Folder::new(file.parent().unwrap_or(Path::new("")), folder.files());
    let value = read(&mut inner);
    folder.problems.append(&mut inner.problems);
    value
}

/// The names of the files of the causes, those that could not be read included.
fn known_causes(folder: &mut Folder) -> BTreeSet<String> {
    let files = folder.with_ending(&folder.path().join("causes"), ".yaml");
    files.iter().filter_map(|file| stem(file)).collect()
}

fn add_causes(lab: &mut Lab, files: &[File<raw::cause::Cause>], folder: &mut Folder) {
    if known_causes(folder).is_empty() {
        let path = folder.path().join("causes");
        let mut problem = whole_file(Rule::FileMissing, &path, "the lab has no causes");
        problem.help = Some("write at least one, as causes/<id>.yaml".to_owned());
        folder.problems.push(problem);
    }
    for file in files {
        let mut found = Findings::new(&file.source);
        let name = stem(&file.source.file);
        let cause = read::cause::cause(&file.raw, name.as_deref(), lab, &mut found);
        siblings::can_be_told(&file.raw.id, &cause, &lab.causes, &mut found);
        lab.causes.insert(name.unwrap_or_else(|| cause.id.clone()), cause);
        folder.problems.append(&mut found.problems);
    }
}

fn add_personas(
    lab: &mut Lab,
    files: &[File<raw::persona::Persona>],
    causes: &BTreeSet<String>,
    folder: &mut Folder,
) {
    for file in files {
        let mut found = Findings::new(&file.source);
        let name = stem(&file.source.file);
        let persona = read::persona::persona(&file.raw, name.as_deref(), lab, causes, &mut found);
        lab.personas.insert(name.unwrap_or_else(|| persona.id.clone()), persona);
        folder.problems.append(&mut found.problems);
    }
}
