//! `lab.yaml`: a system, what is normal for it, the page that calls a person in, and the
//! observations that tell its causes apart.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::answers::Answer;
use crate::cause::Cause;
use crate::compose::Compose;
use crate::inject::Inject;
use crate::persona::Persona;

/// A lab that has been read whole and whose references all resolve.
#[derive(Debug, Clone)]
pub struct Lab {
    /// Kebab-case name, the same as the folder's.
    pub id: String,
    pub title: String,
    /// Two or three sentences for `checkride labs`; gives no cause away.
    pub summary: String,
    /// The folder that the lab was read from.
    pub folder: PathBuf,
    pub system: System,
    pub steady_state: SteadyState,
    pub page: Page,
    /// Keyed by evidence id, in the order of the file.
    pub evidence: Vec<Evidence>,
    /// What an interviewer may let happen, in the order of the file.
    pub injects: Vec<Inject>,
    /// What the candidate is told (`briefing.md`, Markdown).
    pub briefing: String,
    /// Wiki pages by name without `.md` (Markdown).
    pub wiki: BTreeMap<String, String>,
    pub answers: Vec<Answer>,
    /// Keyed by cause id.
    pub causes: BTreeMap<String, Cause>,
    /// Keyed by persona id.
    pub personas: BTreeMap<String, Persona>,
    /// Grafana dashboard files by uid.
    pub dashboards: BTreeMap<String, DashboardFile>,
}

/// A Grafana dashboard.
#[derive(Debug, Clone)]
pub struct DashboardFile {
    pub file: PathBuf,
    /// The JSON as it stands on disk.
    pub text: String,
}

/// What is started, and which of its services play a named part.
#[derive(Debug, Clone)]
pub struct System {
    pub compose: Compose,
    /// The service whose PID 1 is the agent and in which the person sits.
    pub workstation: String,
    /// `host:port` of Prometheus, as dialled from the workstation.
    pub prometheus: String,
    /// The service that sends the traffic; takes `internet set …` through exec.
    pub internet: Option<String>,
    /// The HAProxy service that `edgectl` governs.
    pub edge: Option<String>,
    /// The database whose own log says what the person asked of it.
    pub database: Option<Database>,
    /// What `deployctl` governs, keyed by the name that people type.
    pub deployments: BTreeMap<String, Deployment>,
    /// Changes from before the session, oldest first, that `deployctl history` shows.
    pub history: Vec<PastChange>,
}

impl System {
    /// The Compose service of Prometheus.
    pub fn prometheus_service(&self) -> &str {
        self.prometheus.split(':').next().unwrap_or_default()
    }

    /// The names of all containers that there can be: one for each service, or one for each replica
    /// up to the most that a deployment may have.
    pub fn containers(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, service) in &self.compose.services {
            let deployed = self.deployments.values().find(|one| one.service == *name);
            match service.replicas {
                None => names.push(name.clone()),
                Some(replicas) => {
                    let most = deployed.map_or(0, |deployment| deployment.max_replicas);
                    names.extend((1..=replicas.max(most)).map(|number| format!("{name}-{number}")));
                }
            }
        }
        names
    }
}

/// Whether a container is `service` itself or one of its replicas (`payments-2` of `payments`).
pub fn is_of(container: &str, service: &str) -> bool {
    container.strip_prefix(service).is_some_and(|rest| {
        let number = rest.strip_prefix('-');
        rest.is_empty()
            || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// A PostgreSQL that writes down each statement of the person on call in its own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The Compose service.
    pub service: String,
    /// The role that the person has there.
    pub role: String,
}

/// A service that can be deployed, scaled, configured and restarted.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The Compose service; its replicas are the containers `<service>-1`, `<service>-2`, ….
    pub service: String,
    /// Replicas that `deployctl scale` may ask for.
    pub max_replicas: u32,
    /// The crate with the source of [`Self::base`], relative to the lab's folder, resolved.
    pub source: PathBuf,
    /// The version that the source itself is.
    pub base: String,
    /// Releases in order of their patches; the first builds on `base`. Does not hold `base`.
    pub releases: Vec<Release>,
    /// The version that runs when the session starts.
    pub running: String,
    /// Where a replica says that it takes traffic; a roll waits for it before the next replica.
    pub ready: Option<Ready>,
    /// Settings by the key that people type (`pool-size`).
    pub config: BTreeMap<String, Setting>,
}

impl Deployment {
    /// The base and all releases, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        let releases = self.releases.iter().map(|release| release.version.as_str());
        [self.base.as_str()].into_iter().chain(releases)
    }
}

/// An HTTP GET that answers 200 when a replica takes traffic (`ready: { port: 9100, path: /readyz }`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    pub port: u16,
    pub path: String,
}

/// One patch file, `NNNN-<version>.patch`, in the format of `git format-patch`.
#[derive(Debug, Clone)]
pub struct Release {
    pub version: String,
    pub patch: PathBuf,
}

/// A setting of a deployment: an environment variable of each of its replicas.
#[derive(Debug, Clone)]
pub struct Setting {
    pub env: String,
    /// The value when the session starts.
    pub value: String,
    /// Accepted values, for numbers.
    pub range: Option<(i64, i64)>,
    /// One sentence, with the unit.
    pub about: String,
}

/// A change that happened before the session; part of the believable past.
#[derive(Debug, Clone)]
pub struct PastChange {
    /// How long before the session's start.
    pub ago: Duration,
    pub by: String,
    /// As `deployctl history` prints it: `deploy`, `config`, `scale`, `restart`.
    pub verb: String,
    pub target: String,
    /// Such as `2.3.1 -> 2.3.2`.
    pub change: String,
    pub note: String,
}

/// The probes that hold when the system is well, and for how long they must.
#[derive(Debug, Clone)]
pub struct SteadyState {
    /// How long all probes must hold before a fault is injected.
    pub settle: Duration,
    /// How long they must hold again before relief counts as mitigation.
    pub sustain: Duration,
    /// How long they must hold before a dip counts as relief.
    pub relief: Duration,
    pub probes: Vec<Probe>,
}

/// A PromQL expression that gives one number, and the bounds that it must keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Kebab-case; the series' name in the report.
    pub name: String,
    pub title: String,
    pub promql: String,
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
    /// For display: `ratio`, `seconds`, `per-second`, `count`.
    pub unit: String,
}

impl Probe {
    /// Whether `value` keeps the bounds. No value (no series) does not hold.
    pub fn holds(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| {
            self.at_least.is_none_or(|bound| value >= bound)
                && self.at_most.is_none_or(|bound| value <= bound)
        })
    }
}

/// The alert that calls the person in.
#[derive(Debug, Clone)]
pub struct Page {
    /// The name of a Prometheus alert rule of the system.
    pub alert: String,
    /// Such as `SEV-2`.
    pub severity: String,
    /// One line, as it stands on the phone.
    pub summary: String,
    /// A fault that has not paged after this time did not bite.
    pub within: Duration,
}

/// An observation that tells causes apart. It is *seen* when an event matches one of `seen_in`.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub id: String,
    pub title: String,
    pub seen_in: Vec<Sighting>,
    /// The same observation for a machine: must not hold in the baseline, must hold while a cause
    /// that names this evidence with `shows` is on.
    pub shows: Option<Probe>,
}

/// One way to make an observation: a door, and what must have been shown through it.
/// All given parts must match. Patterns are regular expressions, unanchored.
#[derive(Debug, Clone)]
pub enum Sighting {
    /// `deployctl` or `edgectl` with this verb (and target), `shown` within what it printed.
    Control { verb: String, target: Option<Pattern>, shown: Option<Pattern> },
    /// A dashboard panel that was drawn, by dashboard uid and panel title.
    Dashboard { dashboard: Pattern, panel: Option<Pattern>, shown: Option<Pattern> },
    /// Log lines that were read, with `oncall logs` or `docker logs`.
    Log { service: Pattern, shown: Option<Pattern> },
    /// The Docker CLI with this command (on a container), and what the engine told it.
    Docker { verb: String, target: Option<Pattern>, shown: Option<Pattern> },
    /// Statements that the database answered, by a table or view that they name; what they gave is
    /// not known.
    Sql { relation: Pattern, statement: Option<Pattern> },
    /// A question that Prometheus answered, by a metric that it names.
    Metrics {
        metric: Pattern,
        expression: Option<Pattern>,
        /// None of its conditions on labels may be of this form.
        without: Option<Pattern>,
        shown: Option<Pattern>,
    },
    /// A command line in a terminal, and what it printed.
    Command { line: Pattern, shown: Option<Pattern> },
    /// A wiki page.
    Wiki { page: Pattern },
    /// A teammate's answer, by its id in `answers.yaml`.
    Answer { id: String },
}

/// A regular expression that compiled.
#[derive(Debug, Clone)]
pub struct Pattern(pub regex::Regex);
