//! `checkride report`: the evidence of a session, as JSON, Markdown or HTML.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use lab::cause::Cause;
use lab::lab::Lab;
use orchestrator::home::{Home, SessionFolder};
use orchestrator::report::{self, Origin};
use session::report::{Report as Facts, html, json, markdown};

use crate::cli::{Format, Report};
use crate::exit::{Code, UsageError};
use crate::{places, print};

pub(super) fn run(labs: Option<&Path>, args: &Report) -> Result<Code> {
    let home = places::home()?;
    let folder = home.find(&args.session)?;
    let facts = facts(&home, labs, &folder)?;
    let text = render(&facts, args.format);
    match &args.output {
        None => print::out(&text),
        Some(path) => {
            fs::write(path, text).with_context(|| {
                format!("cannot write `{}`; choose another place", path.display())
            })?;
            print::note(&format!("wrote {}", path.display()));
        }
    }
    Ok(Code::Ok)
}

/// Computes the report of a session anew, from its journal and its lab.
fn facts(home: &Home, labs: Option<&Path>, folder: &SessionFolder) -> Result<Facts> {
    let (lab, cause) = lab_of(labs, folder)?;
    Ok(report::of(home, folder, &lab, &cause)?)
}

/// The lab and the cause of a session, from where they were read then.
///
/// # Errors
/// When they are not there any more, or have mistakes.
pub(super) fn lab_of(labs: Option<&Path>, folder: &SessionFolder) -> Result<(Lab, Cause)> {
    let origin = Origin::of(folder)?;
    if !origin.lab.exists() {
        let (session, lab) = (&folder.id, origin.lab.display());
        let words = format!(
            "session {session} was held with the lab in `{lab}`, which is gone; put it back there"
        );
        return Err(UsageError(words).into());
    }
    let mut lab = places::lab(labs, &origin.lab.display().to_string())?;
    let name = cause_name(&origin, &lab);
    let (cause, _) = places::cause(&mut lab, &name)?;
    Ok((lab, cause))
}

/// The report of a session as a page: as it was written at its end, or, where the session was killed,
/// computed now.
///
/// # Errors
/// When there is none, and the journal or the lab cannot be read.
pub(super) fn page_of(home: &Home, labs: Option<&Path>, folder: &SessionFolder) -> Result<String> {
    match fs::read_to_string(folder.report()) {
        Ok(page) => Ok(page),
        Err(_) => Ok(render(&facts(home, labs, folder)?, Format::Html)),
    }
}

/// A cause of the lab is found by its name, another one by its file.
fn cause_name(origin: &Origin, lab: &Lab) -> String {
    let stem = origin.cause.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own = lab.folder.join("causes");
    if origin.cause.starts_with(&own) && lab.causes.contains_key(&stem) {
        return stem;
    }
    origin.cause.display().to_string()
}

/// Writes the report in all its forms beside the journal.
///
/// # Errors
/// When the journal cannot be read or a file not written.
pub(super) fn write_all(
    home: &Home,
    folder: &SessionFolder,
    lab: &Lab,
    cause: &Cause,
) -> Result<Facts> {
    let facts = report::of(home, folder, lab, cause)?;
    for (format, ending) in [(Format::Html, "html"), (Format::Md, "md"), (Format::Json, "json")] {
        let path = folder.report().with_extension(ending);
        let half = path.with_added_extension("part");
        // The session is over already, so somebody may be reading there.
        fs::write(&half, render(&facts, format))
            .and_then(|()| fs::rename(&half, &path))
            .with_context(|| format!("cannot write `{}`; free some space", path.display()))?;
    }
    Ok(facts)
}

/// Where the report of a session that has ended is.
pub(super) fn say_where(folder: &SessionFolder) {
    let (report, id) = (folder.report(), &folder.id);
    print::note(&format!(
        "\nreport   {}\nsession  {id} (`checkride report {id}`)",
        report.display()
    ));
}

fn render(facts: &Facts, format: Format) -> String {
    match format {
        Format::Json => json::render(facts),
        Format::Md => markdown::render(facts),
        Format::Html => html::render(facts),
    }
}
