//! The report for programs.

use super::Report;

/// The report as indented JSON with a newline at its end.
pub fn render(report: &Report) -> String {
    // Numbers, strings, lists and maps keyed by strings always have a JSON form.
    let mut json = serde_json::to_string_pretty(report).unwrap_or_default();
    json.push('\n');
    json
}
