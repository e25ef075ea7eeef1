//! The entropy-coded data of a baseline JPEG, decoded just far enough to count its blocks (T.81, annex F.2): bits that
//! belong to no block are the one place in a scan where something can hide. Separate from the segments because it
//! works on bits.

use super::Fault;
use crate::geom::Size;

/// One component of the frame: its number, its sampling factors, its quantisation table.
#[derive(Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) h: usize,
    pub(super) v: usize,
    pub(super) quant: usize,
}

const FAST_BITS: u32 = 9;

/// A Huffman table, ready to decode with.
pub(super) struct Huffman {
    /// Code of up to 9 bits → length and symbol; length 0 where there is none.
    fast: Vec<(u8, u8)>,
    /// For each length: one past its last code, left-aligned to 16 bits; its first code; where its symbols begin.
    ends: [u32; 17],
    firsts: [u32; 17],
    starts: [usize; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// `None` when the code is impossible, a symbol comes twice, or one that baseline JPEG does not have.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8], is_ac: bool) -> Option<Self> {
        let known = |s: &u8| if is_ac { (1..=10).contains(&(s & 15)) || matches!(s, 0 | 0xF0) } else { *s <= 11 };
        let mut twice = [false; 256];
        if !symbols.iter().all(|s| known(s) && !std::mem::replace(&mut twice[usize::from(*s)], true)) {
            return None;
        }
        let mut table = Self {
            fast: vec![(0, 0); 1 << FAST_BITS],
            ends: [0; 17],
            firsts: [0; 17],
            starts: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0u32, 0usize);
        for (length, &count) in (1..).zip(counts) {
            (table.firsts[length], table.starts[length]) = (code, index);
            for &symbol in &symbols[index..index + usize::from(count)] {
                if code >> length != 0 {
                    return None;
                }
                if length as u32 <= FAST_BITS {
                    let spread = FAST_BITS - length as u32;
                    let first = (code << spread) as usize;
                    table.fast[first..first + (1 << spread)].fill((length as u8, symbol));
                }
                code += 1;
            }
            index += usize::from(count);
            table.ends[length] = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    pos: usize,
    acc: u64,
    count: u32,
}

type Refusal = (usize, Fault);

impl Bits<'_> {
    /// Reads ahead, up to the next marker.
    fn fill(&mut self) {
        while self.count <= 48 {
            let (byte, taken) = match self.bytes[self.pos..] {
                [0xFF, 0, ..] => (0xFF, 2),
                [0xFF, ..] | [] => return,
                [byte, ..] => (byte, 1),
            };
            self.pos += taken;
            self.acc = self.acc << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    fn skip(&mut self, n: u32) -> Result<(), Refusal> {
        if self.count < n {
            self.fill();
        }
        self.count = self.count.checked_sub(n).ok_or((self.pos, Fault::CutShort("a scan")))?;
        Ok(())
    }

    fn symbol(&mut self, table: &Huffman) -> Result<u8, Refusal> {
        if self.count < 16 {
            self.fill();
        }
        // Missing bits read as ones; skipping over them fails.
        let ahead = if self.count >= 16 {
            (self.acc >> (self.count - 16)) as u32 & 0xFFFF
        } else {
            ((self.acc << (16 - self.count)) as u32 | ((1 << (16 - self.count)) - 1)) & 0xFFFF
        };
        let (length, symbol) = table.fast[(ahead >> (16 - FAST_BITS)) as usize];
        if length > 0 {
            self.skip(length.into())?;
            return Ok(symbol);
        }
        for length in FAST_BITS as usize + 1..=16 {
            if ahead < table.ends[length] {
                self.skip(length as u32)?;
                let nth = (ahead >> (16 - length)) - table.firsts[length];
                return Ok(table.symbols[table.starts[length] + nth as usize]);
            }
        }
        let fault = if self.count < 16 { Fault::CutShort("a scan") } else { Fault::Damaged("a scan") };
        Err((self.pos, fault))
    }

    fn block(&mut self, dc: &Huffman, ac: &Huffman) -> Result<(), Refusal> {
        let size = self.symbol(dc)?;
        self.skip(size.into())?;
        let mut at = 1;
        while at < 64 {
            let symbol = self.symbol(ac)?;
            match symbol {
                0 => return Ok(()),
                0xF0 => at += 16,
                _ => {
                    at += u32::from(symbol >> 4) + 1;
                    self.skip(u32::from(symbol & 15))?;
                }
            }
            if at > 64 {
                return Err((self.pos, Fault::Damaged("a block")));
            }
        }
        Ok(())
    }

    /// Only the ones that fill up the last byte may be left before the next marker.
    fn pad(&mut self) -> Result<(), Refusal> {
        self.fill();
        if self.count >= 8 {
            return Err((self.pos, Fault::Trailing("the last block of a scan")));
        }
        let ones = (1u64 << self.count) - 1;
        if self.acc & ones != ones {
            return Err((self.pos, Fault::Value("the padding of a scan")));
        }
        self.count = 0;
        Ok(())
    }
}

/// Checks one scan that begins at `bytes[0]` and returns its length in bytes, up to the next marker.
///
/// `maximum` is the largest sampling factor of the frame, horizontally and vertically; `restart` is the number of
/// units between restart markers, 0 for none.
///
/// # Errors
/// The fault and its offset in `bytes`.
pub(super) fn check(
    bytes: &[u8],
    size: Size,
    maximum: (usize, usize),
    parts: &[(Component, &Huffman, &Huffman)],
    restart: u16,
) -> Result<usize, (usize, Fault)> {
    let (width, height) = (size.width as usize, size.height as usize);
    // A scan of one component has its own blocks only; a scan of several has whole units of all (T.81, A.2).
    let units = match parts {
        [(c, ..)] => (width * c.h).div_ceil(maximum.0 * 8) * (height * c.v).div_ceil(maximum.1 * 8),
        _ => width.div_ceil(maximum.0 * 8) * height.div_ceil(maximum.1 * 8),
    };
    let mut bits = Bits { bytes, pos: 0, acc: 0, count: 0 };
    let mut next_restart = 0;
    for unit in 0..units {
        if restart > 0 && unit > 0 && unit % usize::from(restart) == 0 {
            bits.pad()?;
            if bytes.get(bits.pos..bits.pos + 2) != Some(&[0xFF, 0xD0 + next_restart]) {
                return Err((bits.pos, Fault::Missing("a restart marker")));
            }
            bits.pos += 2;
            next_restart = (next_restart + 1) % 8;
        }
        for (component, dc, ac) in parts {
            let blocks = if parts.len() == 1 { 1 } else { component.h * component.v };
            for _ in 0..blocks {
                bits.block(dc, ac)?;
            }
        }
    }
    bits.pad()?;
    Ok(bits.pos)
}
