//! PostgreSQL's own log (`jsonlog`), read for the statements of one role.
//!
//! Pure: lines come in with the engine's time, and what was asked goes out once it has ended. The
//! role's settings make the server write each statement when it begins and its duration when it
//! has ended, with the place in the server's source that wrote the line; by that place a line is
//! known for the server's own, whatever a person may make the server say.

use std::collections::BTreeMap;

use jiff::civil;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// A line that the engine had to cut is put together again up to this length, in bytes.
const LONGEST: usize = 1 << 20;
/// Sessions of the role whose statement has not ended, at most.
const OPEN: usize = 256;
/// Ended by somebody with `pg_terminate_backend`, in PostgreSQL's terms `admin_shutdown`.
const TERMINATED: &str = "57P01";
/// `query_canceled`, which has this word only when a person did it.
const CANCELED: (&str, &str) = ("57014", "user request");

/// What a session of the role sent in one piece, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// By which its beginning and its end are known for the same; no other of this log has it.
    pub number: u64,
    pub text: String,
    /// What the server says beside it: the statement that `EXECUTE` stands for.
    pub detail: Option<String>,
    /// The engine's time at its start, in milliseconds since 1970.
    pub at_unix_ms: i64,
    /// `None` when it failed or its end is not known.
    pub duration_ms: Option<f64>,
    pub failure: Option<Failure>,
    /// Whether its text may be incomplete.
    pub cut: bool,
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Five characters, SQLSTATE.
    pub state: String,
    pub message: String,
}

/// What a line of the log told.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// It begins; how it ends comes later.
    Begun(Asked),
    /// It is over.
    Asked(Asked),
    /// A session of somebody else was ended by a person, at this time of the engine's.
    Terminated(i64),
    /// What a session of somebody else was doing was stopped by a person.
    Canceled(i64),
    /// The server itself goes down: sessions end for that reason from here on.
    Stopping,
    /// It is up again.
    Ready,
}

/// Reads the log line by line.
#[derive(Debug)]
pub struct Log {
    role: String,
    open: BTreeMap<String, Asked>,
    /// Statements that were given a number.
    numbered: u64,
    /// The beginning of a line that goes on.
    begun: Option<Begun>,
}

/// What is there of a line that the engine had to cut.
#[derive(Debug)]
struct Begun {
    at: i64,
    text: String,
    /// It was too long, and has been told; the rest is passed over.
    told: bool,
}

#[derive(Deserialize)]
struct Line {
    timestamp: String,
    #[serde(default)]
    user: String,
    session_id: String,
    #[serde(default)]
    error_severity: String,
    #[serde(default)]
    state_code: String,
    #[serde(default)]
    message: String,
    detail: Option<String>,
    statement: Option<String>,
    #[serde(default)]
    func_name: String,
    #[serde(default)]
    backend_type: String,
}

// === impl Log ===

impl Log {
    /// A log that is read from here on, for one role.
    pub fn of(role: &str) -> Log {
        Log { role: role.to_owned(), open: BTreeMap::new(), numbered: 0, begun: None }
    }

    /// Takes the next line, which the engine received at `at_unix_ms`, or the next part of one that
    /// `goes_on`. Only the engine says where a line begins: in its middle stands what a person wrote.
    pub fn line(&mut self, at_unix_ms: i64, text: &str, goes_on: bool) -> Vec<Told> {
        if !goes_on && self.begun.is_none() {
            return self.whole(at_unix_ms, text);
        }
        let mut begun = self.begun.take().unwrap_or_else(|| Begun {
            at: at_unix_ms,
            text: String::new(),
            told: false,
        });
        if !begun.told {
            begun.text.push_str(text);
        }
        let mut told = Vec::new();
        if !begun.told && begun.text.len() >= LONGEST {
            told = self.too_long(begun.at, &begun.text);
            (begun.told, begun.text) = (true, String::new());
        }
        if goes_on {
            self.begun = Some(begun);
        } else if !begun.told {
            told = self.whole(begun.at, &begun.text);
        }
        told
    }

    fn whole(&mut self, at: i64, text: &str) -> Vec<Told> {
        match serde_json::from_str::<Line>(text) {
            Ok(line) => self.entry(at, line),
            // Not the server's own: what starts it writes there too.
            Err(_) => Vec::new(),
        }
    }

    /// Everything that had not ended when the log did.
    pub fn end(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.open).into_values().map(Told::Asked).collect()
    }

    /// The statement of a line that is not read to its end. The beginning of it says whose it is.
    fn too_long(&mut self, at: i64, whole: &str) -> Vec<Told> {
        let is_ours = whole.contains(&format!("\"user\":{}", serde_json::json!(self.role)));
        let Some((_, text)) = whole.split_once("\"message\":\"").filter(|_| is_ours) else {
            return Vec::new();
        };
        let text = text.replace("\\n", "\n").replace("\\\"", "\"");
        let Some((_, text)) = text.split_once(": ") else { return Vec::new() };
        let asked = self.asked(at, text.to_owned(), None);
        vec![Told::Asked(Asked { cut: true, ..asked })]
    }

    fn entry(&mut self, at: i64, line: Line) -> Vec<Told> {
        let at = written_at(&line).unwrap_or(at);
        if line.user != self.role {
            return others(at, &line).into_iter().collect();
        }
        match line.error_severity.as_str() {
            "LOG" if is_executor(&line.func_name) => self.said(at, line),
            "ERROR" | "FATAL" | "PANIC" => self.failed(at, line),
            _ => Vec::new(),
        }
    }

    /// A statement begins, or has ended.
    fn said(&mut self, at: i64, line: Line) -> Vec<Told> {
        if let Some(duration) = line.message.strip_prefix("duration: ") {
            let Some(mut asked) = self.open.remove(&line.session_id) else { return Vec::new() };
            asked.duration_ms = duration.split(' ').next().and_then(|ms| ms.parse().ok());
            return vec![Told::Asked(asked)];
        }
        let Some(text) = statement_of(&line.message) else { return Vec::new() };
        let asked = self.asked(at, text.to_owned(), line.detail);
        let begun = Told::Begun(asked.clone());
        // The one before has no end in the log; it must not be lost.
        let before = self.open.insert(line.session_id, asked);
        let mut told: Vec<Told> = before.into_iter().map(Told::Asked).chain([begun]).collect();
        if self.open.len() > OPEN {
            told.extend(self.open.pop_first().map(|(_, asked)| Told::Asked(asked)));
        }
        told
    }

    fn failed(&mut self, at: i64, line: Line) -> Vec<Told> {
        let failure = Some(Failure { state: line.state_code, message: line.message });
        let open = self.open.remove(&line.session_id);
        let asked = match (open, line.statement) {
            (Some(asked), _) => Asked { failure, ..asked },
            // It did not get as far as to be run.
            (None, Some(text)) => Asked { failure, ..self.asked(at, text, None) },
            (None, None) => return Vec::new(),
        };
        vec![Told::Asked(asked)]
    }

    /// The next statement, of which no more is known than that it began.
    fn asked(&mut self, at_unix_ms: i64, text: String, detail: Option<String>) -> Asked {
        self.numbered += 1;
        let (number, duration_ms, failure) = (self.numbered, None, None);
        Asked { number, text, detail, at_unix_ms, duration_ms, failure, cut: false }
    }
}

/// When the server wrote the line, on the clock that it shares with the engine. On a busy machine
/// the engine receives it some while later.
fn written_at(line: &Line) -> Option<i64> {
    let at = civil::DateTime::strptime("%Y-%m-%d %H:%M:%S%.f UTC", &line.timestamp).ok()?;
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond())
}

/// The functions of the server that run what a client sends.
fn is_executor(function: &str) -> bool {
    matches!(function, "exec_simple_query" | "exec_execute_message" | "HandleFunctionRequest")
}

/// `statement: …`, `execute <name>: …` or `fastpath function call: "…" (OID …)`.
fn statement_of(message: &str) -> Option<&str> {
    if let Some(text) = message.strip_prefix("statement: ") {
        return Some(text);
    }
    if message.starts_with("fastpath function call: ") {
        return Some(message);
    }
    // A name that holds this mark itself would leave more text, not less.
    message.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")).map(|(_, text)| text)
}

fn others(at: i64, line: &Line) -> Option<Told> {
    if line.backend_type == "postmaster" {
        let is = |words| line.message.contains(words);
        return match (is("shutdown request"), is("ready to accept connections")) {
            (true, _) => Some(Told::Stopping),
            (_, true) => Some(Told::Ready),
            (false, false) => None,
        };
    }
    if line.error_severity == "FATAL" && line.state_code == TERMINATED {
        return Some(Told::Terminated(at));
    }
    let canceled = line.state_code == CANCELED.0 && line.message.contains(CANCELED.1);
    canceled.then_some(Told::Canceled(at))
}

/// Whether a line is only there because this role's statements are written down; a person who
/// reads the log does not look for those.
pub fn is_own_statement(role: &str, text: &str) -> bool {
    serde_json::from_str::<Line>(text)
        .is_ok_and(|line| line.user == role && line.error_severity == "LOG")
}
