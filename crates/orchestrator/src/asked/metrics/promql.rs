//! What a question to Prometheus is about: metrics, conditions on labels, and how far back.

use std::time::Duration;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{self, AtModifier, Expr, Offset, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};

/// Names and conditions that are kept of one question.
const KEPT: usize = 32;
/// The parser and what walks its tree call themselves for each level of a nested expression.
const STACK: usize = 64 << 20;

/// What a question is about.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Reading {
    /// The expression, or the selectors, one a line.
    pub(super) expression: String,
    pub(super) metrics: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) range_s: Option<f64>,
}

/// Reads what was asked on a route; `question` is as it stood in the request.
pub(super) fn read(route: &str, path: &str, question: &str) -> Reading {
    let given = |key: &str| -> Vec<String> {
        let pairs = form_urlencoded::parse(question.as_bytes());
        pairs.filter(|(name, _)| name == key).map(|(_, value)| value.into_owned()).collect()
    };
    let mut expressions = given("query");
    expressions.extend(given("match[]"));
    let mut seen = Seen::default();
    for expression in &expressions {
        seen.read(expression);
    }
    let mut reading = seen.reading;
    let back = match (given("start").first(), given("end").first()) {
        (Some(start), Some(end)) => moment(end).zip(moment(start)).map(|(end, start)| end - start),
        (_, _) => None,
    };
    // A range of the question and one of its selectors add up.
    reading.range_s = match (back.filter(|back| *back > 0.0), seen.back) {
        (None, back) if back.is_zero() => None,
        (over, back) => Some(over.unwrap_or(0.0) + back.as_secs_f64()),
    };
    match route {
        "alerts" => reading.metrics.push("ALERTS".to_owned()),
        "label/values" => {
            let label = path.trim_start_matches("/api/v1/label/").trim_end_matches("/values");
            reading.labels.push(label.to_owned());
        }
        _ => {}
    }
    reading.expression = expressions.join("\n");
    reading
}

/// Seconds since 1970, or RFC 3339.
fn moment(text: &str) -> Option<f64> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.is_finite());
    let wall = || text.parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond() as f64 / 1e3);
    seconds.or_else(wall)
}

#[derive(Default)]
struct Seen {
    reading: Reading,
    /// The furthest that a selector reaches back, its offset included.
    back: Duration,
    /// Ranges of the subqueries around what is being looked at.
    around: Vec<Duration>,
}

impl Seen {
    /// On a thread of its own, since a stranger decides how deep it is nested. An expression that
    /// is none names nothing.
    fn read(&mut self, expression: &str) {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let read = || {
                if let Ok(expr) = parser::parse(expression) {
                    // It never breaks off.
                    let _ = walk_expr(self, &expr);
                }
            };
            if let Ok(thread) = thread.spawn_scoped(scope, read) {
                // A parser that gives up altogether has found nothing.
                let _ = thread.join();
            }
        });
    }

    fn selector(&mut self, selector: &VectorSelector, range: Duration) {
        add(&mut self.reading.metrics, selector.name.clone());
        let alternatives = selector.matchers.or_matchers.iter().flatten();
        for matcher in selector.matchers.matchers.iter().chain(alternatives) {
            self.matcher(matcher);
        }
        let offset = match (&selector.offset, &selector.at) {
            (Some(Offset::Pos(offset)), _) => *offset,
            (
                Some(Offset::Neg(_)) | None,
                Some(AtModifier::Start | AtModifier::End | AtModifier::At(_)) | None,
            ) => Duration::ZERO,
        };
        let around: Duration = self.around.iter().sum();
        self.back = self.back.max(range + offset + around);
    }

    fn matcher(&mut self, matcher: &Matcher) {
        if matcher.name == "__name__" {
            let name = match matcher.op {
                MatchOp::Equal | MatchOp::Re(_) => Some(matcher.value.clone()),
                MatchOp::NotEqual | MatchOp::NotRe(_) => None,
            };
            add(&mut self.reading.metrics, name);
        } else {
            add(&mut self.reading.labels, Some(matcher.to_string()));
        }
    }
}

fn add(to: &mut Vec<String>, name: Option<String>) {
    if let Some(name) = name
        && to.len() < KEPT
        && !to.contains(&name)
    {
        to.push(name);
    }
}

impl ExprVisitor for Seen {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        match expr {
            Expr::VectorSelector(selector) => self.selector(selector, Duration::ZERO),
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs, matrix.range),
            Expr::Subquery(subquery) => self.around.push(subquery.range),
            Expr::Aggregate(aggregate) => {
                let labels =
                    aggregate.modifier.iter().flat_map(|modifier| &modifier.labels().labels);
                for label in labels {
                    add(&mut self.reading.labels, Some(label.clone()));
                }
            }
            Expr::Unary(_)
            | Expr::Binary(_)
            | Expr::Paren(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::Call(_)
            | Expr::Extension(_) => {}
        }
        Ok(true)
    }

    fn post_visit(&mut self, expr: &Expr) -> Result<bool, Self::Error> {
        if matches!(expr, Expr::Subquery(_)) {
            self.around.pop();
        }
        Ok(true)
    }
}
