//! A call that passes, in the gate's own terms, and the request to the engine that it becomes.

use crate::{Exec, Filters, Limits, Start, Version};

/// What is asked for. Containers and execs are named as the client named them, unresolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    Ping,
    Version,
    Info,
    List { all: bool, limit: Option<u32>, filters: Filters },
    Inspect { container: String },
    Logs { container: String, logs: Logs },
    Stats { container: String, stats: Stats },
    Top { container: String, ps_args: Option<String> },
    Events { since: Option<String>, until: Option<String>, filters: Filters },
    Wait { container: String, condition: Option<String> },
    Change { container: String, change: Change },
    ExecCreate { container: String, exec: Exec },
    ExecStart { exec: String, start: Start },
    ExecResize { exec: String, rows: u16, columns: u16 },
    ExecInspect { exec: String },
}

/// Which lines of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Logs {
    pub follow: bool,
    pub stdout: bool,
    pub stderr: bool,
    pub timestamps: bool,
    pub since: Option<String>,
    pub until: Option<String>,
    /// `None` for all lines.
    pub tail: Option<u32>,
}

/// Which statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub stream: bool,
    pub one_shot: bool,
}

/// A change of a container's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Start,
    Stop(Ending),
    Restart(Ending),
    /// With a signal's name or number; `None` for SIGKILL.
    Kill(Option<String>),
    Pause,
    Unpause,
    Update(Limits),
}

/// How a container is asked to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// Seconds until it is killed; `None` for its own grace period.
    pub within_s: Option<u32>,
    /// A signal's name or number; `None` for its own.
    pub signal: Option<String>,
}

/// Method and path of a request to the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    pub method: &'static str,
    /// With version and query.
    pub path: String,
}

impl Change {
    /// As the Docker CLI names it.
    pub fn verb(&self) -> &'static str {
        match self {
            Change::Start => "start",
            Change::Stop(_) => "stop",
            Change::Restart(_) => "restart",
            Change::Kill(_) => "kill",
            Change::Pause => "pause",
            Change::Unpause => "unpause",
            Change::Update(_) => "update",
        }
    }

    /// What of it, such as `SIGHUP` or `memory 128 MiB`.
    pub fn detail(&self) -> String {
        match self {
            Change::Stop(ending) | Change::Restart(ending) => ending.detail(),
            Change::Kill(signal) => signal.clone().unwrap_or_default(),
            Change::Update(limits) => limits.words(),
            Change::Start | Change::Pause | Change::Unpause => String::new(),
        }
    }
}

impl Ending {
    fn detail(&self) -> String {
        let within = self.within_s.map(|seconds| format!("within {seconds} s"));
        within.into_iter().chain(self.signal.clone()).collect::<Vec<_>>().join(" ")
    }
}

impl Call {
    /// The verb of the event that the call becomes, as the Docker CLI names the command.
    pub fn verb(&self) -> &'static str {
        match self {
            Call::Ping => "ping",
            Call::Version => "version",
            Call::Info => "info",
            Call::List { .. } => "ps",
            Call::Inspect { .. } => "inspect",
            Call::Logs { .. } => "logs",
            Call::Stats { .. } => "stats",
            Call::Top { .. } => "top",
            Call::Events { .. } => "events",
            Call::Wait { .. } => "wait",
            Call::Change { change, .. } => change.verb(),
            Call::ExecCreate { .. }
            | Call::ExecStart { .. }
            | Call::ExecResize { .. }
            | Call::ExecInspect { .. } => "exec",
        }
    }

    /// What of the target was asked for, such as `last 100, following`.
    pub fn detail(&self) -> String {
        match self {
            Call::List { all, filters, .. } => {
                let all = all.then(|| "all".to_owned());
                let filters = Some(filters.words()).filter(|words| !words.is_empty());
                all.into_iter().chain(filters).collect::<Vec<_>>().join(", ")
            }
            Call::Logs { logs, .. } => logs.detail(),
            Call::Stats { stats, .. } => if stats.stream { "following" } else { "" }.to_owned(),
            Call::Top { ps_args, .. } => ps_args.clone().unwrap_or_default(),
            Call::Events { filters, .. } => filters.words(),
            Call::Wait { condition, .. } => condition.clone().unwrap_or_default(),
            Call::Change { change, .. } => change.detail(),
            Call::ExecCreate { exec, .. } => exec.words(),
            Call::Ping
            | Call::Version
            | Call::Info
            | Call::Inspect { .. }
            | Call::ExecStart { .. }
            | Call::ExecResize { .. }
            | Call::ExecInspect { .. } => String::new(),
        }
    }

    /// What the engine is asked instead, written anew. `id` is the engine's own for the container or
    /// exec, `session` the label's value that every container of the session bears. `None` for what
    /// is answered without the engine, and for changes, which are made by whoever owns the system.
    pub fn path(&self, version: Option<Version>, id: &str, session: &str) -> Option<Path> {
        let (method, path, query) = match self {
            Call::Ping | Call::Version | Call::Info | Call::Change { .. } => return None,
            Call::List { .. } => {
                let query = vec![("all", "1".to_owned()), ("filters", labelled(session, false))];
                ("GET", "containers/json".to_owned(), query)
            }
            Call::Inspect { .. } => ("GET", format!("containers/{id}/json"), Vec::new()),
            Call::Logs { logs, .. } => ("GET", format!("containers/{id}/logs"), logs.query()),
            Call::Stats { stats, .. } => {
                let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
                let mut query = vec![("stream", flag(stats.stream))];
                if stats.one_shot {
                    query.push(("one-shot", flag(true)));
                }
                ("GET", format!("containers/{id}/stats"), query)
            }
            Call::Top { ps_args, .. } => {
                let query = ps_args.iter().map(|args| ("ps_args", args.clone())).collect();
                ("GET", format!("containers/{id}/top"), query)
            }
            Call::Events { since, until, .. } => {
                let times = [("since", since), ("until", until)];
                let times = times.into_iter().filter_map(|(key, at)| Some((key, at.clone()?)));
                let filters = ("filters", labelled(session, true));
                ("GET", "events".to_owned(), times.chain([filters]).collect())
            }
            Call::Wait { condition, .. } => {
                let query = condition.iter().map(|it| ("condition", it.clone())).collect();
                ("POST", format!("containers/{id}/wait"), query)
            }
            Call::ExecCreate { .. } => ("POST", format!("containers/{id}/exec"), Vec::new()),
            Call::ExecStart { .. } => ("POST", format!("exec/{id}/start"), Vec::new()),
            Call::ExecResize { rows, columns, .. } => {
                let query = vec![("h", rows.to_string()), ("w", columns.to_string())];
                ("POST", format!("exec/{id}/resize"), query)
            }
            Call::ExecInspect { .. } => ("GET", format!("exec/{id}/json"), Vec::new()),
        };
        Some(Path { method, path: written(version, &path, &query) })
    }
}

impl Logs {
    fn query(&self) -> Vec<(&'static str, String)> {
        let flags = [
            ("follow", self.follow),
            ("stdout", self.stdout),
            ("stderr", self.stderr),
            ("timestamps", self.timestamps),
        ];
        let flags = flags.into_iter().filter(|(_, on)| *on).map(|(key, _)| (key, "1".to_owned()));
        let times = [("since", &self.since), ("until", &self.until)];
        let times = times.into_iter().filter_map(|(key, at)| Some((key, at.clone()?)));
        let tail = self.tail.map(|lines| ("tail", lines.to_string()));
        flags.chain(times).chain(tail).collect()
    }

    fn detail(&self) -> String {
        let tail = self.tail.map(|lines| format!("last {lines}"));
        let since = self.since.as_ref().map(|at| format!("since {at}"));
        let until = self.until.as_ref().map(|at| format!("until {at}"));
        let follow = self.follow.then(|| "following".to_owned());
        [tail, since, until, follow].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn labelled(session: &str, only_containers: bool) -> String {
    let label = format!("checkride.session={session}");
    let filters = match only_containers {
        true => serde_json::json!({ "label": [label], "type": ["container"] }),
        false => serde_json::json!({ "label": [label] }),
    };
    filters.to_string()
}

fn written(version: Option<Version>, path: &str, query: &[(&str, String)]) -> String {
    let version = version.map(|version| format!("/v{version}")).unwrap_or_default();
    let mut text = format!("{version}/{path}");
    for (position, (key, value)) in query.iter().enumerate() {
        let value =
            percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        text.push_str(&format!("{}{key}={value}", if position == 0 { '?' } else { '&' }));
    }
    text
}
