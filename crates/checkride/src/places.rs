//! Where labs, programs and sessions are.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use dashboard::{Dashboard, DashboardError};
use etcetera::BaseStrategy;
use lab::cause::Cause;
use lab::lab::{DashboardFile, Lab};
use lab::load::{self, Disk};
use lab::persona::Persona;
use lab::problem::{Problem, Problems};
use lab::rubric::Rubric;
use orchestrator::home::Home;

use crate::exit::UsageError;
use crate::print;

/// The data directory: `CHECKRIDE_HOME`, or `checkride` in the XDG data directory.
///
/// # Errors
/// When it can neither be found nor created.
pub fn home() -> Result<Home> {
    let root = match std::env::var_os("CHECKRIDE_HOME") {
        Some(root) if !root.is_empty() => PathBuf::from(root),
        _ => etcetera::choose_base_strategy()
            .context("there is no home directory; set CHECKRIDE_HOME")?
            .data_dir()
            .join("checkride"),
    };
    Ok(Home::open(&root)?)
}

/// The folder with the labs: what was asked for, else `labs` here or above, else the one beside
/// the source that this program was built from.
///
/// # Errors
/// When there is none.
pub fn labs(asked: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = asked {
        return Ok(folder.to_owned());
    }
    let here = std::env::current_dir().context("there is no current folder")?;
    let above = here.ancestors().map(|folder| folder.join("labs"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs");
    above.chain([source]).find(|folder| folder.is_dir()).ok_or_else(|| {
        UsageError("there is no folder `labs` here or above; name it with --labs".to_owned()).into()
    })
}

/// The programs that go into images: those beside this one.
///
/// # Errors
/// When this program does not know where it is.
pub fn programs() -> Result<PathBuf> {
    let me = std::env::current_exe().context("cannot find this program's own folder")?;
    let me = me.canonicalize().unwrap_or(me);
    Ok(me.parent().unwrap_or(Path::new("/")).to_owned())
}

/// All folders with a `lab.yaml` in the folder of labs, by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn lab_folders(labs: &Path) -> Result<Vec<PathBuf>> {
    if !labs.is_dir() {
        let message = format!("there is no folder `{}`; name one with --labs", labs.display());
        return Err(UsageError(message).into());
    }
    let entries =
        fs::read_dir(labs).with_context(|| format!("cannot read `{}`", labs.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.join("lab.yaml").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// The folder of a lab, by its name or its path.
///
/// # Errors
/// When there is neither.
pub fn lab_folder(labs: Option<&Path>, name: &str) -> Result<PathBuf> {
    if looks_like_a_path(name) {
        let path = Path::new(name);
        let folder = if path.is_file() { folder_of(path) } else { path };
        if folder.join("lab.yaml").is_file() {
            return Ok(folder.to_owned());
        }
        return Err(UsageError(format!("there is no `lab.yaml` in `{name}`")).into());
    }
    let labs = self::labs(labs)?;
    let folder = labs.join(name);
    if folder.join("lab.yaml").is_file() {
        return Ok(folder);
    }
    let known: Vec<String> = lab_folders(&labs)?.iter().map(|it| name_of(it)).collect();
    Err(UsageError(format!("there is no lab `{name}`; there are {}", known.join(", "))).into())
}

/// A lab that was read whole.
///
/// # Errors
/// When it is not there or has mistakes; the message holds all of them.
pub fn lab(labs: Option<&Path>, name: &str) -> Result<Lab> {
    whole(&lab_folder(labs, name)?).map_err(|problems| refuse(&problems))
}

/// The lab in a folder, when a session can be had of it.
///
/// # Errors
/// All its mistakes, also those of its dashboards.
pub fn whole(folder: &Path) -> Result<Lab, Problems> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let lab = load::lab(&folder, &Disk)?;
    let undrawable = undrawable(&lab);
    if undrawable.is_empty() { Ok(lab) } else { Err(Problems(undrawable)) }
}

/// Dashboards of a lab that cannot be drawn. Reading them takes more than a lab's grammar.
pub fn undrawable(lab: &Lab) -> Vec<Problem> {
    let problem = |(uid, dashboard): (&String, &DashboardFile)| {
        let error = Dashboard::parse(&dashboard.text).err()?;
        let (at, error) = if let DashboardError::Json { line, column, problem } = error {
            (Some((line, column)), problem)
        } else {
            (None, error.to_string())
        };
        Some(dashboard.problem(at, format!("the dashboard `{uid}` cannot be drawn: {error}")))
    };
    lab.dashboards.iter().filter_map(problem).collect()
}

/// A cause of a lab by name, or one from a file, and the file. One from outside is put into the
/// lab, so that personas can be written for it.
///
/// # Errors
/// When there is none, or it has mistakes.
pub fn cause(lab: &mut Lab, name: &str) -> Result<(Cause, PathBuf)> {
    let own = lab.causes.contains_key(name);
    let cause = load::cause(name, lab, &Disk).map_err(|problems| refuse(&problems))?;
    let file = if own {
        lab.folder.join("causes").join(format!("{name}.yaml"))
    } else {
        lab.causes.insert(cause.id.clone(), cause.clone());
        std::path::absolute(name).with_context(|| format!("`{name}` is not a path"))?
    };
    Ok((cause, file))
}

/// A persona of a lab by name, or one from a file.
///
/// # Errors
/// When there is none, or it has mistakes.
pub fn persona(lab: &Lab, name: &str) -> Result<Persona> {
    load::persona(name, lab, &Disk).map_err(|problems| refuse(&problems))
}

/// What is judged: `rubric.yaml` beside a lab's folder; empty where there is none.
///
/// # Errors
/// When it has mistakes.
pub fn rubric(lab: &Lab) -> Result<Rubric> {
    rubric_of(lab).map_err(|problems| refuse(&problems))
}

/// The same, with all that is wrong with it.
///
/// # Errors
/// When it has mistakes.
pub fn rubric_of(lab: &Lab) -> Result<Rubric, Problems> {
    let file = lab.folder.parent().unwrap_or(&lab.folder).join("rubric.yaml");
    if !file.is_file() {
        return Ok(Rubric::default());
    }
    load::rubric(&file, &Disk)
}

fn refuse(problems: &Problems) -> anyhow::Error {
    print::note(&problems.to_string());
    UsageError("this cannot be used; correct it first".to_owned()).into()
}

/// The folder of a file. The parent of a bare name is no path, not the folder where one is.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    }
}

fn looks_like_a_path(name: &str) -> bool {
    name.contains('/') || name.ends_with(".yaml") || name == "." || name == ".."
}

fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
