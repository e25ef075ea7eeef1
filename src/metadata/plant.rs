//! Ways to put something into a clean file so that everything else still agrees: lengths of the boxes and elements
//! around it, places, sums. Separate because the tests of the provers and of the listing plant alike.

use super::sum;

/// A video of `tests/fixtures/proved`, made as its README says.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/proved/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the fixture is there")
}

/// Where `needle` first stands.
pub(crate) fn at(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|w| w == needle).expect("the clean file has it")
}

/// A changed copy.
pub(crate) fn edit(mut file: Vec<u8>, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    change(&mut file);
    file
}

/// A box.
pub(crate) fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), &kind[..], body].concat()
}

fn be32(file: &[u8], at: usize) -> usize {
    u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes")) as usize
}

fn add32(file: &mut [u8], at: usize, more: isize) {
    let sum = (be32(file, at) as isize + more) as u32;
    file[at..at + 4].copy_from_slice(&sum.to_be_bytes());
}

/// The starts of the boxes that `path` leads through, the last one included, each the first of its kind.
pub(crate) fn boxes(file: &[u8], path: &[&[u8; 4]]) -> Vec<usize> {
    let (mut at, mut starts) = (0, Vec::new());
    for kind in path {
        while file[at + 4..at + 8] != kind[..] {
            at += be32(file, at);
        }
        starts.push(at);
        at += 8 + match *kind {
            b"stsd" => 8,
            b"avc1" | b"hvc1" | b"vp09" => 78,
            _ => 0,
        };
    }
    starts
}

/// Replaces `range` of the last box of `path` (counted from its body) by `bytes`; lengths and places follow.
pub(crate) fn replace(
    mut file: Vec<u8>,
    path: &[&[u8; 4]],
    range: std::ops::Range<usize>,
    bytes: &[u8],
) -> Vec<u8> {
    let starts = boxes(&file, path);
    let body = starts[starts.len() - 1] + 8;
    let more = bytes.len() as isize - range.len() as isize;
    for &start in &starts {
        add32(&mut file, start, more);
    }
    file.splice(body + range.start..body + range.end, bytes.iter().copied());
    if path[0] == b"moov" {
        move_places(&mut file, more);
    }
    file
}

/// Adds to every place in the tables of places.
fn move_places(file: &mut [u8], more: isize) {
    let mut from = 0;
    while let Some(found) = file[from..].windows(4).position(|w| w == b"stco") {
        let table = from + found + 4;
        for i in 0..be32(file, table + 4) {
            add32(file, table + 8 + 4 * i, more);
        }
        from = table;
    }
}

/// Puts `bytes` behind everything else in the last box of `path`.
pub(crate) fn append(file: Vec<u8>, path: &[&[u8; 4]], bytes: &[u8]) -> Vec<u8> {
    let starts = boxes(&file, path);
    let end = be32(&file, starts[starts.len() - 1]) - 8;
    replace(file, path, end..end, bytes)
}

/// Changes bytes of the last box of `path`, counted from its body.
pub(crate) fn poke(mut file: Vec<u8>, path: &[&[u8; 4]], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let starts = boxes(&file, path);
    let at = starts[starts.len() - 1] + 8 + offset;
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

const TABLES: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];

/// The path to a table of the first track.
pub(crate) fn table(kind: &'static [u8; 4]) -> Vec<&'static [u8; 4]> {
    [&TABLES[..], &[kind]].concat()
}

/// Replaces `range` of the first sample of an MP4 with one track, one chunk and ten frames a second; tables follow.
pub(crate) fn resample(file: Vec<u8>, range: std::ops::Range<usize>, bytes: &[u8]) -> Vec<u8> {
    let sizes = boxes(&file, &table(b"stsz"));
    let start = sizes[sizes.len() - 1];
    let more = bytes.len() as isize - range.len() as isize;
    let mut file = replace(file, &[b"mdat"], range, bytes);
    add32(&mut file, start + 20, more);
    // One second of pictures, so that eight times the bytes are the bits in a second.
    let rate = at(&file, b"btrt") + 4;
    for field in [rate + 4, rate + 8] {
        add32(&mut file, field, more * 8);
    }
    file
}

/// A NAL unit with its length before it.
pub(crate) fn unit(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

/// The first bytes of an identifier, as many as it has.
fn id_bytes(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|&b| b == 0).collect()
}

/// An element, its length in eight bytes.
pub(crate) fn element(id: u32, body: &[u8]) -> Vec<u8> {
    [&id_bytes(id), &((body.len() as u64) | 1 << 56).to_be_bytes()[..], body].concat()
}

/// Identifier, body's start and end of the element at `at`.
fn element_at(file: &[u8], at: usize) -> (u32, usize, usize) {
    let id_width = file[at].leading_zeros() as usize + 1;
    let id = file[at..at + id_width].iter().fold(0, |n, &b| n << 8 | u32::from(b));
    let size_at = at + id_width;
    let width = file[size_at].leading_zeros() as usize + 1;
    let size = file[size_at..size_at + width].iter().fold(0u64, |n, &b| n << 8 | u64::from(b));
    let mask = (1u64 << (7 * width)) - 1;
    let body = size_at + width;
    let end = if size & mask == mask { file.len() } else { body + (size & mask) as usize };
    (id, body, end)
}

/// Changes the body of the element that `path` leads to, each the first of its kind; lengths and checksums around it
/// follow.
pub(crate) fn rewrite(file: &[u8], path: &[u32], change: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut at, mut done) = (0, false);
    while at < file.len() {
        let (id, body, end) = element_at(file, at);
        if !done && Some(&id) == path.first() {
            let mut inner = file[body..end].to_vec();
            if path.len() == 1 {
                change(&mut inner);
            } else {
                inner = rewrite(&inner, &path[1..], change);
            }
            if inner.starts_with(&[0xBF, 0x84]) {
                let crc = sum::crc32(&[&inner[6..]]);
                inner[2..6].copy_from_slice(&crc.to_le_bytes());
            }
            out.extend(element(id, &inner));
            done = true;
        } else {
            out.extend_from_slice(&file[at..end]);
        }
        at = end;
    }
    assert!(done, "the clean file has it");
    out
}

/// A packet of a transport stream whose payload fills it.
pub(crate) fn packet(stream: u16, begins: bool, counter: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = stream.to_be_bytes();
    let mut out = vec![0x47, high | u8::from(begins) << 6, low, 0x10 | counter];
    out.extend_from_slice(payload);
    out.resize(188, 0xFF);
    out
}
