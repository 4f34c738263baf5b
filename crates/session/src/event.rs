//! One thing that happened, through one door, at one time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

mod axes;
mod parts;
mod seconds;

pub use axes::{Door, Effect, Participant, Place};
pub use parts::{Attached, Certainty, DebriefPart, InjectDid, Outcome, PanelView, Phase, Standing};

/// One event of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// 0, 1, 2, … without a gap.
    pub seq: u64,
    /// Monotonic time since the session's start, in seconds with microseconds.
    #[serde(rename = "at_s", with = "seconds")]
    pub at: Duration,
    /// Wall time, RFC 3339 in UTC with milliseconds. For people; nothing is computed from it.
    pub wall: String,
    pub participant: Participant,
    pub door: Door,
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "Place::is_lab")]
    pub place: Place,
    #[serde(flatten)]
    pub kind: Kind,
}

impl Event {
    /// Monotonic time since the session's start in seconds.
    pub fn at_s(&self) -> f64 {
        self.at.as_micros() as f64 / 1e6
    }
}

/// An event before it has a place in the timeline: what a door hands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    pub participant: Participant,
    pub door: Door,
    pub effect: Effect,
    pub place: Place,
    pub kind: Kind,
}

/// What happened. Closed: every reader matches all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "kebab-case")]
pub enum Kind {
    // Session, truth.
    SessionStarted {
        session: String,
        lab: String,
        title: String,
        cause: String,
        /// `practice`, `rehearsal`, `interview`.
        mode: String,
        persona: Option<String>,
        /// The name of an interview's candidate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        candidate: Option<String>,
        seed: u64,
        checkride: String,
        engine: String,
    },
    PhaseEntered {
        phase: Phase,
    },
    /// The steady-state probes, about once a second. A probe without a value has no series.
    Health {
        probes: BTreeMap<String, Option<f64>>,
        steady: bool,
    },
    FaultInjected {
        fault: String,
        detail: String,
    },
    /// The symptom held: the fault bites.
    FaultProven {
        symptom: String,
        value: Option<f64>,
    },
    FaultRecovered {
        fault: String,
        detail: String,
        /// The inject that it belongs to; `None` for the cause's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inject: Option<String>,
    },
    Paged {
        alert: String,
        severity: String,
        summary: String,
        promql: String,
        /// When Prometheus says that the alert became active, RFC 3339.
        since: String,
    },
    /// The steady state came back and was lost again, before or after it was `Mitigated`. Seconds since
    /// start.
    Relief {
        from_s: f64,
        until_s: f64,
    },
    /// The steady state was sustained; it came back at `since_s`.
    Mitigated {
        since_s: f64,
    },
    /// The recorder missed something.
    Gap {
        door: Door,
        reason: String,
    },
    /// Something of the lab broke that no fault broke.
    Trouble {
        what: String,
        remedy: String,
    },
    SessionEnded {
        outcome: Outcome,
        detail: String,
    },

    // Interview.
    /// The candidate agreed to be recorded, having been told what is.
    Consented,
    /// A link was used, or a browser that had used one was signed out.
    Entered {
        /// `candidate` or `interviewer`.
        role: String,
    },
    /// The interviewer gave more time.
    Extended {
        minutes: u32,
    },
    /// The time of an interview was over.
    TimeOver {
        minutes: u32,
    },
    /// The interviewer ended the session.
    CalledOff,
    /// A private note of the interviewer, on a moment of the session.
    Noted {
        text: String,
        about_s: f64,
    },
    /// The interviewer chose a level in one dimension of the rubric.
    Rated {
        dimension: String,
        level: u8,
        because: String,
    },
    /// The interviewer spoke in the channel in somebody's name.
    Told {
        who: String,
        text: String,
    },
    /// The interviewer gave the next hint of the cause's ladder, in a teammate's name.
    HintGiven {
        /// From 1.
        number: u32,
        /// How many the ladder has.
        of: u32,
        who: String,
        text: String,
    },
    /// The interviewer let something happen that the lab had prepared.
    InjectUsed {
        inject: String,
        title: String,
        did: InjectDid,
        /// When it began to go in, in seconds since the session's start: a fault may take a while, such as
        /// a rollout. `None` where it was there at once.
        #[serde(default)]
        began_s: Option<f64>,
    },
    /// The interviewer stopped the candidate's clock; the system goes on.
    Paused,
    /// It runs again.
    Resumed,

    // Debrief.
    /// The candidate wrote in a part of their debrief; this is the whole of it as it then stood.
    DebriefWritten {
        part: DebriefPart,
        text: String,
    },
    /// The candidate handed their debrief in.
    DebriefSubmitted,
    /// Somebody closed the record: nothing more is written or judged.
    RecordClosed,
    /// The debrief was waited for as long as it may take.
    DebriefOver {
        minutes: u32,
    },

    // Page.
    PageRead,
    BriefRead,
    /// The person says that they are done.
    Done,

    // Terminal.
    TerminalOpened {
        terminal: String,
        columns: u16,
        rows: u16,
    },
    TerminalResized {
        terminal: String,
        columns: u16,
        rows: u16,
    },
    TerminalClosed {
        terminal: String,
        exit: Option<i32>,
    },
    /// A command line began; written at once, so that an unfinished one is in the record.
    LineStarted {
        terminal: String,
        line_id: u64,
        line: String,
        cwd: String,
    },
    /// It ended, and this is what it printed, without escape sequences.
    LineEnded {
        terminal: String,
        line_id: u64,
        line: String,
        cwd: String,
        /// When it began, seconds since the session's start.
        started_s: f64,
        duration_s: f64,
        exit: Option<i32>,
        /// Bytes that it printed in all.
        printed_bytes: u64,
        /// The first 16 KiB of them as text.
        printed: String,
    },

    /// The kernel was asked to run a program; recorded at its end, or when it had run for a while.
    ProgramRan {
        /// Empty when it ran in no terminal of ours.
        terminal: String,
        /// The command line under which it ran; `None` when it ran under none.
        line_id: Option<u64>,
        program_id: u64,
        pid: u32,
        parent: u32,
        path: String,
        argv: Vec<String>,
        /// Whether there was more than `path` and `argv` hold, or they could not be read.
        cut: bool,
        cwd: String,
        /// `false` when there was no such file, so that nothing ran.
        ran: bool,
        /// When it began, seconds since the session's start.
        started_s: f64,
        /// `None` while it ran when this was recorded.
        duration_s: Option<f64>,
        /// The exit code, or 128 and the signal; `None` when the kernel did not tell.
        exit: Option<i32>,
    },
    /// A program that ran when it was recorded has ended.
    ProgramEnded {
        program_id: u64,
        duration_s: f64,
        exit: Option<i32>,
    },
    /// Programs were counted and not recorded one by one, or (without a count) not seen at all.
    ProgramsMissed {
        terminal: String,
        line_id: Option<u64>,
        count: Option<u64>,
        reason: String,
    },
    /// From here on a terminal's recording holds no more of what was printed, or of what was typed;
    /// a marker in it says which.
    Truncated {
        terminal: String,
        limit_bytes: u64,
    },
    /// The flood is over and the recording holds everything again; so many bytes are missing in it.
    RecordedAgain {
        terminal: String,
        lost_bytes: u64,
    },

    /// The candidate set about an act that may take a while; a `Control`, `Docker` or `Sql` names this
    /// event when it has ended. Written at once, so that what is seen meanwhile does not come before it, and
    /// one that never ended is in the record.
    ActStarted {
        verb: String,
        target: String,
        /// As far as it is known: a rollback's release is not.
        detail: String,
    },

    // Control plane: `deployctl` and `edgectl`.
    Control {
        /// `history`, `status`, `diff`, `rollback`, `deploy`, `scale`, `restart`, `config-get`,
        /// `config-set`, `config-history`, `edge-status`, `limit`, `unlimit`, `drain`, `undrain`.
        verb: String,
        /// Deployment, merchant, server; empty where the verb has none.
        target: String,
        /// What of it: a key, a version, a number.
        detail: String,
        /// For acts: the state before and after, such as `2.4.0` and `2.3.2`.
        before: Option<String>,
        after: Option<String>,
        /// Whether it was carried out; also one that failed half-way.
        ok: bool,
        /// What was printed.
        shown: String,
        /// For acts: the sequence of the `ActStarted` with which it began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began: Option<u64>,
    },

    // Docker API.
    /// A call that the gate let through or refused. A program run in a container is two of them:
    /// the act, when it is one, as it begins, and the look at what it printed as it ends.
    Docker {
        /// As the CLI names the command: `ps`, `inspect`, `logs`, `stats`, `top`, `events`, `wait`,
        /// `version`, `info`, `start`, `stop`, `restart`, `kill`, `pause`, `unpause`, `update`,
        /// `exec`; or the HTTP method of a call that is none of these.
        verb: String,
        /// The container by its name, or the path of a call that makes no sense.
        target: String,
        /// What of it: `last 100`, a signal, new limits, the program with its arguments.
        detail: String,
        /// For acts: the state before and after, such as `running` and `exited (137)`.
        before: Option<String>,
        after: Option<String>,
        /// Whether it was carried out.
        ok: bool,
        certainty: Certainty,
        /// More of a call that is in the record already.
        continued: bool,
        /// What was shown, or the words of the refusal; its beginning and its end where it is long.
        shown: String,
        /// For acts: the sequence of the `ActStarted` with which it began, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began: Option<u64>,
    },

    // Dashboards.
    DashboardsListed,
    DashboardViewed {
        dashboard: String,
        title: String,
        /// How far back, in seconds.
        last_s: u64,
        panels: Vec<PanelView>,
        /// More of a look that is in the record already.
        #[serde(default, skip_serializing_if = "is_false")]
        continued: bool,
    },

    // Logs.
    LogsRead {
        service: String,
        grep: Option<String>,
        lines: u64,
        shown: String,
        /// More of a log that is being followed.
        #[serde(default, skip_serializing_if = "is_false")]
        continued: bool,
    },

    // The database and Prometheus, as they wrote it down themselves.
    /// Statements that a session of the person's role sent in one piece.
    Sql {
        /// What they do, by the strongest of them, such as `select` or `terminate`.
        verb: String,
        /// The first 4 KiB of their text, passwords taken out.
        statement: String,
        /// Tables and views that they name, as they were written.
        relations: Vec<String>,
        /// What is acted on: a table, a role, a setting; empty where there is no such thing.
        target: String,
        /// What of it, such as `work_mem=8MB` or `3 sessions`.
        detail: String,
        /// When they began, seconds since the session's start.
        started_s: f64,
        /// `None` when they did not end, or failed.
        duration_ms: Option<f64>,
        ok: bool,
        /// What the database said when it refused.
        error: Option<String>,
        /// For acts: the sequence of the `ActStarted` with which they began, where they have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        began: Option<u64>,
    },
    /// A request to Prometheus.
    MetricsAsked {
        /// `query`, `query_range`, `series`, … or the path of one that was refused.
        route: String,
        /// The first 4 KiB of what was asked for: PromQL or selectors.
        expression: String,
        /// Names of metrics in it.
        metrics: Vec<String>,
        /// Conditions on labels in it, such as `merchant="m-1042"`.
        labels: Vec<String>,
        /// How far back it reaches in all, in seconds; `None` for a value of now.
        range_s: Option<f64>,
        /// When it came, seconds since the session's start.
        started_s: f64,
        /// The status of the answer.
        status: u16,
        /// Why it was not passed on.
        refused: Option<String>,
        /// The first 4 KiB of the answer.
        shown: String,
    },

    // Wiki and channel.
    WikiListed,
    WikiSearched {
        words: String,
        /// The pages that have them all, each with the line that was shown of it.
        shown: String,
    },
    WikiRead {
        page: String,
    },
    Asked {
        question: String,
        answer_id: Option<String>,
        who: String,
        answer: String,
    },
    Said {
        text: String,
    },

    // Notebook.
    Hypothesis {
        text: String,
        confidence: Option<u8>,
        status: Standing,
        /// What would disprove it, where that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disprove: Option<String>,
        /// What was seen that speaks for or against it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<Attached>,
    },
}

// The form that `skip_serializing_if` asks for.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Kind {
    /// The sequence of the `ActStarted` that this ends.
    pub fn began(&self) -> Option<u64> {
        if let Kind::Control { began, .. } | Kind::Docker { began, .. } | Kind::Sql { began, .. } =
            self
        {
            *began
        } else {
            None
        }
    }

    /// The kind's name as it stands in the journal, such as `line-ended`.
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["kind"].as_str().unwrap_or_default().to_owned()
    }
}
