//! Files with bits that have turned over, the same ones in every run.

use flate2::Crc;

use super::{Hostile, samples::Sample};

/// Rotten copies of one picture and of one video.
const COPIES: (u32, u32) = (24, 6);

/// A generator of numbers that are good enough for choosing bits (the constants of Numerical Recipes).
pub struct Dice(u32);

impl Dice {
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(self.0) * end as u64) >> 32) as usize
    }
}

/// Copies of the sample, each with more rot than the last, and some whose check sums have been made to fit again, so
/// that the rot gets further in.
pub fn of(sample: &Sample) -> Vec<Hostile> {
    let copies = if sample.is_video() { COPIES.1 } else { COPIES.0 };
    let rotten = |copy: u32| {
        let mut dice = Dice::new(copy * 7919 + sample.bytes.len() as u32);
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

/// Makes the check sum of every chunk fit.
pub fn mend_png(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize) {
        let Some(end) = at.checked_add(8 + length).filter(|end| end + 4 <= bytes.len()) else { return };
        let mut crc = Crc::new();
        crc.update(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&crc.sum().to_be_bytes());
        at = end + 4;
    }
}
