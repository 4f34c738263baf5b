//! What a browser asks of a Grafana, and whether it may: a list of what a viewer needs, and the
//! questions in it that show something of the system.
//!
//! A question is written anew from what was read of it, so that what is recorded is what is asked,
//! whatever two readers of JSON or of a form might make of the same bytes. Everything that is not on
//! the list is refused, and with it all that would change something.
//!
//! The shapes are those of Grafana's own source, 11.0 to 13: `DataSourceWithBackend.ts` of
//! `packages/grafana-runtime` (queries and the headers that name a panel), `datasource.ts` of
//! `packages/grafana-prometheus` (Prometheus' own API behind `resources`), `pkg/api/api.go` (paths).
//! It does not know where a Grafana stands, and asks none.

mod answer;
mod form;
mod path;
mod queries;
mod table;

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Line, answer};
pub use path::Segments;
pub use queries::{Panel, Queries, Query};

use crate::Refusal;
use table::Found;

/// The uid of the one data source that there is.
pub const SOURCE: &str = "prometheus";

/// A request, as it came. `path` is as Grafana knows it, without the path below which it stands.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// What stands behind the question mark; empty where there is none.
    pub query: &'a str,
    pub headers: Headers<'a>,
    pub body: &'a [u8],
}

/// The headers by which Grafana says whose a query is. Explore sends none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `X-Dashboard-Uid`.
    pub dashboard: Option<&'a str>,
    /// `X-Panel-Id`.
    pub panel: Option<&'a str>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Something of Grafana itself, which shows nothing of the system.
    Own,
    /// A dashboard is opened, by its uid.
    Dashboard { uid: String },
    /// The queries of a panel, or of Explore.
    Queries(Queries),
    /// A question in Prometheus' own words.
    Question(Question),
}

/// A question by Prometheus' own API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What stands behind `/api/v1/`, such as `query_range` or `label/job/values`.
    pub route: String,
    /// Encoded as a form, with the parameters that are known and no other.
    pub form: String,
    /// Whether its answer only names things: metrics, labels, rules, the server's version.
    pub names_only: bool,
}

/// A request that may go on, as it has to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Passed {
    pub call: Call,
    /// The path, as it was read.
    pub path: String,
    pub query: String,
    pub body: Vec<u8>,
    /// The body's kind; `None` where there is no body.
    pub content_type: Option<&'static str>,
}

/// Reads a request.
///
/// # Errors
/// 400 for what cannot be read, 403 for what would change something, 404 for what is not on the list.
pub fn read(request: Request<'_>) -> Result<Passed, Refusal> {
    let Request { method, query, body, headers, .. } = request;
    if query.len() > LONGEST_QUERY || !query.bytes().all(|byte| byte.is_ascii_graphic()) {
        let said = format!("what stands behind the `?` is no query of up to {LONGEST_QUERY} bytes");
        return Err(Refusal::malformed(said));
    }
    let path = Segments::parse(request.path)?;
    let passed = |call, body: Vec<u8>| {
        let content_type = (!body.is_empty()).then_some("application/json");
        let (path, query) = (path.to_string(), query.to_owned());
        Passed { call, path, query, body, content_type }
    };
    Ok(match table::find(method, &path)? {
        Found::Own => passed(Call::Own, Vec::new()),
        Found::Told => passed(Call::Own, body.to_vec()),
        Found::Dashboard(uid) => passed(Call::Dashboard { uid }, Vec::new()),
        Found::Queries => {
            let queries = Queries::read(body, headers)?;
            let body = queries.to_json()?;
            passed(Call::Queries(queries), body)
        }
        Found::Question(route) => question(request, &path, route)?,
    })
}

/// The longest query, in bytes.
const LONGEST_QUERY: usize = 16 << 10;

/// A form goes on where it came: behind the path, or in the body.
fn question(request: Request<'_>, path: &Segments, route: String) -> Result<Passed, Refusal> {
    let is_sent = request.method == "POST";
    let form = form::known(if is_sent { request.body } else { request.query.as_bytes() })?;
    let names_only = table::names_only(&route);
    let (query, body) = if is_sent {
        (String::new(), form.clone().into_bytes())
    } else {
        (form.clone(), Vec::new())
    };
    let content_type = is_sent.then_some("application/x-www-form-urlencoded");
    let call = Call::Question(Question { route, form, names_only });
    Ok(Passed { call, path: path.to_string(), query, body, content_type })
}
