//! The candidate's notebook: what they believe, how much, and what would disprove it.

use axum::extract::State;
use orchestrator::doors::words::Entry;
use serde::Deserialize;
use session::event::Attached;
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::{Attachment, Hypothesis};
use crate::extract::{Json, Path, perhaps, text};
use crate::problem::Problem;
use crate::who::{Candidate, Who};
use crate::words::Standing;

/// A new hypothesis.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHypothesis {
    /// At most 1000 characters. The same words again are a change of the same hypothesis.
    pub text: String,
    /// Percent.
    #[serde(default)]
    pub confidence: Option<u8>,
    /// What would disprove it; at most 1000 characters.
    #[serde(default)]
    pub disprove: String,
    #[serde(default)]
    pub evidence: Vec<Attachment>,
}

/// What changes; the rest stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HypothesisChange {
    #[serde(default)]
    pub confidence: Option<u8>,
    #[serde(default)]
    pub disprove: Option<String>,
    #[serde(default)]
    pub standing: Option<Standing>,
    /// All of the evidence, at most 20.
    #[serde(default)]
    pub evidence: Option<Vec<Attachment>>,
}

/// All hypotheses, in the order in which they were first noted.
#[utoipa::path(get, path = "/api/hypotheses", operation_id = "notebook_list",
    tag = "notebook",
    responses((status = 200, body = Vec<Hypothesis>)))]
pub(crate) async fn list(_who: Who, State(console): State<Console>) -> Json<Vec<Hypothesis>> {
    Json(console.chronicle().hypotheses.list.clone())
}

/// Notes a hypothesis.
#[utoipa::path(post, path = "/api/hypotheses", operation_id = "notebook_add",
    tag = "notebook",
    responses((status = 200, body = Hypothesis), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    _who: Candidate,
    State(console): State<Console>,
    Json(new): Json<NewHypothesis>,
) -> Result<Json<Hypothesis>, Problem> {
    let entry = Entry {
        text: text("the hypothesis", &new.text, 1000)?,
        confidence: percent(new.confidence)?,
        standing: Standing::Open.into(),
        disprove: Some(perhaps("what would disprove it", &new.disprove, 1000)?),
        evidence: attached(&new.evidence)?,
    };
    note(&console, entry)
}

/// Changes how sure one is, how it stands, or what speaks for it.
#[utoipa::path(patch, path = "/api/hypotheses/{id}", operation_id = "notebook_change",
    tag = "notebook",
    responses((status = 200, body = Hypothesis), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    _who: Candidate,
    State(console): State<Console>,
    Path(id): Path<u64>,
    Json(change): Json<HypothesisChange>,
) -> Result<Json<Hypothesis>, Problem> {
    let known = console.chronicle().hypotheses.list.iter().find(|it| it.id == id).cloned();
    let known = known.ok_or_else(|| Problem::not_found(format!("there is no hypothesis {id}")))?;
    let disprove = change.disprove.as_deref().unwrap_or(&known.disprove);
    let evidence = change.evidence.as_deref().unwrap_or(&known.evidence);
    let entry = Entry {
        confidence: percent(change.confidence)?.or(known.confidence),
        standing: change.standing.unwrap_or(known.standing).into(),
        disprove: Some(perhaps("what would disprove it", disprove, 1000)?),
        evidence: attached(evidence)?,
        text: known.text,
    };
    note(&console, entry)
}

/// Writes it down, and gives what has become of it.
fn note(console: &Console, entry: Entry) -> Result<Json<Hypothesis>, Problem> {
    let event = console.doors()?.note(entry);
    let chronicle = console.chronicle();
    let is_it = |it: &&Hypothesis| it.entries.last().is_some_and(|last| last.seq == event.seq);
    let noted = chronicle.hypotheses.list.iter().find(is_it).cloned();
    noted.map(Json).ok_or_else(|| Problem::not_now("it was changed by somebody else at once"))
}

fn percent(given: Option<u8>) -> Result<Option<u8>, Problem> {
    match given {
        Some(101..) => Err(Problem::bad("a confidence is 0 to 100 percent")),
        given => Ok(given),
    }
}

fn attached(given: &[Attachment]) -> Result<Vec<Attached>, Problem> {
    if given.len() > MOST {
        return Err(Problem::bad(format!("at most {MOST} pieces of evidence at a hypothesis")));
    }
    let one = |it: &Attachment| {
        Ok(Attached {
            source: it.source.name(),
            title: text("the title of the evidence", &it.title, 200)?,
            text: perhaps("the text of the evidence", &it.text, 2000)?,
        })
    };
    given.iter().map(one).collect()
}

/// Pieces of evidence at one hypothesis.
const MOST: usize = 20;
