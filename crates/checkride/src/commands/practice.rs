//! `checkride practice`: a person in front of a broken system, on their own, at the terminal, in the
//! browser, or both.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use lab::lab::Lab;
use orchestrator::run::{Finished, Mode, Setup, Strictness, run as run_session};
use serde::Serialize;
use session::report::Report;
use tokio_util::sync::CancellationToken;
use web_console::console::Console;
use web_console::host::Opened;
use web_console::player::Visitor;

use super::prepare::{Prepared, prepare};
use super::report::{say_where, write_all};
use super::{grafana, port};
use crate::attach::Person;
use crate::cli::Practice;
use crate::exit::{Code, code_of_run};
use crate::practitioner::Practitioner;
use crate::progress::Show;
use crate::{places, print, signals};

pub(super) async fn run(labs: Option<&Path>, args: &Practice) -> Result<Code> {
    let mut lab = places::lab(labs, &args.lab)?;
    let seed = args.seed.unwrap_or_else(new_seed);
    let name = chosen(&lab, args.cause.as_ref(), seed)?;
    let (cause, cause_file) = places::cause(&mut lab, &name)?;
    let lab = Arc::new(lab);
    let show = Arc::new(Show::new());
    let person = Person::here(Arc::clone(&show)).filter(|_| !args.console && !args.json.json);
    let interview = web_console::console::Interview {
        lab: Arc::clone(&lab),
        cause: cause.clone(),
        rubric: places::rubric(&lab)?,
        candidate: "you".to_owned(),
        minutes: 0,
        alone: true,
    };
    let bound = port::bind(&args.port, 1).await?;
    let stop = signals::stop()?;
    let Opened { console, links, .. } = bound.host().open(interview, stop.clone())?;
    let Prepared { engine, home, images } = prepare(&lab, &show, &stop).await?;
    let fetched = grafana::fetch(&engine, &args.grafana, show.as_ref());
    let grafana = signals::unless_stopped(&stop, fetched).await?;
    let grafana = grafana::wanted(grafana.as_ref(), &console);
    let setup = Setup {
        engine,
        images,
        lab,
        cause,
        cause_file,
        mode: Mode::Practice,
        seed,
        home,
        strictness: Strictness::BestEffort,
        guard: super::guard::program(),
        grafana,
    };
    let (link, in_the_browser) = (links.candidate, person.is_none());
    let visitor = Visitor::of(console.clone());
    let player = Practitioner::new(person, visitor, link.clone(), Arc::clone(&show));
    let yours = console.clone();
    let again = tokio::spawn(signals::new_links(move || Some(yours.new_candidate_link())));
    let served = CancellationToken::new();
    let serving = tokio::spawn(bound.serve(served.clone()));
    let told = in_the_browser
        .then(|| tokio::spawn(tell(console, link, args.json.json, Arc::clone(&show))));
    let finished = run_session(&setup, player, show.as_ref(), &stop).await;
    again.abort();
    if let Some(told) = told {
        told.abort();
    }
    show.clear();
    let code = debrief(&setup, &finished?, args.json.json);
    served.cancel();
    serving.await??;
    code
}

/// What is printed for a program once the link works and the system is up.
#[derive(Serialize)]
struct Ready<'a> {
    session: &'a str,
    url: &'a str,
}

/// Prints the link once the system is up, for whoever has no terminal.
async fn tell(console: Console, link: String, json: bool, show: Arc<Show>) {
    let mut ready = console.lab_ready();
    if ready.wait_for(|ready| *ready).await.is_err() {
        return; // The console is gone, and with it the session.
    }
    show.clear();
    if json {
        // Texts alone: there is a JSON form of them.
        let _ = print::json(&Ready { session: &console.session(), url: &link });
        return;
    }
    print::out(&link);
    print::note(
        "\nThe link works once; the signal USR1 prints a new one. The incident begins when you say so there; \
         Ctrl-C here ends it.",
    );
}

/// Tells the person what was going on, and where the whole report is.
fn debrief(setup: &Setup, finished: &Finished, json: bool) -> Result<Code> {
    let report = write_all(&setup.home, &finished.folder, &setup.lab, &setup.cause)?;
    if let Some(error) = &finished.failure {
        let code = code_of_run(error);
        if code != Code::Interrupted {
            print::warning(&orchestrator::reasons::in_words(error));
            return Ok(code);
        }
    }
    if !json {
        print::out(&summary(&report));
    }
    say_where(&finished.folder);
    Ok(finished.failure.as_ref().map_or(Code::Ok, code_of_run))
}

/// The answer, in a few lines.
fn summary(report: &Report) -> String {
    let facts = &report.assessment;
    let mut text = format!("\n{}  {}\n", print::heading("What it was"), report.cause.title);
    for link in &report.cause.chain {
        text.push_str(&format!("  · {link}\n"));
    }
    let action = facts.first_action.as_ref().map_or("none".to_owned(), |act| act.words());
    let list = |ids: &[String]| if ids.is_empty() { "nothing".to_owned() } else { ids.join(", ") };
    let outcome = match facts.mitigated_since_s {
        Some(_) => "the steady state came back and lasted",
        None => "the steady state did not come back for good",
    };
    text.push_str(&format!(
        "\n{}  {action}\n  seen before it      {}\n  not seen before it  {}\n  afterwards          {outcome}\n",
        print::heading("Your first action"),
        list(&facts.evidence_before_action),
        list(&facts.evidence_missing),
    ));
    text
}

/// The cause that was asked for, else one that the seed draws.
pub(super) fn chosen(lab: &Lab, asked: Option<&String>, seed: u64) -> Result<String> {
    match asked {
        Some(name) => Ok(name.clone()),
        None => lab.draw(seed).cloned().context("the lab has no causes"),
    }
}

/// A seed that nobody has had before.
pub(super) fn new_seed() -> u64 {
    jiff::Timestamp::now().as_microsecond().unsigned_abs()
}
