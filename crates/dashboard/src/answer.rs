//! What Prometheus answers to `query_range` and `query`, as series with names.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{DashboardError, Series};

type Labels = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: String,
    data: Option<Data>,
    error_type: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Line>),
    Vector(Vec<Sample>),
    Scalar(Point),
    String(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Line {
    metric: Labels,
    #[serde(default)]
    values: Vec<Point>,
}

#[derive(Deserialize)]
struct Sample {
    metric: Labels,
    value: Point,
}

/// Prometheus writes the value as text, because JSON knows neither NaN nor infinities.
#[derive(Deserialize)]
struct Point(f64, String);

/// Turns `body` into series named by the template `legend`.
pub(crate) fn read(expr: &str, legend: &str, body: &[u8]) -> Result<Vec<Series>, DashboardError> {
    let bad = |problem: String| DashboardError::Answer { expr: expr.to_owned(), problem };
    let answer: Answer = serde_json::from_slice(body).map_err(|error| bad(error.to_string()))?;
    if answer.status != "success" {
        let said = answer.error.or(answer.error_type);
        let said = said.unwrap_or_else(|| format!("status `{}`", answer.status));
        return Err(DashboardError::Refused { expr: expr.to_owned(), said });
    }
    let data = answer.data.ok_or_else(|| bad("it has no data".to_owned()))?;
    let lines: Vec<(Labels, Vec<Point>)> = match data {
        Data::Matrix(lines) => lines.into_iter().map(|line| (line.metric, line.values)).collect(),
        Data::Vector(samples) => {
            samples.into_iter().map(|sample| (sample.metric, vec![sample.value])).collect()
        }
        Data::Scalar(point) => vec![(Labels::new(), vec![point])],
        Data::String(_) => return Err(bad("it is text, not numbers".to_owned())),
    };
    let names = names(legend, lines.iter().map(|(labels, _)| labels).collect());
    let series = lines.into_iter().zip(names);
    Ok(series.map(|((labels, points), legend)| to_series(labels, &points, legend)).collect())
}

fn to_series(labels: Labels, points: &[Point], legend: String) -> Series {
    // A value that is no number is a gap, like NaN: the point in time is known all the same.
    let value = |text: &str| text.parse().unwrap_or(f64::NAN);
    let points = points.iter().map(|Point(at, text)| (*at, value(text))).collect();
    Series { legend, points, labels }
}

/// One name for each set of labels.
fn names(legend: &str, all: Vec<&Labels>) -> Vec<String> {
    if !legend.is_empty() && legend != "__auto" {
        return all.into_iter().map(|labels| fill(legend, labels)).collect();
    }
    let telling = telling(&all);
    all.into_iter()
        .map(|labels| {
            let values = telling.iter().filter_map(|key| labels.get(*key));
            values.map(String::as_str).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// The labels whose values differ from series to series. None when there is one series: then the
/// panel's title says all.
fn telling<'a>(all: &[&'a Labels]) -> Vec<&'a str> {
    let Some((first, rest)) = all.split_first() else { return Vec::new() };
    let keys: std::collections::BTreeSet<&str> =
        all.iter().flat_map(|labels| labels.keys().map(String::as_str)).collect();
    let differs = |key: &&str| rest.iter().any(|labels| labels.get(*key) != first.get(*key));
    keys.into_iter().filter(differs).collect()
}

/// Replaces `{{label}}` by the label's value, and by nothing where there is no such label.
fn fill(template: &str, labels: &Labels) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        filled.push_str(before);
        filled.push_str(labels.get(name.trim()).map_or("", String::as_str));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
