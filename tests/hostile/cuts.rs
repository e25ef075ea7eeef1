//! Files cut at the boundaries of their structure. The walkers here are as simple as the formats allow and share nothing
//! with those of the program.

use super::{Hostile, samples::Sample};

/// Most cuts of one picture and of one video, spread evenly over all boundaries: a video has a process of its own.
const MOST: (usize, usize) = (40, 12);

/// The sample cut before and after each boundary.
pub fn of(sample: &Sample) -> Vec<Hostile> {
    let bytes = &sample.bytes;
    let mut at = match sample.format {
        "jpg" => jpeg(bytes),
        "png" => png(bytes),
        "webp" | "avi" => riff(bytes, 12),
        "gif" => gif(bytes),
        "tiff" => tiff(bytes),
        "bmp" => vec![2, 14, 18, 54],
        "mkv" | "webm" => ebml(bytes, 0, bytes.len()),
        "ts" => (0..bytes.len()).step_by(188).collect(),
        // The bare codestream has no structure that is on whole bytes.
        "jxl" if bytes.starts_with(&[0xff, 0x0a]) => (0..bytes.len()).step_by(3).collect(),
        "jxl" | "heic" | "avif" | "mp4" | "mov" => boxes(bytes, 0, bytes.len()),
        other => panic!("{other} has no walker"),
    };
    // The very beginning, the very end, and the middle of whatever is largest.
    at.extend([1, 3, 8, bytes.len() / 4, bytes.len() / 2, bytes.len() * 3 / 4, bytes.len() - 2]);
    at = at.into_iter().flat_map(|at| [at, at + 1]).filter(|at| (1..bytes.len()).contains(at)).collect();
    at.sort_unstable();
    at.dedup();
    let most = if sample.is_video() { MOST.1 } else { MOST.0 };
    let (count, step) = (at.len(), at.len().div_ceil(most));
    assert!(count > 4, "{}: only {count} boundaries", sample.format);
    at.into_iter().step_by(step).map(|end| sample.with("cut short", bytes[..end].to_vec())).collect()
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |sum: usize, byte| sum << 8 | usize::from(*byte)))
}

fn number_le(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    Some(bytes.get(at..at + length)?.iter().rev().fold(0, |sum: usize, byte| sum << 8 | usize::from(*byte)))
}

fn jpeg(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 2);
    while let (Some(0xff), Some(&marker)) = (bytes.get(at), bytes.get(at + 1)) {
        let Some(length) = number(bytes, at + 2, 2) else { break };
        ends.extend([at, at + 2, at + 4, at + 2 + length]);
        at += 2 + length;
        if marker == 0xda {
            // Entropy-coded data up to the next marker that is none of its own.
            while at + 1 < bytes.len() && (bytes[at] != 0xff || matches!(bytes[at + 1], 0 | 0xd0..=0xd7)) {
                at += 1;
            }
            ends.push(at);
        }
    }
    ends
}

fn png(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (vec![8], 8);
    while let Some(length) = number(bytes, at, 4) {
        ends.extend([at, at + 4, at + 8, at + 8 + length, at + 12 + length]);
        at += 12 + length;
    }
    ends
}

fn riff(bytes: &[u8], from: usize) -> Vec<usize> {
    let (mut ends, mut at) = (vec![4, 8, from], from);
    while let Some(length) = number_le(bytes, at + 4, 4) {
        ends.extend([at, at + 4, at + 8, at + 8 + length]);
        at = if &bytes[at..at + 4] == b"LIST" { at + 12 } else { at + 8 + length.next_multiple_of(2) };
    }
    ends
}

fn gif(bytes: &[u8]) -> Vec<usize> {
    let table = |flags: u8| if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    let mut at = 13 + table(bytes[10]);
    let mut ends = vec![6, 13, at];
    while let Some(&introducer) = bytes.get(at) {
        ends.push(at);
        at += match introducer {
            0x2c => 11 + bytes.get(at + 9).map_or(0, |flags| table(*flags)),
            0x21 => 2,
            _ => break,
        };
        while let Some(&length @ 1..) = bytes.get(at) {
            ends.push(at);
            at += 1 + usize::from(length);
        }
        at += 1;
    }
    ends
}

fn tiff(bytes: &[u8]) -> Vec<usize> {
    let read = if bytes.starts_with(b"II") { number_le } else { number };
    let Some(directory) = read(bytes, 4, 4) else { return vec![4] };
    let entries = read(bytes, directory, 2).unwrap_or(0);
    let mut ends = vec![4, 8, directory, directory + 2];
    for entry in 0..entries {
        let at = directory + 2 + 12 * entry;
        ends.push(at);
        ends.extend(read(bytes, at + 8, 4));
    }
    ends
}

fn boxes(bytes: &[u8], mut at: usize, end: usize) -> Vec<usize> {
    const NESTS: &[&[u8]] = &[
        b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf", b"iprp", b"ipco", b"dinf",
    ];
    let mut ends = Vec::new();
    while at + 8 <= end {
        let length = number(bytes, at, 4).unwrap_or(0);
        let length = if length == 0 { end - at } else { length };
        let kind = &bytes[at + 4..at + 8];
        let inside = if kind == b"meta" { 12 } else { 8 };
        ends.extend([at, at + 4, at + 8, at + length]);
        if length < 8 || at + length > end {
            break;
        }
        if kind == b"meta" || NESTS.contains(&kind) {
            ends.extend(boxes(bytes, at + inside, at + length));
        }
        at += length;
    }
    ends
}

fn ebml(bytes: &[u8], mut at: usize, end: usize) -> Vec<usize> {
    // Segment, Cluster, Tracks, TrackEntry, Info, Tags, Attachments, Chapters, BlockGroup.
    const NESTS: &[usize] =
        &[0x1853_8067, 0x1f43_b675, 0x1654_ae6b, 0xae, 0x1549_a966, 0x1254_c367, 0x1941_a469, 0x1043_a770, 0xa0];
    let mut ends = Vec::new();
    while let Some(first) = bytes.get(at).filter(|_| at < end) {
        let id_length = first.leading_zeros() as usize + 1;
        let Some(size_length) = bytes.get(at + id_length).map(|b| b.leading_zeros() as usize + 1) else { break };
        let (Some(id), Some(size)) =
            (number(bytes, at, id_length), number(bytes, at + id_length, size_length.min(8)))
        else {
            break;
        };
        let (data, ones) = (at + id_length + size_length, 1usize << (7 * size_length.min(8)));
        let size = size & (ones - 1);
        let after = if size == ones - 1 { end } else { data.saturating_add(size) };
        ends.extend([at, at + id_length, data, after]);
        if NESTS.contains(&id) {
            ends.extend(ebml(bytes, data, after.min(end)));
        }
        at = after;
    }
    ends
}
