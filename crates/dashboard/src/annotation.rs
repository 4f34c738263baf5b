//! Annotations: moments that a dashboard marks in all of its charts, such as a deployment or an alert
//! that fires. It says what to ask and reads the answer; it draws nothing and knows no change itself.

use std::time::Duration;

use serde_json::Value;

use crate::variable::{duration, substitute};
use crate::{Query, Range, Series, Variable, grafana};

/// One kind of moments that a dashboard marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// What a person reads, such as `Deployments`.
    pub name: String,
    /// One of Grafana's names or `#rrggbb`; empty where the file has none.
    pub colour: String,
    pub source: AnnotationSource,
}

/// Where its moments come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnnotationSource {
    /// A query: each stretch of time in which it gives a value other than zero.
    Prometheus(AnnotationQuery),
    /// Grafana's own, which programs write with tags. Here it is the control plane's changes whose
    /// verb is one of these.
    Changes { verbs: Vec<String> },
}

/// A question to Prometheus whose answer is moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationQuery {
    expr: String,
    /// Templates, such as `{{alertname}}`.
    title: String,
    text: String,
    /// The distance of two points, when the file names one.
    step: Option<Duration>,
}

/// A moment that is marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Seconds since the Unix epoch.
    pub at: f64,
    /// Untrusted: it may hold what a label held.
    pub title: String,
    /// Untrusted as well; empty where there is no more to say.
    pub text: String,
}

/// Prometheus gives at most 11 000 points of a series.
const POINTS: f64 = 10_000.0;
/// Moments of one annotation that are marked at most, the first ones.
const MOST: usize = 200;

// === impl Annotation ===

impl Annotation {
    /// `None` for those that are switched off, and for sources that are not read here.
    pub(crate) fn from_file(file: grafana::Annotation) -> Option<Annotation> {
        if file.enable == Some(false) || file.built_in == Some(1) {
            return None;
        }
        let kind = file.datasource.as_ref().and_then(|source| source["type"].as_str());
        let source = match kind {
            Some("grafana" | "datasource") => AnnotationSource::Changes { verbs: tags(&file) },
            _ => AnnotationSource::Prometheus(AnnotationQuery::from_file(&file)?),
        };
        Some(Annotation {
            name: file.name.unwrap_or_default(),
            colour: file.icon_color.unwrap_or_default(),
            source,
        })
    }
}

fn tags(file: &grafana::Annotation) -> Vec<String> {
    let tags = file.target.as_ref().and_then(|target| target["tags"].as_array());
    tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

// === impl AnnotationQuery ===

impl AnnotationQuery {
    fn from_file(file: &grafana::Annotation) -> Option<AnnotationQuery> {
        let target = file.target.as_ref();
        let expr = file.expr.clone().or_else(|| Some(target?["expr"].as_str()?.to_owned()))?;
        (!expr.trim().is_empty()).then(|| AnnotationQuery {
            expr,
            title: file.title_format.clone().unwrap_or_default(),
            text: file.text_format.clone().unwrap_or_default(),
            step: file.step.as_deref().and_then(duration),
        })
    }

    /// The expression as the file has it, its variables not filled in.
    pub fn expr(&self) -> &str {
        &self.expr
    }

    /// What to ask for `range`, and how far apart its points are.
    pub fn query(&self, range: &Range, variables: &[Variable]) -> (Query, Range) {
        let finest = Duration::from_secs_f64((range.seconds() / POINTS).max(0.25));
        let range = Range { step: self.step.unwrap_or(range.step).max(finest), ..*range };
        let fill = |text: &str| substitute(text, variables, &range, self.step);
        // Both texts of a moment travel through one legend, since that is what names a series.
        let legend = format!("{}\n{}", fill(&self.title), fill(&self.text));
        (Query { expr: fill(&self.expr), legend, instant: false }, range)
    }

    /// The beginnings of all stretches without a break, in the order of time. `range` is the one that
    /// [`AnnotationQuery::query`] gave. What began before the range has no beginning in it.
    pub fn moments(&self, series: &[Series], range: &Range) -> Vec<Moment> {
        let patience = range.step.as_secs_f64() * 1.5;
        let mut moments = Vec::new();
        for one in series {
            let (title, text) = one.legend.split_once('\n').unwrap_or((&one.legend, ""));
            let mut before = f64::NEG_INFINITY;
            for (at, _) in one.points.iter().filter(|(_, value)| value.is_finite() && *value != 0.0)
            {
                let began = at - before > patience && at - range.from > patience;
                if began {
                    let (title, text) = (title.to_owned(), text.to_owned());
                    moments.push(Moment { at: *at, title, text });
                }
                before = *at;
            }
        }
        moments.sort_by(|one, other| one.at.total_cmp(&other.at));
        moments.truncate(MOST);
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dashboard;

    const RANGE: Range = Range { from: 1000.0, to: 1300.0, step: Duration::from_secs(1) };

    fn annotations(list: &str) -> Vec<Annotation> {
        let json = format!(r#"{{"title":"t","panels":[],"annotations":{{"list":[{list}]}}}}"#);
        Dashboard::parse(&json).unwrap().annotations
    }

    fn query(list: &str) -> AnnotationQuery {
        match annotations(list).remove(0).source {
            AnnotationSource::Prometheus(query) => query,
            AnnotationSource::Changes { verbs } => panic!("changes of {verbs:?}"),
        }
    }

    #[test]
    fn a_query_of_prometheus_is_asked_at_its_own_step() {
        let alerts = query(
            r#"{"name":"Alerts","expr":"ALERTS{i=~\"$i\"}","step":"5s","iconColor":"red",
                "titleFormat":"{{alertname}}","datasource":{"type":"prometheus"}}"#,
        );
        let (asked, range) = alerts.query(&RANGE, &[]);
        assert_eq!((&*asked.expr, &*asked.legend), ("ALERTS{i=~\"$i\"}", "{{alertname}}\n"));
        assert_eq!(range.step, Duration::from_secs(5));
        let year = Range { to: 31_536_000.0, ..RANGE };
        assert!(alerts.query(&year, &[]).1.step > Duration::from_secs(3000), "it has a bound");
    }

    #[test]
    fn each_stretch_without_a_break_is_one_moment() {
        let started = query(r#"{"expr":"up","titleFormat":"Started"}"#);
        let series = |legend: &str, times: &[f64]| {
            Series::new(legend, times.iter().map(|at| (*at, 1.0)).collect())
        };
        let mut lines = vec![
            series("b\nof payments-2", &[1100.0, 1101.0, 1102.0, 1200.0]),
            series("a\n", &[1000.0, 1001.0, 1150.0]),
        ];
        lines[0].points.push((1250.0, 0.0));
        let moments = started.moments(&lines, &RANGE);
        let said: Vec<_> = moments.iter().map(|it| (it.at, &*it.title, &*it.text)).collect();
        assert_eq!(
            said,
            [(1100.0, "b", "of payments-2"), (1150.0, "a", ""), (1200.0, "b", "of payments-2")],
            "what held from the beginning did not begin in the range"
        );
    }

    #[test]
    fn what_programs_write_with_tags_is_the_list_of_changes() {
        let found = annotations(
            r#"{"name":"Changes","enable":true,"iconColor":"purple",
                "datasource":{"type":"grafana","uid":"-- Grafana --"},
                "target":{"type":"tags","tags":["deploy","rollback"],"matchAny":true}}"#,
        );
        let verbs = vec!["deploy".to_owned(), "rollback".to_owned()];
        assert_eq!(found[0].source, AnnotationSource::Changes { verbs });
        assert_eq!(found[0].colour, "purple");
    }

    #[test]
    fn what_is_off_built_in_or_asks_nothing_marks_nothing() {
        let list = r#"{"name":"off","enable":false,"expr":"up"},
            {"name":"Annotations & Alerts","builtIn":1,"enable":true,"expr":"up"},
            {"name":"empty","expr":" "},{"name":"nothing"}"#;
        assert_eq!(annotations(list), []);
    }
}
