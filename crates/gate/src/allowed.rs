//! The list of calls that pass, and why the others do not. [`table`] prints it for the documents.

use crate::Refusal;

/// What a call is, before its parameters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Ping,
    Version,
    Info,
    List,
    Inspect,
    Logs,
    Stats,
    Top,
    Events,
    Wait,
    Start,
    Stop,
    Restart,
    Kill,
    Pause,
    Unpause,
    Update,
    ExecCreate,
    ExecStart,
    ExecInspect,
    ExecResize,
}

/// A line of the list. `*` stands for one segment: a container, or an exec.
struct Line {
    method: &'static str,
    path: &'static str,
    route: Route,
    command: &'static str,
    becomes: &'static str,
}

const fn line(
    method: &'static str,
    path: &'static str,
    route: Route,
    command: &'static str,
    becomes: &'static str,
) -> Line {
    Line { method, path, route, command, becomes }
}

const ACT: &str = "an act, with the state before and after";

const ALLOWED: [Line; 22] = [
    line("GET", "_ping", Route::Ping, "every command", "nothing; the gate answers"),
    line("HEAD", "_ping", Route::Ping, "every command", "nothing; the gate answers"),
    line("GET", "version", Route::Version, "docker version", "a look; the gate answers"),
    line("GET", "info", Route::Info, "docker info", "a look; the gate answers"),
    line("GET", "containers/json", Route::List, "docker ps", "a look"),
    line("GET", "containers/*/json", Route::Inspect, "docker inspect, docker port", "a look"),
    line("GET", "containers/*/logs", Route::Logs, "docker logs", "a look, with the lines"),
    line("GET", "containers/*/stats", Route::Stats, "docker stats", "a look"),
    line("GET", "containers/*/top", Route::Top, "docker top", "a look"),
    line("GET", "events", Route::Events, "docker events", "a look"),
    line("POST", "containers/*/wait", Route::Wait, "docker wait", "a look"),
    line("POST", "containers/*/start", Route::Start, "docker start", ACT),
    line("POST", "containers/*/stop", Route::Stop, "docker stop", ACT),
    line("POST", "containers/*/restart", Route::Restart, "docker restart", ACT),
    line("POST", "containers/*/kill", Route::Kill, "docker kill", ACT),
    line("POST", "containers/*/pause", Route::Pause, "docker pause", ACT),
    line("POST", "containers/*/unpause", Route::Unpause, "docker unpause", ACT),
    line("POST", "containers/*/update", Route::Update, "docker update (memory, cpus, pids)", ACT),
    line("POST", "containers/*/exec", Route::ExecCreate, "docker exec", "part of the next"),
    line("POST", "exec/*/start", Route::ExecStart, "docker exec", "an act or a look; recorded"),
    line("POST", "exec/*/resize", Route::ExecResize, "docker exec", "a size in the recording"),
    line("GET", "exec/*/json", Route::ExecInspect, "docker exec", "nothing"),
];

/// Why a call of a family that is not on the list is refused: the family's first segment, the last
/// segment where that tells more, and the words.
const REFUSED: [(&str, &str, &str); 20] = [
    ("containers", "create", "containers cannot be created here"),
    (
        "containers",
        "attach",
        "attaching to a container is not available here; use `docker logs -f`",
    ),
    ("containers", "archive", "copying files is not available here"),
    ("containers", "export", "exporting a container is not available here"),
    ("containers", "rename", "containers keep their names here"),
    ("containers", "changes", "listing changed files is not available here"),
    ("containers", "prune", "containers cannot be removed here"),
    ("containers", "resize", "resizing belongs to attaching, which is not available here"),
    ("build", "", "images cannot be built here; releases come from the pipeline (`deployctl`)"),
    ("session", "", "images cannot be built here; releases come from the pipeline (`deployctl`)"),
    ("commit", "", "images cannot be made here"),
    ("images", "", "images are not available here; `docker ps` shows what runs"),
    ("distribution", "", "images are not available here; `docker ps` shows what runs"),
    ("auth", "", "registries are not available here"),
    ("volumes", "", "volumes are not available here"),
    ("networks", "", "networks are not available here"),
    ("plugins", "", "plugins are not available here"),
    ("swarm", "", "there is no swarm here"),
    ("system", "", "the engine's own state is not available here"),
    ("grpc", "", "images cannot be built here; releases come from the pipeline (`deployctl`)"),
];

/// Finds a call on the list; gives the segment that stands for `*`, or nothing.
///
/// # Errors
/// 403 with the reason for everything else.
pub(crate) fn find<'a>(
    method: &str,
    segments: &'a [String],
) -> Result<(Route, Option<&'a str>), Refusal> {
    let on_list = ALLOWED.iter().filter(|line| line.method == method);
    for line in on_list {
        if let Some(name) = fits(line.path, segments) {
            return Ok((line.route, name));
        }
    }
    Err(refusal(method, segments))
}

/// The name in the place of the `*`; `None` when the path is another one.
fn fits<'a>(pattern: &str, segments: &'a [String]) -> Option<Option<&'a str>> {
    let mut name = None;
    let mut rest = segments.iter();
    for wanted in pattern.split('/') {
        let found = rest.next()?;
        if wanted == "*" {
            name = Some(found.as_str());
        } else if wanted != found {
            return None;
        }
    }
    rest.next().is_none().then_some(name)
}

fn refusal(method: &str, segments: &[String]) -> Refusal {
    let first = segments.first().map_or("", String::as_str);
    let last = segments.last().map_or("", String::as_str);
    if method == "DELETE" && first == "containers" {
        return Refusal::forbidden("containers cannot be removed here");
    }
    let why = REFUSED
        .iter()
        .find(|(family, tail, _)| *family == first && (tail.is_empty() || *tail == last));
    let words = why.map_or("this call is not available here", |(_, _, words)| words);
    Refusal::forbidden(words)
}

/// The list as a Markdown table, and the refused families as another.
pub fn table() -> String {
    let mut text = String::from("| call | command | becomes |\n| --- | --- | --- |\n");
    for Line { method, path, command, becomes, .. } in &ALLOWED {
        text.push_str(&format!("| `{method} /{path}` | {command} | {becomes} |\n"));
    }
    text.push_str("\n| refused with 403 | in these words |\n| --- | --- |\n");
    text.push_str("| `DELETE /containers/*` | containers cannot be removed here |\n");
    for (family, tail, words) in &REFUSED {
        let tail = if tail.is_empty() { "…" } else { tail };
        text.push_str(&format!("| `/{family}/{tail}` | {words} |\n"));
    }
    text.push_str("| everything else | this call is not available here |\n");
    text
}
