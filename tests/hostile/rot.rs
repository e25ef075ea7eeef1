//! Files with bits that have turned over, the same ones in every run.

use super::{
    Hostile,
    damage::{Dice, mend_png},
    samples::Sample,
};

/// Rotten copies of one picture and of one video.
const COPIES: (u32, u32) = (24, 6);

/// Copies of the sample, each with more rot than the last, and some whose check sums have been made to fit again, so
/// that the rot gets further in.
pub fn of(sample: &Sample) -> Vec<Hostile> {
    let copies = if sample.is_video() { COPIES.1 } else { COPIES.0 };
    let rotten = |copy: u32| {
        let mut dice = Dice(u64::from(copy * 7919 + 1) << 32 | sample.bytes.len() as u64);
        let mut bytes = sample.bytes.clone();
        for _ in 0..1 + copy / 4 {
            // Past the signature, which only makes it another format.
            let at = 12 + dice.below(bytes.len() - 12);
            bytes[at] ^= 1 << dice.below(8);
        }
        if sample.format == "png" && copy.is_multiple_of(2) {
            mend_png(&mut bytes);
        }
        sample.with("bit rot", bytes)
    };
    (0..copies).map(rotten).collect()
}
