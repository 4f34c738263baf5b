//! `checkride interview`: a candidate in one browser, an interviewer in another.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use orchestrator::run::{Finished, Mode, Setup, Strictness, run as run_session};
use serde::Serialize;
use session::event::Outcome;
use tokio_util::sync::CancellationToken;
use web_console::console::Console;
use web_console::host::{Links, Opened};
use web_console::player::Visitor;

use super::practice::{chosen, new_seed};
use super::prepare::{Prepared, prepare};
use super::report::{say_where, write_all};
use super::{grafana, port};
use crate::cli::Interview;
use crate::exit::{Code, UsageError, code_of_run};
use crate::progress::Show;
use crate::{places, print, signals};

/// Characters of a candidate's name.
const NAME: usize = 100;

/// What is printed for a program once both links work and the system is up.
#[derive(Serialize)]
struct Ready<'a> {
    session: &'a str,
    candidate_url: &'a str,
    interviewer_url: &'a str,
}

pub(super) async fn run(labs: Option<&Path>, args: &Interview) -> Result<Code> {
    let candidate = name(&args.candidate)?;
    let mut lab = places::lab(labs, &args.lab)?;
    let seed = args.seed.unwrap_or_else(new_seed);
    let cause = chosen(&lab, args.cause.as_ref(), seed)?;
    let (cause, cause_file) = places::cause(&mut lab, &cause)?;
    let lab = Arc::new(lab);
    let interview = web_console::console::Interview {
        lab: Arc::clone(&lab),
        cause: cause.clone(),
        rubric: places::rubric(&lab)?,
        candidate: candidate.clone(),
        minutes: args.minutes,
        alone: false,
    };
    let bound = port::bind(&args.port, 1).await?;
    let show = Arc::new(Show::new());
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
        mode: Mode::Interview { candidate },
        seed,
        home,
        strictness: Strictness::Strict,
        guard: super::guard::program(),
        grafana,
    };
    let served = CancellationToken::new();
    let serving = tokio::spawn(bound.serve(served.clone()));
    let told = tokio::spawn(tell(console.clone(), links, args.json.json, Arc::clone(&show)));
    let yours = console.clone();
    let again = move || Some(format!("interviewer  {}", yours.new_interviewer_link()));
    let again = tokio::spawn(signals::new_links(again));
    let finished = run_session(&setup, Visitor::of(console), show.as_ref(), &stop).await;
    told.abort();
    again.abort();
    show.clear();
    let code = report(&setup, &finished?);
    served.cancel();
    serving.await??;
    code
}

fn name(given: &str) -> Result<String> {
    let name: String = given.trim().chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() || name.chars().count() > NAME {
        let message = format!("a candidate's name has 1 to {NAME} characters");
        return Err(UsageError(message).into());
    }
    Ok(name)
}

/// Prints the links once the system is up.
async fn tell(console: Console, links: Links, json: bool, show: Arc<Show>) {
    let mut ready = console.lab_ready();
    if ready.wait_for(|ready| *ready).await.is_err() {
        return; // The console is gone, and with it the session.
    }
    show.clear();
    let mut debriefing = console.debriefing();
    if json {
        let (candidate_url, interviewer_url) = (&links.candidate, &links.interviewer);
        let ready = Ready { session: &console.session(), candidate_url, interviewer_url };
        // Texts alone: there is a JSON form of them.
        let _ = print::json(&ready);
    } else {
        say(&links);
    }
    if debriefing.wait_for(|begun| *begun).await.is_ok() {
        show.clear();
        print::note(&format!(
            "The incident is over and the system is gone. Your page seals the record when the debrief \
             is over; so does Ctrl-C here, or the end of {} minutes.",
            web_console::player::DEBRIEF.as_secs() / 60
        ));
    }
}

fn say(links: &Links) {
    print::out(&format!("candidate    {}\ninterviewer  {}", links.candidate, links.interviewer));
    print::note(
        "\nEach link works once; the signal USR1 prints a new one for you. The incident begins when the \
         candidate has agreed to be recorded.",
    );
}

/// Says where the report is.
fn report(setup: &Setup, finished: &Finished) -> Result<Code> {
    write_all(&setup.home, &finished.folder, &setup.lab, &setup.cause)?;
    if let Some(error) = &finished.failure
        && code_of_run(error) != Code::Interrupted
    {
        print::warning(&orchestrator::reasons::in_words(error));
    }
    if finished.outcome == Outcome::CalledOff {
        print::note("The interview was called off before the incident began; nothing was broken.");
    }
    say_where(&finished.folder);
    Ok(finished.failure.as_ref().map_or(Code::Ok, code_of_run))
}
