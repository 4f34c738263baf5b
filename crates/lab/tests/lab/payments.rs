//! The lab that this repository brings along is one that can be read.

use std::path::Path;

use lab::files::Disk;

#[test]
fn the_payments_lab_reads_without_a_problem() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
    let (lab, problems) = lab::load::check(&folder, &Disk);
    assert!(problems.is_empty(), "{problems}");
    let lab = lab.expect("a lab without problems is given out");
    assert_eq!(lab.id, "payments");
    assert_eq!(lab.causes.len(), 4);
}
