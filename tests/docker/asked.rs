//! What the lab's own servers let the person do, and what they write down of it: the database with
//! its log, Prometheus with the scribe in front.

use std::process::{Command, Output};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::ground::{Ground, wait_until};
use crate::live::Live;

/// The database of a lab that runs.
struct Database {
    id: String,
}

impl Database {
    fn of(session: &str) -> Database {
        let id = wait_until("the database is there", || {
            let label = format!("label=checkride.session={session}");
            let found = docker(&["ps", "-q", "--filter", &label, "--filter", "name=postgres"]);
            String::from_utf8(found.stdout).unwrap().lines().next().map(str::to_owned)
        });
        let database = Database { id };
        wait_until("the database answers", || {
            database.ask("select 1").status.success().then_some(())
        });
        database
    }

    fn ask(&self, sql: &str) -> Output {
        docker(&[
            "exec",
            "-e",
            "PGPASSWORD=oncall",
            &self.id,
            "psql",
            "-X",
            "-q",
            "-At",
            "-h",
            "127.0.0.1",
            "-U",
            "oncall",
            "-d",
            "payments",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            sql,
        ])
    }
}

fn docker(args: &[&str]) -> Output {
    Command::new("docker").args(args).output().unwrap()
}

const ALLOWED: [&str; 19] = [
    "select pid, query, state from pg_stat_activity",
    "select * from pg_locks",
    "select * from pg_stat_statements limit 1",
    "select * from payments limit 1",
    "select pg_cancel_backend(pid) from pg_stat_activity where usename = 'payments'",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'payments'",
    "create index on_call on payments (status)",
    "create index concurrently on_call_too on payments (status)",
    "drop index on_call, on_call_too",
    "reindex index payments_pkey",
    "vacuum (analyze) payments",
    "analyze payments",
    "begin; lock table payments in share mode; rollback",
    "set statement_timeout = '1s'",
    "alter system set statement_timeout = '90s'",
    "alter system set idle_in_transaction_session_timeout = '60s'",
    "alter system set lock_timeout = '30s'",
    "alter system reset work_mem",
    "select pg_reload_conf()",
];

const REFUSED: [&str; 40] = [
    // Out of the record.
    "set log_statement = 'none'",
    "set log_min_messages = 'panic'",
    "set log_error_verbosity = 'default'",
    "select set_config('log_duration', 'off', false)",
    "alter role oncall set log_statement = 'none'",
    "alter role oncall reset log_statement",
    "alter role oncall reset all; set log_duration = off",
    "set role pg_monitor; set log_statement = 'none'",
    "alter system set log_statement = 'none'",
    "alter system reset all",
    "set role payments_owner",
    "set role payments",
    "set session authorization payments",
    "alter role payments set work_mem = '1MB'",
    "create role eve login",
    "grant payments_owner to payments",
    // Out of the database.
    "copy payments to program 'id'",
    "copy merchants from program 'id'",
    "copy payments to '/tmp/x'",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('.')",
    "select lo_create(0)",
    "select lo_export(1, '/tmp/x')",
    "create extension dblink",
    "load 'auto_explain'",
    // Code, and SQL in strings.
    "do $$ begin raise log 'statement: select 1'; end $$",
    "create function f() returns int language sql as 'select 1'",
    "select query_to_xml('select 1', true, true, '')",
    "select ts_stat('select 1')",
    // Data and its shape.
    "insert into merchants values ('m-1', 'a', 'DE')",
    "update payments set status = 'approved'",
    "update merchants set created_at = now()",
    "delete from refunds",
    "truncate refunds",
    "drop table refunds",
    "alter table payments disable trigger created_once",
    "create temp table x (a int)",
    "select 1 into x",
    "alter event trigger indexes_only disable",
    "set event_triggers = off",
];

#[test]
fn what_on_call_may_do() {
    let ground = Ground::new();
    let mut child = ground.start_rehearsal();
    let database = Database::of(&ground.session());
    for sql in ALLOWED {
        let answer = database.ask(sql);
        assert!(answer.status.success(), "{sql}: {}", String::from_utf8_lossy(&answer.stderr));
    }
    for sql in REFUSED {
        let said = database.ask(sql);
        let stderr = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(!said.status.success(), "{sql} was carried out");
        let forbids = ["permission denied", "must be", "on call", "not allowed"];
        assert!(forbids.iter().any(|word| stderr.contains(word)), "{sql}: {stderr}");
    }
    // The lab has served; it is taken down in order.
    child.signal(Signal::SIGINT);
    child.wait().unwrap();
}

/// Every way to send SQL and to ask Prometheus, then an act, then one that is refused.
const PERSONA: &str = r#"
version: 1
id: asker
title: Asks the servers
lab: payments
rehearsals:
  leaky-release:
    steps:
      - type: { line: 'psql -Atc "select state, max(now() - xact_start) from pg_stat_activity group by state"', shows: idle }
      - type: { line: 'echo "select 41 + 1" | base64 | base64 -d | psql -At', shows: '42' }
      - type: { line: 'psql -Atc "prepare x as select count(*) from merchants" -c "execute x"', shows: '60' }
      - type: { line: 'psql -Atc "delete from refunds" 2>&1', shows: permission denied }
      - type: { line: "promtool query instant http://prometheus:9090 'max(db_pool_size)'", shows: '=>' }
      - type: { line: "curl -sG http://prometheus:9090/api/v1/query --data-urlencode 'query=edge:request_rate:5s'", shows: success }
      - type: { line: "curl -s -o /dev/null -w '%{http_code}' -XPOST http://prometheus:9090/-/quit", shows: '404' }
      - type: { line: "curl -s -m 2 http://prometheus:9091/metrics || echo closed", shows: closed }
      - type: { line: 'oncall logs postgres --last 500 | grep -c exec_simple_query', shows: '^0' }
      - type: { line: 'oncall logs prometheus --last 500 | grep -c scribe', shows: '^0' }
      - type:
          line: psql -Atc "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'payments'"
          shows: '\d'
      - type: { line: deployctl rollback payments, within: 60s }
      - wait: { until: mitigated, within: 90s }
      - type: { line: oncall done }
    expect:
      mitigated: true
      first-action: { verb: sql-terminate }
      seen: [held-connections, traffic-level]
"#;

#[test]
fn what_is_asked_of_the_servers_is_recorded_and_nothing_else_is() {
    let ground = Ground::new();
    let persona = ground.home.path().join("asker.yaml");
    std::fs::write(&persona, PERSONA).unwrap();
    let persona = persona.to_str().unwrap();
    let args = ["rehearse", "payments", "--cause", "leaky-release", "--persona", persona, "--json"];
    let output = ground.run(&args);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let journal = ground.journal(&ground.session());
    let events: Vec<Value> = journal
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|line| line.get("event").or(Some(&line)).cloned())
        .collect();
    let of = |kind: &str| -> Vec<&Value> {
        events.iter().filter(|event| event["kind"] == kind).collect()
    };
    let sql: Vec<(&str, &str, bool)> = of("sql")
        .iter()
        .map(|event| {
            let data = &event["data"];
            (event["effect"].as_str().unwrap(), data["verb"].as_str().unwrap(), data["ok"] == true)
        })
        .collect();
    let expected = [
        ("look", "select", true),
        ("look", "select", true),
        ("look", "prepare", true),
        ("look", "select", true),
        ("act", "dml", false),
        ("act", "terminate", true),
    ];
    assert_eq!(sql, expected, "{said}");
    let asked: Vec<(&str, u64)> = of("metrics-asked")
        .iter()
        .map(|event| {
            let data = &event["data"];
            (data["route"].as_str().unwrap(), data["status"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(asked, [("query", 200), ("query", 200), ("/-/quit", 404)], "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
}

/// What a statement ended is waited for before it is recorded; the end does not wait.
#[test]
fn what_is_asked_in_the_last_moment_is_recorded() {
    let ground = Ground::new();
    let mut live = Live::start(&ground, "all-quiet");
    live.type_line("psql -qAtc \"select pg_terminate_backend(0), 'my last words'\"");
    let session = live.session.clone();
    drop(live);
    let journal = ground.journal(&session);
    let last = journal.lines().find(|it| it.contains(r#""sql""#) && it.contains("my last words"));
    assert!(last.is_some(), "it is not in the journal:\n{journal}");
    assert!(ground.run(&["verify", &session]).status.success());
}
