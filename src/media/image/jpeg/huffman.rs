//! Bits and Huffman codes of a JPEG scan. Separate from the walk over blocks because this is the wire format and that
//! is the picture.

use super::markers::damaged;
use crate::error::MediaError;

/// Codes up to this long are found by one look.
const FAST_BITS: u32 = 9;

/// One Huffman table (T.81, annex C).
pub(super) struct Table {
    /// For each prefix of [`FAST_BITS`] bits: code length and symbol; length 0 when the code is longer.
    fast: Vec<(u8, u8)>,
    /// For each code length: the first code that is too large for it, shifted to 16 bits.
    limit: [u32; 18],
    /// For each code length: what to add to a code to get its place in `symbols`.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Table {
    /// Reads the sixteen counts and the symbols; returns the table and the bytes used.
    pub(super) fn parse(body: &[u8]) -> Result<(Self, usize), MediaError> {
        let short = || damaged("a Huffman table is too short");
        let counts = body.get(..16).ok_or_else(short)?;
        let total: usize = counts.iter().map(|&c| usize::from(c)).sum();
        let symbols = body.get(16..16 + total).ok_or_else(short)?.to_vec();
        let mut table = Self { fast: vec![(0, 0); 1 << FAST_BITS], limit: [0; 18], offset: [0; 17], symbols };
        let (mut code, mut place) = (0u32, 0usize);
        for length in 1..=16u32 {
            let count = u32::from(counts[length as usize - 1]);
            table.offset[length as usize] = place as i32 - code as i32;
            if code + count > 1 << length {
                return Err(damaged("a Huffman table has more codes than fit"));
            }
            for _ in 0..count {
                if length <= FAST_BITS {
                    let first = (code << (FAST_BITS - length)) as usize;
                    table.fast[first..first + (1 << (FAST_BITS - length))]
                        .fill((length as u8, table.symbols[place]));
                }
                code += 1;
                place += 1;
            }
            table.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        table.limit[17] = u32::MAX;
        Ok((table, 16 + total))
    }
}

/// Reads bits, undoing the byte stuffing, and stops at a marker.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let byte = match self.data.get(self.at) {
                Some(0xFF) if self.data.get(self.at + 1) == Some(&0) => {
                    self.at += 2;
                    0xFF
                }
                Some(0xFF) | None => return,
                Some(&b) => {
                    self.at += 1;
                    b
                }
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next `n` bits, at most 16.
    #[inline]
    pub(super) fn take(&mut self, n: u32) -> Result<u32, MediaError> {
        if self.count < n {
            self.fill();
            if self.count < n {
                return Err(damaged("the coded data ends before the picture"));
            }
        }
        if n == 0 {
            return Ok(0);
        }
        let bits = (self.held >> (64 - n)) as u32;
        self.held <<= n;
        self.count -= n;
        Ok(bits)
    }

    /// The next symbol of `table`.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, MediaError> {
        if self.count < 16 {
            self.fill();
        }
        let (length, symbol) = table.fast[(self.held >> (64 - FAST_BITS)) as usize];
        if length != 0 {
            self.take(length.into())?;
            return Ok(symbol);
        }
        let ahead = (self.held >> 48) as u32;
        let length = (FAST_BITS as usize + 1..18).find(|&l| ahead < table.limit[l]).unwrap_or(17);
        if length > 16 {
            return Err(damaged("the coded data holds a code that is in no table"));
        }
        let code = self.take(length as u32)? as i32;
        let place = usize::try_from(code + table.offset[length]).ok();
        place.and_then(|p| table.symbols.get(p)).copied().ok_or_else(|| damaged("a code is in no table"))
    }

    /// Drops what is left before the next marker and returns how many whole bytes that was.
    pub(super) fn leftover(&mut self) -> usize {
        let mut bytes = self.count as usize / 8;
        (self.held, self.count) = (0, 0);
        loop {
            self.fill();
            if self.count == 0 {
                return bytes;
            }
            bytes += self.count as usize / 8;
            (self.held, self.count) = (0, 0);
        }
    }

    /// Steps over a restart marker with the number `want`.
    pub(super) fn restart(&mut self, want: u8) -> Result<(), MediaError> {
        while self.data.get(self.at) == Some(&0xFF) && self.data.get(self.at + 1) == Some(&0xFF) {
            self.at += 1;
        }
        if self.data.get(self.at..self.at + 2) != Some(&[0xFF, 0xD0 + want]) {
            return Err(damaged("a restart marker is missing"));
        }
        self.at += 2;
        Ok(())
    }

    /// Whether all of the data was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.data[self.at..].iter().all(|&b| b == 0xFF)
    }
}
