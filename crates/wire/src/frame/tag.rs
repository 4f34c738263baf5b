//! The tags of the frames. They are part of [`crate::VERSION`]; nothing else lives here.

pub(super) const OPEN: u8 = 1;
pub(super) const DIALLED: u8 = 2;
pub(super) const LINE: u8 = 3;

pub(super) const STDOUT: u8 = 16;
pub(super) const STDERR: u8 = 17;
pub(super) const EXIT: u8 = 18;

pub(super) const INPUT: u8 = 32;
pub(super) const RESIZE: u8 = 33;
pub(super) const CLOSE: u8 = 34;

pub(super) const OUTPUT: u8 = 48;
pub(super) const EXITED: u8 = 49;
pub(super) const TOOK: u8 = 50;
