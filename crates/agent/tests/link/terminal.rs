//! Terminals: bytes, sizes, ends.

use std::time::{Duration, Instant};

use wire::{FromTerminal, Line, ToTerminal};

use crate::home::{Home, Talk, until};

#[tokio::test]
async fn a_terminal_is_a_real_one_with_a_shell_that_leads_its_session() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal
        .type_in(
            "test -t 0 -a -t 1 && stty size && ps -o sid= -p $$ | grep -qw $$ && echo lea''der\r",
        )
        .await;
    let seen = terminal.until("leader").await;
    assert!(seen.contains("30 100"), "{seen}");
}

#[tokio::test]
async fn a_program_of_the_shell_can_be_ended_by_a_signal() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    // Were SIGTERM blocked, only the second one, which is no signal to ignore, would end it.
    terminal.type_in("timeout -k 20 1 sleep 60; echo ended''-$?\r").await;
    assert!(terminal.until("ended-").await.contains("ended-124"));
}

#[tokio::test]
async fn a_new_size_reaches_the_programs() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.say(&ToTerminal::Resize { columns: 61, rows: 17 }).await;
    terminal.type_in("stty size; echo e''nd\r").await;
    assert!(terminal.until("end").await.contains("17 61"));
}

#[tokio::test]
async fn the_exit_code_of_the_shell_comes_after_everything_that_it_printed() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("seq 20000; exit 7\r").await;
    let (seen, code) = terminal.rest().await;
    assert!(seen.contains("\n20000\r\n"));
    assert_eq!(code, Some(7));
}

#[tokio::test]
async fn a_job_that_keeps_the_terminal_does_not_keep_it_from_ending() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("(trap '' HUP; sleep 20) & disown; exit 0\r").await;
    assert_eq!(terminal.rest().await.1, Some(0));
}

#[tokio::test]
async fn closing_hangs_up_even_on_a_program_that_does_not_listen() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("trap '' HUP; echo dea''f; while :; do sleep 1; done\r").await;
    terminal.until("deaf").await;
    let from = Instant::now();
    terminal.say(&ToTerminal::Close).await;
    assert_eq!(terminal.rest().await.1, Some(128 + 9));
    assert!(from.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn closing_during_a_flood_that_nobody_takes_ends_with_whole_frames() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("trap '' HUP; echo she''ll $$ .; yes flood\r").await;
    let seen = terminal.until("flood\r\nflood").await;
    let (_, shell) = seen.split_once("shell ").unwrap();
    let shell = format!("/proc/{}", shell.split(' ').next().unwrap());
    terminal.say(&ToTerminal::Close).await;
    // Its shell is ended only once the agent has given up on what it was sending.
    until(|| (!std::path::Path::new(&shell).exists()).then_some(())).await;
    assert_eq!(terminal.rest().await.1, Some(128 + 9));
}

#[tokio::test]
async fn closing_hangs_up_and_sizes_arrive_behind_all_the_input_that_nobody_reads() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    let show = "trap 'stty size' WINCH; stty -echo; echo dea''f; while :; do sleep 0.1; done";
    terminal.type_in(&format!("bash -c \"{show}\"\r")).await;
    terminal.until("deaf").await;
    terminal.type_in(&"x".repeat(wire::UNTAKEN)).await;
    terminal.say(&ToTerminal::Resize { columns: 61, rows: 17 }).await;
    terminal.until("17 61").await;
    terminal.say(&ToTerminal::Close).await;
    terminal.rest().await;
}

#[tokio::test]
async fn ctrl_c_reaches_the_program_while_it_floods() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("yes flood\r").await;
    terminal.until("flood\r\nflood").await;
    terminal.type_in("\x03").await;
    terminal.type_in("echo aft''er\r").await;
    terminal.until("after").await;
}

/// The input that a terminal has taken: how many bytes, and whether they were masked.
async fn took(terminal: &mut Talk, mut bytes: usize) -> Vec<bool> {
    let mut seen = Vec::new();
    while bytes > 0 {
        match terminal.hear().await {
            Some(FromTerminal::Took { bytes: more, masked }) => {
                seen.extend(std::iter::repeat_n(masked, more as usize));
                bytes -= more as usize;
            }
            Some(FromTerminal::Output(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    seen
}

#[tokio::test]
async fn what_is_typed_without_an_echo_is_told_as_masked() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    let line = "stty -echo; echo wh''at; read -r x; stty echo; echo \"<$x>\"\r";
    terminal.type_in(line).await;
    assert!(took(&mut terminal, line.len()).await.iter().all(|masked| !masked));
    terminal.until("what").await;
    terminal.type_in("s3cret\r").await;
    assert!(took(&mut terminal, 7).await.iter().all(|masked| *masked));
    // Nothing was echoed: what is seen of it is what the line printed.
    assert!(!terminal.until("<s3cret>").await.replace("<s3cret>", "").contains("s3cret"));
    terminal.type_in("ls\r").await;
    assert!(took(&mut terminal, 3).await.iter().all(|masked| !masked));
}

#[tokio::test]
async fn a_flood_comes_whole() {
    let home = Home::here();
    let mut terminal = home.terminal("t1").await;
    terminal.type_in("head -c 8000000 /dev/zero | tr '\\0' x; exit\r").await;
    let mut count = 0;
    loop {
        match terminal.hear::<FromTerminal>().await {
            Some(FromTerminal::Output(bytes)) => {
                count += bytes.iter().filter(|byte| **byte == b'x').count();
            }
            Some(FromTerminal::Took { .. }) => {}
            Some(FromTerminal::Exited(_)) => break,
            None => panic!("the stream ended"),
        }
    }
    // And the letters in the command line and around it, of which there are few.
    assert!((8_000_000..8_000_100).contains(&count), "{count}");
}

#[tokio::test]
async fn terminals_live_side_by_side() {
    let home = Home::here();
    let mut first = home.terminal("t1").await;
    let mut second = home.terminal("t2").await;
    first.type_in("echo one-$((1+1))\r").await;
    second.type_in("echo two-$((1+1))\r").await;
    assert!(!second.until("two-2").await.contains("one-2"));
    first.until("one-2").await;
}

#[tokio::test]
async fn the_agent_ends_with_the_link() {
    let mut home = Home::here();
    let mut lines = home.lines().await;
    let terminal = home.terminal("t1").await;
    assert!(matches!(lines.line().await, Line::Ready { .. }));
    assert_eq!(home.hang_up().await, Some(0));
    drop((terminal, lines));
}
