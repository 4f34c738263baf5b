//! Why a dashboard or an answer cannot be used.

/// What went wrong, for a person who wrote the dashboard or asks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DashboardError {
    /// The file is no JSON, or a key holds something of another type than Grafana writes.
    #[error("line {line}, column {column}: {problem}")]
    Json { line: usize, column: usize, problem: String },
    /// The file is JSON, but of a kind that is not read here.
    #[error("{problem}; {remedy}")]
    Kind { problem: &'static str, remedy: &'static str },
    /// Prometheus refused the query; `said` is its own message.
    #[error("prometheus refused `{expr}`: {said}")]
    Refused { expr: String, said: String },
    /// What came back for the query is not an answer of Prometheus.
    #[error("what came back for `{expr}` is no answer of prometheus: {problem}")]
    Answer { expr: String, problem: String },
    /// A panel of logs asks something that is not read here.
    #[error("`{query}` is not read here: {problem}")]
    LogQl { query: String, problem: String },
}

impl From<serde_json::Error> for DashboardError {
    fn from(error: serde_json::Error) -> DashboardError {
        let (line, column) = (error.line(), error.column());
        let mut problem = error.to_string();
        // serde_json says the position at the end; it stands in front here.
        let position = format!(" at line {line} column {column}");
        if let Some(short) = problem.strip_suffix(&position) {
            problem.truncate(short.len());
        }
        DashboardError::Json { line, column, problem }
    }
}
