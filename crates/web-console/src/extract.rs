//! What is taken out of a request, with every refusal as a [`Problem`] that a page can show. The names
//! are those of axum's own, which the description of the routes goes by.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A body in JSON.
pub(crate) struct Json<T>(pub(crate) T);

/// What stands behind the question mark.
pub(crate) struct Query<T>(pub(crate) T);

/// Parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let read = axum::Json::<T>::from_request(request, state).await;
        let refused = |rejection: JsonRejection| match rejection.status().as_u16() {
            413 => Problem::new(rejection.status(), "too long", "send less at a time"),
            _ => Problem::bad(rejection.body_text()),
        };
        read.map(|axum::Json(value)| Json(value)).map_err(refused)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        let refused = |rejection: QueryRejection| Problem::bad(rejection.body_text());
        read.map(|axum::extract::Query(value)| Query(value)).map_err(refused)
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let refused = |rejection: PathRejection| Problem::not_found(rejection.body_text());
        read.map(|axum::extract::Path(value)| Path(value)).map_err(refused)
    }
}

/// A text of 1 to `most` characters without control characters; `what` names it in the refusal.
///
/// # Errors
/// When it is empty or too long.
pub(crate) fn text(what: &str, given: &str, most: usize) -> Result<String, Problem> {
    let text = perhaps(what, given, most)?;
    if text.is_empty() {
        return Err(Problem::bad(format!("{what} is empty")));
    }
    Ok(text)
}

/// As [`text`], and may be empty.
///
/// # Errors
/// When it is too long.
pub(crate) fn perhaps(what: &str, given: &str, most: usize) -> Result<String, Problem> {
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = given.trim().chars().filter(is_kept).collect();
    let length = text.chars().count();
    if length > most {
        return Err(Problem::bad(format!("{what} has {length} characters; {most} are allowed")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_keep_their_letters() {
        assert_eq!(text("it", " <b>ä</b>\u{7}\n ", 20).unwrap(), "<b>ä</b>");
        let long = text("the question", "äää", 2).unwrap_err();
        assert_eq!(long.detail, "the question has 3 characters; 2 are allowed");
        assert_eq!(text("the question", " \u{0} ", 2).unwrap_err().detail, "the question is empty");
        assert_eq!(perhaps("it", "  ", 2).unwrap(), "");
    }
}
