//! What the two records make of a line together.

use super::*;
use crate::fixture::Script;

fn script() -> Script {
    Script::new(|_| true)
}

fn seen(script: Script) -> Vec<(String, LineVerdict, Vec<String>)> {
    let hidden = |command: &Command| {
        let hidden = command.programs.iter().filter(|program| program.hidden);
        hidden.map(ProgramFacts::words).collect()
    };
    let commands = commands(&script.into_events());
    commands.iter().map(|it| (it.line.clone(), it.verdict, hidden(it))).collect()
}

#[test]
fn a_line_with_a_program_is_confirmed_and_what_it_hides_is_named() {
    let mut script = script();
    script.at(1.0).line("echo bHM= | base64 -d | sh", "", |script| {
        script.program("base64 -d", Some(0));
        script.program("sh", Some(0));
        script.program("ls -l", Some(0));
    });
    let line = "echo bHM= | base64 -d | sh".to_owned();
    assert_eq!(seen(script), [(line, LineVerdict::Confirmed, vec!["ls -l".to_owned()])]);
}

#[test]
fn a_line_of_builtins_is_confirmed_by_its_end_and_another_is_line_only() {
    let mut script = script();
    script.at(1.0).line("cd /tmp", "", |_| {});
    script.at(2.0).line("no-such-program", "not found", |_| {});
    let verdicts: Vec<_> = seen(script).into_iter().map(|(_, verdict, _)| verdict).collect();
    assert_eq!(verdicts, [LineVerdict::Confirmed, LineVerdict::LineOnly]);
}

#[test]
fn programs_without_a_line_and_lines_with_missed_programs_say_so() {
    let mut script = script();
    script.at(1.0).program("id -u", Some(0));
    script.at(2.0).line("while :; do ls; done", "", |script| {
        script.program("ls", Some(0));
        script.missed(5);
    });
    let seen = seen(script);
    assert_eq!(seen[0], (String::new(), LineVerdict::ExecOnly, vec!["id -u".to_owned()]));
    assert_eq!(seen[1].1, LineVerdict::Gap);
}

#[test]
fn a_program_that_outlives_its_record_gets_its_end() {
    let mut script = script();
    script.at(1.0).line("sleep 9", "", |script| {
        script.program("sleep 9", None);
        script.program_ended(9.0, Some(0));
    });
    let commands = commands(&script.into_events());
    let program = &commands[0].programs[0];
    assert_eq!((program.duration_s, program.exit, program.hidden), (Some(9.0), Some(0), false));
}

#[test]
fn the_report_lists_what_ran_and_was_not_typed() {
    let mut script = script();
    script.at(1.0).line("sh x.sh", "", |script| {
        script.program("sh x.sh", Some(0));
        script.program("curl -s <b>", Some(7));
    });
    script.at(2.0).program("id -u", Some(0));
    let (lab, cause) = (crate::fixture::payments(), crate::fixture::leaky_release());
    let report = crate::report::build(&lab, &cause, &script.into_events(), None);
    let markdown = crate::report::markdown::render(&report);
    let listed = "1 command lines: 1 confirmed; 3 programs.\n\n\
        - `sh x.sh` (confirmed)\n  - ran `curl -s <b>` (exit 7)\n\
        - without a command line in `t1` (programs only)\n  - ran `id -u`\n";
    assert!(markdown.contains(listed), "{markdown}");
    let page = crate::report::html::render(&report);
    assert!(page.contains("<code>curl -s &lt;b&gt;</code>"), "{page}");
    assert!(page.contains("Programs without a command line"), "{page}");
}
