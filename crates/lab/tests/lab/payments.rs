//! The lab that this repository brings along is one that can be read, and drawn from.

use std::collections::BTreeSet;
use std::path::Path;

use lab::files::Disk;
use lab::lab::Lab;

fn payments() -> Lab {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
    let (lab, problems) = lab::load::check(&folder, &Disk);
    assert!(problems.is_empty(), "{problems}");
    lab.expect("a lab without problems is given out")
}

#[test]
fn the_payments_lab_reads_without_a_problem() {
    let lab = payments();
    assert_eq!(lab.id, "payments");
    assert_eq!(lab.causes.len(), 4);
}

#[test]
fn every_cause_is_drawn_by_some_seed_and_the_same_seed_draws_the_same() {
    let lab = payments();
    let drawn: BTreeSet<_> = (0..64).filter_map(|seed| lab.draw(seed)).collect();
    assert!(drawn.iter().copied().eq(lab.causes.keys()), "{drawn:?}");
    assert_eq!(lab.draw(7), lab.draw(7));
}
