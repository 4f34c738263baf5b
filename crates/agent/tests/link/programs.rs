//! Programs: which are told, under which line, and what happens without the agent.

use wire::{Line, Program};

use crate::home::Talk;
use crate::lines::at_prompt;

/// What was told until the next line ended, and the programs of it once they have ended too.
pub(crate) async fn under(lines: &mut Talk, count: usize) -> Vec<Program> {
    let mut seen = Vec::new();
    let mut ended = false;
    while !ended || seen.len() < count {
        match lines.any_line().await {
            Line::Program(program) => seen.push(program),
            Line::Ended { .. } => ended = true,
            _ => {}
        }
    }
    seen.sort_by_key(|program| program.id);
    seen
}

/// An exit code as the kernel tells it: since Linux 6.15.
fn told(exit: i32) -> Option<i32> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers =
        release.split(|c: char| !c.is_ascii_digit()).map(|it| it.parse().unwrap_or(0));
    let version: (u32, u32) = (numbers.next().unwrap(), numbers.next().unwrap());
    (version >= (6, 15)).then_some(exit)
}

/// The words of each, with `!` when nothing ran.
fn words(programs: &[Program]) -> Vec<String> {
    let word = |it: &Program| format!("{}{}", if it.ran { "" } else { "!" }, it.argv.join(" "));
    programs.iter().map(word).collect()
}

#[tokio::test]
async fn a_program_is_told_with_its_words_folder_line_times_and_exit_code() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("cd /usr\r").await;
    lines.ended().await;
    terminal.type_in("sh -c 'exit 3' \"zwölf  b\"\r").await;
    let seen = under(&mut lines, 1).await;
    let [it] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(it.argv, ["sh", "-c", "exit 3", "zwölf  b"]);
    assert_eq!((it.line, it.terminal.as_str(), it.cwd.as_str()), (Some(2), "t1", "/usr"));
    assert_eq!((it.exit, it.ran, it.cut), (told(3), true, false));
    assert!(it.path.ends_with("/sh") && it.ended_us.unwrap() >= it.at_us);
}

#[tokio::test]
async fn a_script_and_a_pipe_into_a_shell_hide_nothing() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    // `ls -d /etc` and `true`.
    terminal.type_in("echo bHMgLWQgL2V0YwovYmluL3RydWUK | base64 -d | sh\r").await;
    let seen = words(&under(&mut lines, 4).await);
    for wanted in ["base64 -d", "sh", "ls -d /etc", "/bin/true"] {
        assert!(seen.iter().any(|it| it == wanted), "{wanted}: {seen:?}");
    }
}

#[tokio::test]
async fn attempts_along_path_are_one_program_and_a_missing_one_is_marked() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal
        .type_in("PATH=/nowhere:/also/nowhere:/usr/bin:/bin env true; env no-such-program\r")
        .await;
    let seen = words(&under(&mut lines, 4).await);
    let wanted = ["env true", "true", "env no-such-program", "!no-such-program"];
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn a_program_that_finds_none_to_become_goes_on_and_is_told_to_its_own_end() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    let script = "shopt -s execfail; exec /no/such; exit 3";
    terminal.type_in(&format!("bash -c '{script}'\r")).await;
    let seen = under(&mut lines, 2).await;
    assert_eq!(words(&seen), [format!("bash -c {script}").as_str(), "!/no/such"]);
    assert_eq!((seen[0].exit, seen[1].exit), (told(3), None));
    assert_eq!(seen[1].ended_us, Some(seen[1].at_us));
    assert!(seen[0].ended_us.unwrap() >= seen[1].at_us);
}

#[tokio::test]
async fn what_runs_from_an_odd_folder_or_by_a_link_of_its_own_is_told_as_run() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("mkdir $'odd\\xff'; cd $'odd\\xff'; cp /bin/true it\r").await;
    under(&mut lines, 2).await;
    let line = "./it one; exec 3< it; ln -s /proc/self/fd/3 own; ./own two; env ./absent\r";
    terminal.type_in(line).await;
    let seen = words(&under(&mut lines, 5).await);
    let wanted =
        ["./it one", "ln -s /proc/self/fd/3 own", "./own two", "env ./absent", "!./absent"];
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn what_runs_on_in_the_background_stays_with_its_line() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("(read -t 1 < <(:); read -t 1 <> <(:); true one) &\r").await;
    assert_eq!(lines.ended().await.1, 0);
    terminal.type_in("setsid sh -c 'sleep 0.3; exec true two' & sleep 2\r").await;
    let mut seen = Vec::new();
    while seen.len() < 5 {
        if let Line::Program(program) = lines.any_line().await {
            seen.push((program.line, program.argv.join(" ")));
        }
    }
    seen.sort();
    assert!(seen.contains(&(Some(2), "true two".into())), "{seen:?}");
}

#[tokio::test]
async fn a_long_command_is_cut_and_says_so() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("/bin/true {1..100}; /bin/true $(printf 'x%.0s' {1..9000})\r").await;
    let seen = under(&mut lines, 2).await;
    let [many, long] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((many.argv.len(), many.cut), (64, true));
    assert_eq!((long.argv[1].len() + "/bin/true".len(), long.cut), (4096, true));
}

#[tokio::test]
async fn what_runs_for_long_is_told_while_it_runs_and_again_at_its_end() {
    let (_home, mut terminal, mut lines) = at_prompt().await;
    terminal.type_in("sleep 1000\r").await;
    let it = loop {
        if let Line::Program(program) = lines.any_line().await {
            break program;
        }
    };
    assert_eq!((it.argv.join(" "), it.ended_us, it.exit), ("sleep 1000".to_owned(), None, None));
    terminal.type_in("\x03").await;
    loop {
        if let Line::ProgramEnded { id, exit, .. } = lines.any_line().await {
            assert_eq!((id, exit), (it.id, told(130)));
            break;
        }
    }
}

#[tokio::test]
async fn without_the_agent_no_program_starts() {
    let (mut home, mut terminal, _lines) = at_prompt().await;
    let folder = home.run().with_file_name("after");
    // It outlives its terminal, and tries once the agent is gone.
    let line = format!(
        "(trap '' HUP; while [[ -e /proc/{agent} ]]; do :; done; : > {out}.agent-gone; \
         /bin/touch {out}.ran; echo $? > {out}.exit) > /dev/null 2>&1 & disown; echo sta''rted\r",
        agent = home.pid(),
        out = folder.display(),
    );
    terminal.type_in(&line).await;
    terminal.until("started").await;
    home.kill().await;
    let path = |end: &str| folder.with_extension(end);
    let exit = crate::home::until(|| {
        std::fs::read_to_string(path("exit")).ok().filter(|it| it.ends_with('\n'))
    })
    .await;
    assert_eq!(exit, "126\n");
    assert!(path("agent-gone").exists() && !path("ran").exists());
}
