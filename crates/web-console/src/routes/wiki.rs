//! The wiki: architecture, runbooks, past incidents.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use session::event::{Door, Effect, Kind, Participant};
use utoipa::{IntoParams, ToSchema};

use crate::console::Console;
use crate::extract::{Json, Path, Query, perhaps};
use crate::problem::Problem;
use crate::who::Candidate;

/// What is searched for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WikiQuestion {
    /// All of these words; at most 200 characters. All pages when it is left out.
    #[serde(default)]
    pub q: Option<String>,
}

/// A page in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct WikiEntry {
    pub name: String,
    pub title: String,
    /// The line in which the first of the words stands; empty without a search.
    pub excerpt: String,
}

/// A page.
#[derive(Debug, Serialize, ToSchema)]
pub struct WikiPage {
    pub name: String,
    pub title: String,
    pub markdown: String,
}

/// All pages, or those with all the words. A search is recorded with what it shows.
#[utoipa::path(get, path = "/api/wiki", operation_id = "wiki_list",
    tag = "wiki", params(WikiQuestion),
    responses((status = 200, body = Vec<WikiEntry>), (status = 409, body = Problem)))]
pub(crate) async fn list(
    _who: Candidate,
    State(console): State<Console>,
    Query(question): Query<WikiQuestion>,
) -> Result<Json<Vec<WikiEntry>>, Problem> {
    let asked = perhaps("the search", question.q.as_deref().unwrap_or_default(), 200)?;
    let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    let wiki = &console.interview().lab.wiki;
    let found = wiki.iter().filter_map(|(name, text)| entry(name, text, &words));
    let found: Vec<WikiEntry> = found.collect();
    // The names alone are in every page's list.
    if !words.is_empty() {
        let by = (Participant::Candidate, Door::Wiki, Effect::Look);
        console.record(by, Kind::WikiSearched { words: asked, shown: shown(&found) })?;
    }
    Ok(Json(found))
}

/// What a search showed, a page a line.
fn shown(found: &[WikiEntry]) -> String {
    let lines = found.iter().map(|it| format!("{}: {}", it.title, it.excerpt));
    lines.collect::<Vec<_>>().join("\n")
}

/// One page. Recorded as read.
#[utoipa::path(get, path = "/api/wiki/{page}", operation_id = "wiki_page",
    tag = "wiki",
    responses((status = 200, body = WikiPage), (status = 404, body = Problem)))]
pub(crate) async fn page(
    _who: Candidate,
    State(console): State<Console>,
    Path(page): Path<String>,
) -> Result<Json<WikiPage>, Problem> {
    let doors = console.doors()?;
    let text = doors.read_wiki(&page);
    let text = text.ok_or_else(|| Problem::not_found(format!("the wiki has no page `{page}`")))?;
    let (title, markdown) = (title(&page, text), text.to_owned());
    Ok(Json(WikiPage { name: page, title, markdown }))
}

/// A page with all of the words.
fn entry(name: &str, text: &str, words: &[String]) -> Option<WikiEntry> {
    let lower = text.to_lowercase();
    if !words.iter().all(|word| lower.contains(word)) {
        return None;
    }
    let first = words.first();
    let has_it = |line: &&str| first.is_some_and(|word| line.to_lowercase().contains(word));
    let line = text.lines().find(has_it).unwrap_or_default();
    let excerpt = line.trim_start_matches(['#', '-', '*', ' ']).chars().take(200).collect();
    Some(WikiEntry { name: name.to_owned(), title: title(name, text), excerpt })
}

/// The first heading, or the name.
fn title(name: &str, text: &str) -> String {
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    heading.map_or(name, str::trim).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_all_of_its_words_and_shown_by_the_first() {
        let text = "# Database\n\n- A pool of *eight* connections\n- Locks\n";
        let find = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
            entry("database", text, &words).map(|it| (it.title, it.excerpt))
        };
        let found = |excerpt: &str| Some(("Database".to_owned(), excerpt.to_owned()));
        assert_eq!(find(&["pool", "locks"]), found("A pool of *eight* connections"));
        assert_eq!(find(&["locks"]), found("Locks"));
        assert_eq!(find(&["pool", "merchant"]), None);
        assert_eq!(find(&[]), found(""));
    }
}
