//! A strict zlib reader (RFC 1950 and 1951). Written here because the prover must not share code with the encoder,
//! and because libraries are lenient where the prover may not be: bytes after the stream and padding bits that are
//! not zero are places to hide in.

use super::sum::Adler;

/// Why a stream was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The input ends inside the stream.
    CutShort,
    /// Not a valid stream, or one with padding that is not zero.
    Damaged,
    /// More output than the caller allows.
    TooLong,
    /// The Adler-32 is wrong.
    Checksum,
}

/// Inflates a zlib stream, hands the output to `sink` piece by piece, and returns how many bytes of `input` it took.
///
/// `limit` is the most output in bytes; memory is bounded by about 160 KiB whatever the stream says.
///
/// # Errors
/// When the stream is not valid to the last bit, or longer than `limit`.
pub(super) fn zlib(input: &[u8], limit: u64, sink: &mut dyn FnMut(&[u8])) -> Result<usize, Refused> {
    let &[cmf, flags, ref body @ ..] = input else { return Err(Refused::CutShort) };
    let window_fits = cmf & 0x0F == 8 && cmf >> 4 <= 7;
    if !window_fits || flags & 0x20 != 0 || !(u16::from(cmf) << 8 | u16::from(flags)).is_multiple_of(31) {
        return Err(Refused::Damaged);
    }
    let mut adler = Adler::new();
    let mut out = Window { bytes: Vec::new(), given: 0, total: 0, limit };
    let mut bits = Bits { bytes: body, pos: 0, acc: 0, count: 0 };
    let mut give = |piece: &[u8]| {
        adler.add(piece);
        sink(piece);
    };
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, &mut give)?,
            1 => coded(&mut bits, &mut out, &mut give, &fixed_literals(), &fixed_distances())?,
            2 => {
                let (literals, distances) = dynamic(&mut bits)?;
                coded(&mut bits, &mut out, &mut give, &literals, &distances)?;
            }
            _ => return Err(Refused::Damaged),
        }
        if last {
            break;
        }
    }
    out.flush(&mut give);
    let end = bits.align()?;
    let stored_sum = body.get(end..end + 4).ok_or(Refused::CutShort)?;
    if stored_sum != adler.value().to_be_bytes() {
        return Err(Refused::Checksum);
    }
    Ok(2 + end + 4)
}

/// The whole output of a stream, at most `limit` bytes of it; `None` when it is not valid.
pub(super) fn zlib_to_vec(input: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    zlib(input, limit as u64, &mut |piece| out.extend_from_slice(piece)).ok()?;
    Some(out)
}

const WINDOW: usize = 32 << 10;
const FLUSH_AT: usize = 4 * WINDOW;

struct Window {
    bytes: Vec<u8>,
    given: usize,
    total: u64,
    limit: u64,
}

impl Window {
    fn room(&mut self, n: usize, give: &mut dyn FnMut(&[u8])) -> Result<(), Refused> {
        self.total += n as u64;
        if self.total > self.limit {
            return Err(Refused::TooLong);
        }
        if self.bytes.len() >= FLUSH_AT {
            self.flush(give);
            let keep = self.bytes.len() - WINDOW;
            self.bytes.drain(..keep);
            self.given = self.bytes.len();
        }
        Ok(())
    }

    fn flush(&mut self, give: &mut dyn FnMut(&[u8])) {
        give(&self.bytes[self.given..]);
        self.given = self.bytes.len();
    }

    fn repeat(&mut self, distance: usize, length: usize) -> Result<(), Refused> {
        let start = self.bytes.len().checked_sub(distance).ok_or(Refused::Damaged)?;
        for i in start..start + length {
            self.bytes.push(self.bytes[i]);
        }
        Ok(())
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    pos: usize,
    acc: u64,
    count: u32,
}

impl Bits<'_> {
    fn fill(&mut self) {
        while self.count <= 56 {
            let Some(&byte) = self.bytes.get(self.pos) else { return };
            self.acc |= u64::from(byte) << self.count;
            self.pos += 1;
            self.count += 8;
        }
    }

    fn take(&mut self, n: u32) -> Result<usize, Refused> {
        if self.count < n {
            self.fill();
        }
        let value = self.acc & ((1 << n) - 1);
        self.skip(n)?;
        Ok(value as usize)
    }

    fn skip(&mut self, n: u32) -> Result<(), Refused> {
        self.count = self.count.checked_sub(n).ok_or(Refused::CutShort)?;
        self.acc >>= n;
        Ok(())
    }

    /// Drops the padding of the current byte, which must be zero, and returns the position of the next byte.
    fn align(&mut self) -> Result<usize, Refused> {
        if self.take(self.count % 8)? != 0 {
            return Err(Refused::Damaged);
        }
        let next = self.pos - self.count as usize / 8;
        (self.pos, self.acc, self.count) = (next, 0, 0);
        Ok(next)
    }
}

fn stored(bits: &mut Bits, out: &mut Window, give: &mut dyn FnMut(&[u8])) -> Result<(), Refused> {
    let at = bits.align()?;
    let &[a, b, c, d] = bits.bytes.get(at..at + 4).ok_or(Refused::CutShort)? else { return Err(Refused::CutShort) };
    let length = u16::from_le_bytes([a, b]);
    if length != !u16::from_le_bytes([c, d]) {
        return Err(Refused::Damaged);
    }
    let end = at + 4 + usize::from(length);
    let data = bits.bytes.get(at + 4..end).ok_or(Refused::CutShort)?;
    out.room(data.len(), give)?;
    out.bytes.extend_from_slice(data);
    bits.pos = end;
    Ok(())
}

const FAST_BITS: u32 = 10;

/// A canonical Huffman code: a table for short codes, counting for long ones, so that building it costs little even
/// when a hostile stream has a new one every few bytes.
struct Code {
    fast: Vec<u16>,
    counts: [u16; 16],
    symbols: Vec<u16>,
}

impl Code {
    /// `lengths[symbol]` is the length of its code in bits, 0 for none. An incomplete code is allowed only where it
    /// has at most one symbol, as zlib does.
    fn new(lengths: &[u8]) -> Result<Self, Refused> {
        let mut counts = [0u16; 16];
        for &length in lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        let mut free = 1i32;
        let mut offsets = [0u16; 16];
        let mut first = [0u32; 16];
        for length in 1..16 {
            free = free * 2 - i32::from(counts[length]);
            if free < 0 {
                return Err(Refused::Damaged);
            }
            offsets[length] = offsets[length - 1] + counts[length - 1];
            first[length] = (first[length - 1] + u32::from(counts[length - 1])) << 1;
        }
        let used: u16 = counts.iter().sum();
        if free > 0 && (used > 1 || counts[1] != used) {
            return Err(Refused::Damaged);
        }
        let mut code = Self { fast: vec![0; 1 << FAST_BITS], counts, symbols: vec![0; usize::from(used)] };
        for (symbol, &length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0) {
            let l = usize::from(length);
            code.symbols[usize::from(offsets[l])] = symbol as u16;
            offsets[l] += 1;
            if u32::from(length) <= FAST_BITS {
                let reversed = first[l].reverse_bits() >> (32 - l);
                for slot in (reversed as usize..1 << FAST_BITS).step_by(1 << l) {
                    code.fast[slot] = (symbol as u16) << 4 | u16::from(length);
                }
            }
            first[l] += 1;
        }
        Ok(code)
    }

    fn read(&self, bits: &mut Bits) -> Result<usize, Refused> {
        if bits.count < 15 {
            bits.fill();
        }
        let entry = self.fast[bits.acc as usize & ((1 << FAST_BITS) - 1)];
        if entry != 0 {
            bits.skip(u32::from(entry & 15))?;
            return Ok(usize::from(entry >> 4));
        }
        let (mut code, mut first, mut index) = (0i32, 0i32, 0i32);
        for length in 1..16u32 {
            code |= (bits.acc >> (length - 1) & 1) as i32;
            let count = i32::from(self.counts[length as usize]);
            if code - count < first {
                bits.skip(length)?;
                return Ok(usize::from(self.symbols[(index + code - first) as usize]));
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(if bits.count < 15 { Refused::CutShort } else { Refused::Damaged })
    }
}

fn fixed_literals() -> Code {
    let lengths: Vec<u8> =
        (0..288).map(|s| [8, 9, 7, 8][(s >= 144) as usize + (s >= 256) as usize + (s >= 280) as usize]).collect();
    Code::new(&lengths).unwrap_or_else(|_| unreachable!("the fixed code of RFC 1951 is complete"))
}

fn fixed_distances() -> Code {
    Code::new(&[5; 32]).unwrap_or_else(|_| unreachable!("the fixed code of RFC 1951 is complete"))
}

fn dynamic(bits: &mut Bits) -> Result<(Code, Code), Refused> {
    const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    let literals = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    if literals > 286 || distances > 30 {
        return Err(Refused::Damaged);
    }
    let mut lengths = [0u8; 19];
    for &slot in &ORDER[..bits.take(4)? + 4] {
        lengths[slot] = bits.take(3)? as u8;
    }
    let meta = Code::new(&lengths)?;
    let mut lengths = Vec::with_capacity(literals + distances);
    while lengths.len() < literals + distances {
        let (value, times) = match meta.read(bits)? {
            16 => (*lengths.last().ok_or(Refused::Damaged)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        lengths.extend(std::iter::repeat_n(value, times));
    }
    // The end-of-block symbol must exist, or the block could never end.
    if lengths.len() > literals + distances || lengths[256] == 0 {
        return Err(Refused::Damaged);
    }
    Ok((Code::new(&lengths[..literals])?, Code::new(&lengths[literals..])?))
}

fn coded(
    bits: &mut Bits,
    out: &mut Window,
    give: &mut dyn FnMut(&[u8]),
    literals: &Code,
    distances: &Code,
) -> Result<(), Refused> {
    loop {
        match literals.read(bits)? {
            literal @ 0..=255 => {
                out.room(1, give)?;
                out.bytes.push(literal as u8);
            }
            256 => return Ok(()),
            symbol => {
                let length = match symbol - 257 {
                    s @ 0..=7 => s + 3,
                    s @ 8..=27 => {
                        let extra = s as u32 / 4 - 1;
                        ((4 + s % 4) << extra) + 3 + bits.take(extra)?
                    }
                    28 => 258,
                    _ => return Err(Refused::Damaged),
                };
                let distance = match distances.read(bits)? {
                    s @ 0..=3 => s + 1,
                    s @ 4..=29 => {
                        let extra = s as u32 / 2 - 1;
                        ((2 + s % 2) << extra) + 1 + bits.take(extra)?
                    }
                    _ => return Err(Refused::Damaged),
                };
                out.room(length, give)?;
                out.repeat(distance, length)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// "hello hello hello hello\n" as zlib 1.2.13 packs it at its best level.
    const HELLO: &[u8] =
        &[0x78, 0xDA, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0xB9, 0x00, 0x70, 0xBE, 0x08, 0xBB];

    #[test]
    fn a_stream_of_another_packer_is_read_whole() {
        assert_eq!(zlib_to_vec(HELLO, 100).as_deref(), Some(&b"hello hello hello hello\n"[..]));
    }

    #[test]
    fn a_stream_that_lies_in_any_way_is_refused() {
        assert_eq!(zlib(HELLO, 23, &mut |_| ()), Err(Refused::TooLong));
        assert_eq!(zlib(&HELLO[..HELLO.len() - 1], 100, &mut |_| ()), Err(Refused::CutShort));
        let mut wrong_sum = HELLO.to_vec();
        *wrong_sum.last_mut().expect("bytes") ^= 1;
        assert_eq!(zlib(&wrong_sum, 100, &mut |_| ()), Err(Refused::Checksum));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = zlib(&bytes, 1 << 16, &mut |_| ());
            bytes.splice(0..0, [0x78, 0xDA]);
            let _ = zlib(&bytes, 1 << 16, &mut |_| ());
        }
    }
}
