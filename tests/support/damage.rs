//! Damage that is the same in every run.
#![allow(dead_code, reason = "each test binary uses its own part")]

use flate2::Crc;

/// Numbers that look random and are the same every time (xorshift, Marsaglia 2003).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// One kind of damage a number.
pub fn damage(file: &[u8], kind: usize, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = file.to_vec();
    let at = dice.below(bytes.len());
    match kind % 4 {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << dice.below(8),
        2 => {
            let lies = [
                0u32,
                1,
                7,
                8,
                0x7FFF_FFFF,
                0x8000_0000,
                u32::MAX - 7,
                u32::MAX,
                bytes.len() as u32,
                bytes.len() as u32 + 1,
            ];
            let lie = lies[dice.below(lies.len())];
            let lie = if dice.below(2) == 0 { lie.to_be_bytes() } else { lie.to_le_bytes() };
            let end = (at + 4).min(bytes.len());
            bytes[at..end].copy_from_slice(&lie[..end - at]);
        }
        _ => {
            let from = dice.below(bytes.len());
            let piece = bytes[from..bytes.len().min(from + 40)].to_vec();
            bytes.splice(at..at, piece);
        }
    }
    bytes
}

/// Makes the check sum of every chunk of a PNG fit, so that damage gets further in.
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
