//! Walks every coded block of a JPEG without reconstructing it, to prove that the picture is whole. Decoders fill what
//! is missing with grey and call it a picture; a face that such a decoder half shows must not pass as looked at. The
//! walk follows T.81, annexes F and G: what a block's symbols say, not what they mean.

use super::{
    huffman::{Bits, Table},
    markers::{Component, DHT, DRI, SOS, Survey, damaged},
};
use crate::error::MediaError;

/// Most bytes that may stand unread between a scan's last block and the next marker. Some phones write a few; more than
/// that means that blocks were lost.
const MAX_LEFTOVER: usize = 16;

/// One colour plane's blocks.
struct Plane {
    /// Sampling factors.
    h: usize,
    v: usize,
    /// Blocks that carry picture, across and down.
    own: (usize, usize),
    /// Blocks across when padded to whole units of all planes.
    stride: usize,
    /// Progressive only: which coefficients of each block are known not to be zero.
    nonzero: Vec<u64>,
    /// For each coefficient: how many of its low bits are still to come; `None` before its first scan.
    missing_bits: [Option<u32>; 64],
}

/// A scan's header.
struct Scan {
    /// Plane, DC table, AC table.
    planes: Vec<(usize, usize, usize)>,
    start: usize,
    end: usize,
    high: u32,
    low: u32,
}

struct Walk<'a> {
    progressive: bool,
    planes: Vec<Plane>,
    /// Units of all planes, across and down.
    units: (usize, usize),
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    restart_every: usize,
    components: &'a [Component],
    leftover: usize,
}

/// Walks all scans and returns how many bytes belong to no block.
///
/// # Errors
/// [`MediaError::Damaged`] unless every block of every plane is there, once.
pub(super) fn check(bytes: &[u8], survey: &Survey) -> Result<usize, MediaError> {
    let h_max = survey.components.iter().map(|c| usize::from(c.h)).max().unwrap_or(1);
    let v_max = survey.components.iter().map(|c| usize::from(c.v)).max().unwrap_or(1);
    let (width, height) = (survey.size.width as usize, survey.size.height as usize);
    let units = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
    let planes = survey.components.iter().map(|c| {
        let (h, v) = (usize::from(c.h), usize::from(c.v));
        let own = ((width * h).div_ceil(8 * h_max), (height * v).div_ceil(8 * v_max));
        let blocks = if survey.progressive { units.0 * h * units.1 * v } else { 0 };
        Plane { h, v, own, stride: units.0 * h, nonzero: vec![0; blocks], missing_bits: [None; 64] }
    });
    let mut walk = Walk {
        progressive: survey.progressive,
        planes: planes.collect(),
        units,
        dc: [const { None }; 4],
        ac: [const { None }; 4],
        restart_every: 0,
        components: &survey.components,
        leftover: 0,
    };
    for segment in &survey.segments {
        let body = &bytes[segment.body.clone()];
        match segment.marker {
            DHT => walk.tables(body)?,
            DRI => walk.restart_every = body.first_chunk().map_or(0, |&b| u16::from_be_bytes(b).into()),
            SOS => walk.scan(body, &bytes[segment.coded.clone()])?,
            _ => {}
        }
    }
    // A progressive file that lost its last scans would show a rough picture without complaint.
    if walk.planes.iter().any(|p| p.missing_bits.iter().any(|&m| m != Some(0))) {
        return Err(damaged("scans are missing"));
    }
    Ok(walk.leftover)
}

impl Walk<'_> {
    fn tables(&mut self, mut body: &[u8]) -> Result<(), MediaError> {
        while let [selector, rest @ ..] = body {
            let (table, used) = Table::parse(rest)?;
            let tables = if selector >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(selector & 15)).ok_or_else(|| damaged("a table number is impossible"))? =
                Some(table);
            body = &rest[used..];
        }
        Ok(())
    }

    fn header(&self, body: &[u8]) -> Result<Scan, MediaError> {
        let bad = || damaged("a scan header is impossible");
        let count = usize::from(*body.first().ok_or_else(bad)?);
        let (selectors, rest) = body[1..].split_at_checked(count * 2).ok_or_else(bad)?;
        let [start, end, bits, ..] = *rest else { return Err(bad()) };
        let mut planes = Vec::new();
        for s in selectors.chunks_exact(2) {
            let plane = self.components.iter().position(|c| c.id == s[0]).ok_or_else(bad)?;
            let (dc, ac) = (usize::from(s[1] >> 4), usize::from(s[1] & 15));
            if dc > 3 || ac > 3 || planes.iter().any(|p: &(usize, usize, usize)| p.0 == plane) {
                return Err(bad());
            }
            planes.push((plane, dc, ac));
        }
        let (start, end) = if self.progressive { (start.into(), end.into()) } else { (0, 63) };
        let (high, low) = if self.progressive { (u32::from(bits >> 4), u32::from(bits & 15)) } else { (0, 0) };
        let one_band = !self.progressive || (start == 0 && end == 0) || (start > 0 && planes.len() == 1);
        if planes.is_empty() || start > end || end > 63 || low > 13 || !one_band {
            return Err(bad());
        }
        Ok(Scan { planes, start, end, high, low })
    }

    fn scan(&mut self, body: &[u8], coded: &[u8]) -> Result<(), MediaError> {
        let scan = self.header(body)?;
        let interleaved = scan.planes.len() > 1;
        let units = if interleaved { self.units } else { self.planes[scan.planes[0].0].own };
        for &(plane, ..) in &scan.planes {
            let plane = &mut self.planes[plane];
            for missing in &mut plane.missing_bits[scan.start..=scan.end] {
                // The first scan of a coefficient has no bits before it; each further one adds exactly one.
                let fits = if scan.high == 0 { missing.is_none() } else { *missing == Some(scan.high) };
                if !fits || (scan.high > 0 && scan.low + 1 != scan.high) {
                    return Err(damaged("a scan repeats or skips a part of the picture"));
                }
                *missing = Some(scan.low);
            }
        }
        let mut bits = Bits::new(coded);
        let mut end_of_band = 0u32;
        let total = units.0 * units.1;
        for unit in 0..total {
            if self.restart_every > 0 && unit > 0 && unit % self.restart_every == 0 {
                self.account(bits.leftover())?;
                bits.restart(((unit / self.restart_every - 1) % 8) as u8)?;
                end_of_band = 0;
            }
            let (column, row) = (unit % units.0, unit / units.0);
            for &(index, dc, ac) in &scan.planes {
                let plane = &mut self.planes[index];
                let (h, v) = if interleaved { (plane.h, plane.v) } else { (1, 1) };
                for block in 0..h * v {
                    let at = (row * v + block / h) * plane.stride + column * h + block % h;
                    if self.progressive {
                        let (dc, ac) = (self.dc[dc].as_ref(), self.ac[ac].as_ref());
                        progressive_block(&mut bits, &scan, dc, ac, &mut plane.nonzero[at], &mut end_of_band)?;
                    } else {
                        sequential_block(&mut bits, need(self.dc[dc].as_ref())?, need(self.ac[ac].as_ref())?)?;
                    }
                }
            }
        }
        if end_of_band > 0 {
            return Err(damaged("a scan promises more blocks than the picture has"));
        }
        self.account(bits.leftover())?;
        if bits.is_at_end() { Ok(()) } else { Err(damaged("a scan goes on behind its last block")) }
    }

    fn account(&mut self, leftover: usize) -> Result<(), MediaError> {
        self.leftover += leftover;
        if leftover > MAX_LEFTOVER { Err(damaged("a scan holds data that belongs to no block")) } else { Ok(()) }
    }
}

fn need(table: Option<&Table>) -> Result<&Table, MediaError> {
    table.ok_or_else(|| damaged("a Huffman table is missing"))
}

/// Mean: a size category, then that many bits. 11 is the most that 8-bit samples need (T.81, table F.1).
fn mean(bits: &mut Bits<'_>, table: &Table) -> Result<(), MediaError> {
    let size = bits.symbol(table)?;
    if size > 11 {
        return Err(damaged("a coefficient is larger than 8-bit samples allow"));
    }
    bits.take(size.into()).map(|_| ())
}

fn sequential_block(bits: &mut Bits<'_>, dc: &Table, ac: &Table) -> Result<(), MediaError> {
    mean(bits, dc)?;
    let mut k = 1;
    while k < 64 {
        let symbol = bits.symbol(ac)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (run, size) {
            (15, 0) => k += 16,
            (_, 0) => return Ok(()),
            _ => {
                k += run + 1;
                if size > 10 {
                    return Err(damaged("a coefficient is larger than 8-bit samples allow"));
                }
                bits.take(size)?;
            }
        }
        if k > 64 {
            return Err(damaged("a block holds more than 64 coefficients"));
        }
    }
    Ok(())
}

fn progressive_block(
    bits: &mut Bits<'_>,
    scan: &Scan,
    dc: Option<&Table>,
    ac: Option<&Table>,
    nonzero: &mut u64,
    end_of_band: &mut u32,
) -> Result<(), MediaError> {
    match (scan.start, scan.high) {
        (0, 0) => mean(bits, need(dc)?),
        (0, _) => bits.take(1).map(|_| ()),
        (_, 0) => first_pass(bits, scan, need(ac)?, nonzero, end_of_band),
        _ => refining_pass(bits, scan, need(ac)?, nonzero, end_of_band),
    }
}

/// G.1.2.2: runs of zeros, and runs of blocks whose band ends.
fn first_pass(
    bits: &mut Bits<'_>,
    scan: &Scan,
    ac: &Table,
    nonzero: &mut u64,
    end_of_band: &mut u32,
) -> Result<(), MediaError> {
    if *end_of_band > 0 {
        *end_of_band -= 1;
        return Ok(());
    }
    let mut k = scan.start;
    while k <= scan.end {
        let symbol = bits.symbol(ac)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (run, size) {
            (15, 0) => k += 16,
            (_, 0) => {
                *end_of_band = (1 << run) - 1 + bits.take(run as u32)?;
                return Ok(());
            }
            _ => {
                k += run;
                if k > scan.end || size + scan.low > 14 {
                    return Err(damaged("a block holds more coefficients than its band"));
                }
                bits.take(size)?;
                *nonzero |= 1 << k;
                k += 1;
            }
        }
    }
    if k > scan.end + 1 { Err(damaged("a block holds more coefficients than its band")) } else { Ok(()) }
}

/// G.1.2.3: one more bit for each coefficient that is not zero, and new ones among the zeros.
fn refining_pass(
    bits: &mut Bits<'_>,
    scan: &Scan,
    ac: &Table,
    nonzero: &mut u64,
    end_of_band: &mut u32,
) -> Result<(), MediaError> {
    let mut k = scan.start;
    if *end_of_band == 0 {
        while k <= scan.end {
            let symbol = bits.symbol(ac)?;
            let (mut zeros, size) = (u32::from(symbol >> 4), symbol & 15);
            match size {
                0 if zeros < 15 => {
                    *end_of_band = (1 << zeros) + bits.take(zeros)?;
                    break;
                }
                0 => {}
                1 => drop(bits.take(1)?),
                _ => return Err(damaged("a refinement is larger than one bit")),
            }
            while k <= scan.end {
                if *nonzero >> k & 1 == 1 {
                    bits.take(1)?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                k += 1;
            }
            if size == 1 {
                if k > scan.end {
                    return Err(damaged("a block holds more coefficients than its band"));
                }
                *nonzero |= 1 << k;
            }
            k += 1;
        }
    }
    if *end_of_band > 0 {
        let known = (k..=scan.end).filter(|&k| *nonzero >> k & 1 == 1).count();
        for _ in 0..known {
            bits.take(1)?;
        }
        *end_of_band -= 1;
    }
    Ok(())
}
