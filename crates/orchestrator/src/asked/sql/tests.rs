//! Statements with what is known of them, and lines of a real log.

use futures::stream;
use session::event::{Door, Effect, Event, Kind, Participant};
use testbed::LogLine;
use tokio::sync::mpsc;

use super::log::{Asked, Failure, Log, Told};
use super::{Reading, Record, Verb, follow, outcome, read, read_asked, text};
use crate::asked::clock::EngineClock;
use crate::recorder::tests::begun;

mod corpus;

fn asked(text: &str) -> Asked {
    let (detail, duration_ms, failure) = (None, Some(1.0), None);
    let (number, text, at_unix_ms) = (1, text.to_owned(), WRITTEN);
    Asked { number, text, detail, at_unix_ms, duration_ms, failure, cut: false }
}

#[test]
fn every_statement_is_read_as_what_it_is() {
    assert!(corpus::STATEMENTS.len() >= 100);
    let wrong: Vec<String> = corpus::STATEMENTS
        .iter()
        .filter_map(|(sql, verb)| {
            let read = read(sql).verb;
            (read != *verb).then(|| format!("{read:?}, not {verb:?}: {sql}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn relations_are_named_and_nothing_else_is() {
    for (sql, relations) in corpus::RELATIONS {
        assert_eq!(read(sql).relations, *relations, "{sql}");
    }
}

#[test]
fn an_act_says_on_what() {
    for (sql, target, detail) in corpus::TARGETS {
        let Reading { target: on, detail: what, .. } = read(sql);
        assert_eq!((on.as_str(), what.as_str()), (*target, *detail), "{sql}");
    }
}

#[test]
fn text_without_bottom_is_read_without_harm() {
    // Parsed, and too long to be.
    for depth in [2_000, 7_000] {
        let (open, close) = ("(".repeat(depth), ")".repeat(depth));
        assert_eq!(read(&format!("select {open}1{close}")).verb, Verb::Select);
        assert_eq!(read(&format!("insert into a {open}{close}")).verb, Verb::Dml);
        assert_eq!(read(&format!("select 1{}", "+1".repeat(depth))).verb, Verb::Select);
    }
    let joins = format!("select * from a{}", " join a".repeat(580));
    assert_eq!(read(&joins).relations, ["a"]);
    let long = format!("select 1 /* {} */; select pg_terminate_backend(5)", "x".repeat(100_000));
    assert_eq!(read(&long).verb, Verb::Terminate);
}

#[test]
fn passwords_are_not_kept() {
    let secrets = [
        "alter role oncall password 'hunter2'",
        "ALTER USER oncall WITH ENCRYPTED PASSWORD $x$hunter2$x$ VALID UNTIL 'infinity'",
        "create role a login password E'hunter2'",
        "alter role oncall set x to 'hunter2'; -- password",
        "select * from dblink('host=x password=hunter2', 'select 1') as t(a int)",
        "create subscription s connection 'password=hunter2' publication p",
        "select 'postgres://oncall:hunter2@postgres/payments'",
        "alter role oncall password 'hunter2",
    ];
    for secret in secrets {
        assert!(!text::kept(secret, 4096).contains("hunter2"), "{secret}");
    }
    assert_eq!(text::kept("select 'é'", 9), "select '");
}

/// When that line was written.
const WRITTEN: i64 = 1_795_532_400_123;

const START: &str = r#"{"timestamp":"2026-11-24 15:00:00.123 UTC","user":"oncall","dbname":"payments","pid":71,"remote_host":"10.213.0.9","remote_port":51422,"session_id":"6743.47","line_num":1,"ps":"idle","session_start":"2026-11-24 15:00:00 UTC","vxid":"5/2","txid":0,"error_severity":"LOG","message":"statement: select count(*) from payments","file_name":"postgres.c","file_line_num":1078,"func_name":"exec_simple_query","application_name":"psql","backend_type":"client backend","query_id":0}"#;

fn edited(line: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(line.to_owned(), |line, (from, to)| {
        assert!(line.contains(from), "{from}");
        line.replace(from, to)
    })
}

fn end() -> String {
    edited(START, &[("statement: select count(*) from payments", "duration: 12.500 ms")])
}

#[test]
fn a_statement_is_told_when_it_has_ended() {
    let mut log = Log::of("oncall");
    let asked = asked("select count(*) from payments");
    let begun = Asked { duration_ms: None, ..asked.clone() };
    assert_eq!(log.line(5, START, false), [Told::Begun(begun)]);
    let ended = Asked { duration_ms: Some(12.5), ..asked };
    assert_eq!(log.line(9, &end(), false), [Told::Asked(ended)]);
    assert_eq!(log.end(), []);
}

#[test]
fn a_failure_is_told_with_what_the_server_said() {
    let mut log = Log::of("oncall");
    let error = edited(
        START,
        &[(
            r#""LOG","message":"statement: select count(*) from payments""#,
            r#""ERROR","state_code":"42501","message":"permission denied","statement":"select 1""#,
        )],
    );
    let state = Failure { state: "42501".to_owned(), message: "permission denied".to_owned() };
    for begun in [true, false] {
        if begun {
            log.line(1, START, false);
        }
        let told = log.line(2, &error, false);
        let [Told::Asked(asked)] = &told[..] else { panic!("{told:?}") };
        assert_eq!(asked.failure.as_ref(), Some(&state));
    }
}

#[test]
fn what_a_person_makes_the_server_say_is_not_taken_for_a_statement() {
    let mut log = Log::of("oncall");
    log.line(1, START, false);
    let raised =
        edited(&end(), &[("exec_simple_query", "exec_stmt_raise"), ("postgres.c", "pl_exec.c")]);
    assert_eq!(log.line(2, &raised, false), []);
    let other = edited(&end(), &[(r#""user":"oncall""#, r#""user":"payments""#)]);
    assert_eq!(log.line(2, &other, false), []);
    assert_eq!(log.end().len(), 1);
}

/// A long line as the engine gives it.
fn in_pieces(log: &mut Log, line: &str) -> Vec<Told> {
    let pieces: Vec<&[u8]> = line.as_bytes().chunks(65_536).collect();
    let last = pieces.len() - 1;
    pieces
        .into_iter()
        .enumerate()
        .flat_map(|(at, piece)| log.line(1, std::str::from_utf8(piece).unwrap(), at < last))
        .collect()
}

#[test]
fn a_line_that_the_engine_cut_is_put_together() {
    let long = "x".repeat(200_000);
    let line = edited(START, &[("select count(*) from payments", &format!("select '{long}'"))]);
    let mut log = Log::of("oncall");
    assert!(matches!(in_pieces(&mut log, &line)[..], [Told::Begun(_)]));
    let told = log.line(2, &end(), false);
    let [Told::Asked(asked)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(asked.text, format!("select '{long}'"));
}

#[test]
fn a_piece_that_looks_like_a_line_of_its_own_does_not_hide_what_it_is_a_piece_of() {
    // Such that the second piece is nothing but spaces and what could be read alone.
    let (filling, spaces) = (" ".repeat(70_000), " ".repeat(140_000));
    let text = format!("select pg_terminate_backend(1) /*{filling}{{}}{spaces}*/");
    let line = edited(START, &[("select count(*) from payments", &text)]);
    let mut log = Log::of("oncall");
    assert!(matches!(in_pieces(&mut log, &line)[..], [Told::Begun(_)]));
    let told = log.line(2, &end(), false);
    let [Told::Asked(asked)] = &told[..] else { panic!("{told:?}") };
    assert!(read_asked(asked).verb == Verb::Terminate);
}

#[test]
fn of_a_statement_without_bounds_the_beginning_is_told_and_counts_as_an_act() {
    let line = edited(
        START,
        &[("select count(*) from payments", &format!("select '{}'", "x".repeat(3 << 20)))],
    );
    let mut log = Log::of("oncall");
    let told = in_pieces(&mut log, &line);
    let [Told::Asked(asked)] = &told[..] else { panic!("{}", told.len()) };
    assert!(asked.cut && read_asked(asked).verb.acts());
}

#[test]
fn sessions_of_others_that_a_person_ended_are_counted_and_a_shutdown_is_known() {
    let mut log = Log::of("oncall");
    let fatal = edited(
        START,
        &[
            (r#""user":"oncall""#, r#""user":"payments""#),
            (
                r#""LOG","message":"statement: select count(*) from payments""#,
                r#""FATAL","state_code":"57P01","message":"terminating connection due to administrator command""#,
            ),
        ],
    );
    assert_eq!(log.line(1, &fatal, false), [Told::Terminated(WRITTEN)]);
    let stopped = edited(
        &fatal,
        &[
            ("FATAL", "ERROR"),
            ("57P01", "57014"),
            (
                "terminating connection due to administrator command",
                "canceling statement due to user request",
            ),
        ],
    );
    assert_eq!(log.line(1, &stopped, false), [Told::Canceled(WRITTEN)]);
    let late = edited(&stopped, &[("user request", "statement timeout")]);
    assert_eq!(log.line(1, &late, false), []);
    let down = r#"{"timestamp":"x","session_id":"1.1","error_severity":"LOG","message":"received fast shutdown request","backend_type":"postmaster"}"#;
    assert_eq!(log.line(1, down, false), [Told::Stopping]);
    let up = down.replace(
        "received fast shutdown request",
        "database system is ready to accept connections",
    );
    assert_eq!(log.line(1, &up, false), [Told::Ready]);
}

#[test]
fn a_prepared_statement_is_read_when_it_is_run() {
    let mut run = asked("execute x(5)");
    run.detail = Some("prepare: prepare x as select pg_terminate_backend($1)".to_owned());
    assert_eq!(read_asked(&run).verb, Verb::Terminate);
    run.detail = Some("prepare: prepare x as select 1 from payments".to_owned());
    assert_eq!(read_asked(&run).verb, Verb::Select);
    let call = asked(r#"fastpath function call: "pg_terminate_backend" (OID 2096)"#);
    assert_eq!(read_asked(&call).verb, Verb::Terminate);
}

#[test]
fn ok_is_decided_by_what_came_of_it() {
    let failed = |text: &str, state: &str| {
        let mut asked = asked(text);
        asked.failure = Some(Failure { state: state.to_owned(), message: "no".to_owned() });
        asked
    };
    let ok = |asked: &Asked, sessions| outcome(asked, &read_asked(asked), sessions).0;
    // One was ended before the error.
    let ends = "select pg_terminate_backend(pid) from pg_stat_activity";
    assert!(ok(&failed(ends, "42501"), Some(1)));
    assert!(!ok(&failed(ends, "42501"), Some(0)));
    assert!(!ok(&asked(ends), Some(0)));
    assert!(ok(&asked(ends), Some(3)));
    // What is undone with its transaction, and what is not.
    assert!(!ok(&failed("create index on payments (id)", "40P01"), None));
    assert!(ok(&failed("select pg_reload_conf(), 1 / 0", "22012"), None));
    assert!(ok(&failed("select pg_reload_conf(); select nothing", "42703"), None));
    assert!(!ok(&failed("select pg_reload_conf()", "42501"), None));
    assert!(!ok(&failed("select pg_reload_conf(); slect", "42601"), None));
}

/// The verbs of all acts, and whether they were carried out; of one that began, that it did.
fn acts(events: &[Event]) -> Vec<String> {
    let acts = events.iter().filter(|event| event.effect == Effect::Act);
    let words = acts.map(|event| {
        if let Kind::ActStarted { verb, .. } = &event.kind {
            format!("began {verb}")
        } else if let Kind::Sql { verb, ok, began, .. } = &event.kind {
            format!("{verb} {ok} of {}", began.unwrap())
        } else {
            event.kind.name()
        }
    });
    words.collect()
}

#[tokio::test]
async fn an_act_is_in_the_record_where_it_begins_and_a_look_where_it_ends() {
    let (_home, _held, recorder) = begun();
    let record = Record::new(recorder.clone(), EngineClock::default());
    let (lines, mut coming) = mpsc::unbounded_channel::<LogLine>();
    let coming = stream::poll_fn(move |context| coming.poll_recv(context));
    let following = tokio::spawn(follow(coming, "oncall".to_owned(), record));
    let mut told = recorder.follow();
    let write = |text: String| {
        let service = "postgres".to_owned();
        lines.send(LogLine { at_unix_ms: 5, service, stderr: true, text, goes_on: false }).unwrap();
    };
    let ends = "select pg_terminate_backend(pid) from pg_stat_activity";
    write(edited(START, &[("select count(*) from payments", ends)]));
    let began = told.recv().await.unwrap();
    let other = (Participant::Candidate, Door::Control, Effect::Act);
    let kind = Kind::ActStarted {
        verb: "rollback".into(),
        target: "payments".into(),
        detail: String::new(),
    };
    recorder.record(other.0, other.1, other.2, kind);
    write(end());
    while !matches!(told.recv().await.unwrap().kind, Kind::Sql { .. }) {}
    write(START.to_owned());
    write(end());
    drop(lines);
    following.await.unwrap();
    let events = recorder.events();
    let ended = format!("terminate false of {}", began.seq);
    assert_eq!(acts(&events), ["began sql-terminate", "began rollback", &ended]);
    assert_eq!(events.iter().filter(|event| event.effect == Effect::Look).count(), 1);
}
