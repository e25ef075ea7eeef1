//! The sample tables (ISO 14496-12, 8.6 and 8.7): how long, how large and where every sample is. Separate from the walk
//! over the data, which these tables must cover without a gap.

use super::boxes::{end, fixed, may, need, number};
use crate::metadata::prove::{
    violation::{Fault, Violation},
    walk::Walk,
};

/// The samples of a track, in the order of their times.
#[derive(Default)]
pub(super) struct Samples {
    /// Length of each in bytes.
    pub(super) sizes: Vec<u32>,
    /// How long each is shown or heard, in ticks.
    pub(super) ticks: Vec<u32>,
    /// Where each run of samples begins in the file, and how many samples it has.
    pub(super) chunks: Vec<(u64, u32)>,
    /// The samples at which decoding may begin, counted from 0; `None` when it may at all of them.
    pub(super) keys: Option<Vec<u32>>,
}

impl Samples {
    /// Length of all samples in ticks.
    pub(super) fn ticks(&self) -> u64 {
        self.ticks.iter().copied().map(u64::from).sum()
    }

    /// Length of all samples in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.sizes.iter().copied().map(u64::from).sum()
    }
}

/// A table's body and the number of its entries, each of `width` bytes.
fn table<'a>(
    stbl: &mut Walk<'a>,
    kind: &[u8; 4],
    width: usize,
    part: &'static str,
) -> Result<(Walk<'a>, usize), Violation> {
    let mut b = need(stbl, kind, part)?;
    fixed(&mut b, &[0; 4], part)?;
    let count = number(&mut b, part)? as usize;
    b.check(b.rest().len() / width >= count, Fault::CutShort(part))?;
    b.check(b.rest().len() == width * count, Fault::Trailing(part))?;
    Ok((b, count))
}

/// Reads the tables of a track; they are empty in a fragmented file.
pub(super) fn read(stbl: &mut Walk, sound: bool) -> Result<Samples, Violation> {
    let times = *stbl;
    let runs = times_to_samples(stbl)?;
    let keys = keys(stbl)?;
    let (places, mut chunk_runs) = (*stbl, chunk_runs(stbl)?);
    let sizes = sizes(stbl)?;
    let chunks = chunks(stbl)?;
    if sound && !sizes.is_empty() {
        priming(stbl, sizes.len())?;
    }
    end(stbl, "a sample table")?;

    let timed: u64 = runs.iter().map(|&(count, _)| u64::from(count)).sum();
    times.check(timed == sizes.len() as u64, Fault::Value("the table of times"))?;
    let ticks = runs.iter().flat_map(|&(count, ticks)| std::iter::repeat_n(ticks, count as usize)).collect();
    let wrong = Fault::Value("the table of chunks");
    places
        .check(chunk_runs.first().is_none_or(|r| r.0 == 1) && chunk_runs.is_empty() == chunks.is_empty(), wrong)?;
    chunk_runs.push((chunks.len() as u32 + 1, 0));
    let mut placed = Vec::with_capacity(chunks.len());
    for pair in chunk_runs.windows(2) {
        let ((first, samples), (next, _)) = (pair[0], pair[1]);
        places.check(first < next && samples > 0, wrong)?;
        let Some(run) = chunks.get(first as usize - 1..next as usize - 1) else { return Err(places.fail(wrong)) };
        placed.extend(run.iter().map(|&at| (at, samples)));
    }
    let samples: u64 = placed.iter().map(|&(_, n)| u64::from(n)).sum();
    places.check(samples == sizes.len() as u64, wrong)?;
    let inside = keys.iter().flatten().all(|&k| (k as usize) < sizes.len());
    places.check(inside, Fault::Value("the table of key pictures"))?;
    Ok(Samples { sizes, ticks, chunks: placed, keys })
}

/// How many samples last how long, each run as long as it can be.
fn times_to_samples(stbl: &mut Walk) -> Result<Vec<(u32, u32)>, Violation> {
    const PART: &str = "the table of times";
    let (mut b, count) = table(stbl, b"stts", 8, PART)?;
    let mut runs: Vec<(u32, u32)> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = b;
        let run = (number(&mut b, PART)?, number(&mut b, PART)?);
        // A sample that lasts no time is never seen.
        at.check(run.0 > 0 && run.1 > 0 && runs.last().is_none_or(|last| last.1 != run.1), Fault::Value(PART))?;
        runs.push(run);
    }
    Ok(runs)
}

/// The samples at which decoding may begin.
fn keys(stbl: &mut Walk) -> Result<Option<Vec<u32>>, Violation> {
    const PART: &str = "the table of key pictures";
    if stbl.rest().get(4..8) != Some(b"stss") {
        return Ok(None);
    }
    let (mut b, count) = table(stbl, b"stss", 4, PART)?;
    let mut keys: Vec<u32> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = b;
        let key = number(&mut b, PART)?.checked_sub(1).ok_or_else(|| at.fail(Fault::Value(PART)))?;
        at.check(keys.last().is_none_or(|&last| last < key), Fault::Value(PART))?;
        keys.push(key);
    }
    Ok(Some(keys))
}

/// From which chunk on a chunk has how many samples, each run as long as it can be.
fn chunk_runs(stbl: &mut Walk) -> Result<Vec<(u32, u32)>, Violation> {
    const PART: &str = "the table of chunks";
    let (mut b, count) = table(stbl, b"stsc", 12, PART)?;
    let mut runs: Vec<(u32, u32)> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = b;
        let run = (number(&mut b, PART)?, number(&mut b, PART)?);
        fixed(&mut b, &[0, 0, 0, 1], PART)?;
        at.check(run.0 > 0 && runs.last().is_none_or(|last| last.1 != run.1), Fault::Value(PART))?;
        runs.push(run);
    }
    Ok(runs)
}

/// The length of every sample.
fn sizes(stbl: &mut Walk) -> Result<Vec<u32>, Violation> {
    const PART: &str = "the table of sizes";
    let mut b = need(stbl, b"stsz", PART)?;
    fixed(&mut b, &[0; 4], PART)?;
    let at = b;
    let (all, count) = (number(&mut b, PART)?, number(&mut b, PART)? as usize);
    if all > 0 {
        // One size for all samples needs no table, so that their number has to be bounded here.
        at.check(count <= 1 << 24, Fault::Value(PART))?;
        end(&b, PART)?;
        return Ok(vec![all; count]);
    }
    at.check(b.rest().len() / 4 >= count, Fault::CutShort(PART))?;
    at.check(b.rest().len() == 4 * count, Fault::Trailing(PART))?;
    let sizes: Vec<u32> =
        b.rest().chunks_exact(4).filter_map(|n| n.try_into().ok().map(u32::from_be_bytes)).collect();
    at.check(sizes.iter().all(|&n| n > 0), Fault::Value("a sample without bytes"))?;
    Ok(sizes)
}

/// Where every chunk begins.
fn chunks(stbl: &mut Walk) -> Result<Vec<u64>, Violation> {
    const PART: &str = "the table of places";
    let wide = stbl.rest().get(4..8) == Some(b"co64");
    let (b, _) = if wide { table(stbl, b"co64", 8, PART)? } else { table(stbl, b"stco", 4, PART)? };
    let width = if wide { 8 } else { 4 };
    let places: Vec<u64> =
        b.rest().chunks_exact(width).map(|n| n.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte))).collect();
    b.check(places.is_sorted_by(|a, b| a < b), Fault::Value(PART))?;
    Ok(places)
}

/// The group that says that sound needs one frame before it (10.1): a constant but for the number of samples.
fn priming(stbl: &mut Walk, samples: usize) -> Result<(), Violation> {
    const PART: &str = "a group of samples";
    let Some(mut b) = may(stbl, b"sgpd", PART)? else { return Ok(()) };
    fixed(&mut b, b"\x01\0\0\0roll\0\0\0\x02\0\0\0\x01\xFF\xFF", PART)?;
    end(&b, PART)?;
    let mut b = need(stbl, b"sbgp", PART)?;
    fixed(&mut b, b"\0\0\0\0roll\0\0\0\x01", PART)?;
    fixed(&mut b, &(samples as u32).to_be_bytes(), PART)?;
    fixed(&mut b, &[0, 0, 0, 1], PART)?;
    end(&b, PART)
}
