//! Random and half-right journals, a fixed number of them: reading, verifying and recovering never
//! panic, and nothing but what a writer wrote is taken for whole.

use bolero::check;

use super::tests::{KEY, journal_of};
use super::*;
use crate::fixture;

/// Executions of each target; ten times as many with CHECKRIDE_TEST_FULL set.
fn executions() -> usize {
    if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { 200_000 } else { 20_000 }
}

fn look_at(bytes: &[u8], head: Option<&[u8]>) -> bool {
    let key = public_key(&KEY);
    let verdict = verify(bytes, head, Some(&key));
    assert!(verdict.intact_bytes <= bytes.len() as u64);
    // Whatever they say of it, they say it.
    let _ = read(bytes);
    let _ = recover(bytes, head, Some(&key), "2026-03-02T09:30:00.000Z");
    verdict.is_intact()
}

#[test]
fn random_bytes_are_no_journal_and_bring_no_reader_down() {
    check!().with_iterations(executions()).with_type::<(Vec<u8>, Vec<u8>)>().for_each(
        |(bytes, head)| {
            assert!(!look_at(bytes, Some(head)), "{bytes:?}");
            look_at(bytes, None);
        },
    );
}

#[test]
fn lines_of_a_journal_in_another_order_with_other_bytes_are_not_taken_for_it() {
    let (whole, head) = journal_of(&fixture::methodical()[..6], "one");
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    check!().with_iterations(executions()).with_type::<(Vec<u8>, u16, u8)>().for_each(
        |(order, at, with)| {
            let line = |n: &u8| lines[usize::from(*n) % lines.len()];
            let mut bytes = order.iter().map(line).collect::<Vec<_>>().concat();
            if let Some(length) = bytes.len().checked_sub(1) {
                bytes[usize::from(*at) % (length + 1)] ^= *with;
            }
            assert!(!look_at(&bytes, Some(&head)) || bytes == whole, "{order:?} {at} {with}");
        },
    );
}
