//! The facts of the two sessions of the fixture, and the edges between them.

use lab::persona::Expect;

use super::*;
use crate::event::{Effect, InjectDid, Outcome, Participant};
use crate::fixture::{self, Script, act_pattern, all_quiet, leaky_release, payments};

fn assessed(events: &[Event]) -> Assessment {
    assess(&payments(), &leaky_release(), events)
}

fn paged(script: &mut Script) -> &mut Script {
    script.truth(Kind::Paged {
        alert: "A".to_owned(),
        severity: "SEV-2".to_owned(),
        summary: String::new(),
        promql: String::new(),
        since: String::new(),
    })
}

fn control(verb: &str, detail: &str, shown: &str) -> Kind {
    Kind::Control {
        verb: verb.to_owned(),
        target: "payments".to_owned(),
        detail: detail.to_owned(),
        before: None,
        after: None,
        ok: true,
        shown: shown.to_owned(),
        began: None,
    }
}

/// The end of the act that began with event `began`.
fn ended(began: u64, carried_out: bool) -> Kind {
    let mut kind = control("restart", "", "");
    if let Kind::Control { ok, began: seq, .. } = &mut kind {
        (*ok, *seq) = (carried_out, Some(began));
    }
    kind
}

fn started() -> Kind {
    let (verb, target) = ("restart".to_owned(), "payments".to_owned());
    Kind::ActStarted { verb, target, detail: String::new() }
}

/// What the facts of one dimension say.
fn bears(dimension: &str, events: &[Event]) -> Vec<String> {
    let all = bearings(&assessed(events), events);
    let of_it = all.into_iter().filter(|bearing| bearing.dimension == dimension);
    of_it.flat_map(|bearing| bearing.facts).map(|fact| fact.says).collect()
}

#[test]
fn the_methodical_one_saw_every_tell_before_the_remedy() {
    let facts = assessed(&fixture::methodical());
    let act = facts.first_action.as_ref().unwrap();
    assert_eq!(
        (act.verb.as_str(), act.is, act.since_page_s),
        ("rollback", ActIs::Remedy, Some(28.2))
    );
    assert_eq!(
        facts.evidence_before_action,
        ["recent-changes", "held-by-version", "traffic", "exhausted", "leak-in-diff"]
    );
    assert!(facts.evidence_missing.is_empty() && !facts.by_luck && facts.mitigated);
    let looks: Vec<_> = facts.looks_before_action.iter().map(|(door, n)| (*door, *n)).collect();
    let wanted = [
        (Door::Terminal, 1),
        (Door::Control, 2),
        (Door::Dashboards, 2),
        (Door::Logs, 1),
        (Door::Page, 1),
    ];
    assert_eq!(looks, wanted);
    let leak = &facts.hypotheses[0];
    let confidence: Vec<_> = leak.entries.iter().filter_map(|entry| entry.confidence).collect();
    assert_eq!((confidence, facts.hypotheses.len()), (vec![50, 90, 97], 2));
    assert_eq!(facts.first_said_since_page_s, Some(3.2));
}

#[test]
fn the_jumper_fell_for_the_trap_and_had_relief_only() {
    let facts = assessed(&fixture::jumper());
    let act = facts.first_action.as_ref().unwrap();
    assert_eq!((act.words().as_str(), act.is), ("config-set payments pool-size=20", ActIs::Trap));
    assert_eq!(
        act.because.as_deref(),
        Some("A bigger pool is leaked as well, a few seconds later.")
    );
    assert_eq!(facts.evidence_before_action, [""; 0]);
    assert_eq!(facts.evidence_missing.len(), 4);
    assert_eq!((facts.acts.len(), facts.refused.len()), (2, 1));
    assert_eq!(facts.relief, [Relief { from_s: 38.0, until_s: 43.0, inject: None }]);
    assert!(!facts.mitigated && !facts.by_luck);
    assert_eq!(facts.gaps.len(), 1);
}

#[test]
fn a_remedy_without_evidence_is_luck_and_one_tell_is_none() {
    let mut script = Script::new(|_| true);
    paged(&mut script).candidate(Door::Control, Effect::Act, control("rollback", "", ""));
    assert!(assessed(&script.into_events()).by_luck);

    let mut script = Script::new(|_| true);
    paged(&mut script)
        .candidate(Door::Control, Effect::Look, control("history", "", "2.4.0"))
        .candidate(Door::Control, Effect::Act, control("rollback", "", ""));
    let facts = assessed(&script.into_events());
    assert!(!facts.by_luck);
    assert_eq!(facts.evidence_missing, ["traffic", "held-by-version", "leak-in-diff"]);
}

#[test]
fn what_was_seen_after_the_first_action_does_not_count_as_before_it() {
    let mut script = Script::new(|_| true);
    paged(&mut script).candidate(Door::Control, Effect::Act, control("restart", "", "")).candidate(
        Door::Control,
        Effect::Look,
        control("history", "", "2.4.0"),
    );
    let facts = assessed(&script.into_events());
    let record = facts.evidence.iter().find(|record| record.id == "recent-changes").unwrap();
    assert!(!record.before_action && record.seen.len() == 1);
    assert_eq!(facts.first_action.unwrap().is, ActIs::Neither);
}

/// A page (0), a restart that is set about (1), and what it was meant for looked at meanwhile (2).
fn restarting() -> Script {
    let mut script = Script::new(|_| true);
    let history = control("history", "", "2.4.0");
    paged(&mut script).candidate(Door::Control, Effect::Act, started()).candidate(
        Door::Control,
        Effect::Look,
        history,
    );
    script
}

#[test]
fn what_was_seen_while_an_act_was_under_way_does_not_count_as_before_it() {
    let mut script = restarting();
    let under_way = assessed(&script.events_so_far());
    let unended = under_way.first_action.unwrap();
    assert_eq!((unended.seq, unended.ended_s), (1, None));
    assert!(under_way.evidence_before_action.is_empty());

    script.at(9.0).candidate(Door::Control, Effect::Act, ended(1, true));
    let facts = assessed(&script.into_events());
    let act = facts.first_action.unwrap();
    assert_eq!((act.seq, act.at_s, facts.acts.len()), (1, unended.at_s, 1));
    assert!(act.ended_s == Some(9.0) && facts.evidence_before_action.is_empty());
    let record = facts.evidence.iter().find(|record| record.id == "recent-changes").unwrap();
    assert!(!record.before_action && record.seen.len() == 1);
}

#[test]
fn an_act_that_was_refused_in_the_end_was_none() {
    let mut script = restarting();
    script.candidate(Door::Control, Effect::Act, ended(1, false));
    let facts = assessed(&script.into_events());
    assert!(facts.first_action.is_none() && facts.acts.is_empty());
    assert_eq!((facts.refused.len(), facts.refused[0].seq), (1, 1));
    assert_eq!(facts.evidence_before_action, ["recent-changes"]);
}

#[test]
fn what_was_seen_or_done_before_the_fault_does_not_count() {
    let mut script = Script::new(|_| true);
    script.candidate(Door::Control, Effect::Look, control("history", "", "2.4.0")).candidate(
        Door::Control,
        Effect::Act,
        control("scale", "3", ""),
    );
    let facts = assessed(&paged(&mut script).events_so_far());
    assert!(facts.first_action.is_none() && facts.evidence_before_action.is_empty());
}

#[test]
fn changing_nothing_when_nothing_is_right_is_stated_as_such() {
    let quiet = assess(&payments(), &all_quiet(), &fixture::quiet());
    assert!(quiet.restraint && quiet.first_action.is_none());
    assert_eq!(quiet.evidence_before_action, ["exhausted"]);
    let acted = assess(&payments(), &all_quiet(), &fixture::methodical());
    assert_eq!(acted.first_action.unwrap().is, ActIs::Unneeded);
    assert!(!acted.restraint && !acted.by_luck);
}

#[test]
fn no_event_at_all_is_no_reason_to_fail() {
    let facts = assessed(&[]);
    assert!(facts.first_action.is_none() && facts.paged_at_s.is_none() && !facts.restraint);
    let mut script = Script::new(|_| true);
    let (outcome, detail) = (Outcome::Failed, String::new());
    script.truth(Kind::SessionEnded { outcome, detail });
    assert!(!assessed(&script.into_events()).mitigated);
}

#[test]
fn a_patterns_detail_must_be_a_whole_word() {
    let act = |detail: &str| Act {
        detail: detail.to_owned(),
        verb: "config-set".to_owned(),
        target: "payments".to_owned(),
        ..assessed(&fixture::jumper()).first_action.unwrap()
    };
    let pattern = act_pattern("config-set", "payments", Some("pool-size"));
    assert!(
        is_instance(&pattern, &act("pool-size=20")) && is_instance(&pattern, &act("pool-size"))
    );
    assert!(!is_instance(&pattern, &act("pool-size-max=20")));
}

#[test]
fn expectations_say_what_held_and_what_was_found() {
    let expect = Expect {
        mitigated: Some(true),
        first_action: Some(Some(act_pattern("rollback", "payments", None))),
        seen: vec!["recent-changes".to_owned()],
        not_seen: vec!["runbook".to_owned()],
        relief: Some(false),
        said: 1,
        hypotheses: 2,
    };
    let names = |events: &[Event], held: bool| -> Vec<String> {
        let all = expectations(&expect, &assessed(events));
        assert!(all.iter().all(|expectation| !expectation.detail.is_empty()), "{all:?}");
        let those = all.into_iter().filter(|expectation| expectation.held == held);
        those.map(|expectation| expectation.name).collect()
    };
    assert_eq!(names(&fixture::methodical(), false), [""; 0]);
    assert_eq!(names(&fixture::methodical(), true).len(), 7);
    assert_eq!(
        names(&fixture::jumper(), false),
        ["mitigated", "first-action", "seen recent-changes", "relief", "said", "hypotheses"]
    );
    let none = Expect { first_action: Some(None), ..Expect::default() };
    let quiet = assess(&payments(), &all_quiet(), &fixture::quiet());
    let all = expectations(&none, &quiet);
    assert_eq!(all.len(), 1);
    assert!(all[0].held, "{all:?}");
}

#[test]
fn what_the_interviewer_did_is_set_against_the_first_action() {
    let facts = assessed(&fixture::interviewed());
    let hints: Vec<_> = facts.hints.iter().map(|it| (it.number, it.before_action)).collect();
    assert_eq!(hints, [(1, true), (2, true)]);
    let injects = facts.injects.iter();
    let injects: Vec<_> =
        injects.map(|it| (&*it.id, it.before_action, it.steady_at, it.lost_at_s)).collect();
    let wanted =
        [("how-bad-is-it", false, None, None), ("more-traffic", false, Some(true), Some(74.0))];
    assert_eq!(injects, wanted);
    assert_eq!(facts.extended.iter().map(|it| it.minutes).collect::<Vec<_>>(), [5]);
}

#[test]
fn a_pause_ends_with_the_incident_and_counts_up_to_the_first_action() {
    let facts = assessed(&fixture::interviewed());
    let pauses: Vec<_> = facts.pauses.iter().map(|it| (it.from_s, it.until_s)).collect();
    assert_eq!(pauses, [(40.0, 46.5), (104.0, 110.0)]);
    assert_eq!(facts.paused_before_action_s, 6.5);
    assert_eq!(assessed(&fixture::jumper()).paused_before_action_s, 0.0);
}

#[test]
fn what_comes_after_the_incident_is_neither_a_pause_nor_silence() {
    let (candidate, lab) = (Participant::Candidate, Participant::Lab);
    for (by, ends) in [
        (candidate, Kind::Done),
        (lab, Kind::TimeOver { minutes: 45 }),
        (Participant::Interviewer, Kind::CalledOff),
        (lab, Kind::PhaseEntered { phase: Phase::Debrief }),
        (lab, Kind::PhaseEntered { phase: Phase::Aborted }),
    ] {
        let mut script = Script::new(|_| true);
        paged(script.at(30.0)).at(40.0).truth(Kind::Paused);
        script.at(50.0).happen(by, Door::Session, Effect::Truth, ends.clone());
        script.at(52.0).truth(Kind::PhaseEntered { phase: Phase::Debrief });
        script.at(3000.0).truth(Kind::RecordClosed);
        let events = script.into_events();
        let facts = assessed(&events);
        let pauses: Vec<_> = facts.pauses.iter().map(|it| (it.from_s, it.until_s)).collect();
        assert_eq!((pauses, facts.paused_before_action_s), (vec![(40.0, 50.0)], 10.0), "{ends:?}");
        let said = bears("communication", &events);
        assert!(
            said.contains(&"longest time without one: 20.0 s".to_owned()),
            "{ends:?}: {said:?}"
        );
    }
}

#[test]
fn a_steady_state_that_an_inject_ended_is_no_relief_of_the_candidates() {
    let facts = assessed(&fixture::interviewed());
    let inject = facts.relief[0].inject.as_deref();
    assert_eq!((facts.relief.len(), inject), (1, Some("more-traffic")));
    assert_eq!(facts.mitigated_since_s, Some(80.5));
    let said = bears("systems-thinking", &fixture::interviewed());
    assert!(!said.iter().any(|says| says.contains("relief")), "{said:?}");
    let expect = Expect { relief: Some(false), ..Expect::default() };
    assert!(expectations(&expect, &facts)[0].held);
}

/// A page, and a steady state that came back at 40 s and was sustained at 60 s.
fn sustained() -> Script {
    let mut script = Script::new(|_| true);
    paged(script.at(30.0)).at(60.0).truth(Kind::Mitigated { since_s: 40.0 });
    script
}

fn lost(script: &mut Script) -> &mut Script {
    script.at(70.0).truth(Kind::Relief { from_s: 40.0, until_s: 70.0 })
}

#[test]
fn a_steady_state_that_was_sustained_and_then_lost_was_relief_after_all() {
    let mut script = sustained();
    let events = lost(&mut script).events_so_far();
    let facts = assessed(&events);
    assert_eq!(
        (facts.mitigated, facts.mitigated_since_s, facts.mitigated_at_s),
        (false, None, None)
    );
    let expect = Expect { mitigated: Some(true), ..Expect::default() };
    assert!(!expectations(&expect, &facts)[0].held);
    let said = bears("systems-thinking", &events);
    assert!(said.contains(&"the steady state was not back for good".to_owned()), "{said:?}");
    let wanted = "The steady state did not come back for good. \
        Once it came back and was lost again (relief).";
    assert_eq!(crate::report::outcome(&facts), wanted);

    script.at(110.0).truth(Kind::Mitigated { since_s: 80.0 });
    let facts = assessed(&script.into_events());
    assert_eq!((facts.mitigated_since_s, facts.mitigated_at_s), (Some(80.0), Some(110.0)));
    assert_eq!(facts.relief.len(), 1);
}

#[test]
fn a_sustained_steady_state_that_an_inject_ended_was_mitigation() {
    let mut script = sustained();
    script.at(65.0).truth(injected(None));
    let facts = assessed(&lost(&mut script).events_so_far());
    assert_eq!((facts.mitigated_since_s, facts.mitigated_at_s), (Some(40.0), Some(60.0)));
}

fn injected(began_s: Option<f64>) -> Kind {
    let (fault, detail) = ("traffic".to_owned(), String::new());
    let (inject, title) = ("more-traffic".to_owned(), String::new());
    let did = InjectDid::Injected { fault, detail };
    Kind::InjectUsed { inject, title, did, began_s }
}

#[test]
fn what_an_inject_costs_while_it_goes_in_is_its_doing() {
    let mut script = sustained();
    lost(&mut script).at(200.0).truth(injected(Some(65.0)));
    let facts = assessed(&script.events_so_far());
    assert_eq!((facts.mitigated_since_s, facts.mitigated_at_s), (Some(40.0), Some(60.0)));
    assert_eq!(facts.own_relief().count(), 0);
    assert_eq!((facts.injects[0].at_s, facts.injects[0].steady_at), (65.0, Some(true)));
}

#[test]
fn what_the_lab_costs_the_steady_state_as_it_ends_takes_no_mitigation_back() {
    for phase in [Phase::Debrief, Phase::Aborted] {
        let mut script = sustained();
        script.at(65.0).truth(Kind::PhaseEntered { phase });
        let facts = assessed(&lost(&mut script).events_so_far());
        assert_eq!((facts.mitigated_since_s, facts.relief), (Some(40.0), Vec::new()));
    }
}

#[test]
fn an_act_on_a_replica_is_one_on_its_deployment_and_a_number_is_kept_to_its_bounds() {
    let mut cause = leaky_release();
    let assessed = |cause: &Cause, act: Kind| {
        let mut script = Script::new(|_| true);
        paged(&mut script).candidate(Door::Control, Effect::Act, act);
        assess(&payments(), cause, &script.into_events()).first_action.unwrap().is
    };
    let restart = |on: &str| {
        let mut kind = control("restart", "", "");
        if let Kind::Control { target, .. } = &mut kind {
            on.clone_into(target);
        }
        kind
    };
    cause.traps[0].act = act_pattern("restart", "payments", None);
    for (on, is) in [
        ("payments", ActIs::Trap),
        ("payments-2", ActIs::Trap),
        ("payments-db", ActIs::Neither),
        ("postgres", ActIs::Neither),
    ] {
        assert_eq!(assessed(&cause, restart(on)), is, "{on}");
    }
    let scaled = |to: &str| control("scale", to, "");
    let mut few = act_pattern("scale", "payments", None);
    (few.at_least, few.at_most) = (Some(2.0), Some(3.0));
    cause.remedy = Remedy::Acts(vec![few]);
    for (to, is) in [("1", ActIs::Neither), ("2", ActIs::Remedy), ("4", ActIs::Neither)] {
        assert_eq!(assessed(&cause, scaled(to)), is, "{to}");
    }
    let mut larger = act_pattern("config-set", "payments", Some("pool-size"));
    larger.at_least = Some(8.0);
    cause.remedy = Remedy::Acts(vec![larger]);
    // It failed half-way, so nothing is known of what is there after it.
    let set = |to: &str| {
        let mut kind = control("config-set", &format!("pool-size={to}"), "");
        if let Kind::Control { before, after, .. } = &mut kind {
            (*before, *after) = (None, None);
        }
        kind
    };
    for (to, is) in [("4", ActIs::Neither), ("8", ActIs::Remedy)] {
        assert_eq!(assessed(&cause, set(to)), is, "{to}");
    }
}
