//! HEIC and AVIF: what can be put into the fixtures with their tables put right. Second pictures need an encoder that is
//! not here; the fixture with two of them is a row of its own.

use super::{Row, fixture, row};
use crate::plant::boxed;

fn be32(file: &[u8], at: usize) -> usize {
    u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes")) as usize
}

/// Where a box of this kind begins; the fixtures have each once.
fn place(file: &[u8], kind: &[u8; 4]) -> usize {
    file.windows(4).position(|w| w == kind).expect("the box is there") - 4
}

/// Puts `bytes` at the end of the `meta` box; the places of all items follow.
fn in_meta(mut file: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    let meta = place(&file, b"meta");
    let end = meta + be32(&file, meta);
    let length = (be32(&file, meta) + bytes.len()) as u32;
    file[meta..meta + 4].copy_from_slice(&length.to_be_bytes());
    let iloc = place(&file, b"iloc");
    let (version, widths) = (file[iloc + 8], [file[iloc + 12], file[iloc + 13]]);
    let (offset, size) = (usize::from(widths[0] >> 4), usize::from(widths[0] & 15));
    let (base, index) = (usize::from(widths[1] >> 4), if version == 0 { 0 } else { usize::from(widths[1] & 15) });
    assert!(version < 2 && offset == 4, "a form of table that the fixtures do not have");
    let mut at = iloc + 14;
    let short = |file: &[u8], at: usize| usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
    let items = short(&file, at);
    at += 2;
    for _ in 0..items {
        let method = if version == 1 { short(&file, at + 2) & 15 } else { 0 };
        at += 4 + if version == 1 { 2 } else { 0 };
        let shift = |file: &mut Vec<u8>, at: usize| {
            if method == 0 && be32(file, at) >= end {
                let moved = (be32(file, at) + bytes.len()) as u32;
                file[at..at + 4].copy_from_slice(&moved.to_be_bytes());
            }
        };
        // Places count from the item's own start, where it has one.
        if base == 4 {
            shift(&mut file, at);
        }
        let first = at + base + 2 + index;
        let extents = usize::from(u16::from_be_bytes([file[at + base], file[at + base + 1]]));
        for n in 0..extents {
            if base == 0 {
                shift(&mut file, first + n * (index + offset + size));
            }
        }
        at += base + 2 + extents * (index + offset + size);
    }
    file.splice(end..end, bytes.iter().copied());
    file
}

/// The text of 16 letters that the fixture's Exif holds, replaced by the token.
fn exif(name: &str, old: &str, token: &str) -> Vec<u8> {
    let mut file = fixture(name);
    let at = file.windows(old.len()).position(|w| w == old.as_bytes()).expect("the fixture's own token");
    file[at..at + token.len()].copy_from_slice(token.as_bytes());
    file
}

/// The name of the first item, which the fixtures leave empty or short, made the token.
fn behind(file: &[u8], bytes: &[u8]) -> Vec<u8> {
    [file, bytes].concat()
}

pub fn rows() -> Vec<Row> {
    if cfg!(not(feature = "heic")) {
        eprintln!("skipped: this build cannot read HEIC and AVIF");
        return Vec::new();
    }
    let mut rows = Vec::new();
    for (format, extension, name, old) in [
        ("HEIC", "heic", "turned-stale-exif.heic", "CANARY-HEIC-EXIF"),
        ("AVIF", "avif", "plain.avif", "CANARY-AVIF-EXIF"),
    ] {
        let base = fixture(name);
        let one =
            |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row(format, extension, &base, place, plant);
        rows.extend([
            one("Exif", &|t| exif(name, old, t)),
            one("private box among the items", &|t| {
                in_meta(base.clone(), &boxed(b"uuid", &[&[7; 16], t.as_bytes()].concat()))
            }),
            one("box of unknown kind among the items", &|t| in_meta(base.clone(), &boxed(b"jane", t.as_bytes()))),
            one("free space among the items", &|t| in_meta(base.clone(), &boxed(b"free", t.as_bytes()))),
            one("free space", &|t| behind(&base, &boxed(b"free", t.as_bytes()))),
            one("private box", &|t| behind(&base, &boxed(b"uuid", &[&[7; 16], t.as_bytes()].concat()))),
            one("unused data", &|t| behind(&base, &boxed(b"mdat", t.as_bytes()))),
            one("bytes behind the end", &|t| behind(&base, t.as_bytes())).refused(),
        ]);
    }
    rows
}
