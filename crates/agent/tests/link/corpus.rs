//! A thousand command lines (a sample unless `CHECKRIDE_TEST_FULL` is set), typed into a real shell:
//! each program that the kernel was asked to run is told with its words, under the line that ran it.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::timeout;
use wire::{FromTerminal, Line, Program};

use crate::cases::{Case, SETUP, corpus, prepare};
use crate::home::Talk;
use crate::lines::at_prompt;

const FULL: usize = 1000;
const SAMPLE: usize = 240;

/// What may still come after the last line: only waited out when something is missing.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was told, by line.
#[derive(Default)]
struct Told {
    ids: Vec<u64>,
    ended: u64,
    programs: Vec<Program>,
    missed: u64,
}

impl Told {
    fn take(&mut self, line: Line) {
        match line {
            Line::Started { id, .. } => self.ids.push(id),
            Line::Ended { id, .. } => self.ended = id,
            Line::Program(program) => self.programs.push(program),
            Line::ProgramsMissed { count, .. } => self.missed += count.unwrap_or(0),
            Line::Lost { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }

    /// Types a line and waits for its end.
    async fn line(&mut self, text: &str, terminal: &mut Talk, lines: &mut Talk) -> u64 {
        let before = self.ids.len();
        terminal.type_in(&format!("{text}\r")).await;
        loop {
            if let Some(id) = self.ids.get(before)
                && self.ended == *id
            {
                return *id;
            }
            self.more(terminal, lines).await;
        }
    }

    /// The next thing that is told. What the terminal prints is taken meanwhile, so that nothing
    /// waits for it.
    async fn more(&mut self, terminal: &mut Talk, lines: &mut Talk) {
        tokio::select! {
            line = lines.any_line() => self.take(line),
            _ = terminal.hear::<FromTerminal>() => {}
        }
    }
}

/// How many of what, for one class.
#[derive(Default)]
struct Row {
    cases: usize,
    executions: usize,
    recorded: usize,
    joined: usize,
}

/// What of a case was told nowhere or elsewhere, and what was told too much.
fn judge(case: &Case, id: u64, told: &Told, row: &mut Row) -> Vec<String> {
    let mut complaints = Vec::new();
    let own = told.programs.iter().filter(|program| program.line == Some(id));
    let mut own: Vec<&Vec<String>> = own.map(|program| &program.argv).collect();
    row.cases += 1;
    for run in &case.runs {
        row.executions += 1;
        if let Some(at) = own.iter().position(|argv| *argv == run) {
            own.swap_remove(at);
            row.recorded += 1;
            row.joined += 1;
            continue;
        }
        let elsewhere = told.programs.iter().find(|program| program.argv == *run);
        row.recorded += usize::from(elsewhere.is_some());
        let line = elsewhere.map(|program| program.line);
        complaints
            .push(format!("`{}` (line {id}) should run {run:?}; told under {line:?}", case.line));
    }
    complaints.extend(own.iter().map(|argv| format!("`{}` did not run {argv:?}", case.line)));
    complaints
}

#[tokio::test]
async fn every_program_of_the_corpus_is_told_under_its_line() {
    let (home, mut terminal, mut lines) = at_prompt().await;
    let folder = home.run().parent().unwrap().to_owned();
    prepare(&folder);
    let count = if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { FULL } else { SAMPLE };
    let cases = corpus(count, &folder);
    let mut told = Told::default();
    for line in SETUP {
        told.line(line, &mut terminal, &mut lines).await;
    }
    let mut ids = Vec::new();
    for case in &cases {
        ids.push(told.line(&case.line, &mut terminal, &mut lines).await);
    }
    let wanted: usize = cases.iter().map(|case| case.runs.len()).sum();
    while told.programs.len() < wanted {
        let told_before = told.programs.len();
        let wait = async {
            while told.programs.len() == told_before {
                told.more(&mut terminal, &mut lines).await;
            }
        };
        if timeout(PATIENCE, wait).await.is_err() {
            break;
        }
    }
    report(&cases, &ids, &told);
}

/// Prints the table, and fails unless it is all that was wanted.
fn report(cases: &[Case], ids: &[u64], told: &Told) {
    let mut table = BTreeMap::<&str, Row>::new();
    let mut complaints = Vec::new();
    for (case, id) in cases.iter().zip(ids) {
        complaints.extend(judge(case, *id, told, table.entry(case.class).or_default()));
    }
    println!("| class | cases | executions | recorded | joined |\n|---|---|---|---|---|");
    let mut all = Row::default();
    for (class, row) in &table {
        let Row { cases, executions, recorded, joined } = row;
        println!("| {class} | {cases} | {executions} | {recorded} | {joined} |");
        all.cases += cases;
        all.executions += executions;
        all.recorded += recorded;
        all.joined += joined;
    }
    let Row { cases, executions, recorded, joined } = all;
    println!("| **all** | {cases} | {executions} | {recorded} | {joined} |");
    assert_eq!(told.missed, 0, "the corpus is slower than the limit of programs a second");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}
