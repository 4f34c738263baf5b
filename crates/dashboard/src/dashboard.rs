//! A dashboard as a whole: its name and its panels in reading order.

use std::sync::Arc;

use crate::{Annotation, DashboardError, Panel, Variable, grafana};

/// A dashboard that was read from a Grafana file.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// What a person types to see it; empty when the file names none.
    pub uid: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub variables: Arc<[Variable]>,
    /// What is marked in its charts.
    pub annotations: Vec<Annotation>,
    panels: Vec<Panel>,
}

// === impl Dashboard ===

impl Dashboard {
    /// Reads the JSON of a dashboard, as Grafana exports and provisions it. The wrapping of
    /// Grafana's HTTP API is taken off.
    ///
    /// # Errors
    /// [`DashboardError::Json`] with line and column, both from 1, when the text is no JSON or a
    /// key has a value of another type; [`DashboardError::Kind`] when it is JSON of another kind.
    pub fn parse(json: &str) -> Result<Dashboard, DashboardError> {
        let file: grafana::File = serde_json::from_str(json)?;
        let file = match file.dashboard {
            Some(wrapped) => *wrapped,
            None => file,
        };
        refuse_other_kinds(&file)?;
        let list = file.templating.and_then(|templating| templating.list).unwrap_or_default();
        let variables: Arc<[Variable]> = list.into_iter().map(Variable::from_file).collect();
        let annotations = file.annotations.and_then(|it| it.list).unwrap_or_default();
        Ok(Dashboard {
            uid: file.uid.unwrap_or_default(),
            title: file.title.unwrap_or_default(),
            description: file.description.unwrap_or_default(),
            tags: file.tags.unwrap_or_default(),
            annotations: annotations.into_iter().filter_map(Annotation::from_file).collect(),
            panels: in_reading_order(file.panels.unwrap_or_default(), &variables),
            variables,
        })
    }

    /// The panels that ask something, row by row and from left to right.
    pub fn panels(&self) -> &[Panel] {
        &self.panels
    }

    /// The panel of this title; case does not matter.
    pub fn panel(&self, title: &str) -> Option<&Panel> {
        let wanted = title.to_lowercase();
        self.panels.iter().find(|panel| panel.title.to_lowercase() == wanted)
    }
}

fn refuse_other_kinds(file: &grafana::File) -> Result<(), DashboardError> {
    let problem = |problem, remedy| Err(DashboardError::Kind { problem, remedy });
    if file.api_version.is_some() {
        return problem(
            "this is a dashboard of Grafana's schema v2",
            "export it with the classic model",
        );
    }
    if file.panels.is_none() && file.rows.is_some() {
        return problem(
            "this is a dashboard of Grafana 4 or older",
            "open it in a newer Grafana and save it",
        );
    }
    if file.panels.is_none() && file.title.is_none() {
        return problem(
            "this is no dashboard: it has neither `title` nor `panels`",
            "export one from Grafana with Share, Export",
        );
    }
    Ok(())
}

/// Grafana keeps the panels of a collapsed row inside the row, and those of an open row behind it.
fn in_reading_order(mut files: Vec<grafana::Panel>, variables: &Arc<[Variable]>) -> Vec<Panel> {
    sort_by_position(&mut files);
    let mut row: Option<String> = None;
    let mut panels = Vec::new();
    for mut file in files {
        if file.kind == "row" {
            row = file.title.take().filter(|title| !title.is_empty());
            let mut inside = file.panels.take().unwrap_or_default();
            sort_by_position(&mut inside);
            let inside = inside.into_iter();
            panels.extend(
                inside.filter_map(|file| Panel::from_file(file, row.as_deref(), variables)),
            );
        } else {
            panels.extend(Panel::from_file(file, row.as_deref(), variables));
        }
    }
    panels
}

/// Stable: panels without a position keep their place at the end.
fn sort_by_position(files: &mut [grafana::Panel]) {
    let place = |file: &grafana::Panel| {
        file.grid_pos.map_or((f64::INFINITY, f64::INFINITY), |it| (it.y, it.x))
    };
    files.sort_by(|one, other| {
        let ((one_y, one_x), (other_y, other_x)) = (place(one), place(other));
        one_y.total_cmp(&other_y).then(one_x.total_cmp(&other_x))
    });
}

#[cfg(test)]
mod tests;
