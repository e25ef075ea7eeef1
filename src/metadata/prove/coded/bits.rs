//! Bits from the highest to the lowest, with the number codes of H.264 and HEVC. Separate because headers of every
//! video and sound codec are read with it.

use crate::metadata::prove::violation::Fault;

/// A reading position in bits.
pub(super) struct Bits<'a> {
    part: &'static str,
    bytes: &'a [u8],
    pos: usize,
}

impl<'a> Bits<'a> {
    /// At the first bit of `part`.
    pub(super) const fn new(part: &'static str, bytes: &'a [u8]) -> Self {
        Self { part, bytes, pos: 0 }
    }

    /// The position in bits.
    pub(super) const fn pos(&self) -> usize {
        self.pos
    }

    /// The fault of a value that is not on the list.
    pub(super) const fn value(&self) -> Fault {
        Fault::Value(self.part)
    }

    /// Fails unless `holds`.
    pub(super) const fn check(&self, holds: bool) -> Result<(), Fault> {
        if holds { Ok(()) } else { Err(self.value()) }
    }

    /// The next `n` bits, at most 32, as a number.
    pub(super) fn u(&mut self, n: u32) -> Result<u32, Fault> {
        let mut value = 0u64;
        for _ in 0..n {
            let Some(byte) = self.bytes.get(self.pos / 8) else { return Err(Fault::CutShort(self.part)) };
            value = value << 1 | u64::from(byte >> (7 - self.pos % 8) & 1);
            self.pos += 1;
        }
        Ok(value as u32)
    }

    /// The next bit.
    pub(super) fn flag(&mut self) -> Result<bool, Fault> {
        Ok(self.u(1)? == 1)
    }

    /// The next `n` bits must be `value`.
    pub(super) fn fixed(&mut self, n: u32, value: u32) -> Result<(), Fault> {
        let got = self.u(n)?;
        self.check(got == value)
    }

    /// An unsigned Exp-Golomb number (H.264, 9.1).
    pub(super) fn ue(&mut self) -> Result<u32, Fault> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            self.check(zeros < 32)?;
        }
        Ok(((1u64 << zeros) - 1 + u64::from(self.u(zeros)?)) as u32)
    }

    /// An unsigned Exp-Golomb number that may be at most `most`.
    pub(super) fn ue_to(&mut self, most: u32) -> Result<u32, Fault> {
        let got = self.ue()?;
        self.check(got <= most)?;
        Ok(got)
    }

    /// A signed Exp-Golomb number from `-most` to `most`.
    pub(super) fn se_to(&mut self, most: i64) -> Result<i64, Fault> {
        let code = i64::from(self.ue()?);
        let got = if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 };
        self.check(got.abs() <= most)?;
        Ok(got)
    }

    /// Whether there is anything before the stop bit.
    pub(super) fn more(&self) -> bool {
        let Some(last) = self.bytes.iter().rposition(|&b| b != 0) else { return false };
        self.pos < last * 8 + 7 - self.bytes[last].trailing_zeros() as usize
    }

    /// The stop bit, zeros up to the next byte, and nothing after it (H.264, 7.3.2.11).
    pub(super) fn trailing(&mut self) -> Result<(), Fault> {
        self.fixed(1, 1)?;
        self.aligned()?;
        if self.pos == self.bytes.len() * 8 { Ok(()) } else { Err(Fault::Trailing(self.part)) }
    }

    /// Zeros up to the next byte.
    pub(super) fn aligned(&mut self) -> Result<(), Fault> {
        while !self.pos.is_multiple_of(8) {
            self.fixed(1, 0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_codes_are_read_as_the_standard_numbers_them() {
        // 1 | 010 | 011 | 00100 | 1 0000000
        let mut bits = Bits::new("x", &[0b1010_0110, 0b0100_1000]);
        assert_eq!([bits.ue(), bits.ue(), bits.ue(), bits.ue()], [Ok(0), Ok(1), Ok(2), Ok(3)]);
        assert!(!bits.more());
        assert_eq!(bits.trailing(), Ok(()));
        let mut bits = Bits::new("x", &[0b0100_1100, 0b1000_0101]);
        assert_eq!([bits.se_to(9), bits.se_to(9), bits.se_to(9)], [Ok(1), Ok(-1), Ok(2)]);
        assert_eq!(Bits::new("x", &[0b1000_0000, 1]).trailing(), Err(Fault::Trailing("x")));
        assert_eq!(Bits::new("x", &[0b1000_0001]).trailing(), Err(Fault::Value("x")));
        assert_eq!(Bits::new("x", &[0; 9]).ue(), Err(Fault::Value("x")));
        assert_eq!(Bits::new("x", &[1]).u(9), Err(Fault::CutShort("x")));
    }
}
