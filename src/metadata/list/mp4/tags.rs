//! User data and tags (QuickTime file format, 3GPP TS 26.244, and the tags of iTunes): places, dates, makers, titles,
//! pictures. Separate because movies, tracks and files can all hold them.

use super::super::{
    Notes,
    Reveals::{self, Device, FreeText, Person, Place, SecondPicture, Time},
    bmff::{self, Box},
    jpeg,
    notes::text,
    read,
    source::{SPOT, fixed, iso6709, spot},
    xmp,
};

const PAIRS: &str = "is a number that the clip shares with its live photo";

/// What a tag tells, by its name; the reason where the class does not say enough.
fn class(name: &str) -> (Reveals, Option<&'static str>) {
    const NAMES: &[(&str, Reveals, Option<&str>)] = &[
        ("content.identifier", Device, Some(PAIRS)),
        ("accuracy", Place, Some("says how exact the place is")),
        ("location", Place, None),
        ("gps", Place, None),
        ("xyz", Place, None),
        ("direction", Place, Some("says which way the camera looked")),
        ("date", Time, None),
        ("time", Time, None),
        ("day", Time, None),
        ("year", Time, None),
        ("serial", Device, Some("identifies one single device")),
        ("make", Device, None),
        ("mak", Device, None),
        ("mod", Device, None),
        ("manufacturer", Device, None),
        ("version", Device, None),
        ("device", Device, None),
        ("camera", Device, None),
        ("software", Device, None),
        ("swr", Device, None),
        ("tool", Device, None),
        ("too", Device, None),
        ("enc", Device, None),
        ("lens", Device, None),
        ("author", Person, None),
        ("artist", Person, None),
        ("art", Person, None),
        ("aut", Person, None),
        ("name", Person, None),
        ("owner", Person, None),
        ("people", Person, None),
        ("participants", Person, None),
        ("cpy", Person, None),
        ("copyright", Person, None),
    ];
    // The name of the format is not a time.
    let lower = name.to_ascii_lowercase().replace("quicktime", "");
    let found = NAMES.iter().find(|(word, ..)| lower.contains(word));
    found.map_or((FreeText, None), |&(_, class, why)| (class, why))
}

/// A tag by its name. Places are shown in words.
fn tag(place: String, name: &str, value: String, notes: &mut Notes) {
    let (class, why) = class(name);
    match iso6709(&value).filter(|_| class == Place) {
        Some(words) => notes.add_why(place, Place, SPOT, Some(words)),
        None => notes.add_why(place, class, why.unwrap_or(class.why()), Some(value)),
    }
}

/// A type in printable characters.
pub(super) fn kind(kind: [u8; 4]) -> String {
    kind.iter().map(|&b| char::from(b)).filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

/// User data of `place`.
pub(super) fn user_data(place: &str, body: &[u8], notes: &mut Notes) {
    // QuickTime may end the list with four zero bytes.
    let body =
        body.strip_suffix(&[0; 4]).filter(|rest| !bmff::boxes(body).1 && bmff::boxes(rest).1).unwrap_or(body);
    let (boxes, whole) = bmff::boxes(body);
    for found in &boxes {
        entry(place, found, notes);
    }
    if !whole {
        notes.unreadable(&format!("{place} user data"));
    }
}

fn entry(place: &str, found: &Box, notes: &mut Notes) {
    let body = found.body;
    let name = kind(found.kind);
    let at = format!("{place} {name}");
    match &found.kind {
        b"meta" => metadata(place, body, notes),
        [0xA9, ..] => international(&at, &name, body, notes),
        b"loci" => location(&at, body, notes),
        b"titl" | b"dscp" | b"cprt" | b"perf" | b"auth" | b"gnre" | b"albm" => {
            let class = if matches!(&found.kind, b"perf" | b"auth" | b"cprt") { Person } else { FreeText };
            notes.add(at, class, body.get(6..).map(wide_text));
        }
        b"yrrc" => notes.add(at, Time, read::be16(body, 4).map(|year| year.to_string())),
        b"Xtra" => windows(place, body, notes),
        b"XMP_" => xmp::list(&format!("{place} XMP"), body, notes),
        b"GPMF" => notes.add_why(at, Place, "is a GoPro's record: settings, serial number, places", size(body)),
        b"FIRM" | b"CAME" | b"MUID" | b"HMMT" | b"LENS" | b"SETT" => {
            notes.add_why(at, Device, "is a GoPro's own record, which identifies it", Some(text(body)));
        }
        b"smta" | b"SDLN" | b"svss" | b"saut" | b"SSTT" => {
            notes.add_why(at, Device, "is a Samsung phone's own record", Some(text(body)));
        }
        b"thmb" | b"THMB" | b"tnal" | b"pnot" => notes.add(at, SecondPicture, size(body)),
        b"chpl" => notes.add_why(at, FreeText, "is a list of chapters, with titles", size(body)),
        b"hnti" | b"hinf" | b"WLOC" | b"LOOP" | b"SelO" | b"AllF" => {}
        b"name" | b"titx" => notes.add(at, Person, Some(text(body))),
        b"free" | b"skip" if body.iter().all(|&b| b == 0) => {}
        b"date" => notes.add(at, Time, Some(text(body))),
        _ if !body.is_empty() => {
            let why = "is a camera's or a program's own record, and anything may stand in it";
            notes.add_why(at, FreeText, why, Some(text(body)));
        }
        _ => {}
    }
}

fn size(body: &[u8]) -> Option<String> {
    Some(format!("{} bytes", body.len()))
}

/// QuickTime's texts, each with a length and a language; some programs write a box of their own in their place.
fn international(at: &str, name: &str, body: &[u8], notes: &mut Notes) {
    let (inner, whole) = bmff::boxes(body);
    if whole && let Some(data) = bmff::first(&inner, b"data") {
        return tag(at.to_owned(), name, value(data.body), notes);
    }
    let length = read::be16(body, 0).unwrap_or(0) as usize;
    let words = body.get(4..4 + length).or(body.get(4..)).unwrap_or(body);
    tag(at.to_owned(), name, text(words), notes);
}

/// Text in UTF-8, or in UTF-16 when it begins with its mark; ends at a zero.
fn wide_text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect();
            String::from_utf16_lossy(&units[..units.len().min(1000)]).trim_end_matches('\0').to_owned()
        }
        _ => text(bmff::text_and_rest(bytes).0),
    }
}

/// A 3GPP location: name, role, longitude, latitude, altitude, body, notes.
fn location(at: &str, body: &[u8], notes: &mut Notes) {
    let (name, rest) = bmff::text_and_rest(body.get(6..).unwrap_or(&[]));
    match (fixed(rest, 5), fixed(rest, 1)) {
        (Some(latitude), Some(longitude)) => {
            notes.add_why(at, Place, SPOT, Some(spot(latitude, longitude, None)));
        }
        _ => notes.add(at, Place, None),
    }
    if !name.is_empty() {
        notes.add(format!("{at} name"), Place, Some(text(name)));
    }
}

/// The tags of Windows: name, and values each with a type.
fn windows(place: &str, body: &[u8], notes: &mut Notes) {
    let mut at = 0;
    while let Some(length) = read::be32(body, at).map(|n| n as usize).filter(|&n| n >= 18) {
        if notes.full() {
            return;
        }
        let Some(record) = read::upto(body, at + 4, length - 4) else { return };
        let name_length = read::be32(record, 0).unwrap_or(0) as usize;
        let name = text(read::upto(record, 4, name_length).unwrap_or(&[]));
        let value = record.get(4usize.saturating_add(name_length).saturating_add(10)..).unwrap_or(&[]);
        let units: Vec<u16> = value.chunks_exact(2).take(300).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        let words = String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
        tag(format!("{place} Windows tag {}", short(&name)), &name, words, notes);
        at = at.saturating_add(length);
    }
}

/// A name out of a file, short and printable.
fn short(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_graphic()).take(60).collect()
}

/// A `meta` box: QuickTime's with keys, or that of iTunes.
pub(super) fn metadata(place: &str, body: &[u8], notes: &mut Notes) {
    // QuickTime's has no version in front.
    let body = if body.get(4..8) == Some(b"hdlr") { body } else { body.get(4..).unwrap_or(&[]) };
    let (boxes, whole) = bmff::boxes(body);
    if !whole && boxes.is_empty() && !body.is_empty() {
        notes.unreadable(&format!("{place} metadata"));
    }
    let keys = bmff::first(&boxes, b"keys").map(|b| keys(b.body)).unwrap_or_default();
    for list in boxes.iter().filter(|b| b.kind == *b"ilst") {
        for item in bmff::boxes(list.body).0 {
            if notes.full() {
                return;
            }
            let number = u32::from_be_bytes(item.kind) as usize;
            let name = number.checked_sub(1).and_then(|i| keys.get(i)).cloned().unwrap_or_else(|| kind(item.kind));
            one(place, &name, item.body, notes);
        }
    }
    for found in &boxes {
        match &found.kind {
            b"xml " => xmp::list(&format!("{place} XML"), found.body.get(4..).unwrap_or(&[]), notes),
            b"idat" | b"bxml" if !found.body.is_empty() => {
                notes.add(format!("{place} metadata record"), FreeText, size(found.body));
            }
            b"ID32" => notes.add(format!("{place} ID3 tag"), FreeText, Some(text(found.body))),
            _ => {}
        }
    }
}

/// The names of QuickTime's keys.
fn keys(body: &[u8]) -> Vec<String> {
    let (entries, _) = bmff::boxes(body.get(8..).unwrap_or(&[]));
    entries.iter().take(2_000).map(|e| short(&text(e.body))).collect()
}

/// One tag of a list.
fn one(place: &str, name: &str, body: &[u8], notes: &mut Notes) {
    let (inner, _) = bmff::boxes(body);
    let own = bmff::first(&inner, b"name").and_then(|b| b.body.get(4..)).map(|n| short(&text(n)));
    let name = own.as_deref().unwrap_or(name);
    let Some(data) = bmff::first(&inner, b"data") else {
        notes.add(format!("{place} tag {name}"), FreeText, None);
        return;
    };
    let payload = data.body.get(8..).unwrap_or(&[]);
    let is_picture = name == "covr" || matches!(read::be32(data.body, 0), Some(12..=14 | 27));
    if is_picture {
        let what = if payload.starts_with(&[0xFF, 0xD8]) { Some(jpeg::describe(payload)) } else { size(payload) };
        notes.add_why(format!("{place} cover picture"), SecondPicture, SecondPicture.why(), what);
        return;
    }
    tag(format!("{place} tag {name}"), name, value(data.body), notes);
}

/// What a `data` box says: text, or a number of bytes.
fn value(data: &[u8]) -> String {
    let payload = data.get(8..).unwrap_or(&[]);
    match read::be32(data, 0) {
        Some(1 | 2 | 4 | 5) => text(payload),
        Some(0 | 21 | 22) if payload.len() <= 8 => {
            read::be_wide(payload, 0, payload.len()).map(|n| n.to_string()).unwrap_or_default()
        }
        _ => text(payload),
    }
}
