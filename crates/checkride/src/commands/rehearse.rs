//! `checkride rehearse`: a lab run by a persona, with what the lab promises checked.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use orchestrator::rehearsal::{Summary, rehearse};
use orchestrator::run::{Mode, RunError, Setup, Strictness};

use super::prepare::{Prepared, prepare};
use super::report::write_all;
use crate::cli::Rehearse;
use crate::exit::{Code, UsageError, code_of_run};
use crate::progress::Show;
use crate::{places, print, signals};

pub(super) async fn run(labs: Option<&Path>, args: &Rehearse) -> Result<Code> {
    let mut lab = places::lab(labs, &args.lab)?;
    let (cause, cause_file) = places::cause(&mut lab, &args.cause)?;
    let persona = places::persona(&lab, &args.persona)?;
    let lab = Arc::new(lab);
    let rehearsal = persona.rehearsals.get(&cause.id).ok_or_else(|| {
        let known: Vec<&str> = persona.rehearsals.keys().map(String::as_str).collect();
        UsageError(format!(
            "`{}` has no script for `{}`; it has {}",
            persona.id,
            cause.id,
            known.join(", ")
        ))
    })?;
    let show = Show::new();
    let stop = signals::stop()?;
    let Prepared { engine, home, images } = prepare(&lab, &show, &stop).await?;
    let setup = Setup {
        engine,
        images,
        lab,
        cause,
        cause_file,
        mode: Mode::Rehearsal(persona.id.clone()),
        seed: args.seed,
        home,
        strictness: Strictness::Strict,
        guard: super::guard::program(),
        grafana: None,
    };
    let (summary, finished) = rehearse(&setup, &persona, rehearsal, &show, &stop).await?;
    show.clear();
    let written = write_all(&setup.home, &finished.folder, &setup.lab, &setup.cause);
    if args.json.json {
        print::json(&summary)?;
    } else {
        print::out(&text(&summary));
    }
    if let Some(error) = &finished.failure {
        // Its code says why the session failed; that there is no report must not go unsaid.
        if let Err(error) = &written {
            print::warning(&format!("{error:#}"));
        }
        return Ok(failure_code(error));
    }
    // The last: without a report the answer stands all the same.
    written?;
    let held = summary.expectations.iter().all(|expectation| expectation.held);
    Ok(if held { Code::Ok } else { Code::No })
}

/// A script that met something unexpected is an expectation that did not hold.
fn failure_code(error: &RunError) -> Code {
    if matches!(error, RunError::Play(_)) { Code::No } else { code_of_run(error) }
}

fn text(summary: &Summary) -> String {
    let mut text = format!(
        "{}\n",
        print::heading(&format!("{} / {} / {}", summary.lab, summary.cause, summary.persona))
    );
    for expectation in &summary.expectations {
        let mark = if expectation.held { "✓" } else { "✗" };
        text.push_str(&format!("  {mark} {:<28} {}\n", expectation.name, expectation.detail));
    }
    let action = match &summary.first_action {
        Some(action) => {
            let words = [&action.verb, &action.target, &action.detail];
            let words: Vec<&str> =
                words.into_iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
            let after = action
                .since_page_s
                .map_or(String::new(), |seconds| format!(", {seconds:.1} s after the page"));
            format!("{}{after}", words.join(" "))
        }
        None => "none".to_owned(),
    };
    let list = |ids: &[String]| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    let seconds = |value: Option<f64>| value.map_or("—".to_owned(), |it| format!("{it:.1} s"));
    text.push_str(&format!(
        "\nfirst action       {action}\nseen before it     {}\nnot seen before it {}\n\
         ready {}, paged {}, mitigated {}, torn down {}\nreport  {}\n",
        list(&summary.evidence_before_action),
        list(&summary.evidence_missing),
        seconds(summary.timings.ready_s),
        seconds(summary.timings.paged_s),
        seconds(summary.timings.mitigated_s),
        seconds(summary.timings.teardown_s),
        summary.report,
    ));
    text
}
