//! VP9 frames: the uncompressed header is read to its last bit, and the compressed header and the tiles fill the rest
//! (VP9 bitstream specification 0.6, 6.1 to 6.4 and annex B). Arithmetic-coded data inside them are not decoded.

use super::bits::Bits;
use crate::{geom::Size, metadata::prove::violation::Fault};

const FRAME: &str = "a VP9 frame";
const HEADER: &str = "the header of a VP9 frame";

/// The one size that all frames must have.
pub(super) struct Vp9 {
    size: Option<Size>,
    begun: bool,
}

/// What the header of a frame says.
struct Header {
    key: bool,
    shown: bool,
    /// Bytes of the uncompressed and the compressed header; `None` when the frame only shows an earlier one.
    lengths: Option<(usize, usize)>,
    tiles: u32,
}

impl Vp9 {
    pub(super) const fn new() -> Self {
        Self { size: None, begun: false }
    }

    /// The size of the pictures, once the container or a key frame said it.
    pub(super) const fn size(&self) -> Option<Size> {
        self.size
    }

    /// The size that the container says.
    pub(super) const fn expect_size(&mut self, size: Size) {
        self.size = Some(size);
    }

    /// One sample: a frame, or a superframe of which the last frame alone is shown. Returns whether decoding may begin
    /// with it.
    pub(super) fn sample(&mut self, bytes: &[u8]) -> Result<bool, Fault> {
        let frames = frames(bytes)?;
        let mut begins = false;
        for (i, frame) in frames.iter().enumerate() {
            let header = self.header(frame)?;
            if header.shown != (i + 1 == frames.len()) {
                return Err(Fault::Forbidden("a picture that is not shown, or a second one in a sample"));
            }
            begins |= i == 0 && header.key;
            match header.lengths {
                Some((plain, packed)) => tiles(frame, plain + packed, header.tiles)?,
                None if frame.len() == 1 => {}
                None => return Err(Fault::Trailing(FRAME)),
            }
        }
        Ok(begins)
    }

    fn header(&mut self, frame: &[u8]) -> Result<Header, Fault> {
        let mut b = Bits::new(HEADER, frame);
        b.fixed(2, 2)?;
        b.fixed(2, 0)?; // Profile 0: 8 bits, 4:2:0.
        if b.flag()? {
            b.u(3)?;
            b.check(self.begun)?;
            return Ok(Header { key: false, shown: true, lengths: None, tiles: 0 });
        }
        let key = !b.flag()?;
        let shown = b.flag()?;
        let resilient = b.flag()?;
        if key {
            b.fixed(24, 0x49_83_42)?;
            let space = b.u(3)?;
            b.check(space < 6)?;
            b.flag()?;
            self.own_size(&mut b)?;
            self.begun = true;
        } else {
            b.check(self.begun)?;
            let intra_only = !shown && b.flag()?;
            if !resilient {
                b.u(2)?;
            }
            if intra_only {
                b.fixed(24, 0x49_83_42)?;
                b.u(8)?;
                self.own_size(&mut b)?;
            } else {
                b.u(8 + 3 * 4)?;
                // All frames have one size, so it does not matter which of three they take it from.
                if !(b.flag()? || b.flag()? || b.flag()?) {
                    self.coded_size(&mut b)?;
                }
                self.render_size(&mut b)?;
                b.flag()?;
                if !b.flag()? {
                    b.u(2)?;
                }
            }
        }
        if !resilient {
            b.u(2)?;
        }
        b.u(2)?;
        loop_filter(&mut b)?;
        b.u(8)?;
        for _ in 0..3 {
            if b.flag()? {
                b.u(5)?;
            }
        }
        segmentation(&mut b)?;
        let tiles = self.tile_count(&mut b)?;
        let packed = b.u(16)? as usize;
        b.check(packed > 0)?;
        b.aligned()?;
        Ok(Header { key, shown, lengths: Some((b.pos() / 8, packed)), tiles })
    }

    /// Coded size and the size to show it at.
    fn own_size(&mut self, b: &mut Bits) -> Result<(), Fault> {
        self.coded_size(b)?;
        self.render_size(b)
    }

    fn coded_size(&mut self, b: &mut Bits) -> Result<(), Fault> {
        let size = Size::new(b.u(16)? + 1, b.u(16)? + 1);
        b.check(*self.size.get_or_insert(size) == size)
    }

    /// A size to show pictures at, other than their own, would be a crop or a stretch.
    fn render_size(&self, b: &mut Bits) -> Result<(), Fault> {
        if b.flag()? {
            let size = Size::new(b.u(16)? + 1, b.u(16)? + 1);
            b.check(self.size == Some(size))?;
        }
        Ok(())
    }

    fn tile_count(&self, b: &mut Bits) -> Result<u32, Fault> {
        let blocks = self.size.map_or(0, |s| s.width.div_ceil(64));
        let mut columns_log2 = 0;
        while (64 << columns_log2) < blocks {
            columns_log2 += 1;
        }
        let mut most = 1;
        while blocks >> most >= 4 {
            most += 1;
        }
        while columns_log2 < most - 1 && b.flag()? {
            columns_log2 += 1;
        }
        let rows_log2 = if b.flag()? { 1 + b.u(1)? } else { 0 };
        Ok(1 << (columns_log2 + rows_log2))
    }
}

fn loop_filter(b: &mut Bits) -> Result<(), Fault> {
    b.u(6 + 3)?;
    if b.flag()? && b.flag()? {
        for _ in 0..4 + 2 {
            if b.flag()? {
                b.u(7)?;
            }
        }
    }
    Ok(())
}

fn segmentation(b: &mut Bits) -> Result<(), Fault> {
    if !b.flag()? {
        return Ok(());
    }
    if b.flag()? {
        for _ in 0..7 {
            if b.flag()? {
                b.u(8)?;
            }
        }
        if b.flag()? {
            for _ in 0..3 {
                if b.flag()? {
                    b.u(8)?;
                }
            }
        }
    }
    if b.flag()? {
        b.flag()?;
        for _ in 0..8 {
            for value_bits in [8 + 1, 6 + 1, 2, 0] {
                if b.flag()? {
                    b.u(value_bits)?;
                }
            }
        }
    }
    Ok(())
}

/// The tiles from `at` on, all but the last with their length in four bytes before them.
fn tiles(frame: &[u8], at: usize, count: u32) -> Result<(), Fault> {
    let mut rest = frame.get(at..).ok_or(Fault::CutShort(FRAME))?;
    for _ in 1..count {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or(Fault::CutShort(FRAME))?;
        let length = u32::from_be_bytes(*length) as usize;
        rest = behind.get(length..).filter(|_| length > 0).ok_or(Fault::CutShort(FRAME))?;
    }
    if rest.is_empty() { Err(Fault::CutShort(FRAME)) } else { Ok(()) }
}

/// The frames of a sample, by the index at its end if there is one (annex B).
fn frames(bytes: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    const INDEX: &str = "the index of a VP9 superframe";
    let Some(&last) = bytes.last() else { return Err(Fault::CutShort(FRAME)) };
    let (count, width) = (usize::from(last & 7) + 1, usize::from(last >> 3 & 3) + 1);
    let index_length = 2 + count * width;
    let Some(at) = bytes.len().checked_sub(index_length).filter(|&at| last >> 5 == 6 && bytes[at] == last) else {
        return Ok(vec![bytes]);
    };
    let mut rest = &bytes[..at];
    let mut frames = Vec::new();
    for size in bytes[at + 1..bytes.len() - 1].chunks_exact(width) {
        let size = size.iter().rev().fold(0usize, |n, &b| n << 8 | usize::from(b));
        let (frame, behind) = rest.split_at_checked(size).ok_or(Fault::CutShort(INDEX))?;
        if size == 0 {
            return Err(Fault::Value(INDEX));
        }
        frames.push(frame);
        rest = behind;
    }
    if rest.is_empty() { Ok(frames) } else { Err(Fault::Trailing("the last frame of a VP9 superframe")) }
}
