//! `checkride sessions`: what was recorded, newest first.

use anyhow::Result;
use orchestrator::home::SessionFolder;
use orchestrator::summary::{Standing, Summary};
use serde::Serialize;

use crate::exit::Code;
use crate::{places, print};

#[derive(Serialize)]
struct Row {
    session: String,
    state: Standing,
    lab: String,
    cause: String,
    mode: String,
    persona: Option<String>,
    started: String,
    folder: String,
}

pub(super) fn run(json: bool) -> Result<Code> {
    let home = places::home()?;
    let rows: Vec<Row> = home.sessions()?.iter().map(row).collect();
    if json {
        print::json(&rows)?;
        return Ok(Code::Ok);
    }
    if rows.is_empty() {
        print::note("no sessions yet; `checkride practice payments` starts one");
    }
    for row in &rows {
        let who = row.persona.as_deref().unwrap_or(&row.mode);
        print::out(&format!(
            "{}  {:<11} {:<10} {:<14} {}",
            row.session,
            word(row.state),
            row.lab,
            row.cause,
            who
        ));
    }
    Ok(Code::Ok)
}

fn row(folder: &SessionFolder) -> Row {
    let Summary { session, standing, lab, cause, mode, persona, started, .. } = Summary::of(folder);
    let folder = folder.path.display().to_string();
    Row { session, state: standing, lab, cause, mode, persona, started, folder }
}

/// As it stands in the JSON.
fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Running => "running",
        Standing::Done => "done",
        Standing::CalledOff => "called-off",
        Standing::Interrupted => "interrupted",
        Standing::Failed => "failed",
        Standing::Lost => "lost",
        Standing::Unsealed => "unsealed",
        Standing::Unreadable => "unreadable",
    }
}
