//! TIFF, and its directories wherever they are (Exif): built entry by entry, so that every field can hold a token.

use super::{Row, row, second_picture};

pub const BYTE: u16 = 1;
pub const ASCII: u16 = 2;
pub const SHORT: u16 = 3;
pub const LONG: u16 = 4;
pub const RATIONAL: u16 = 5;
pub const UNDEFINED: u16 = 7;

/// An entry: tag, type, and its value's bytes in little-endian order.
pub type Entry = (u16, u16, Vec<u8>);

/// Directories in a row, each with its entries and what hangs below it (the tag that points there).
#[derive(Clone, Default)]
pub struct Directory {
    pub entries: Vec<Entry>,
    pub below: Vec<(u16, Directory)>,
    /// Bytes that two tags point to and measure: a strip, or a thumbnail.
    pub data: Option<(u16, u16, Vec<u8>)>,
}

pub fn text(tag: u16, words: &str) -> Entry {
    (tag, ASCII, [words.as_bytes(), b"\0"].concat())
}

pub fn long(tag: u16, value: u32) -> Entry {
    (tag, LONG, value.to_le_bytes().to_vec())
}

pub fn short(tag: u16, value: u16) -> Entry {
    (tag, SHORT, value.to_le_bytes().to_vec())
}

fn width(kind: u16) -> usize {
    match kind {
        SHORT => 2,
        LONG => 4,
        RATIONAL => 8,
        _ => 1,
    }
}

/// Writes a directory at the end of `out`; gives its place and the place of its link to the next one.
fn write(out: &mut Vec<u8>, directory: &Directory) -> (u32, usize) {
    let mut entries = directory.entries.clone();
    for (tag, below) in &directory.below {
        let (at, _) = write(out, below);
        entries.push(long(*tag, at));
    }
    if let Some((place, length, bytes)) = &directory.data {
        entries.push(long(*place, out.len() as u32));
        entries.push(long(*length, bytes.len() as u32));
        out.extend(bytes);
    }
    entries.sort_by_key(|e| e.0);
    let mut table = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, value) in &entries {
        let count = (value.len() / width(*kind)) as u32;
        table.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes()].concat());
        if value.len() <= 4 {
            let mut inline = value.clone();
            inline.resize(4, 0);
            table.extend(inline);
        } else {
            table.extend((out.len() as u32).to_le_bytes());
            out.extend(value);
            out.resize(out.len().next_multiple_of(2), 0);
        }
    }
    out.resize(out.len().next_multiple_of(2), 0);
    let at = out.len() as u32;
    out.extend(table);
    out.extend([0; 4]);
    (at, out.len() - 4)
}

/// A whole block: the header and a chain of directories.
pub fn block(chain: &[Directory]) -> Vec<u8> {
    let mut out = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for directory in chain {
        let (at, next) = write(&mut out, directory);
        out[link..link + 4].copy_from_slice(&at.to_le_bytes());
        link = next;
    }
    out
}

/// An Exif block with one entry more than the usual.
pub fn exif(entry: Entry) -> Vec<u8> {
    block(&[Directory { entries: vec![entry], ..Directory::default() }])
}

/// An Exif block with an entry in the directory that `pointer` leads to (Exif, GPS, interoperability).
pub fn exif_below(pointer: u16, entry: Entry) -> Vec<u8> {
    let below = Directory { entries: vec![entry], ..Directory::default() };
    block(&[Directory { below: vec![(pointer, below)], ..Directory::default() }])
}

/// An Exif block with a thumbnail.
pub fn exif_thumbnail(picture: Vec<u8>) -> Vec<u8> {
    let small = Directory {
        entries: vec![short(0x0103, 6)],
        data: Some((0x0201, 0x0202, picture)),
        ..Directory::default()
    };
    block(&[Directory { entries: vec![text(0x010F, "Maker")], ..Directory::default() }, small])
}

/// A page of 24 by 16 pixels, 8-bit RGB.
pub fn page(seed: u8) -> Directory {
    let pixels: Vec<u8> = (0..24 * 16 * 3u32).map(|i| (i * 7 / 3) as u8 ^ seed).collect();
    let entries = vec![
        long(256, 24),
        long(257, 16),
        (258, SHORT, [8u16; 3].iter().flat_map(|v| v.to_le_bytes()).collect()),
        short(259, 1),
        short(262, 2),
        short(277, 3),
        long(278, 16),
    ];
    Directory { entries, below: Vec::new(), data: Some((273, 279, pixels)) }
}

fn tagged(entry: Entry) -> Vec<u8> {
    let mut first = page(0);
    first.entries.push(entry);
    block(&[first])
}

pub fn rows() -> Vec<Row> {
    let base = block(&[page(0)]);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("TIFF", "tif", &base, place, plant);
    let bytes = |token: &str| token.as_bytes().to_vec();
    let mut rows: Vec<Row> = [
        ("document name", 269),
        ("image description", 270),
        ("maker", 271),
        ("model", 272),
        ("page name", 285),
        ("software", 305),
        ("artist", 315),
        ("host computer", 316),
        ("copyright", 33432),
        ("GeoTIFF text", 34737),
        ("GDAL metadata", 42112),
        ("image number", 37393),
        ("private tag", 65000),
        ("camera serial number", 0xC62F),
    ]
    .into_iter()
    .map(|(place, tag)| one(place, &|t| tagged(text(tag, t))))
    .collect();
    rows.extend([
        one("date", &|t| tagged(text(306, t))),
        one("XMP", &|t| tagged((700, BYTE, format!("<x:xmpmeta dc:creator='{t}'/>").into_bytes()))),
        one("IPTC", &|t| tagged((33723, UNDEFINED, [&[0x1C, 2, 120, 0, 16][..], t.as_bytes()].concat()))),
        one("Photoshop record", &|t| {
            tagged((34377, BYTE, [b"8BIM\x04\x04\0\0\0\0\0\x15\x1C\x02\x78\0\x10", t.as_bytes(), b"\0"].concat()))
        }),
        one("colour profile", &|t| tagged((34675, UNDEFINED, super::jpeg::profile(t)))),
        one("Exif owner", &|t| {
            let mut p = page(0);
            p.below.push((0x8769, Directory { entries: vec![text(0xA430, t)], ..Directory::default() }));
            block(&[p])
        }),
        one("GPS area", &|t| {
            let mut p = page(0);
            p.below.push((
                0x8825,
                Directory {
                    entries: vec![(0x1C, UNDEFINED, [b"ASCII\0\0\0", t.as_bytes()].concat())],
                    ..Directory::default()
                },
            ));
            block(&[p])
        }),
        one("second page's description", &|t| {
            let mut p = page(9);
            p.entries.push(text(270, t));
            block(&[page(0), p])
        }),
        one("thumbnail directory", &|t| {
            let mut p = page(0);
            p.below.push((
                330,
                Directory {
                    entries: vec![short(259, 6), long(254, 1)],
                    data: Some((0x0201, 0x0202, second_picture(t))),
                    ..Directory::default()
                },
            ));
            block(&[p])
        }),
        one("gap between parts", &|t| {
            let mut f = b"II*\0\0\0\0\0".to_vec();
            f.extend(t.as_bytes());
            let (at, _) = write(&mut f, &page(0));
            f[4..8].copy_from_slice(&at.to_le_bytes());
            f
        }),
        one("bytes after the end", &|t| [base.clone(), bytes(t)].concat()),
        one("unused strip bytes", &|t| {
            let mut p = page(0);
            if let Some((_, _, data)) = &mut p.data {
                data.extend(t.as_bytes());
            }
            block(&[p])
        }),
    ]);
    rows
}
