//! The sample tables of a track as far as a listing needs them: where samples are, which the edit list hides, which
//! bytes no track uses, what messages the first pictures hold. Separate because it reads the data, which the rest of
//! the index only describes.

use std::ops::Range;

use super::{
    super::{
        Notes,
        Reveals::FreeText,
        bmff::{self, Box},
        read,
        sei::Units,
        source::Source,
    },
    File,
};

/// Most samples of a track: ten hours at 60 a second.
const MAX_SAMPLES: usize = 2_200_000;
/// Pictures that are searched for messages, from the first on.
const SEARCHED: usize = 120;
/// Bytes of each of them that are searched; messages stand in front.
const SEARCHED_BYTES: u64 = 64 << 10;

/// The tables of a track.
#[derive(Default)]
pub(super) struct Table {
    /// Length of every sample in bytes.
    pub(super) sizes: Vec<u32>,
    /// Runs of samples of one length in ticks, and of one shift of when they are shown.
    ticks: Vec<(u32, u32)>,
    shifts: Vec<(u32, i32)>,
    chunks: Vec<u64>,
    /// From which chunk on there are how many samples in one.
    runs: Vec<(u32, u32)>,
}

impl Table {
    pub(super) fn read(stbl: &[u8]) -> Self {
        let (boxes, _) = bmff::boxes(stbl);
        let body = |kind: &[u8; 4]| bmff::first(&boxes, kind).map_or(&[][..], |b| b.body);
        let words = |bytes: &[u8], at: usize, most: usize| -> Vec<u32> {
            let bytes = bytes.get(at..).unwrap_or(&[]);
            bytes.chunks_exact(4).take(most).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect()
        };
        let pairs = |kind: &[u8; 4]| -> Vec<(u32, u32)> {
            words(body(kind), 8, 2 * MAX_SAMPLES).chunks_exact(2).map(|p| (p[0], p[1])).collect()
        };
        let stsz = body(b"stsz");
        let sizes = match (read::be32(stsz, 4), read::be32(stsz, 8)) {
            (Some(0), Some(count)) => words(stsz, 12, MAX_SAMPLES.min(count as usize)),
            (Some(size), Some(count)) => vec![size; MAX_SAMPLES.min(count as usize)],
            _ => Vec::new(),
        };
        let wide: Vec<u64> = words(body(b"co64"), 8, 2 * MAX_SAMPLES)
            .chunks_exact(2)
            .map(|p| u64::from(p[0]) << 32 | u64::from(p[1]))
            .collect();
        let narrow = words(body(b"stco"), 8, MAX_SAMPLES).into_iter().map(u64::from);
        Self {
            sizes,
            ticks: pairs(b"stts"),
            shifts: pairs(b"ctts").into_iter().map(|(n, shift)| (n, shift.cast_signed())).collect(),
            chunks: wide.into_iter().chain(narrow).collect(),
            runs: words(body(b"stsc"), 8, 3 * MAX_SAMPLES).chunks_exact(3).map(|r| (r[0], r[1])).collect(),
        }
    }

    /// How many samples no stretch of `shown` (begin and end in ticks) shows.
    pub(super) fn hidden(&self, shown: &[(i64, i64)]) -> usize {
        if shown.is_empty() {
            return 0;
        }
        let mut hidden = 0;
        let mut dts = 0i64;
        let mut ticks = self.ticks.iter().flat_map(|&(n, t)| std::iter::repeat_n(t, (n as usize).min(MAX_SAMPLES)));
        let mut shifts =
            self.shifts.iter().flat_map(|&(n, s)| std::iter::repeat_n(s, (n as usize).min(MAX_SAMPLES)));
        for _ in 0..self.sizes.len() {
            let length = i64::from(ticks.next().unwrap_or(1));
            let begin = dts + i64::from(shifts.next().unwrap_or(0));
            let seen = shown.iter().take(50).any(|&(from, to)| begin < to && begin + length > from);
            hidden += usize::from(!seen);
            dts = dts.saturating_add(length);
        }
        hidden
    }

    /// Where every chunk's samples are, one range a chunk.
    pub(super) fn places(&self, used: &mut Vec<Range<u64>>) {
        let mut sample = 0;
        self.each_chunk(|at, count| {
            let end = (sample + count).min(self.sizes.len());
            let length: u64 = self.sizes[sample..end].iter().copied().map(u64::from).sum();
            sample = end;
            used.push(at..at.saturating_add(length));
            sample < self.sizes.len()
        });
    }

    /// The first samples' places and lengths.
    fn first(&self, most: usize) -> Vec<(u64, u32)> {
        let mut found = Vec::new();
        self.each_chunk(|at, count| {
            let mut at = at;
            for &size in self.sizes.iter().skip(found.len()).take(count.min(most - found.len())) {
                found.push((at, size));
                at = at.saturating_add(size.into());
            }
            found.len() < most.min(self.sizes.len())
        });
        found
    }

    /// Calls `each` with the place and the number of samples of every chunk, as long as it wants more.
    fn each_chunk(&self, mut each: impl FnMut(u64, usize) -> bool) {
        let mut run = 0;
        for (i, &at) in self.chunks.iter().enumerate() {
            while self.runs.get(run + 1).is_some_and(|next| next.0 as usize <= i + 1) {
                run += 1;
            }
            let count = self.runs.get(run).map_or(0, |r| r.1 as usize);
            if !each(at, count) {
                return;
            }
        }
    }
}

/// Bytes of the data that no sample of any track uses.
pub(super) fn unused(data: &[Range<u64>], used: &mut [Range<u64>], notes: &mut Notes) {
    used.sort_by_key(|r| r.start);
    let mut unused = 0;
    let mut next = used.iter().peekable();
    for range in data {
        let mut at = range.start;
        while let Some(chunk) = next.next_if(|chunk| chunk.start < range.end) {
            unused += chunk.start.saturating_sub(at);
            at = at.max(chunk.end);
        }
        unused += range.end.saturating_sub(at);
    }
    if unused > 0 {
        let why = "are data that no track uses: it can be what an editor deleted";
        notes.add_why("MP4 unused data", FreeText, why, Some(format!("{unused} bytes")));
    }
}

/// The messages in the first pictures, and in the configuration before them.
pub(super) fn messages(
    source: &mut Source,
    description: &[Box],
    coding: [u8; 4],
    table: &Table,
    file: &mut File,
    notes: &mut Notes,
) {
    const PLACE: &str = "MP4 H.264 or HEVC";
    let (kind, config) = match &coding {
        b"avc1" | b"avc3" | b"dvav" => (Units::H264, bmff::first(description, b"avcC").map_or(&[][..], |b| b.body)),
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => {
            (Units::Hevc, bmff::first(description, b"hvcC").map_or(&[][..], |b| b.body))
        }
        _ => return,
    };
    let width = config.get(if kind == Units::H264 { 4 } else { 21 }).map_or(4, |b| usize::from(b & 3) + 1);
    if kind == Units::Hevc {
        // The configuration is a list of units with two bytes of length; a search for message headers is enough.
        for at in 23..config.len() {
            if matches!(config[at], 0x4E | 0x50) && config.get(at + 1) == Some(&1) {
                let length = read::be16(config, at - 2).unwrap_or(0) as usize;
                file.messages.unit(PLACE, kind, read::upto(config, at, length).unwrap_or(&[]), notes);
            }
        }
    }
    for (at, size) in table.first(SEARCHED) {
        let sample = source.upto(at, u64::from(size).min(SEARCHED_BYTES));
        file.messages.prefixed(PLACE, kind, width, &sample, notes);
    }
    // In fragments, the index has no samples; the first data box begins with one.
    if table.sizes.is_empty() {
        file.fragmented = Some((kind, width));
    }
}
