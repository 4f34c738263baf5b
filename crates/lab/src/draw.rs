//! Which cause a session gets for which nobody named one. Pure: whoever calls has the seed.

use crate::lab::Lab;

impl Lab {
    /// The name of a cause; the same seed draws the same one. `None` where the lab has no causes.
    pub fn draw(&self, seed: u64) -> Option<&String> {
        let count = u64::try_from(self.causes.len()).ok().filter(|count| *count > 0)?;
        self.causes.keys().nth(usize::try_from(mixed(seed) % count).ok()?)
    }
}

/// A step of SplitMix64, so that seeds that follow each other draw different causes.
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
