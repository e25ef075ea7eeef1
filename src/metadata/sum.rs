//! The two checksums of PNG. Written here, and not taken from a library, so that the prover does not believe the
//! encoder's own arithmetic.

/// CRC-32 of the parts in a row (ISO 3309, as in the PNG specification, annex D).
pub(super) fn crc32(parts: &[&[u8]]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in parts.iter().copied().flatten() {
        crc = CRC[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
    }
    !crc
}

const CRC: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut n = 0;
    while n < 256 {
        let mut c = n as u32;
        let mut bit = 0;
        while bit < 8 {
            c = if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 };
            bit += 1;
        }
        table[n] = c;
        n += 1;
    }
    table
};

/// A running Adler-32 (RFC 1950).
#[derive(Clone, Copy)]
pub(super) struct Adler(u32, u32);

impl Adler {
    /// The sum of nothing.
    pub(super) const fn new() -> Self {
        Self(1, 0)
    }

    /// Adds bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        // 5552 is the longest run whose sums cannot overflow 32 bits (RFC 1950).
        for run in bytes.chunks(5552) {
            for &byte in run {
                self.0 += u32::from(byte);
                self.1 += self.0;
            }
            self.0 %= 65_521;
            self.1 %= 65_521;
        }
    }

    /// The sum as it is stored.
    pub(super) const fn value(self) -> u32 {
        self.1 << 16 | self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_match_their_published_check_values() {
        assert_eq!(crc32(&[b"1234", b"56789"]), 0xCBF4_3926);
        let mut adler = Adler::new();
        adler.add(b"Wikipedia");
        assert_eq!(adler.value(), 0x11E6_0398);
    }
}
