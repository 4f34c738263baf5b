//! Which of the lines that are open belongs to what a door tells.

use super::*;
use crate::event::{Certainty, Effect};
use crate::fixture::Script;

fn script() -> Script {
    Script::new(|_| true)
}

/// The lines that end and wrap something, as typed.
fn wrapping(script: Script) -> Vec<String> {
    let events = script.into_events();
    let seqs = wrapping_lines(&events);
    let line = |event: &Event| {
        let Kind::LineEnded { line, .. } = &event.kind else { return None };
        seqs.contains(&event.seq).then(|| line.clone())
    };
    events.iter().filter_map(line).collect()
}

fn history(script: &mut Script) {
    let [verb, target, detail, shown] = ["history", "payments", "", ""].map(str::to_owned);
    let (before, after, began) = (None, None, None);
    let kind = Kind::Control { verb, target, detail, before, after, ok: true, shown, began };
    script.candidate(Door::Control, Effect::Look, kind);
}

fn docker(script: &mut Script) {
    let [verb, target, detail, shown] = ["ps", "", "", ""].map(str::to_owned);
    let kind = Kind::Docker {
        verb,
        target,
        detail,
        before: None,
        after: None,
        ok: true,
        certainty: Certainty::Observed,
        continued: false,
        shown,
        began: None,
    };
    script.candidate(Door::Docker, Effect::Look, kind);
}

fn said(script: &mut Script) {
    script.candidate(Door::Channel, Effect::Say, Kind::Said { text: "On it.".to_owned() });
}

fn sql(started_s: f64, script: &mut Script) {
    let kind = Kind::Sql {
        verb: "select".to_owned(),
        statement: "select 1".to_owned(),
        relations: Vec::new(),
        target: String::new(),
        detail: String::new(),
        started_s,
        duration_ms: Some(1.0),
        ok: true,
        error: None,
        began: None,
    };
    script.candidate(Door::Sql, Effect::Look, kind);
}

fn metrics(started_s: f64, script: &mut Script) {
    let kind = Kind::MetricsAsked {
        route: "query".to_owned(),
        expression: "up".to_owned(),
        metrics: vec!["up".to_owned()],
        labels: Vec::new(),
        range_s: None,
        started_s,
        status: 200,
        refused: None,
        shown: String::new(),
    };
    script.candidate(Door::Metrics, Effect::Look, kind);
}

/// `line` in the second terminal, from second 2 on, while another line is open in the first.
fn while_open(
    open: &str,
    programs: &[&str],
    line: &str,
    within: impl FnOnce(&mut Script),
) -> Script {
    let mut script = script();
    script.at(1.0).line(open, "", |script| {
        script.at(2.0).beside("t2", |script| {
            script.line(line, "", within);
        });
        script.at(4.0);
        for program in programs {
            script.program_since(1.1, program);
        }
    });
    script
}

type Asks<'a> = &'a dyn Fn(&mut Script);

#[test]
fn a_line_that_is_open_beside_one_that_went_through_a_door_wraps_nothing() {
    let asked: [(&str, Asks<'_>); 5] = [
        ("deployctl history", &history),
        ("docker ps", &docker),
        ("oncall say x", &said),
        ("psql -c x", &|script| sql(2.2, script)),
        ("promtool query instant x", &|script| metrics(2.2, script)),
    ];
    for (line, asks) in asked {
        let script = while_open("git log -p", &["git log -p", "less"], line, |script| {
            asks(script);
            script.program(line, Some(0));
        });
        assert_eq!(wrapping(script), [line]);
    }
}

#[test]
fn where_no_program_is_known_it_is_the_youngest_line() {
    let script = while_open("git log -p", &[], "deployctl history", history);
    assert_eq!(wrapping(script), ["deployctl history"]);
    let script = while_open("git log -p", &["git log -p", "less"], "deployctl history", history);
    assert_eq!(wrapping(script), ["deployctl history"]);
}

#[test]
fn a_script_that_calls_a_doors_program_wraps_and_a_younger_line_does_not() {
    let mut script = script();
    script.at(1.0).line("sh check.sh", "", |script| {
        script.program("sh check.sh", None);
        script.at(2.0).beside("t2", |script| {
            script.line("less notes", "", |script| {
                script.program("less notes", Some(0));
            });
        });
        history(script);
        script.program("deployctl history", Some(0)).program_ended(2.0, Some(0));
    });
    assert_eq!(wrapping(script), ["sh check.sh"]);
}

#[test]
fn a_program_that_had_ended_before_is_none_of_that_door() {
    let mut script = script();
    script.at(1.0).line("curl -s edge/health | less", "", |script| {
        script.program("curl -s edge/health", Some(0));
        script.at(4.0).beside("t2", |script| {
            script.line("promtool query instant x", "", |script| {
                metrics(4.2, script);
                script.program("promtool query instant x", Some(0));
            });
        });
        script.program_since(1.2, "less");
    });
    assert_eq!(wrapping(script), ["promtool query instant x"]);
}

#[test]
fn a_line_of_which_programs_were_only_counted_may_have_gone_through_the_door() {
    let mut script = script();
    script.at(1.0).line("for i in $(seq 99); do ./ask; done", "", |script| {
        script.program("seq 99", Some(0)).missed(99);
        history(script);
    });
    assert_eq!(wrapping(script), ["for i in $(seq 99); do ./ask; done"]);
}

#[test]
fn what_a_server_wrote_down_belongs_to_the_line_of_its_time() {
    let mut script = script();
    script.at(1.0).line("psql -c x", "", |script| {
        script.program("psql -c x", Some(0));
    });
    script.at(3.0).line("git log", "", |script| {
        sql(1.2, script);
        script.program("git log", Some(0));
    });
    assert_eq!(wrapping(script), ["psql -c x"]);
}

#[test]
fn a_line_that_has_not_ended_wraps_what_its_programs_do() {
    let mut script = script();
    let events = script.at(1.0).line("watch docker ps", "", |script| {
        docker(script);
        script.program("docker ps", Some(0));
    });
    let mut events = events.events_so_far();
    events.pop();
    assert_eq!(wrapping_lines(&events), BTreeSet::from([0]));
}
