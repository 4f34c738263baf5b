//! Random mutations of a sealed journal: each is found, and found where it is.
//!
//! Ten thousand a run, in a second or two. The seed is fixed, so that a mutation that slips through
//! does so again. `cargo test --release -p session every_mutation -- --nocapture` prints the table.
#![allow(clippy::print_stdout, reason = "the table is what people read")]

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::tests::{KEY, journal_of};
use super::*;
use crate::fixture;

struct Journal {
    bytes: Vec<u8>,
    head: Vec<u8>,
    other: Vec<u8>,
}

/// How many mutations are tried.
const MUTATED: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mutation {
    Flip,
    Drop,
    Insert,
    Repeat,
    Reorder,
    Truncate,
    Swap,
    Foreign,
    Append,
}

const MUTATIONS: [Mutation; 9] = [
    Mutation::Flip,
    Mutation::Drop,
    Mutation::Insert,
    Mutation::Repeat,
    Mutation::Reorder,
    Mutation::Truncate,
    Mutation::Swap,
    Mutation::Foreign,
    Mutation::Append,
];

#[test]
fn every_mutation_is_found_where_it_is() {
    let journal = sealed();
    let mut rng = StdRng::seed_from_u64(20_260_302);
    let mut found: BTreeMap<Mutation, usize> = BTreeMap::new();
    let mut tried = 0;
    while tried < MUTATED {
        let mutation = MUTATIONS[tried % MUTATIONS.len()];
        let mutated = mutate(mutation, &journal, &mut rng);
        if mutated == journal.bytes {
            continue;
        }
        tried += 1;
        check(mutation, tried, &journal, &mutated);
        *found.entry(mutation).or_default() += 1;
    }
    println!("| mutation | found and located |\n| --- | --- |");
    for (mutation, count) in &found {
        println!("| {mutation:?} | {count} |");
    }
    assert_eq!(found.values().sum::<usize>(), MUTATED);
}

fn check(mutation: Mutation, number: usize, journal: &Journal, mutated: &[u8]) {
    let verdict = verify(mutated, Some(&journal.head), Some(&public_key(&KEY)));
    let name = format!("{mutation:?} number {number}: {verdict:?}");
    assert_eq!(verdict.state, State::Broken, "{name}");
    let broken = verdict.broken.unwrap();
    let (line, offset) = first_difference(&journal.bytes, mutated);
    assert_eq!(broken.offset, offset as u64, "{name}");
    assert_eq!(broken.seq, line.checked_sub(1).map(|seq| seq as u64), "{name}");
    assert_eq!(verdict.intact_bytes, offset as u64, "{name}");
}

/// The line in which two journals begin to differ, and where it begins.
fn first_difference(one: &[u8], other: &[u8]) -> (usize, usize) {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let line = one[..same].iter().filter(|byte| **byte == b'\n').count();
    let offset = one[..same].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, offset)
}

fn sealed() -> Journal {
    let (bytes, head) = journal_of(&fixture::methodical()[..40], "one");
    let (other, _) = journal_of(&fixture::jumper()[..40], "two");
    Journal { bytes, head, other }
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn mutate(mutation: Mutation, journal: &Journal, rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = journal.bytes.clone();
    let at = rng.random_range(0..bytes.len());
    let original = lines(&journal.bytes);
    let mut all = original.clone();
    let (one, other) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
    match mutation {
        Mutation::Flip => bytes[at] ^= 1 << rng.random_range(0..8_u8),
        Mutation::Drop if rng.random() => drop(bytes.remove(at)),
        Mutation::Insert => bytes.insert(at, rng.random()),
        Mutation::Truncate => bytes.truncate(at),
        Mutation::Swap => bytes.swap(at, other),
        Mutation::Append => bytes.extend((0..rng.random_range(1..300)).map(|_| b'a')),
        Mutation::Drop => drop(all.remove(one)),
        Mutation::Repeat => all.insert(one, original[other]),
        Mutation::Reorder => all.swap(one, other),
        Mutation::Foreign => {
            let strange = lines(&journal.other);
            all[one] = strange[one.min(strange.len() - 1)];
        }
    }
    if all == original { bytes } else { all.concat() }
}
