//! The grammar of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Put a person in front of a system that has just broken, and record how they find out why.
#[derive(Parser)]
#[command(name = "checkride", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// Say more about what is going on, on standard error.
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// The folder with the labs.
    #[arg(long, global = true, env = "CHECKRIDE_LABS", value_name = "FOLDER")]
    pub labs: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done, or the answer is yes
  1    the answer is no: an expectation did not hold, a journal is broken, `check` found mistakes
  2    the command line was not understood, or names something that is not there or has mistakes
  3    something is missing: the engine, permission, disk space, an image that cannot be built
  4    the session could not do its part: the system did not start, a fault did not bite
  130  interrupted; everything was removed and the journal was sealed

Sessions are kept in CHECKRIDE_HOME, or `checkride` in the XDG data directory.";

/// The verb of the guard; see [`orchestrator::guard`].
pub const GUARD: &str = "__guard";

#[derive(Subcommand)]
pub enum Command {
    /// The labs that there are.
    Labs(Json),
    /// What a lab is made of. Gives its causes away.
    Show {
        lab: String,
        #[command(flatten)]
        json: Json,
    },
    /// Read labs and say what is wrong with them, with line and column.
    Check {
        /// Names or folders of labs; all when none is given.
        #[arg(value_name = "LAB")]
        names: Vec<String>,
        #[command(flatten)]
        json: Json,
    },
    /// The JSON Schema of a file that lab authors write, for editors.
    Schema { file: SchemaFile },
    /// Build the images of a lab, if they are not there.
    Images { lab: String },
    /// Sit in front of a broken system yourself.
    ///
    /// In a terminal you get a shell in the system and a link to the console, which shows the same
    /// session; without one, the link alone. In the browser you write your own debrief at the end, and
    /// then read the answer and the report.
    Practice(Practice),
    /// Have a candidate sit in front of a broken system, in a browser, while you watch in another.
    ///
    /// Prints two links once the system is up: one for the candidate, one for you. Each works once. The
    /// incident begins when the candidate has agreed to be recorded, and ends when they say that they
    /// are done, when you end it, or when the time is over. Then the candidate writes a debrief while you
    /// read the report and rate; your page seals the record, or Ctrl-C here, or the end of two hours.
    Interview(Interview),
    /// Hold several interviews at once, which you start and watch over in a browser.
    ///
    /// Prints one link, for you. Sessions that ended are listed with their reports, also those of
    /// earlier times. Ctrl-C ends all that run, in order.
    Serve(Serve),
    /// Let a persona run a lab, and check what the lab promises.
    Rehearse(Rehearse),
    /// The sessions that were recorded, newest first.
    Sessions(Json),
    /// The report of a session.
    Report(Report),
    /// Check that a journal is whole and unaltered.
    Verify {
        /// A session, `latest`, or the path of a journal.
        session: String,
        #[command(flatten)]
        json: Json,
    },
    /// Remove what ended sessions left on the engine, and close their journals.
    ///
    /// Only sessions of this CHECKRIDE_HOME are looked at, and those that run are left alone: an
    /// engine may be shared with other people and other homes.
    Clean {
        /// Remove the sessions of all other homes too, also those that still run there. For what is
        /// left of homes that no longer exist. Asks nothing.
        #[arg(long)]
        all: bool,
        /// Also remove the images that were built for labs. Not while a session is on the engine,
        /// whose rollback may need any of them.
        #[arg(long)]
        images: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Check whether this machine has what Checkride needs.
    Doctor(Json),
    /// Completions for a shell.
    Completions { shell: Shell },
    /// What a session starts beside itself, to be cleared up after if it is killed.
    #[command(name = GUARD, hide = true)]
    Guard { home: PathBuf, session: String },
}

#[derive(Args)]
pub struct Json {
    /// Print JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum SchemaFile {
    Lab,
    Cause,
    Persona,
    Answers,
    Compose,
    Rubric,
}

#[derive(Args)]
pub struct Practice {
    /// The name or folder of a lab.
    pub lab: String,
    /// The name or file of a cause. One is drawn by the seed when none is given.
    #[arg(long)]
    pub cause: Option<String>,
    /// The same seed draws the same cause.
    #[arg(long)]
    pub seed: Option<u64>,
    /// In the browser alone, also where there is a terminal to sit at.
    #[arg(long)]
    pub console: bool,
    #[command(flatten)]
    pub port: Listen,
    #[command(flatten)]
    pub grafana: Grafana,
    #[command(flatten)]
    pub json: Json,
}

#[derive(Args)]
pub struct Interview {
    /// The name or folder of a lab.
    pub lab: String,
    /// The candidate's name, as it stands in the report.
    #[arg(long, value_name = "NAME")]
    pub candidate: String,
    /// The name or file of a cause. One is drawn by the seed when none is given.
    #[arg(long)]
    pub cause: Option<String>,
    /// The same seed draws the same cause.
    #[arg(long)]
    pub seed: Option<u64>,
    /// From the page to the end.
    #[arg(long, default_value_t = 45, value_parser = clap::value_parser!(u32).range(1..=480))]
    pub minutes: u32,
    #[command(flatten)]
    pub port: Listen,
    #[command(flatten)]
    pub grafana: Grafana,
    #[command(flatten)]
    pub json: Json,
}

#[derive(Args)]
pub struct Listen {
    /// Where the console listens, by the name that browsers are to use; port 0 takes one that is free.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "HOST:PORT")]
    pub listen: String,
    /// A certificate with its chain, PEM. The console then speaks TLS.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM, without a password.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

#[derive(Args)]
pub struct Grafana {
    /// An image of Grafana 11 or later, to be started beside each system and shown in its console. It is
    /// pulled when the engine does not have it.
    #[arg(long, value_name = "IMAGE")]
    pub grafana: Option<String>,
}

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    pub port: Listen,
    #[command(flatten)]
    pub grafana: Grafana,
    /// How many sessions may run at once. As many as the engine has GiB of memory, and ten for each of its
    /// cores at most, when left out.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub sessions: Option<u32>,
    #[command(flatten)]
    pub json: Json,
}

#[derive(Args)]
pub struct Rehearse {
    /// The name or folder of a lab.
    pub lab: String,
    /// The name or file of a cause.
    #[arg(long)]
    pub cause: String,
    /// The name or file of a persona.
    #[arg(long)]
    pub persona: String,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub json: Json,
}

#[derive(Args)]
pub struct Report {
    /// A session (the beginning of its id is enough), or `latest`.
    pub session: String,
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub format: Format,
    /// Write to this file and not to standard output.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Json,
    Md,
    Html,
}
