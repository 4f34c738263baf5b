//! Who asks, by their cookie. Every route names one of these first; there is no other check of roles.

use std::time::Instant;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use crate::console::Console;
use crate::host::BODY;
use crate::problem::Problem;
use crate::words::Role;

/// Either role.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who {
    pub(crate) role: Role,
}

/// The candidate alone.
pub(crate) struct Candidate;

/// The interviewer alone.
pub(crate) struct Interviewer;

/// Whoever may know the answer: the interviewer, or somebody alone once they have written theirs.
pub(crate) struct Reader;

impl FromRequestParts<Console> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Problem> {
        let who = Who::from_request_parts(parts, console).await?;
        match who.role {
            Role::Interviewer => Ok(Reader),
            Role::Candidate if !console.interview().alone => Err(Problem::not_yours()),
            Role::Candidate if console.chronicle().debrief.submitted_at_s.is_some() => Ok(Reader),
            Role::Candidate => {
                Err(Problem::not_now("write your own debrief first; the answer comes after it"))
            }
        }
    }
}

impl FromRequestParts<Console> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Who, Problem> {
        let role = by_cookie(&parts.headers, console).ok_or_else(Problem::stranger)?;
        paced(console, role, announced(&parts.headers))?;
        Ok(Who { role })
    }
}

impl FromRequestParts<Console> for Candidate {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Problem> {
        only(Role::Candidate, parts, console).await.map(|()| Candidate)
    }
}

impl FromRequestParts<Console> for Interviewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Problem> {
        only(Role::Interviewer, parts, console).await.map(|()| Interviewer)
    }
}

async fn only(role: Role, parts: &mut Parts, console: &Console) -> Result<(), Problem> {
    let who = Who::from_request_parts(parts, console).await?;
    if who.role == role { Ok(()) } else { Err(Problem::not_yours()) }
}

/// Whether this role may send so much more now.
///
/// # Errors
/// When it has sent a lot a moment ago.
pub(crate) fn paced(console: &Console, role: Role, bytes: usize) -> Result<(), Problem> {
    if console.allows(role, bytes) {
        return Ok(());
    }
    let detail = "wait a moment and try again";
    Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many at once", detail))
}

/// Bytes of the body that follows; more than are read count for no more.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    match length {
        Some(bytes) => BODY.min(bytes),
        // One that comes in chunks says no length, and one that does not come neither.
        None if headers.contains_key(header::TRANSFER_ENCODING) => BODY,
        None => 0,
    }
}

/// Whose cookie the request bears.
pub(crate) fn by_cookie(headers: &HeaderMap, console: &Console) -> Option<Role> {
    let mut own = console.address().cookies(headers);
    own.find_map(|value| console.keys().who(value, Instant::now()))
}
