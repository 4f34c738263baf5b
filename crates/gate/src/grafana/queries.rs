//! The body of Grafana's `POST /api/ds/query`: the queries of a panel or of Explore, over one stretch
//! of time. Only what a query to Prometheus consists of is kept.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Headers, SOURCE};
use crate::Refusal;

/// Queries in one body.
const MOST: usize = 50;
/// The longest expression, in bytes.
const LONGEST: usize = 16 << 10;
/// Other texts of a query, in bytes.
const SHORT: usize = 200;

/// What a body asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Queries {
    /// Unix time in seconds.
    pub from: f64,
    /// Unix time in seconds, not before `from`.
    pub to: f64,
    pub queries: Vec<Query>,
    /// The panel that asks; `None` for Explore, and for a dashboard's annotations.
    pub panel: Option<Panel>,
}

/// A panel, as Grafana names it. Whether there is one is not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// The uid of its dashboard.
    pub dashboard: String,
    /// Its `id` in the dashboard's file.
    pub id: u64,
}

/// One query to Prometheus. The names are Grafana's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Query {
    pub ref_id: String,
    #[serde(default)]
    pub expr: String,
    /// Wants one value at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instant: Option<bool>,
    /// Wants values over time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemplar: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legend_format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The smallest distance of two points, such as `2s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<i64>,
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub interval_factor: Option<i64>,
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub max_data_points: Option<i64>,
    #[serde(default, deserialize_with = "whole", skip_serializing_if = "Option::is_none")]
    pub utc_offset_sec: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datasource: Option<Source>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Source {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    uid: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    queries: Vec<Query>,
    /// Milliseconds since 1970, as text.
    from: String,
    to: String,
}

// === impl Queries ===

impl Queries {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is no such body, asks another data source, or asks too much.
    pub fn read(body: &[u8], headers: Headers<'_>) -> Result<Queries, Refusal> {
        let body: Body = serde_json::from_slice(body)
            .map_err(|error| Refusal::malformed(format!("the queries cannot be read: {error}")))?;
        let (from, to) = (seconds(&body.from)?, seconds(&body.to)?);
        if to < from {
            return Err(Refusal::malformed("`to` comes before `from`"));
        }
        if body.queries.is_empty() || body.queries.len() > MOST {
            return Err(Refusal::malformed(format!("there have to be 1 to {MOST} queries")));
        }
        let queries = body.queries.into_iter().map(Query::checked).collect::<Result<_, _>>()?;
        Ok(Queries { from, to, queries, panel: Panel::named(headers) })
    }

    /// The body anew, with the one data source that there is.
    ///
    /// # Errors
    /// When a number in it has no form in JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, Refusal> {
        let source = Source { kind: Some(SOURCE.to_owned()), uid: Some(SOURCE.to_owned()) };
        let with_source =
            |query: &Query| Query { datasource: Some(source.clone()), ..query.clone() };
        let queries = self.queries.iter().map(with_source).collect();
        let milliseconds = |seconds: f64| format!("{:.0}", seconds * 1e3);
        let (from, to) = (milliseconds(self.from), milliseconds(self.to));
        serde_json::to_vec(&Body { queries, from, to })
            .map_err(|error| Refusal::malformed(format!("the queries cannot be written: {error}")))
    }
}

// === impl Query ===

impl Query {
    fn checked(self) -> Result<Query, Refusal> {
        if let Some(source) = &self.datasource
            && source.uid.as_deref().or(source.kind.as_deref()).is_some_and(|it| it != SOURCE)
        {
            return Err(Refusal::malformed("only the data source `prometheus` can be asked here"));
        }
        let short = [&self.legend_format, &self.format, &self.interval];
        let short = short.into_iter().flatten().chain([&self.ref_id]);
        if self.expr.len() > LONGEST || short.into_iter().any(|text| text.len() > SHORT) {
            return Err(Refusal::malformed(format!(
                "an expression has up to {LONGEST} bytes, and other texts of a query {SHORT}"
            )));
        }
        // Which data source it was is said already.
        Ok(Query { datasource: None, ..self })
    }
}

// === impl Panel ===

impl Panel {
    /// The panel that the headers name. What is no name of one is none.
    fn named(headers: Headers<'_>) -> Option<Panel> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let dashboard = headers
            .dashboard
            .filter(|uid| !uid.is_empty() && uid.len() <= SHORT && uid.bytes().all(fits))?;
        // Some releases write the key of the panel in its scene: `panel-7`.
        let id = headers.panel?;
        let id = id.strip_prefix("panel-").unwrap_or(id).parse().ok()?;
        Some(Panel { dashboard: dashboard.to_owned(), id })
    }
}

/// Seconds since 1970, from milliseconds as text.
fn seconds(text: &str) -> Result<f64, Refusal> {
    let is_number = (1..=15).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    let number = is_number.then(|| text.parse::<f64>().ok()).flatten();
    let number = number.ok_or_else(|| {
        Refusal::malformed("`from` and `to` are milliseconds since 1970, as text")
    })?;
    Ok(number / 1e3)
}

/// A number that may have been written with a fraction, and is read as a whole one by Grafana.
fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let number = Option::<f64>::deserialize(from)?;
    // Outside of this range it is no count of anything.
    Ok(number.filter(|number| number.abs() < 1e12).map(|number| number.round() as i64))
}
