//! The doors to the control plane, dashboards, logs, the wiki, people and the notebook.
//!
//! In the workstation they are programs: `deployctl`, `edgectl` and `oncall`. The agent hands their
//! words over, which are a stranger's: they are parsed by clap and never reach a shell. A console in
//! the browser goes through the same doors without words. Either way they are carried out here and
//! recorded as what they are (a log read, a dashboard looked at, a rollback), with what was shown.

pub mod annotations;
mod answer;
pub mod changes;
pub mod dashboards;
mod deployctl;
mod diff;
mod edgectl;
pub mod grafana;
pub mod lines;
pub mod logs;
pub mod metrics;
pub mod notebook;
mod oncall;
mod table;
pub mod words;

use std::sync::Arc;

pub use oncall::render_page;

use clap::Parser;
use dashboard::Dashboard;
use lab::lab::Lab;
use session::event::{Door, Effect, Event, Happening, Kind, Participant, Place};
use tokio::sync::watch;

use crate::boxed;
use crate::control::{Act, Control, ControlError};
use crate::grafana::Grafana;
use crate::logs::Logs;
use crate::pace::Pace;
use crate::prometheus::Prometheus;
use crate::recorder::Recorder;

/// A call's words in all, in bytes: the longest text of the console in the longest characters, and then some.
const WORDS: usize = 20 * 1024;
/// At most so much of what was shown goes into an event, in bytes.
const SHOWN: usize = 16 * 1024;

/// What the doors open on to. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    pub lab: Arc<Lab>,
    /// Whose answers teammates give.
    pub cause: String,
    pub control: Arc<Control>,
    pub prometheus: Prometheus,
    pub logs: Logs,
    pub recorder: Recorder,
    pub dashboards: Arc<Vec<Dashboard>>,
    /// A real Grafana, where the session has one.
    pub grafana: Option<Grafana>,
    /// The page, once it has gone out.
    pub page: watch::Receiver<Option<PageText>>,
    /// Becomes true when the person says that they are done.
    pub done: watch::Sender<bool>,
    /// From where they are gone through.
    pub place: Place,
    /// How fast the workstation's programs are called.
    pub(crate) paces: Arc<Paces>,
    /// The same through every door.
    pub(crate) notebook: Arc<notebook::Notebook>,
}

/// One for what looks and speaks and one for what acts, so that a flood of the one does not hold up the other.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    oncall: Pace,
    control: Pace,
}

/// The page as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    pub alert: String,
    pub severity: String,
    pub summary: String,
    pub promql: String,
    pub since: String,
}

/// What a program prints, and its exit code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printed {
    pub stdout: String,
    pub stderr: String,
    pub code: u8,
}

// === impl Printed ===

impl Printed {
    fn out(stdout: impl Into<String>) -> Printed {
        let mut stdout = stdout.into();
        if !stdout.is_empty() && !stdout.ends_with('\n') {
            stdout.push('\n');
        }
        Printed { stdout, stderr: String::new(), code: 0 }
    }

    fn refused(program: &str, message: impl std::fmt::Display) -> Printed {
        Printed { stdout: String::new(), stderr: format!("{program}: {message:#}\n"), code: 1 }
    }
}

// === impl Doors ===

impl Doors {
    /// Carries out one command of the workstation. `columns` is the width of the terminal, if one.
    #[boxed]
    pub async fn call(&self, program: &str, args: &[String], columns: Option<u16>) -> Printed {
        let bytes: usize = args.iter().map(String::len).sum();
        if bytes > WORDS {
            return Printed::refused(program, format!("these are {bytes} bytes; {WORDS} at most"));
        }
        let pace = if program == "oncall" { &self.paces.oncall } else { &self.paces.control };
        pace.turn().await;
        let printed = self.carried_out(program, args, columns).await;
        pace.shown(bytes + printed.stdout.len());
        printed
    }

    async fn carried_out(&self, program: &str, args: &[String], columns: Option<u16>) -> Printed {
        match program {
            "deployctl" => match parse::<deployctl::Deployctl>(program, args, columns) {
                Ok(command) => deployctl::run(self, command, columns).await,
                Err(printed) => printed,
            },
            "edgectl" => match parse::<edgectl::Edgectl>(program, args, columns) {
                Ok(command) => edgectl::run(self, command).await,
                Err(printed) => printed,
            },
            "oncall" => match parse::<oncall::Oncall>(program, args, columns) {
                Ok(command) => oncall::run(self, command, columns).await,
                Err(printed) => printed,
            },
            other => Printed::refused(other, "no such program here"),
        }
    }

    /// The same doors, gone through in the browser.
    pub fn in_the_console(&self) -> Doors {
        Doors { place: Place::Console, ..self.clone() }
    }

    fn record(&self, door: Door, effect: Effect, kind: Kind) -> Arc<Event> {
        let (participant, place) = (Participant::Candidate, self.place);
        self.recorder.happened(Happening { participant, door, effect, place, kind })
    }

    /// Carries an act out and says to the person what became of it. In the record it begins before
    /// anything is done, also before another one that it has to wait for.
    async fn act(
        &self,
        program: &str,
        asked: &Asked<'_>,
        doing: impl Future<Output = Result<Act, ControlError>>,
        say: impl FnOnce(&Act) -> String,
    ) -> Printed {
        let [verb, target, detail] = [asked.verb, asked.target, asked.detail].map(str::to_owned);
        let start = Kind::ActStarted { verb, target, detail };
        let began = Some(self.record(Door::Control, Effect::Act, start).seq);
        let (printed, kind) = match doing.await {
            Ok(act) => done(began, act, say),
            Err(error) => failed(began, program, asked, error),
        };
        self.record(Door::Control, Effect::Act, kind);
        printed
    }

    /// Records a look at the control plane and prints it.
    fn look(&self, asked: &Asked<'_>, shown: String) -> Printed {
        self.record(
            Door::Control,
            Effect::Look,
            Kind::Control {
                verb: asked.verb.to_owned(),
                target: asked.target.to_owned(),
                detail: asked.detail.to_owned(),
                before: None,
                after: None,
                ok: true,
                shown: beginning(&shown),
                began: None,
            },
        );
        Printed::out(shown)
    }
}

/// What somebody asked of the control plane.
struct Asked<'a> {
    verb: &'a str,
    target: &'a str,
    detail: &'a str,
}

fn done(began: Option<u64>, act: Act, say: impl FnOnce(&Act) -> String) -> (Printed, Kind) {
    let shown = say(&act);
    let kind = Kind::Control {
        verb: act.verb.to_owned(),
        target: act.target,
        detail: act.detail,
        before: Some(act.before),
        after: Some(act.after),
        ok: true,
        shown: shown.clone(),
        began,
    };
    (Printed::out(shown), kind)
}

fn failed(
    began: Option<u64>,
    program: &str,
    asked: &Asked<'_>,
    error: ControlError,
) -> (Printed, Kind) {
    let ok = error.left_a_change();
    let printed = Printed::refused(program, anyhow::Error::from(error));
    let kind = Kind::Control {
        verb: asked.verb.to_owned(),
        target: asked.target.to_owned(),
        detail: asked.detail.to_owned(),
        before: None,
        after: None,
        ok,
        shown: printed.stderr.clone(),
        began,
    };
    (printed, kind)
}

/// Understands the words of a command, or says how they should be, as the program itself would.
fn parse<P: Parser>(program: &str, args: &[String], columns: Option<u16>) -> Result<P, Printed> {
    let words = std::iter::once(program.to_owned()).chain(args.iter().cloned());
    let width = usize::from(columns.unwrap_or(80));
    let parsed = P::command()
        .term_width(width)
        .try_get_matches_from(words)
        .and_then(|matches| P::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let text = error.render();
        let text = if columns.is_some() { text.ansi().to_string() } else { text.to_string() };
        let code = u8::try_from(error.exit_code()).unwrap_or(2);
        if error.use_stderr() {
            Printed { stdout: String::new(), stderr: text, code }
        } else {
            Printed { stdout: text, stderr: String::new(), code }
        }
    })
}

/// The beginning of a text, cut at a character.
fn beginning(text: &str) -> String {
    let mut end = text.len().min(SHOWN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
