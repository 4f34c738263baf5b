//! `checkride check`: read labs and say what is wrong with them, with file, line and column.

use std::path::{Path, PathBuf};

use anyhow::Result;
use lab::lab::Lab;
use lab::load::{self, Disk};
use lab::problem::{Problem, Problems};
use lab::rule::Severity;
use serde_json::json;

use crate::exit::Code;
use crate::{places, print};

pub(super) fn run(labs: Option<&Path>, names: &[String], json: bool) -> Result<Code> {
    let folders: Vec<PathBuf> = if names.is_empty() {
        places::lab_folders(&places::labs(labs)?)?
    } else {
        names.iter().map(|name| places::lab_folder(labs, name).map(named)).collect::<Result<_>>()?
    };
    let checked: Vec<_> = folders.iter().map(|it| (it, whole(it))).collect();
    let good = checked.iter().all(|(_, (lab, _))| lab.is_some());
    if json {
        let rows: Vec<_> = checked
            .iter()
            .map(|(folder, (lab, problems))| {
                json!({ "folder": folder, "ok": lab.is_some(),
                        "problems": problems.iter().map(value).collect::<Vec<_>>() })
            })
            .collect();
        print::json(&rows)?;
    } else {
        for (folder, (lab, problems)) in &checked {
            if !problems.is_empty() {
                print::out(&problems.to_string());
            }
            if lab.is_some() {
                print::out(&format!("{}: good", folder.display()));
            }
        }
    }
    Ok(if good { Code::Ok } else { Code::No })
}

/// `.` and `..` by their names: a lab's id is its folder's, and the rubric stands beside it.
fn named(folder: PathBuf) -> PathBuf {
    match folder.file_name() {
        Some(_) => folder,
        None => folder.canonicalize().unwrap_or(folder),
    }
}

/// A lab with all that a session reads of it: also its dashboards, and the rubric beside it.
fn whole(folder: &Path) -> (Option<Lab>, Problems) {
    let (lab, mut problems) = load::check(folder, &Disk);
    if let Some(lab) = &lab {
        problems.0.extend(places::undrawable(lab));
        problems.0.extend(places::rubric_of(lab).err().map(|rubric| rubric.0).unwrap_or_default());
    }
    (lab.filter(|_| !problems.has_errors()), problems)
}

fn value(problem: &Problem) -> serde_json::Value {
    json!({
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": problem.message,
        "help": problem.help,
    })
}
