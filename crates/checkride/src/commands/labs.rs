//! `checkride labs`: the labs that there are. Says nothing about their causes but how many.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::exit::Code;
use crate::{places, print};

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    summary: String,
    causes: usize,
    folder: String,
    /// Why it cannot be used.
    problem: Option<String>,
}

pub(super) fn run(labs: Option<&Path>, json: bool) -> Result<Code> {
    let rows: Vec<Row> =
        places::lab_folders(&places::labs(labs)?)?.iter().map(|it| row(it)).collect();
    if json {
        print::json(&rows)?;
        return Ok(Code::Ok);
    }
    for row in &rows {
        print::out(&format!("{}  {}", print::heading(&row.id), row.title));
        match &row.problem {
            Some(problem) => print::out(&format!("  cannot be used: {problem}")),
            None => {
                print::out(&format!("  {}", row.summary.trim()));
                print::out(&format!("  {} causes; `checkride practice {}`", row.causes, row.id));
            }
        }
    }
    if rows.is_empty() {
        print::note("no labs here; docs/creating-a-lab.md says how to make one");
    }
    Ok(Code::Ok)
}

fn row(folder: &Path) -> Row {
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let place = folder.display().to_string();
    match places::whole(folder) {
        Ok(lab) => Row {
            id,
            title: lab.title,
            summary: lab.summary,
            causes: lab.causes.len(),
            folder: place,
            problem: None,
        },
        Err(_) => Row {
            title: String::new(),
            summary: String::new(),
            causes: 0,
            problem: Some(format!("it has mistakes; see `checkride check {id}`")),
            folder: place,
            id,
        },
    }
}
