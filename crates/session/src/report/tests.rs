//! What the reports say of two sessions, and that nothing from inside the lab can speak in them.

use super::*;
use crate::event::PanelView;
use crate::fixture::{self, Script, all_quiet, leaky_release, payments};
use crate::journal;

const KEY: [u8; 32] = [7; 32];

fn sealed(events: &[Event]) -> Verdict {
    let header = journal::Header::new("0195c2a4", "payments", &KEY);
    let mut writer = journal::Writer::create(Vec::new(), &header, &KEY).unwrap();
    events.iter().for_each(|event| writer.append(event).unwrap());
    let head = writer.seal().unwrap().to_bytes();
    journal::verify(&writer.into_inner()[..], Some(&head), Some(&journal::public_key(&KEY)))
}

fn report(cause: &Cause, events: &[Event]) -> Report {
    build(&payments(), cause, events, Some(sealed(events)))
}

/// For looking at: writes the pages to the folder named by `REPORT_SAMPLES`.
#[test]
fn the_pages_are_whole_documents() {
    let cases = [
        ("methodical", report(&leaky_release(), &fixture::methodical())),
        ("jumper", report(&leaky_release(), &fixture::jumper())),
        ("debriefed", report(&leaky_release(), &fixture::debriefed())),
        ("quiet", report(&all_quiet(), &fixture::quiet())),
        ("interviewed", report(&leaky_release(), &fixture::interviewed())),
    ];
    for (name, report) in cases {
        let page = html::render(&report);
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{name}");
        if let Ok(folder) = std::env::var("REPORT_SAMPLES") {
            std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
            std::fs::write(format!("{folder}/{name}.md"), markdown::render(&report)).unwrap();
        }
    }
}

#[test]
fn the_methodical_session_as_markdown() {
    insta::assert_snapshot!(markdown::render(&report(&leaky_release(), &fixture::methodical())));
}

/// The debrief and the levels alone; the rest is above.
#[test]
fn a_debrief_stands_beside_the_cause_and_the_levels_with_their_reasons() {
    let report = report(&leaky_release(), &fixture::debriefed());
    let text = markdown::render(&report);
    let from = text.find("## The debrief").unwrap();
    let until = text.find("## Acts on the system").unwrap();
    insta::assert_snapshot!(&text[from..until]);
    assert!(!text.contains("Wrote in the debrief"), "what was written has its own place");
    let page = html::render(&report);
    assert!(page.contains("So the &lt;b&gt;pool&lt;/b&gt; runs dry."), "people's words are text");
    assert!(
        page.contains("The interviewer's levels") || page.contains("The interviewer&#39;s levels")
    );
    let json: Value = serde_json::from_str(&json::render(&report)).unwrap();
    assert_eq!(
        json["debrief"]["written"]["follow-ups"],
        "Alert on the share of the pool in use. Dana."
    );
    assert_eq!(json["debrief_from_s"], 91.0);
}

#[test]
fn the_jumper_session_as_markdown() {
    insta::assert_snapshot!(markdown::render(&report(&leaky_release(), &fixture::jumper())));
}

/// Without the timeline's and the drawing's many lines, which have tests of their own.
#[test]
fn the_jumper_session_as_json() {
    let mut json: Value =
        serde_json::from_str(&json::render(&report(&leaky_release(), &fixture::jumper()))).unwrap();
    let fields = json.as_object_mut().unwrap();
    fields.remove("timeline").unwrap();
    fields.remove("health").unwrap();
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(json) });
}

#[test]
fn the_json_holds_every_event_with_the_fields_that_others_rely_on() {
    let events = fixture::methodical();
    let json: Value =
        serde_json::from_str(&json::render(&report(&leaky_release(), &events))).unwrap();
    let timeline = json["timeline"].as_array().unwrap();
    assert_eq!(timeline.len(), events.len());
    for (entry, event) in timeline.iter().zip(&events) {
        assert_eq!(entry["seq"], event.seq);
        for field in ["at_s", "wall", "participant", "door", "effect", "kind", "data"] {
            assert!(!entry[field].is_null(), "{field} in {entry}");
        }
    }
    assert_eq!(json["first_action"]["verb"], "rollback");
    assert_eq!(json["health"]["series"][0]["points"].as_array().unwrap().len(), 89);
}

#[test]
fn health_knows_its_unsteady_spans_and_its_marks() {
    let health = report(&leaky_release(), &fixture::jumper()).health;
    let spans: Vec<_> = health.unsteady.iter().map(|span| (span.from_s, span.until_s)).collect();
    assert_eq!(spans, [(21.0, 38.0), (43.0, 70.0)]);
    let marks: Vec<_> = health.marks.iter().map(|mark| (mark.kind, mark.at_s)).collect();
    let wanted = [
        (MarkKind::Fault, 20.0),
        (MarkKind::Page, 31.0),
        (MarkKind::FirstAction, 36.2),
        (MarkKind::Relief, 38.0),
        (MarkKind::Action, 50.2),
    ];
    assert_eq!(marks, wanted);
}

#[test]
fn a_command_that_went_through_another_door_is_listed_once() {
    let report = report(&leaky_release(), &fixture::methodical());
    let listed: Vec<_> = listed(&report).map(|entry| entry.kind.as_str()).collect();
    assert_eq!(listed.iter().filter(|kind| **kind == "line-ended").count(), 1);
    assert!(!listed.contains(&"health") && !listed.contains(&"line-started"));
}

fn history(script: &mut Script) {
    let [verb, target, detail, shown] = ["history", "payments", "", ""].map(str::to_owned);
    let (before, after, began) = (None, None, None);
    let kind = Kind::Control { verb, target, detail, before, after, ok: true, shown, began };
    script.candidate(Door::Control, Effect::Look, kind);
}

fn paged() -> Script {
    let mut script = Script::new(|_| true);
    let (alert, severity) = ("A".to_owned(), "SEV-2".to_owned());
    let (summary, promql, since) = Default::default();
    script.at(1.0).truth(Kind::Paged { alert, severity, summary, promql, since });
    script
}

/// Evidence in a line that went through another door, one of these typed again and again, and a level.
fn wrapped() -> Vec<Event> {
    let mut script = paged();
    script.at(2.0).line("deployctl history; git log -3", "Answer declined early", history);
    for at in [3.0, 4.0, 5.0] {
        script.at(at).line("deployctl history", "", history);
    }
    let (dimension, because) = ("automation".to_owned(), String::new());
    let rated = Kind::Rated { dimension, level: 2, because };
    script.at(9.0).happen(Participant::Interviewer, Door::Session, Effect::Think, rated);
    script.into_events()
}

#[test]
fn a_line_that_bears_evidence_is_listed_also_when_it_went_through_another_door() {
    let report = report(&leaky_release(), &wrapped());
    let lines: Vec<_> = listed(&report).filter(|entry| entry.kind == "line-ended").collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].evidence, ["recent-changes"]);
    let page = html::render(&report);
    assert!(page.contains("seen: What was changed, by whom and when"), "{page}");
    assert!(page.contains("class=\"ring\""), "the lane has no ring");
    assert!(markdown::render(&report).contains("$ deployctl history; git log -3"));
}

#[test]
fn a_line_that_is_open_beside_another_terminals_look_stays_in_the_report() {
    let mut script = paged();
    script.at(2.0).line("git blame main.rs", "", |script| {
        script.beside("t2", |script| {
            script.line("deployctl history", "", |script| {
                history(script);
                script.program("deployctl history", Some(0));
            });
        });
        script.program_since(2.1, "git blame main.rs");
    });
    let report = report(&leaky_release(), &script.into_events());
    assert_eq!(looks(&report.assessment), "terminal 1, control 1");
    let text = markdown::render(&report);
    assert!(text.contains("| look | terminal | $ git blame main.rs |"), "{text}");
    assert!(!text.contains("$ deployctl history |"), "{text}");
    assert!(html::render(&report).contains("$ git blame main.rs"));
}

/// What stands between `before` and the next quotation mark, each time.
fn quoted<'a>(page: &'a str, before: &'a str) -> Vec<&'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    for (name, events) in [
        ("methodical", fixture::methodical()),
        ("jumper", fixture::jumper()),
        ("debriefed", fixture::debriefed()),
        ("quiet", fixture::quiet()),
        ("interviewed", fixture::interviewed()),
        ("wrapped", wrapped()),
    ] {
        let page = html::render(&report(&leaky_release(), &events));
        let (links, ids) = (quoted(&page, " href=\"#"), quoted(&page, " id=\""));
        let dead: Vec<_> = links.iter().filter(|link| !ids.contains(link)).collect();
        assert!(dead.is_empty() && !links.is_empty(), "{name}: {dead:?} lead nowhere");
        let once: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(once.len(), ids.len(), "{name}: an id stands for two places");
    }
}

const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m</pre></style><script>alert(1)</script>\
    \" onload=alert(1) '\u{202e}gnp.exe\u{0}]]>&lt;img src=http://evil.example/x.png>";

/// A session in which everything that can hold foreign text holds [`HOSTILE`].
fn hostile() -> Vec<Event> {
    let long = format!("{HOSTILE}{}", "A".repeat(1_000_000));
    let mut events = fixture::methodical();
    for event in &mut events {
        let mut json = serde_json::to_value(&event.kind).unwrap();
        for field in [
            "line", "cwd", "text", "question", "answer", "who", "page", "title", "detail",
            "target", "verb", "summary", "before", "after", "reason", "session", "persona", "mode",
        ] {
            if let Some(value) = json["data"].get_mut(field).filter(|value| value.is_string()) {
                *value = HOSTILE.into();
            }
        }
        for field in ["printed", "shown"] {
            if let Some(value) = json["data"].get_mut(field) {
                *value = long.clone().into();
            }
        }
        event.kind = serde_json::from_value(json).unwrap();
    }
    events
}

#[test]
fn nothing_from_inside_the_lab_can_speak_in_the_page() {
    let page = html::render(&build(&payments(), &leaky_release(), &hostile(), None));
    for forbidden in ["<script", "\u{1b}", "\u{202e}", "\u{0}", "<img", "src=\"", "href=\"h"] {
        assert!(!page.contains(forbidden), "{forbidden:?} is in the page");
    }
    assert!(!page.contains("\" onload"), "an attribute was ended");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("&lt;U+202E&gt;gnp.exe"));
    assert!(page.contains("more characters are in the JSON report"));
    assert!(page.len() < 400_000, "a long line was not cut: {} bytes", page.len());
    assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"));
}

#[test]
fn nothing_from_inside_the_lab_can_speak_in_markdown() {
    let text = markdown::render(&build(&payments(), &leaky_release(), &hostile(), None));
    for forbidden in ["<script", "<img", "\u{1b}", "\u{202e}", "\u{0}", "http://"] {
        let outside_code = text.lines().filter(|line| !line.contains('`'));
        let found = outside_code.filter(|line| line.contains(forbidden)).count();
        assert_eq!(found, 0, "{forbidden:?} is in the text");
    }
    assert!(text.len() < 100_000, "a long line was not cut: {} bytes", text.len());
}

#[test]
fn an_empty_session_still_has_all_its_reports() {
    let report = build(&payments(), &leaky_release(), &[], None);
    assert!(html::render(&report).contains("No action"));
    assert!(markdown::render(&report).contains("The journal was not checked"));
    assert!(json::render(&report).contains("\"first_action\": null"));
}

#[test]
fn the_report_says_what_the_interviewer_did() {
    let report = report(&leaky_release(), &fixture::interviewed());
    let text = markdown::render(&report);
    let from = text.find("## What the interviewer did").unwrap();
    let until = text[from..].find("## Timeline").unwrap();
    insta::assert_snapshot!(text[..400].to_owned() + "…\n\n" + &text[from..from + until]);
    let page = html::render(&report);
    for words in ["What the interviewer did", "paused for 6.5 s", "inject more-traffic", "Hints"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        !html::render(&self::report(&leaky_release(), &fixture::jumper()))
            .contains("interviewer did")
    );
}

#[test]
fn a_line_without_an_end_runs_as_long_as_the_session_does() {
    let line = Kind::LineStarted {
        terminal: "t1".to_owned(),
        line_id: 1,
        line: "sleep 60".to_owned(),
        cwd: String::new(),
    };
    assert_eq!(headline::headline_now(&line), "$ sleep 60 (running)");
    assert_eq!(headline::headline(&line), "$ sleep 60 (did not end)");
}

#[test]
fn more_of_a_look_is_not_told_as_another_one() {
    let logs = |continued| Kind::LogsRead {
        service: "payments".to_owned(),
        grep: None,
        lines: 38,
        shown: String::new(),
        continued,
    };
    assert_eq!(headline::headline(&logs(false)), "Logs of payments (38 lines)");
    assert_eq!(headline::headline(&logs(true)), "Logs of payments (38 more lines)");
    let panel = PanelView::printed("In use".to_owned(), Vec::new(), String::new());
    let viewed = Kind::DashboardViewed {
        dashboard: "pool".to_owned(),
        title: "Connection pool".to_owned(),
        last_s: 300,
        panels: vec![panel],
        continued: true,
    };
    let told = "Dashboard Connection pool, last 5 min: In use (continued)";
    assert_eq!(headline::headline(&viewed), told);
}
