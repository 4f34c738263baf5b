//! What Grafana answers to `POST /api/ds/query`: data frames, one or more for each query. Only times,
//! numbers and their labels are read; it judges nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Lines that are read of one answer.
const LINES: usize = 200;
/// Points that are read of one line: the last ones.
const POINTS: usize = 11_000;

/// The answer to one query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The query's `refId`.
    pub query: String,
    pub lines: Vec<Line>,
    /// Why there are none, in Grafana's words.
    pub problem: Option<String>,
}

/// One line of a frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// Its name, if Grafana gave it one.
    pub name: String,
    pub labels: BTreeMap<String, String>,
    /// Unix time in seconds, and the value; NaN where there is none.
    pub points: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Body {
    results: BTreeMap<String, Result>,
}

#[derive(Deserialize)]
struct Result {
    #[serde(default)]
    frames: Vec<Frame>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Frame {
    schema: Schema,
    data: Data,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(rename = "type", default)]
    kind: String,
    labels: Option<BTreeMap<String, String>>,
    config: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "displayNameFromDS")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    values: Vec<Vec<Value>>,
}

/// Reads an answer, in the order of the queries' `refId`; `None` when it is none.
pub fn answer(body: &[u8]) -> Option<Vec<Answer>> {
    let body: Body = serde_json::from_slice(body).ok()?;
    let mut left = LINES;
    let one = |(query, result): (String, Result)| {
        let mut lines = Vec::new();
        for frame in &result.frames {
            lines.extend(frame.lines().take(left - lines.len()));
        }
        left -= lines.len();
        Answer { query, lines, problem: result.error }
    };
    Some(body.results.into_iter().map(one).collect())
}

// === impl Frame ===

impl Frame {
    /// Each number of the frame over its first time.
    fn lines(&self) -> impl Iterator<Item = Line> {
        let columns = || self.schema.fields.iter().zip(&self.data.values);
        let times = columns().find(|(field, _)| field.kind == "time").map(|(_, values)| values);
        let numbers = columns().filter(|(field, _)| field.kind == "number");
        numbers.filter_map(move |(field, values)| {
            let points = times?.iter().zip(values);
            let skipped = points.len().saturating_sub(POINTS);
            let point = |(time, value): (&Value, &Value)| {
                Some((time.as_f64()? / 1e3, value.as_f64().unwrap_or(f64::NAN)))
            };
            Some(Line {
                name: field.config.as_ref().and_then(|it| it.name.clone()).unwrap_or_default(),
                labels: field.labels.clone().unwrap_or_default(),
                points: points.skip(skipped).filter_map(point).collect(),
            })
        })
    }
}
