//! The shapes of what goes over the sockets, and of what several routes give. Those of a single
//! route stand beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{DebriefPart, Door, Effect, Participant, Phase, Role, Standing};

/// Who one is here, and where the session is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Me {
    pub role: Role,
    /// The candidate's name.
    pub candidate: String,
    /// The lab's id.
    pub lab: String,
    /// The lab's title.
    pub title: String,
    /// The session's id; empty before it has begun.
    pub session: String,
    pub phase: Phase,
    /// Wall time of the session's start, RFC 3339. All times named `…_s` count from here.
    pub started: Option<String>,
    /// Now, in seconds since the session's start.
    pub now_s: f64,
    /// Whether the system is up and well, so that only the candidate's consent is waited for.
    pub lab_ready: bool,
    /// Whether somebody practises by themselves, so that nobody watches.
    pub alone: bool,
    /// Whether the candidate has agreed to be recorded. The incident begins after that.
    pub consented: bool,
    /// When the page went out; the candidate's clock runs from here.
    pub paged_at_s: Option<f64>,
    /// Minutes from the page to the end.
    pub minutes: u32,
    /// When the time is over. While the clock stands still: as if it ran again from `paused_at_s`.
    pub ends_at_s: Option<f64>,
    /// Since when the interviewer has stopped the clock; `null` while it runs.
    pub paused_at_s: Option<f64>,
    /// How long it has stood still before, in seconds.
    pub paused_s: f64,
    /// Whether the candidate has said that they are done.
    pub done: bool,
    /// Why the incident is over, once it is. The debrief follows, and then the seal.
    pub ended: Option<Ending>,
    /// Whether the system is gone, so that the report can be read by whoever may.
    pub report_ready: bool,
    /// Whether the candidate has handed in their debrief.
    pub submitted: bool,
    /// Whether the record is closed: nothing more is written or judged.
    pub closed: bool,
}

/// The incident is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ending {
    /// `done`, `time-over`, `ended-by-interviewer`, `interrupted` or `failed`.
    pub how: EndingHow,
    /// One sentence for a person; empty where the word says all.
    pub detail: String,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndingHow {
    Done,
    TimeOver,
    EndedByInterviewer,
    Interrupted,
    Failed,
}

/// The page that called the candidate in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page {
    pub alert: String,
    /// Such as `SEV-2`.
    pub severity: String,
    pub summary: String,
    /// The alert's expression.
    pub promql: String,
    /// RFC 3339.
    pub since: String,
}

/// A terminal of the candidate's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TerminalInfo {
    /// Such as `terminal-1`; a part of the socket's address.
    pub name: String,
    pub columns: u16,
    pub rows: u16,
    /// Whether its shell still runs.
    pub open: bool,
}

/// A text frame from the server on a terminal's socket. Binary frames are what the shell printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FromServer {
    /// First of all: what is kept of the output follows, from byte `from` up to `to`. Answers that a
    /// terminal would give to what it reads there (its type, its cursor) must not be sent.
    Attached { columns: u16, rows: u16, from: u64, to: u64, read_only: bool },
    /// Somebody has changed the size.
    Size { columns: u16, rows: u16 },
    /// The reader was too slow and missed so many bytes.
    Lost { bytes: u64 },
    /// The shell is gone; nothing follows.
    Closed { exit: Option<i32> },
}

/// A text frame from the page on a terminal's socket. Binary frames are what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FromPage {
    Resize { columns: u16, rows: u16 },
}

/// A message on the live socket. The candidate gets `me`, `page`, `message`, `terminals` and
/// `hypotheses`; the interviewer gets all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Live {
    /// Where the session is: at first, and whenever that changes.
    Me(Me),
    /// The page went out.
    Page(Page),
    /// Something in the channel: at first all that was said, then what is new.
    Message(ChannelMessage),
    Terminals(Vec<TerminalInfo>),
    Hypotheses(Vec<Hypothesis>),
    /// An event as it entered the timeline, from `?from=` on.
    Event(TimelineEvent),
    /// The evidence, whenever it changes.
    Board(Board),
    /// Notes of the interviewer, whenever there is a new one.
    Notes(Vec<Note>),
    /// Ratings of the interviewer, whenever one changes.
    Ratings(Vec<Rating>),
    /// What the candidate has written after the incident, whenever that changes.
    Debrief(Debrief),
}

/// One event of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TimelineEvent {
    pub seq: u64,
    pub at_s: f64,
    /// RFC 3339.
    pub wall: String,
    pub participant: Participant,
    pub door: Door,
    pub effect: Effect,
    /// Such as `dashboard-viewed`.
    pub kind: String,
    /// What happened, in one line. Raw: it may hold what the candidate typed.
    pub headline: String,
    /// All of it, as it stands in the journal.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// What was seen, what not yet, and what was done first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Board {
    pub first_action: Option<FirstAction>,
    /// First what tells this cause from its siblings, in the order of a good search.
    pub rows: Vec<BoardRow>,
}

/// The first act of the candidate that was carried out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FirstAction {
    pub seq: u64,
    pub at_s: f64,
    /// Such as `rollback payments`.
    pub words: String,
    /// `remedy`, `trap`, `unneeded` or `neither`.
    pub is: String,
}

/// One declared piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BoardRow {
    pub id: String,
    pub title: String,
    /// Why it tells this cause from its siblings; `null` when it does not.
    pub because: Option<String>,
    /// Whether it was first seen before the first action.
    pub before_action: bool,
    /// The first time that it was seen, and by which door.
    pub seen_at_s: Option<f64>,
    pub door: Option<Door>,
    /// How it was first seen, such as `dashboard pool, panel In use`.
    pub how: Option<String>,
    /// The first event that showed it.
    pub seq: Option<u64>,
    /// How often it was seen in all.
    pub times: u32,
}

/// Something in the incident's channel.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChannelMessage {
    /// The event that it comes from. A question and its answer have the same.
    pub seq: u64,
    pub at_s: f64,
    /// A name; `you` for the candidate.
    pub who: String,
    pub text: String,
    pub kind: MessageKind,
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    /// The candidate's status update.
    Update,
    /// The candidate's question.
    Question,
    /// What a teammate said to it.
    Answer,
    /// Somebody speaks unasked.
    Message,
    /// The same, from the ladder of hints. The candidate is told `message`.
    Hint,
    /// The same, prepared by the lab. The candidate is told `message`.
    Inject,
}

impl ChannelMessage {
    /// As this role is told it: that words were prepared is the interviewer's to know.
    pub(crate) fn told_to(&self, role: Role) -> ChannelMessage {
        let kind = match (role, self.kind) {
            (Role::Candidate, MessageKind::Hint | MessageKind::Inject) => MessageKind::Message,
            (_, kind) => kind,
        };
        ChannelMessage { kind, ..self.clone() }
    }
}

/// A hypothesis of the notebook.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Hypothesis {
    /// Stays the same through all changes.
    pub id: u64,
    pub text: String,
    /// Percent.
    pub confidence: Option<u8>,
    /// What would disprove it.
    pub disprove: String,
    pub standing: Standing,
    pub evidence: Vec<Attachment>,
    /// How it has moved, oldest first.
    pub entries: Vec<HypothesisEntry>,
}

/// One change of a hypothesis.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HypothesisEntry {
    pub seq: u64,
    pub at_s: f64,
    pub confidence: Option<u8>,
    pub standing: Standing,
}

/// Something that was seen, attached to a hypothesis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    pub source: AttachmentSource,
    /// Such as `Connection pool / In use`, at most 200 characters.
    pub title: String,
    /// What stood there, at most 2000 characters.
    pub text: String,
}

/// Where an attachment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentSource {
    Panel,
    Explore,
    Log,
    Command,
    Change,
    Alert,
    Wiki,
    Channel,
}

impl AttachmentSource {
    /// By its name as it stands in the journal; a panel when there is no such name.
    pub(crate) fn named(name: &str) -> AttachmentSource {
        let value = serde_json::Value::String(name.to_owned());
        serde_json::from_value(value).unwrap_or(AttachmentSource::Panel)
    }

    /// Its name as it stands in the journal.
    pub(crate) fn name(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }
}

/// A private note of the interviewer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Note {
    pub seq: u64,
    /// When it was written.
    pub at_s: f64,
    /// The moment that it is about; `at_s` when none was given.
    pub about_s: f64,
    pub text: String,
}

/// The level that the interviewer has chosen in one dimension.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Rating {
    pub dimension: String,
    pub level: u8,
    pub because: String,
    pub at_s: f64,
}

/// The candidate's debrief so far.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Debrief {
    /// Each part as it was last written; empty where it was not.
    pub parts: Vec<DebriefWritten>,
    /// When it was handed in, in seconds since the session's start.
    pub submitted_at_s: Option<f64>,
}

/// One part of the debrief.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DebriefWritten {
    pub part: DebriefPart,
    pub text: String,
}

impl From<&session::debrief::Debrief> for Debrief {
    fn from(debrief: &session::debrief::Debrief) -> Debrief {
        let written = |part: session::event::DebriefPart| DebriefWritten {
            part: part.into(),
            text: debrief.part(part).to_owned(),
        };
        let parts = session::event::DebriefPart::ALL.into_iter().map(written).collect();
        Debrief { parts, submitted_at_s: debrief.submitted_at_s }
    }
}

/// Values of a dashboard's variables, by name. A variable that is not named has its own default;
/// `$__all` stands for all of its values.
pub type Chosen = BTreeMap<String, Vec<String>>;
