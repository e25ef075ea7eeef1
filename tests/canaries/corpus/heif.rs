//! HEIC and AVIF: what can be put into the fixtures with their tables put right. Second pictures need an encoder that is
//! not here: the second picture of a fixture with two is told to be a thumbnail, a depth image, a gain map and so on, and
//! carries the token in a message of its own coding.

use super::{Row, fixture, row};
use crate::plant::{boxed, unit};

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

/// How the second picture is tied to the first one.
enum Tie {
    /// By a reference of this kind, and for an auxiliary image the name of what it is.
    Reference(&'static [u8; 4], Option<String>),
    /// As the other eye, in a group.
    Eye,
    /// Not at all, and told not to be shown.
    Hidden,
}

/// The fixture with two pictures, the second of which is tied to the first and holds the token in a message.
fn second(tie: Tie, token: &str) -> Vec<u8> {
    let mut file = fixture("coded/two_pictures.heic");
    let [meta, iloc, iprp, ipco, ipma, iinf] =
        [b"meta", b"iloc", b"iprp", b"ipco", b"ipma", b"iinf"].map(|kind| place(&file, kind));
    // Both items have one extent, counted from a base of their own; the tables end with what belongs to the second.
    let [first_item, second_item] = [iloc + 16, iloc + 34];
    assert_eq!(
        (be32(&file, iloc) as u32, be32(&file, ipma), file[ipma + 26]),
        (52, 32, 5),
        "the fixture has changed"
    );
    let (at, length) = (be32(&file, second_item + 4), be32(&file, second_item + 14));
    let message = [&[0x4E, 1, 5, 32][..], &[7; 16], token.as_bytes(), &[0x80]].concat();
    let coded = [&unit(&message)[..], &file[at..at + length]].concat();
    let (mut name, mut behind) = (Vec::new(), Vec::new());
    match tie {
        Tie::Reference(kind, called) => {
            name = called.map(|c| boxed(b"auxC", format!("\0\0\0\0{c}\0").as_bytes())).unwrap_or_default();
            behind = boxed(b"iref", &[&[0; 4], &boxed(kind, &[0, 2, 0, 1, 0, 1])[..]].concat());
        }
        Tie::Eye => {
            let pair = [[0, 0, 0, 0], [0, 0, 0, 9], [0, 0, 0, 2], [0, 0, 0, 1], [0, 0, 0, 2]].concat();
            behind = boxed(b"grpl", &boxed(b"ster", &pair));
        }
        Tie::Hidden => file[iinf + 14 + 21 + 11] = 1,
    }
    let mut tied = Vec::new();
    if !name.is_empty() {
        file[ipma + 26] += 1;
        file[ipma + 3] += 1;
        tied.push(6);
    }
    let end = meta + be32(&file, meta);
    let more = name.len() + tied.len() + behind.len();
    for (at, more) in [(meta, more), (iprp, name.len() + tied.len()), (ipco, name.len()), (first_item + 4, more)] {
        let sum = (be32(&file, at) + more) as u32;
        file[at..at + 4].copy_from_slice(&sum.to_be_bytes());
    }
    let place = (file.len() + more + 8) as u32;
    file[second_item + 4..second_item + 8].copy_from_slice(&place.to_be_bytes());
    file[second_item + 14..second_item + 18].copy_from_slice(&(coded.len() as u32).to_be_bytes());
    let parts = [&file[..ipma], &name, &file[ipma..end], &tied, &behind, &file[end..], &boxed(b"mdat", &coded)];
    parts.concat()
}

fn behind(file: &[u8], bytes: &[u8]) -> Vec<u8> {
    [file, bytes].concat()
}

pub fn rows() -> Vec<Row> {
    if cfg!(not(feature = "heic")) {
        eprintln!("skipped: this build cannot read HEIC and AVIF");
        return Vec::new();
    }
    let mut rows = Vec::new();
    let alone = fixture("coded/turned_by_irot_with_stale_exif.heic");
    let mut tied = |place: &'static str, tie: &dyn Fn(&str) -> Tie| {
        rows.push(row("HEIC", "heic", &alone, place, |t| second(tie(t), t)));
    };
    tied("thumbnail", &|_| Tie::Reference(b"thmb", None));
    for (place, name) in [
        ("depth image", "urn:mpeg:hevc:2015:auxid:2"),
        ("gain map", "urn:com:apple:photo:2020:aux:hdrgainmap"),
        ("matte of a person", "urn:com:apple:photo:2018:aux:portraiteffectsmatte"),
    ] {
        tied(place, &|_| Tie::Reference(b"auxl", Some(name.to_owned())));
    }
    tied("name of an auxiliary image", &|t| Tie::Reference(b"auxl", Some(format!("urn:x-maker:{t}"))));
    tied("picture for the other eye", &|_| Tie::Eye);
    tied("hidden picture", &|_| Tie::Hidden);
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
