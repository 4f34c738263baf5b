//! Command lines: what is told of them, whatever the person does to the shell.

use std::time::Duration;

use wire::Line;

use crate::home::{Home, Talk};

/// A terminal that is at its first prompt, and the stream of lines.
pub(crate) async fn at_prompt() -> (Home, Talk, Talk) {
    let mut home = Home::here();
    let mut lines = home.lines().await;
    let terminal = home.terminal("t1").await;
    match lines.line().await {
        Line::Ready { terminal, .. } => assert_eq!(terminal, "t1"),
        other => panic!("{other:?}"),
    }
    (home, terminal, lines)
}

/// Types `text` and gives the lines that come to their end, `count` of them.
async fn typed(text: &str, count: usize) -> Vec<(String, i32, String)> {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in(text).await;
    let mut seen = Vec::new();
    while seen.len() < count {
        seen.push(lines.ended().await);
    }
    seen
}

/// Types `text` and gives the one line that it makes.
async fn one(text: &str) -> (String, i32, String) {
    typed(text, 1).await.remove(0)
}

fn told(line: &str, exit: i32, printed: &str) -> (String, i32, String) {
    (line.into(), exit, printed.into())
}

#[tokio::test]
async fn a_line_is_told_with_its_exit_code_and_what_it_printed() {
    assert_eq!(one("echo hello; (exit 3)\r").await, told("echo hello; (exit 3)", 3, "hello\n"));
}

#[tokio::test]
async fn a_line_is_told_with_its_folder_before_it_ends() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("cd /usr\r").await;
    lines.ended().await;
    terminal.type_in("cat\r").await;
    match lines.line().await {
        Line::Started { line, cwd, terminal, .. } => {
            assert_eq!((line.as_str(), cwd.as_str(), terminal.as_str()), ("cat", "/usr", "t1"));
        }
        other => panic!("{other:?}"),
    }
    // Only when it answers is it certain that it, and not the shell, gets the Ctrl-C.
    terminal.type_in("there\r").await;
    terminal.until("there\r\nthere").await;
    terminal.type_in("\x03").await;
    assert_eq!(lines.ended().await.1, 130);
}

#[tokio::test]
async fn quotes_unicode_and_leading_spaces_come_as_typed() {
    let line = "  printf '%s\\n' \"a  'b'\" zwölf 5 \\* | tr a-z A-Z";
    let seen = one(&format!("{line}\r")).await;
    assert_eq!(seen.0, line);
    assert!(seen.2.starts_with("A  'B'\n"), "{seen:?}");
}

#[tokio::test]
async fn a_command_over_several_lines_is_one_line_with_its_line_feeds() {
    let seen = one("for i in 1 2\rdo echo \"n $i\"\rdone\r").await;
    assert_eq!(seen.0, "for i in 1 2\ndo echo \"n $i\"\ndone");
    assert!(seen.2.ends_with("n 1\nn 2\n"), "{seen:?}");
}

#[tokio::test]
async fn empty_lines_and_ctrl_c_at_the_prompt_are_no_command_lines() {
    assert_eq!(one("\r\r   \rhalf\x03\recho real\r").await, told("echo real", 0, "real\n"));
}

#[tokio::test]
async fn lines_typed_ahead_keep_their_own_output() {
    let seen = typed("echo a\recho b\recho c\r", 3).await;
    let lines: Vec<&str> = seen.iter().map(|(line, _, _)| line.as_str()).collect();
    assert_eq!(lines, ["echo a", "echo b", "echo c"]);
    assert!(
        seen.iter().zip(["a\n", "b\n", "c\n"]).all(|(seen, printed)| seen.2.starts_with(printed))
    );
}

#[tokio::test]
async fn a_long_line_is_cut_and_says_so() {
    let seen = one(&format!("true {}\r", "x".repeat(3500))).await;
    assert!(seen.0.starts_with("true xxx"), "{seen:?}");
    assert!(seen.0.ends_with("of 3505 bytes]"), "{seen:?}");
}

#[tokio::test]
async fn a_long_line_beyond_ascii_is_cut_by_its_bytes_and_says_so() {
    for (letter, count) in [('ö', 1700), ('€', 1300), ('x', 3500)] {
        let typed = format!("true {}", letter.to_string().repeat(count));
        let seen = one(&format!("{typed}\r")).await.0;
        let (kept, said) = seen.split_once(" …[cut: the first ").expect("it says so");
        let kept = kept.trim_end_matches('\u{fffd}');
        assert!(typed.starts_with(kept) && kept.len() > 2800, "{seen}");
        assert!(said.ends_with(&format!("of {} bytes]", typed.len())), "{said}");
    }
}

#[tokio::test]
async fn a_line_beyond_ascii_that_fits_comes_whole() {
    let typed = format!("true {}", "ö".repeat(1400));
    assert_eq!(one(&format!("{typed}\r")).await.0, typed);
}

#[tokio::test]
async fn a_flood_is_counted_whole_and_shown_in_part() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("head -c 3000000 /dev/zero | tr '\\0' y\r").await;
    let reader = tokio::spawn(async move { terminal.until("never").await });
    assert!(matches!(lines.line().await, Line::Started { .. }));
    match lines.line().await {
        Line::Ended { printed_bytes, printed, .. } => {
            assert_eq!((printed_bytes, printed.len()), (3_000_000, 16 * 1024));
        }
        other => panic!("{other:?}"),
    }
    reader.abort();
}

/// What somebody may try to keep a line from being told; the line after it is told all the same.
#[tokio::test]
async fn nothing_that_a_person_does_to_the_shell_hides_the_next_line() {
    let games = [
        "PS1='> '",
        "unset PROMPT_COMMAND PS0",
        "PROMPT_COMMAND=",
        "PROMPT_COMMAND=()",
        "PS0=",
        "trap - DEBUG; trap '' DEBUG",
        "HISTCONTROL=ignorespace",
        "HISTIGNORE='*'",
        "HISTSIZE=0",
        "shopt -u promptvars cmdhist lithist",
        "history -c",
        "_oncall_begin() { :; }",
        "unset -f _oncall_begin _oncall_prompt",
        "unalias -a; set -f; IFS=0",
        "exec 2> /dev/null",
        "LC_ALL=C; LANG=C; TERM=dumb",
        "set -o posix",
    ];
    let (_home, mut terminal, mut lines) = at_prompt().await;
    for game in games {
        terminal.type_in(&format!("{game}\r")).await;
        assert_eq!(lines.ended().await.0, game);
        terminal.type_in(" echo se''en\r").await;
        assert_eq!(lines.ended().await, told(" echo se''en", 0, "seen\n"), "after {game}");
    }
}

#[tokio::test]
async fn with_the_history_off_each_command_is_told() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("set +o history\r").await;
    lines.ended().await;
    terminal.type_in("echo on''e; echo two\r").await;
    assert_eq!(lines.ended().await, told("echo on''e", -1, "one\n"));
    assert_eq!(lines.ended().await, told("echo two", 0, "two\n"));
    terminal.type_in("set -o history\r").await;
    lines.ended().await;
    terminal.type_in("echo th''ree; true\r").await;
    assert_eq!(lines.ended().await, told("echo th''ree; true", 0, "three\n"));
}

#[tokio::test]
async fn nested_and_replaced_shells_are_told_like_the_first() {
    let (home, mut terminal, mut lines) = at_prompt().await;
    let bashrc = home.run().with_file_name("bashrc");
    let nested = format!("bash --rcfile {} -i", bashrc.display());
    terminal.type_in(&format!("{nested}\r")).await;
    assert!(matches!(lines.line().await, Line::Started { line, .. } if line == nested));
    terminal.type_in("echo inner\r").await;
    assert_eq!(lines.ended().await, told("echo inner", 0, "inner\n"));
    terminal.type_in("exit 5\r").await;
    assert_eq!(lines.ended().await.1, 5);
    assert!(matches!(lines.line().await, Line::Ended { id: 1, exit: 5, .. }));
    terminal.type_in(&format!("exec {nested}\r")).await;
    lines.ended().await;
    terminal.type_in("echo again\r").await;
    assert_eq!(lines.ended().await, told("echo again", 0, "again\n"));
}

#[tokio::test]
async fn the_last_line_ends_with_its_terminal() {
    let seen = one("echo bye; exit 9\r").await;
    assert_eq!((seen.0.as_str(), seen.1), ("echo bye; exit 9", 9));
    assert!(seen.2.starts_with("bye\n"), "{seen:?}");
}

#[tokio::test]
async fn rubbish_in_the_pipe_is_reported() {
    let (home, _terminal, mut lines) = at_prompt().await;
    std::fs::write(home.run().join("lines"), b"rubbish\n").unwrap();
    match lines.line().await {
        Line::Lost { reason, .. } => assert!(reason.starts_with("1 unreadable"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

/// Types a line that forges `count` lines of a shell that prints nothing, and `then` behind it.
async fn forge(home: &Home, terminal: &mut Talk, count: usize, then: &str) {
    let pipe = home.run().join("lines");
    let begin = r"B\0379\0371\037%s\0378\037/\037    1  forged\n";
    let end = r"P\0379\037%s\0370\n";
    let line = format!(
        "t=$(tty); for i in {{1..{count}}}; do printf '{begin}{end}' ${{t##*/}} ${{t##*/}} > {}; done",
        pipe.display()
    );
    terminal.type_in(&format!("{line}\r{then}\r")).await;
}

#[tokio::test]
async fn a_program_begins_in_its_line_even_while_a_forged_one_is_waited_for() {
    let (home, mut terminal, mut lines) = at_prompt().await;
    forge(&home, &mut terminal, 1, "/bin/true here").await;
    let mut begun_us = None;
    let program = loop {
        match lines.any_line().await {
            Line::Started { line, at_us, .. } if line == "/bin/true here" => begun_us = Some(at_us),
            Line::Program(program) if program.argv == ["/bin/true", "here"] => break program,
            _ => {}
        }
    };
    assert!(begun_us.unwrap() <= program.at_us, "{begun_us:?}, {program:?}");
}

#[tokio::test]
async fn many_forged_lines_hold_the_telling_up_no_longer_than_one() {
    let (home, mut terminal, mut lines) = at_prompt().await;
    forge(&home, &mut terminal, 60, "echo th''rough").await;
    let through = async { while lines.ended().await.2 != "through\n" {} };
    // A second each would be a minute.
    tokio::time::timeout(Duration::from_secs(20), through).await.unwrap();
}

#[tokio::test]
async fn lines_that_come_too_fast_are_counted_and_later_ones_are_told_again() {
    let (home, mut terminal, mut lines) = at_prompt().await;
    forge(&home, &mut terminal, 3_000, "true").await;
    let (mut told, mut counted) = (0, 0);
    // With the line that forges and the one behind it.
    while told + counted < 3_002 {
        match lines.line().await {
            Line::Started { .. } => told += 1,
            Line::Lost { reason, .. } => {
                assert!(
                    reason.ends_with("in t1 came too fast to be recorded one by one"),
                    "{reason}"
                );
                counted += reason.split(' ').next().unwrap().parse::<u32>().unwrap();
            }
            _ => {}
        }
    }
    assert!((1_000..1_500).contains(&told), "{told}");
    terminal.type_in("echo th''rough\r").await;
    while lines.ended().await.2 != "through\n" {}
}

#[tokio::test]
async fn a_loop_with_the_history_off_is_counted_when_it_floods() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("set +o history\r").await;
    lines.ended().await;
    let line = "for i in {1..3000}; do :; done; for i in 1 2 3 4 5; do /bin/true; done";
    terminal.type_in(&format!("{line}\r")).await;
    let (mut under, mut is_counted) = (Vec::new(), false);
    let counting = async {
        while under.len() < 5 || !is_counted {
            match lines.any_line().await {
                Line::Lost { reason, .. } => is_counted |= reason.contains("came too fast"),
                Line::Program(program) => under.push(program.line),
                _ => {}
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), counting).await.unwrap();
    // Their own lines were not told, but for one perhaps, and they are put under no earlier one.
    assert!(under.iter().filter(|line| line.is_none()).count() >= 4, "{under:?}");
    assert!(under.iter().all(|line| line.is_none_or(|line| line > 1_000)), "{under:?}");
}
