//! `checkride sessions`: what was recorded, newest first.

use anyhow::Result;
use orchestrator::report;
use serde::Serialize;
use session::event::{Kind, Outcome};

use crate::exit::Code;
use crate::{places, print};

#[derive(Serialize)]
struct Row {
    session: String,
    /// `running`, `done`, `interrupted`, `failed`, `lost`, `unsealed`, `unreadable`.
    state: &'static str,
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
            row.session, row.state, row.lab, row.cause, who
        ));
    }
    Ok(Code::Ok)
}

fn row(folder: &orchestrator::home::SessionFolder) -> Row {
    let mut row = Row {
        session: folder.id.clone(),
        state: if folder.is_live() { "running" } else { "unsealed" },
        lab: String::new(),
        cause: String::new(),
        mode: String::new(),
        persona: None,
        started: String::new(),
        folder: folder.path.display().to_string(),
    };
    let Ok(events) = report::events(&folder.journal()) else {
        row.state = "unreadable";
        return row;
    };
    for event in &events {
        if let Kind::SessionStarted { lab, cause, mode, persona, .. } = &event.kind {
            (row.lab, row.cause, row.mode) = (lab.clone(), cause.clone(), mode.clone());
            row.persona.clone_from(persona);
            row.started.clone_from(&event.wall);
        }
        if let Kind::SessionEnded { outcome, .. } = &event.kind {
            row.state = match outcome {
                Outcome::Done => "done",
                Outcome::CalledOff => "called off",
                Outcome::Interrupted => "interrupted",
                Outcome::Failed => "failed",
                Outcome::Lost => "lost",
            };
        }
    }
    row
}
