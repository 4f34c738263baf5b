//! The report of a session whose incident is over, from the same facts as the HTML report: the first
//! action leads, and the evidence before it. It judges nothing.

use axum::extract::State;
use serde::Serialize;
use session::assessment::Act;
use session::report::{self, Report};
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::{Board, Debrief, Hypothesis, Rating};
use crate::extract::Json;
use crate::live;
use crate::problem::Problem;
use crate::record::Record;
use crate::routes::interviewer::{self, CauseInfo};
use crate::who::Reader;

/// What the report says. The timeline is asked for by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportView {
    pub lead: ReportLead,
    /// The evidence with what was seen before the first action, and that action.
    pub board: Board,
    pub cause: CauseInfo,
    /// Every act after the page, also those that were refused, in order.
    pub acts: Vec<ReportAct>,
    pub hypotheses: Vec<Hypothesis>,
    pub debrief: Debrief,
    pub ratings: Vec<Rating>,
    /// Where the recorder missed something, and what broke that no fault broke.
    pub gaps: Vec<String>,
    /// When the page went out, in seconds since the session's start.
    pub paged_at_s: Option<f64>,
    /// When the incident was over and its recordings end.
    pub until_s: f64,
    /// From the page to the first status update, in seconds.
    pub first_said_since_page_s: Option<f64>,
    /// When the steady state came back that was sustained.
    pub mitigated_since_s: Option<f64>,
    /// What the report does not judge.
    pub not_judged: String,
    /// How the journal was found; `null` while it is written.
    pub journal: Option<JournalState>,
}

/// Whether a journal is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct JournalState {
    pub intact: bool,
    /// In a sentence or two; where it is not, it says where.
    pub says: String,
}

/// What the report leads with, in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportLead {
    /// Such as `rollback payments`, or that there was none.
    pub action: String,
    pub when: String,
    /// What it was with regard to the cause.
    pub meaning: String,
    /// How much evidence was seen before it.
    pub evidence: String,
    /// What became of the system.
    pub outcome: String,
    /// Looks before the first action, by door.
    pub looks: String,
}

/// An act on the system.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportAct {
    pub seq: u64,
    pub at_s: f64,
    /// Such as `rollback payments`.
    pub words: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Whether it was carried out.
    pub ok: bool,
    /// What it was with regard to the cause.
    pub meaning: String,
}

/// The report so far: before the seal it is as the record stands.
#[utoipa::path(get, path = "/api/report", operation_id = "report_report",
    tag = "report",
    responses((status = 200, body = ReportView), (status = 403, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn report(
    _who: Reader,
    State(console): State<Console>,
) -> Result<Json<ReportView>, Problem> {
    let record = is_ready(&console)?;
    let (events, about) = (record.events(), console.clone());
    // A long session has many events, and the sockets want the same threads.
    let building = tokio::task::spawn_blocking(move || {
        let interview = about.interview();
        report::build(&interview.lab, &interview.cause, &events, None)
    });
    let report = building.await;
    let report =
        report.map_err(|_| Problem::not_now("the report cannot be made of this record"))?;
    Ok(Json(view(&console, &report)))
}

/// The record of a session whose incident is over and whose system is gone.
///
/// # Errors
/// When it is not so yet.
pub(crate) fn is_ready(console: &Console) -> Result<&Record, Problem> {
    let record = console.so_far().filter(|_| *console.debriefing().borrow());
    record.ok_or_else(|| {
        Problem::not_now("the report is there when the incident is over and its system is gone")
    })
}

fn view(console: &Console, report: &Report) -> ReportView {
    let facts = &report.assessment;
    let lead = report::lead(report);
    let mut acts: Vec<&Act> = facts.acts.iter().chain(&facts.refused).collect();
    acts.sort_by_key(|act| act.seq);
    let gaps = facts.gaps.iter().map(|gap| gap.reason.clone());
    let chronicle = console.chronicle();
    ReportView {
        lead: ReportLead {
            action: lead.action,
            when: lead.when,
            meaning: lead.meaning,
            evidence: lead.evidence,
            outcome: report::outcome(facts),
            looks: report::looks(facts),
        },
        board: live::board(&chronicle.board),
        cause: interviewer::told(&console.interview().cause),
        acts: acts.into_iter().map(act).collect(),
        hypotheses: chronicle.hypotheses.list.clone(),
        debrief: (&chronicle.debrief).into(),
        ratings: chronicle.ratings.list.clone(),
        gaps: gaps.chain(facts.troubles.iter().map(|it| it.what.clone())).collect(),
        paged_at_s: facts.paged_at_s,
        until_s: report.debrief_from_s.unwrap_or(facts.ended_at_s),
        first_said_since_page_s: facts.first_said_since_page_s,
        mitigated_since_s: facts.mitigated_since_s,
        not_judged: report.not_judged.to_owned(),
        journal: console.so_far().and_then(Record::verdict).map(|verdict| JournalState {
            intact: verdict.is_intact(),
            says: verdict.sentence.clone(),
        }),
    }
}

fn act(act: &Act) -> ReportAct {
    let meaning = match act.ok {
        true => report::act_meaning(act),
        false => "Refused: nothing was changed.".to_owned(),
    };
    ReportAct {
        seq: act.seq,
        at_s: act.at_s,
        words: act.words(),
        before: act.before.clone(),
        after: act.after.clone(),
        ok: act.ok,
        meaning,
    }
}
