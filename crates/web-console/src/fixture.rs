//! The payments lab for tests, as it stands in the repository.

use std::path::Path;

use lab::cause::Cause;
use lab::lab::Lab;
use lab::load::{self, Disk};

pub(crate) fn lab() -> Lab {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/payments");
    load::lab(&folder, &Disk).unwrap()
}

pub(crate) fn cause() -> Cause {
    lab().causes["leaky-release"].clone()
}
