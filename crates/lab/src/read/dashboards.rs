//! The dashboards of a lab: Grafana JSON, of which only the uid, the title and the titles of the
//! panels matter here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::folder::Folder;
use crate::lab::DashboardFile;
use crate::problem::Problem;
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, Source, whole_file};

/// What helps where a dashboard is broken.
const AGAIN: &str = "export it from Grafana again";

/// All dashboards of a lab, by uid.
#[derive(Debug, Default)]
pub(crate) struct Dashboards {
    pub(crate) files: BTreeMap<String, DashboardFile>,
    /// The titles of the panels, those in rows included.
    pub(crate) panels: BTreeMap<String, Vec<String>>,
}

/// Reads the JSON files of the folder that is named at `at`.
pub(crate) fn dashboards(at: &At<String>, folder: &mut Folder, found: &mut Findings) -> Dashboards {
    let mut dashboards = Dashboards::default();
    let Some(path) = found.path(at, folder.path()) else { return dashboards };
    let names = folder.list_at(at, &path, "the folder of the dashboards", found);
    for name in names.iter().filter(|name| name.ends_with(".json") && !name.starts_with('.')) {
        let Some(source) = folder.read(&path.join(name), "") else { continue };
        if let Err(problem) = dashboard(source, &mut dashboards) {
            folder.problems.push(*problem);
        }
    }
    dashboards
}

fn dashboard(source: Source, dashboards: &mut Dashboards) -> Result<(), Box<Problem>> {
    let json: Value =
        serde_json::from_str(&source.text).map_err(|error| not_json(&source, &error))?;
    let uid = word(&json, "uid", &source.file)?;
    word(&json, "title", &source.file)?;
    if dashboards.files.contains_key(&uid) {
        let message = format!("another dashboard has the uid `{uid}` too");
        return Err(wrong(&source.file, message, "give this one its own `uid`"));
    }
    let mut panels = Vec::new();
    titles(&json, &mut panels);
    ids(&json, &mut BTreeSet::new(), &source.file)?;
    dashboards.panels.insert(uid.clone(), panels);
    dashboards.files.insert(uid, DashboardFile { file: source.file, text: source.text });
    Ok(())
}

fn word(json: &Value, key: &str, file: &Path) -> Result<String, Box<Problem>> {
    match json.get(key).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(wrong(file, format!("the dashboard has no `{key}`"), &format!("add \"{key}\""))),
    }
}

fn titles(json: &Value, panels: &mut Vec<String>) {
    for panel in json.get("panels").and_then(Value::as_array).into_iter().flatten() {
        panels.extend(panel.get("title").and_then(Value::as_str).map(str::to_owned));
        titles(panel, panels);
    }
}

/// What asks for a panel, and the record of who looked at it, name it by its id.
fn ids(json: &Value, seen: &mut BTreeSet<u64>, file: &Path) -> Result<(), Box<Problem>> {
    for panel in json.get("panels").and_then(Value::as_array).into_iter().flatten() {
        let title = panel.get("title").and_then(Value::as_str).unwrap_or_default();
        let Some(id) = panel.get("id").and_then(Value::as_u64) else {
            let message = format!("the panel `{title}` has no `id`");
            return Err(wrong(file, message, "add \"id\" with a number of its own"));
        };
        if !seen.insert(id) {
            let message = format!("another panel has the id {id} of `{title}` too");
            return Err(wrong(file, message, "give this one its own `id`"));
        }
        ids(panel, seen, file)?;
    }
    Ok(())
}

fn wrong(file: &Path, message: String, help: &str) -> Box<Problem> {
    let mut problem = whole_file(Rule::Dashboard, file, message);
    problem.help = Some(help.to_owned());
    Box::new(problem)
}

fn not_json(source: &Source, error: &serde_json::Error) -> Box<Problem> {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let message = format!("the dashboard is not JSON: {text}");
    Box::new(placed(source, (error.line(), error.column()), message))
}

/// A problem at a line and column as the parser of JSON counts them: from 1, the column in bytes.
fn placed(source: &Source, (line, column): (usize, usize), message: String) -> Problem {
    let at = source.offset_in_bytes(line, column);
    let mut problem = source.problem(Rule::Dashboard, at..at + 1, message);
    problem.help = Some(AGAIN.to_owned());
    problem
}

impl DashboardFile {
    /// What is wrong with it for somebody who reads more of it than a lab's grammar; the place as the parser of JSON
    /// counts it, where it is known.
    pub fn problem(&self, at: Option<(usize, usize)>, message: String) -> Problem {
        let source = Source { file: self.file.clone(), text: self.text.clone() };
        match at {
            Some(at) => placed(&source, at, message),
            None => *wrong(&self.file, message, AGAIN),
        }
    }
}
