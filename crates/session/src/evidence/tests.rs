//! What counts as seen, one sighting at a time.

mod payments;

use super::*;
use crate::event::Effect;
use crate::fixture::{Script, leaky_release, pattern};

fn lab_with(sighting: Sighting) -> Lab {
    let mut lab = crate::fixture::payments();
    let (id, title) = ("it".to_owned(), "It".to_owned());
    lab.evidence = vec![Evidence { id, title, seen_in: vec![sighting], shows: None }];
    lab
}

fn check(sighting: Sighting, door: Door, kind: Kind, wanted: Option<&str>) {
    let mut script = Script::new(|_| true);
    script.candidate(door, Effect::Look, kind);
    let seen = sightings(&lab_with(sighting), &leaky_release(), &script.into_events());
    assert_eq!(seen.first().map(|seen| seen.how.as_str()), wanted);
}

fn history(ok: bool, shown: &str) -> Kind {
    Kind::Control {
        verb: "history".to_owned(),
        target: "payments".to_owned(),
        detail: String::new(),
        before: None,
        after: None,
        ok,
        shown: shown.to_owned(),
        began: None,
    }
}

fn changes() -> Sighting {
    let target = Some(pattern("^payments$"));
    Sighting::Control { verb: "history".to_owned(), target, shown: Some(pattern(r"2\.4\.0")) }
}

#[test]
fn a_control_call_is_seen_by_what_it_showed_and_only_when_it_worked() {
    let wanted = Some("history payments");
    check(changes(), Door::Control, history(true, "2.3.2 -> 2.4.0"), wanted);
    check(changes(), Door::Control, history(true, "2.3.1 -> 2.3.2"), None);
    check(changes(), Door::Control, history(false, "2.4.0: no such thing"), None);
}

#[test]
fn a_dashboard_is_seen_when_title_and_numbers_are_on_the_same_panel() {
    let panel = |title: &str, shown: &str| {
        PanelView::printed(title.to_owned(), Vec::new(), shown.to_owned())
    };
    let viewed = |panels: Vec<PanelView>| Kind::DashboardViewed {
        dashboard: "pool".to_owned(),
        title: "Pool".to_owned(),
        last_s: 60,
        panels,
        continued: false,
    };
    let sighting = || Sighting::Dashboard {
        dashboard: pattern("^pool$"),
        panel: Some(pattern("In use")),
        shown: Some(pattern("max 8")),
    };
    let together = viewed(vec![panel("Waiting", "0"), panel("In use", "8 (max 8)")]);
    check(sighting(), Door::Dashboards, together, Some("dashboard pool, panel In use"));
    let apart = viewed(vec![panel("Waiting", "8 (max 8)"), panel("In use", "1")]);
    check(sighting(), Door::Dashboards, apart, None);
    let whole = Sighting::Dashboard { dashboard: pattern("pool"), panel: None, shown: None };
    check(whole, Door::Dashboards, viewed(Vec::new()), Some("dashboard pool"));
}

#[test]
fn a_question_to_prometheus_is_seen_when_it_is_the_one_that_tells() {
    let asked = |expression: &str, labels: &[&str]| Kind::MetricsAsked {
        route: "query".to_owned(),
        expression: expression.to_owned(),
        metrics: vec!["http_requests_total".to_owned()],
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        range_s: None,
        started_s: 0.0,
        status: 200,
        refused: None,
        shown: "[1.0,\"12.5\"]".to_owned(),
    };
    let seen = |kind: Kind, wanted: Option<&str>| {
        let sighting = Sighting::Metrics {
            metric: pattern("^http_requests_total$"),
            expression: Some(pattern(r"\brate\b")),
            without: Some(pattern(r"^status\W")),
            shown: Some(pattern(r"\d")),
        };
        check(sighting, Door::Metrics, kind, wanted);
    };
    let wanted = Some("metric http_requests_total");
    seen(asked("sum(rate(http_requests_total[1m]))", &[]), wanted);
    seen(asked("sum by (status) (rate(http_requests_total[1m]))", &["status"]), wanted);
    seen(asked("http_requests_total", &[]), None);
    let failed = "sum(rate(http_requests_total{status=~\"5..\"}[1m]))";
    seen(asked(failed, &["status=~\"5..\""]), None);
}

#[test]
fn a_command_is_seen_when_it_has_ended_and_printed_it() {
    let sighting = || Sighting::Command {
        line: pattern(r"\bgit\s+log\b"),
        shown: Some(pattern("open_reviews")),
    };
    let mut script = Script::new(|_| true);
    script.line("git  log -p", "+ open_reviews", |_| {}).line("git log", "nothing", |_| {});
    let seen = sightings(&lab_with(sighting()), &leaky_release(), &script.into_events());
    assert_eq!(seen.iter().map(|seen| seen.seq).collect::<Vec<_>>(), [1]);
}

#[test]
fn logs_wiki_pages_and_answers_are_seen_by_their_names() {
    let logs = Sighting::Log { service: pattern("payments"), shown: Some(pattern("exhausted")) };
    let read = Kind::LogsRead {
        service: "payments".to_owned(),
        grep: None,
        lines: 1,
        shown: "connection pool exhausted".to_owned(),
        continued: false,
    };
    check(logs, Door::Logs, read, Some("logs of payments"));
    let wiki = || Sighting::Wiki { page: pattern("^past-") };
    let page = |page: &str| Kind::WikiRead { page: page.to_owned() };
    check(wiki(), Door::Wiki, page("past-incidents"), Some("wiki page past-incidents"));
    check(wiki(), Door::Wiki, page("architecture"), None);
    let asked = |answer_id: Option<&str>| Kind::Asked {
        question: "?".to_owned(),
        answer_id: answer_id.map(str::to_owned),
        who: "Ines".to_owned(),
        answer: "!".to_owned(),
    };
    let answer = || Sighting::Answer { id: "traffic".to_owned() };
    check(answer(), Door::Channel, asked(Some("traffic")), Some("answer of Ines"));
    check(answer(), Door::Channel, asked(None), None);
}

#[test]
fn what_the_lab_itself_does_is_not_seen_by_anybody() {
    let mut script = Script::new(|_| true);
    script.happen(Participant::Lab, Door::Control, Effect::Look, history(true, "2.4.0"));
    assert_eq!(sightings(&lab_with(changes()), &leaky_release(), &script.into_events()), []);
}

#[test]
fn what_a_probe_decides_was_not_seen_in_the_database_where_it_is_not_so() {
    let (relation, statement) = (pattern("^pg_stat_activity$"), None);
    let mut lab = lab_with(Sighting::Sql { relation, statement });
    let mut cause = leaky_release();
    let seen = |lab: &Lab, cause: &Cause| {
        let mut script = Script::new(|_| true);
        script.candidate(Door::Sql, Effect::Look, activity("select"));
        sightings(lab, cause, &script.into_events()).len()
    };
    assert_eq!(seen(&lab, &cause), 1, "nobody can tell whether it is so");
    lab.evidence[0].shows = Some(crate::fixture::payments().steady_state.probes[0].clone());
    assert_eq!(seen(&lab, &cause), 0);
    cause.tells[0].evidence = "it".to_owned();
    assert_eq!(seen(&lab, &cause), 1);
    cause.tells[0].shows = false;
    assert_eq!(seen(&lab, &cause), 0);
}

#[test]
fn a_plan_shows_nothing_of_what_a_relation_holds() {
    let sighting = || Sighting::Sql { relation: pattern("^pg_stat_activity$"), statement: None };
    check(sighting(), Door::Sql, activity("select"), Some("SQL on pg_stat_activity"));
    check(sighting(), Door::Sql, activity("explain"), None);
}

/// A statement of this verb that was answered.
fn activity(verb: &str) -> Kind {
    Kind::Sql {
        verb: verb.to_owned(),
        statement: "select state from pg_stat_activity".to_owned(),
        relations: vec!["pg_stat_activity".to_owned()],
        target: String::new(),
        detail: String::new(),
        started_s: 0.0,
        duration_ms: Some(1.0),
        ok: true,
        error: None,
        began: None,
    }
}
