//! The candidate's notebook: what they believe, how much, and what would disprove it.

use axum::extract::State;
use orchestrator::doors::words::Entry;
use serde::Deserialize;
use session::assessment::same_words;
use session::event::Attached;
use session::redact;
use utoipa::ToSchema;

use crate::console::Console;
use crate::contract::{Attachment, Hypothesis};
use crate::extract::{Json, Path, perhaps, text};
use crate::problem::Problem;
use crate::who::{Candidate, Who, paced};
use crate::words::{Role, Standing};

/// A new hypothesis.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHypothesis {
    /// At most 1000 characters. The same words again are a change of the same hypothesis, which keeps its evidence.
    pub text: String,
    /// Percent.
    #[serde(default)]
    pub confidence: Option<u8>,
    /// What would disprove it; at most 1000 characters. What was said of it before stays when it is empty.
    #[serde(default)]
    pub disprove: String,
    /// At most 20 pieces, with those that the hypothesis has.
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

/// Notes a hypothesis; a notebook holds fifty.
#[utoipa::path(post, path = "/api/hypotheses", operation_id = "notebook_add",
    tag = "notebook",
    responses((status = 200, body = Hypothesis), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn add(
    _who: Candidate,
    State(console): State<Console>,
    Json(new): Json<NewHypothesis>,
) -> Result<Json<Hypothesis>, Problem> {
    // Two at once would each keep the evidence without the other's.
    let _turn = console.turn();
    let entry = noted(&new, &console.chronicle().hypotheses.list)?;
    note(&console, entry)
}

/// A new hypothesis, or more of one that is in the list. Nothing that was said of it is taken back by saying less.
fn noted(new: &NewHypothesis, list: &[Hypothesis]) -> Result<Entry, Problem> {
    let text = text("the hypothesis", &new.text, 1000)?;
    let disprove = perhaps("what would disprove it", &new.disprove, 1000)?;
    // The list has it without secrets.
    let words = same_words(&redact::text(&text));
    let known = list.iter().find(|it| same_words(&it.text) == words);
    let known = known.map_or(&[][..], |it| &it.evidence);
    let more = new.evidence.iter().filter(|it| !known.contains(it));
    let evidence: Vec<Attachment> = known.iter().chain(more).cloned().collect();
    Ok(Entry {
        text,
        confidence: percent(new.confidence)?,
        standing: Standing::Open.into(),
        disprove: Some(disprove).filter(|it| !it.is_empty()),
        evidence: attached(&evidence, known)?,
    })
}

/// Changes how sure one is, how it stands, or what speaks for it.
#[utoipa::path(patch, path = "/api/hypotheses/{id}", operation_id = "notebook_change",
    tag = "notebook",
    responses((status = 200, body = Hypothesis), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn change(
    _who: Candidate,
    State(console): State<Console>,
    Path(id): Path<u64>,
    Json(change): Json<HypothesisChange>,
) -> Result<Json<Hypothesis>, Problem> {
    let _turn = console.turn();
    let known = console.chronicle().hypotheses.list.iter().find(|it| it.id == id).cloned();
    let known = known.ok_or_else(|| Problem::not_found(format!("there is no hypothesis {id}")))?;
    note(&console, changed(known, &change)?)
}

/// The hypothesis with what changes. What is in the record already was held to its bounds when it came; where a secret
/// was taken out of it, it may have become longer since.
fn changed(known: Hypothesis, change: &HypothesisChange) -> Result<Entry, Problem> {
    let disprove = change.disprove.as_deref();
    let disprove = disprove.map(|it| perhaps("what would disprove it", it, 1000)).transpose()?;
    Ok(Entry {
        confidence: percent(change.confidence)?.or(known.confidence),
        standing: change.standing.unwrap_or(known.standing).into(),
        disprove: Some(disprove.unwrap_or(known.disprove)),
        evidence: attached(change.evidence.as_ref().unwrap_or(&known.evidence), &known.evidence)?,
        text: known.text,
    })
}

/// Writes it down, and gives what has become of it.
fn note(console: &Console, entry: Entry) -> Result<Json<Hypothesis>, Problem> {
    // Changing a little tells all of it again.
    paced(console, Role::Candidate, size(&entry))?;
    let noted = console.doors()?.note(entry);
    let event = noted.map_err(|full| Problem::not_now(full.to_string()))?;
    let chronicle = console.chronicle();
    let is_it = |it: &&Hypothesis| it.entries.last().is_some_and(|last| last.seq == event.seq);
    let noted = chronicle.hypotheses.list.iter().find(is_it).cloned();
    noted.map(Json).ok_or_else(|| Problem::not_now("it was changed by somebody else at once"))
}

/// Bytes that it has in the record.
fn size(entry: &Entry) -> usize {
    let evidence = entry.evidence.iter().map(|it| it.title.len() + it.text.len());
    entry.text.len() + entry.disprove.as_ref().map_or(0, String::len) + evidence.sum::<usize>()
}

fn percent(given: Option<u8>) -> Result<Option<u8>, Problem> {
    match given {
        Some(101..) => Err(Problem::bad("a confidence is 0 to 100 percent")),
        given => Ok(given),
    }
}

/// All of the evidence that is given; pieces that are `known` stay as they are.
fn attached(given: &[Attachment], known: &[Attachment]) -> Result<Vec<Attached>, Problem> {
    if given.len() > MOST {
        return Err(Problem::bad(format!("at most {MOST} pieces of evidence at a hypothesis")));
    }
    let one = |it: &Attachment| {
        let (title, text) = if known.contains(it) {
            (it.title.clone(), it.text.clone())
        } else {
            (
                text("the title of the evidence", &it.title, 200)?,
                perhaps("the text of the evidence", &it.text, 2000)?,
            )
        };
        Ok(Attached { source: it.source.name(), title, text })
    };
    given.iter().map(one).collect()
}

/// Pieces of evidence at one hypothesis.
const MOST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::AttachmentSource;

    fn piece(text: &str) -> Attachment {
        let (source, title) = (AttachmentSource::Log, "payments".to_owned());
        Attachment { source, title, text: text.to_owned() }
    }

    /// With this evidence in the record.
    fn known(text: &str, evidence: &[Attachment]) -> Hypothesis {
        Hypothesis {
            id: 3,
            text: text.to_owned(),
            confidence: Some(40),
            disprove: "a level pool".to_owned(),
            standing: Standing::Confirmed,
            evidence: evidence.to_vec(),
            entries: Vec::new(),
        }
    }

    fn texts(entry: &Entry) -> Vec<&str> {
        entry.evidence.iter().map(|it| it.text.as_str()).collect()
    }

    #[test]
    fn the_same_words_again_take_nothing_away_from_a_hypothesis() {
        let list = [known("It leaks, token=[redacted 5 bytes]", &[piece("8 of 8")])];
        let again = |text: &str, evidence: &[&str]| {
            let text = text.to_owned();
            let evidence = evidence.iter().map(|it| piece(it)).collect();
            let new = NewHypothesis { text, confidence: None, disprove: " ".to_owned(), evidence };
            noted(&new, &list)
        };
        let entry = again("it  leaks, token=abcde", &["8 of 8", "a timeout"]).unwrap();
        assert_eq!(entry.disprove, None, "what was said of it stays");
        assert_eq!(texts(&entry), ["8 of 8", "a timeout"]);
        assert_eq!(texts(&again("A spike", &["9 a second"]).unwrap()), ["9 a second"]);
        let many: Vec<String> = (0..MOST).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(again("A spike", &many).is_ok());
        let over = again("It leaks, token=abcde", &many).unwrap_err();
        assert!(over.detail.contains("at most 20 pieces"), "{}", over.detail);
    }

    #[test]
    fn evidence_that_became_longer_when_a_secret_was_taken_out_does_not_hold_up_a_change() {
        let long = piece(&"x".repeat(2020));
        let change = |evidence: Option<Vec<Attachment>>| {
            let (disprove, standing) = (None, None);
            let change = HypothesisChange { confidence: Some(70), disprove, standing, evidence };
            changed(known("It leaks", std::slice::from_ref(&long)), &change)
        };
        let surer = change(None).unwrap();
        assert_eq!((surer.confidence, texts(&surer)), (Some(70), vec![&*long.text]));
        let more = change(Some(vec![long.clone(), piece("8 of 8")])).unwrap();
        assert_eq!(texts(&more), [&*long.text, "8 of 8"]);
        let new = change(Some(vec![piece(&"y".repeat(2020))])).unwrap_err();
        assert!(new.detail.contains("2000 are allowed"), "{}", new.detail);
    }
}
