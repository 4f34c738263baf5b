//! Random and half-right requests of a Grafana, a fixed number of them: nothing panics, nothing off the
//! list passes, and what goes on is what was read.

use bolero::check;

use super::{Call, Headers, Queries, Request, Segments, answer, read};

/// Executions of each target; ten times as many with CHECKRIDE_TEST_FULL set.
fn executions() -> usize {
    if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { 1_000_000 } else { 100_000 }
}

const METHODS: [&str; 7] = ["GET", "POST", "HEAD", "DELETE", "PUT", "PATCH", "get"];

/// Pieces that a hostile path is made of.
const PIECES: [&str; 32] = [
    "/",
    "/",
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2f",
    "\\",
    "api",
    "apis",
    "ds",
    "query",
    "datasources",
    "uid",
    "proxy",
    "prometheus",
    "resources",
    "v1",
    "query_range",
    "label",
    "values",
    "admin",
    "dashboards",
    "db",
    "public",
    "d",
    "pool",
    "namespaces",
    "dashboard.grafana.app",
    "live",
    "ws",
];

/// Pieces that a hostile body is made of.
const WORDS: [&str; 18] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"queries\"",
    "\"expr\":\"up\"",
    "\"EXPR\":\"x\"",
    "\"refId\":\"A\"",
    "\"from\":\"1\"",
    "\"to\":\"2\"",
    "\"datasource\":{\"uid\":\"prometheus\"}",
    "null",
    "\"uid\":\"x\"",
    "1e9",
    "query=up",
    "&",
];

fn pieced(pieces: &[&str], input: &[u8]) -> String {
    let piece = |byte: &u8| pieces[usize::from(*byte) % pieces.len()];
    input.iter().map(piece).collect()
}

fn judge(method: &str, path: &str, query: &str, body: &[u8]) {
    let headers = Headers { dashboard: Some("pool"), panel: Some("1") };
    let Ok(passed) = read(Request { method, path, query, headers, body }) else { return };
    assert_eq!(passed.path, path, "what goes on is the path that came");
    let dotted = path.split('/').any(|part| part == "." || part == "..");
    assert!(!dotted && !path.contains('%') && !path.contains("//"), "{path}");
    assert!(matches!(method, "GET" | "HEAD" | "POST"), "{method} {path}");
    let of_api = path.starts_with("/api");
    let shows = path.contains("/ds/") || path.contains("/resources/") || path.contains("/proxy/");
    match &passed.call {
        Call::Own => {
            assert!(
                !(of_api && shows),
                "{method} {path} shows the system, and nobody wrote it down"
            );
            assert!(method == "POST" || passed.body.is_empty(), "{path}");
        }
        Call::Dashboard { uid } => assert!(path.contains(uid.as_str()) && method != "POST"),
        Call::Queries(queries) => {
            let again = Queries::read(&passed.body, headers).unwrap();
            assert_eq!(again.queries.len(), queries.queries.len(), "{path}");
            for (sent, recorded) in again.queries.iter().zip(&queries.queries) {
                assert_eq!(sent.expr, recorded.expr);
            }
        }
        Call::Question(question) => {
            assert!(path.ends_with(&question.route), "{path}");
            let sent = if method == "POST" { &passed.body[..] } else { passed.query.as_bytes() };
            assert_eq!(sent, question.form.as_bytes(), "what goes on is what is recorded");
        }
    }
}

#[test]
fn no_path_of_random_pieces_passes_that_is_not_on_the_list() {
    check!().with_iterations(executions()).with_type::<(u8, Vec<u8>, Vec<u8>)>().for_each(
        |(method, path, body)| {
            let method = METHODS[usize::from(*method) % METHODS.len()];
            judge(method, &format!("/{}", pieced(&PIECES, path)), "query=up", body);
        },
    );
}

#[test]
fn a_path_from_the_list_takes_any_body_and_query_without_a_panic() {
    const PATHS: [&str; 6] = [
        "/api/ds/query",
        "/apis/query.grafana.app/v0alpha1/namespaces/default/query",
        "/api/datasources/uid/prometheus/resources/api/v1/query",
        "/api/datasources/proxy/uid/prometheus/api/v1/series",
        "/api/dashboards/uid/pool",
        "/api/frontend-metrics",
    ];
    check!().with_iterations(executions()).with_type::<(u8, String, Vec<u8>)>().for_each(
        |(path, query, body)| {
            let path = PATHS[usize::from(*path) % PATHS.len()];
            let pieces = pieced(&WORDS, body);
            let whole = format!(r#"{{"queries":[{{{pieces}}}],"from":"1","to":"2"}}"#);
            for method in ["GET", "POST"] {
                judge(method, path, query, body);
                judge(method, path, query, pieces.as_bytes());
                judge(method, path, query, whole.as_bytes());
            }
        },
    );
}

#[test]
fn no_random_text_is_a_path_or_an_answer_that_panics() {
    check!().with_iterations(executions()).with_type::<Vec<u8>>().for_each(|input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(path) = Segments::parse(&text) {
            assert_eq!(path.to_string(), text);
        }
        let _ = answer(input);
        let values = text.replace(|c: char| !c.is_ascii_digit() && c != ',', "");
        let _ = answer(
            format!(
                r#"{{"results":{{"A":{{"frames":[{{"schema":{{"fields":[{{"type":"time"}},{{"type":"number"}}]}},
                "data":{{"values":[[{values}],[{values}]]}}}}]}}}}}}"#
            )
            .as_bytes(),
        );
    });
}
