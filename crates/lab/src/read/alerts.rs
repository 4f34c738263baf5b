//! The names of the alerts in the system's Prometheus rule files, where they can be found.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use crate::compose::{Compose, Image};
use crate::raw::at::At;
use crate::rule::Rule;
use crate::source::{Findings, Source, words};
use crate::yaml;
use crate::yaml::node::Node;

/// Folders below a build context that are searched.
const DEEPEST: usize = 4;

/// Says so when rule files are found and the page's alert is in none of them.
pub(crate) fn alert_exists(
    alert: &At<String>,
    prometheus: &str,
    compose: &Compose,
    folder: &mut Folder,
    found: &mut Findings,
) {
    let mut alerts = Vec::new();
    for file in rule_files(prometheus, compose, folder) {
        if let Some(source) = folder.read_if_there(&file) {
            alerts.extend(alerts_of(&source));
        }
    }
    if alerts.is_empty() || alerts.contains(&alert.value) {
        return;
    }
    let message = format!("no rule of Prometheus raises the alert `{}`", alert.value);
    let help = format!("its alerts: {}", words(alerts.iter().map(String::as_str)));
    found.error(Rule::UnknownAlert, alert, message, help);
}

/// The YAML files that are built into the image of Prometheus.
fn rule_files(prometheus: &str, compose: &Compose, folder: &Folder) -> Vec<PathBuf> {
    let service = prometheus.split(':').next().unwrap_or_default();
    let mut yaml = Vec::new();
    if let Some(Image::Built { context, files, .. }) =
        compose.services.get(service).map(|service| &service.image)
    {
        for root in [context].into_iter().chain(files.values()) {
            collect(root, DEEPEST, folder, &mut yaml);
        }
    }
    yaml
}

fn collect(path: &Path, deeper: usize, folder: &Folder, yaml: &mut Vec<PathBuf>) {
    if !folder.files().is_folder(path) {
        let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
        yaml.extend(is_yaml.then(|| path.to_path_buf()));
    } else if deeper > 0 {
        // A folder that cannot be listed has no rules to offer.
        for name in folder.files().list(path).unwrap_or_default() {
            collect(&path.join(name), deeper - 1, folder, yaml);
        }
    }
}

/// A file that is no rule file, or not YAML at all, has no alerts: Prometheus itself will say so.
fn alerts_of(source: &Source) -> Vec<String> {
    let Ok(root) = yaml::plain::<Node>(source) else { return Vec::new() };
    let groups = root.get("groups").map(|groups| groups.value.list()).unwrap_or_default();
    groups
        .iter()
        .filter_map(|group| group.value.get("rules"))
        .flat_map(|rules| rules.value.list())
        .filter_map(|rule| Some(rule.value.get("alert")?.value.text()?.to_owned()))
        .collect()
}
