//! What a panel of logs asks: a part of LogQL, Loki's language, applied to lines that somebody else has.
//! It reads a selector of one service and line filters; what would need Loki itself is refused by name.

use regex::{Regex, RegexBuilder};

use crate::DashboardError;

/// Lines of one service, or of one of its containers.
#[derive(Debug, Clone)]
pub struct LogQuery {
    /// As the selector names it, such as `payments` or `payments-1`.
    pub service: String,
    /// Which of its containers; all when there is none.
    containers: Option<Regex>,
    filters: Vec<Filter>,
    /// The query as it was asked, with its variables filled in.
    pub logql: String,
}

/// Which lines stay.
#[derive(Debug, Clone)]
struct Filter {
    pattern: Regex,
    /// Those that match, or those that do not.
    keeps: bool,
}

/// Labels that name whose lines are wanted.
const SOURCES: [&str; 2] = ["service", "service_name"];
/// Labels that name one of its containers.
const CONTAINERS: [&str; 3] = ["container", "instance", "pod"];
/// Stages that change how lines are shown in Grafana, not which.
const PARSERS: [&str; 3] = ["json", "logfmt", "unpack"];
/// The largest program that a pattern may become, in bytes.
const PATTERN: usize = 1 << 20;

// === impl LogQuery ===

impl LogQuery {
    /// Reads `{service="payments", instance=~"payments-1|payments-2"} |= "text" |~ "pattern"`.
    ///
    /// # Errors
    /// [`DashboardError::LogQl`] with what is not understood, and what is.
    pub(crate) fn parse(logql: &str) -> Result<LogQuery, DashboardError> {
        let bad = |problem: String| DashboardError::LogQl { query: logql.to_owned(), problem };
        let (service, containers, mut rest) = selector(logql.trim()).map_err(bad)?;
        let mut filters = Vec::new();
        while !rest.is_empty() {
            let (filter, after) = stage(rest).map_err(bad)?;
            filters.extend(filter);
            rest = after.trim_start();
        }
        Ok(LogQuery { service, containers, filters, logql: logql.to_owned() })
    }

    /// Whether a line that this container of the service wrote is wanted.
    pub fn fits(&self, container: &str, line: &str) -> bool {
        self.containers.as_ref().is_none_or(|it| it.is_match(container))
            && self.filters.iter().all(|filter| filter.pattern.is_match(line) == filter.keeps)
    }

    /// What is wanted of a line in words, for the record; `None` for all lines.
    pub fn in_words(&self) -> Option<String> {
        let one = |filter: &Filter| match filter.keeps {
            true => filter.pattern.as_str().to_owned(),
            false => format!("not {}", filter.pattern.as_str()),
        };
        let words: Vec<String> = self.filters.iter().map(one).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// The service and the containers of `{service="payments", instance=~"payments-.*"}`, and what follows.
fn selector(logql: &str) -> Result<(String, Option<Regex>, &str), String> {
    let wanted = "it begins with a service, such as {service=\"payments\"}";
    let inside = logql.strip_prefix('{').ok_or(wanted)?;
    let first = matcher(inside).ok_or(wanted)?;
    if !SOURCES.contains(&first.label) {
        return Err(format!("`{}` names no service; {} do", first.label, SOURCES.join(", ")));
    }
    let is_name = |it: char| it.is_alphanumeric() || "-_.".contains(it);
    if first.value.is_empty() || !first.value.chars().all(is_name) {
        return Err("the service is named exactly, with one value".to_owned());
    }
    let mut rest = first.rest;
    let mut containers = None;
    if let Some(second) = rest.strip_prefix(',').and_then(matcher) {
        if !CONTAINERS.contains(&second.label) {
            return Err(format!("beside the service only {} are read", CONTAINERS.join(", ")));
        }
        let value = if second.exact { regex::escape(&second.value) } else { second.value };
        containers = Some(pattern(&format!("^(?:{value})$"))?);
        rest = second.rest;
    }
    let rest = rest.strip_prefix('}').ok_or("a service and its containers are all that is read")?;
    Ok((first.value, containers, rest.trim_start()))
}

/// One condition on a label.
struct Matcher<'a> {
    label: &'a str,
    /// `=`, not `=~`.
    exact: bool,
    value: String,
    rest: &'a str,
}

fn matcher(text: &str) -> Option<Matcher<'_>> {
    let (label, after) = text.split_once('=')?;
    let (exact, after) = match after.strip_prefix('~') {
        Some(after) => (false, after),
        None => (true, after),
    };
    let (value, rest) = quoted(after.trim_start())?;
    Some(Matcher { label: label.trim(), exact, value, rest: rest.trim_start() })
}

fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(PATTERN).build();
    built.map_err(|_| format!("`{text}` is no regular expression"))
}

/// A filter or a parser at the beginning of `text`, and what follows it.
fn stage(text: &str) -> Result<(Option<Filter>, &str), String> {
    let read = "line filters (|= != |~ !~) and `| json` are read here, the rest only by Loki";
    for (sign, keeps, literal) in
        [("|=", true, true), ("!=", false, true), ("|~", true, false), ("!~", false, false)]
    {
        let Some(after) = text.strip_prefix(sign) else { continue };
        let unquoted = || format!("what follows `{sign}` stands in quotes");
        let (value, rest) = quoted(after.trim_start()).ok_or_else(unquoted)?;
        let pattern = pattern(&if literal { regex::escape(&value) } else { value })?;
        return Ok((Some(Filter { pattern, keeps }), rest));
    }
    let parser = text.strip_prefix('|').map(str::trim_start).ok_or(read)?;
    let found = PARSERS.iter().find_map(|name| parser.strip_prefix(name));
    let rest =
        found.filter(|rest| !rest.starts_with(|it: char| it.is_alphanumeric())).ok_or(read)?;
    Ok((None, rest))
}

/// A text in double quotes (with `\"` and `\\`) or in back quotes, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    if let Some(inside) = text.strip_prefix('`') {
        let (value, rest) = inside.split_once('`')?;
        return Some((value.to_owned(), rest));
    }
    let mut value = String::new();
    let mut letters = text.strip_prefix('"')?.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 2..])),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(logql: &str) -> LogQuery {
        LogQuery::parse(logql).unwrap()
    }

    fn problem(logql: &str) -> String {
        LogQuery::parse(logql).unwrap_err().to_string()
    }

    #[test]
    fn a_service_and_its_filters_are_read() {
        let query = read(r#"{service="payments"} |= "pool" != `quiet` |~ "(?i)ERR|warn" | json"#);
        assert_eq!(query.service, "payments");
        assert!(query.fits("payments-1", "ERROR pool exhausted"));
        assert!(query.fits("payments-1", "a Warning of the pool"));
        assert!(!query.fits("payments-1", "ERROR elsewhere"));
        assert!(!query.fits("payments-1", "ERROR pool quiet"));
        assert!(!query.fits("payments-1", "INFO pool"));
        assert_eq!(query.in_words().as_deref(), Some("pool, not quiet, (?i)ERR|warn"));
    }

    #[test]
    fn all_lines_of_a_service_fit_where_nothing_is_filtered() {
        let query = read(r#"{ service_name = "edge" }"#);
        assert!(query.service == "edge" && query.fits("edge", "") && query.in_words().is_none());
    }

    #[test]
    fn quotes_and_signs_of_patterns_inside_a_text_stay_text() {
        let query = read(r#"{service="payments"} |= "\"level\":\"WARN\" (a+)""#);
        assert!(query.fits("payments-1", r#"{"level":"WARN" (a+)}"#));
        assert!(!query.fits("payments-1", r#"{"level":"WARN" aa}"#));
    }

    #[test]
    fn one_or_several_containers_are_chosen_as_a_variable_writes_them() {
        let of = |values: &str| read(&format!(r#"{{service="payments", instance=~"{values}"}}"#));
        assert!(
            of("payments-1").fits("payments-1", "") && !of("payments-1").fits("payments-11", "")
        );
        assert!(of("(payments-1|payments-2)").fits("payments-2", ""));
        assert!(of(".*").fits("payments-7", ""));
        assert!(of(r"10\\.0\\.0\\.1").fits("10.0.0.1", ""), "escaped for a text in quotes");
    }

    #[test]
    fn what_only_loki_understands_is_refused_by_name() {
        for (logql, words) in [
            ("rate({service=\"a\"}[1m])", "it begins with a service"),
            ("{job=\"a\"}", "`job` names no service"),
            ("{service=~\"a|b\"}", "named exactly"),
            ("{service=\"a\", level=\"b\"}", "beside the service only"),
            ("{service=\"a\", pod=\"b\", pod=\"c\"}", "all that is read"),
            ("{service=\"a\", pod=~\"(\"}", "no regular expression"),
            ("{service=\"a\"} | line_format \"x\"", "only by Loki"),
            ("{service=\"a\"} |= x", "in quotes"),
            ("{service=\"a\"} |~ \"(\"", "no regular expression"),
            ("{service=\"a\"} |= \"open", "in quotes"),
        ] {
            let problem = problem(logql);
            assert!(problem.contains(words), "{logql}: {problem}");
        }
    }
}
