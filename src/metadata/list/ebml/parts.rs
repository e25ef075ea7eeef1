//! The parts of a segment that describe it. Separate from the walk over the file that finds them.

use super::{
    super::{
        Notes,
        Reveals::{self, Device, FreeText, Person, Place, SecondPicture, Technical, Time},
        jpeg,
        notes::text,
        sei::Units,
        source::{SPOT, is_plain, iso6709},
    },
    blocks::Coding,
    elements, value,
};
use crate::{date::utc, hash::hex};

/// Seconds from 1970 to 2001, where dates of Matroska begin.
const EPOCH: i64 = 978_307_200;
/// How deep tags and chapters may lie in each other.
const MAX_DEPTH: usize = 8;

/// Whether an element may stand in a file or a segment, or in a cluster of unknown length.
pub(super) const fn is_known(id: u32) -> bool {
    matches!(
        id,
        0x1A45_DFA3
            | 0x1853_8067
            | 0x114D_9B74
            | 0x1549_A966
            | 0x1654_AE6B
            | 0x1F43_B675
            | 0x1C53_BB6B
            | 0x1941_A469
            | 0x1043_A770
            | 0x1254_C367
            | 0x1B53_8667
            | 0xEC
            | 0xBF
            | 0xE7
            | 0xA3
            | 0xA0
            | 0xA7
            | 0xAB
            | 0x5854
    )
}

pub(super) fn description(body: &[u8], notes: &mut Notes) {
    for (id, body) in elements(body) {
        let (what, class, value) = match id {
            0x7BA9 => ("title", FreeText, text(body)),
            0x4461 => {
                let seconds = (value(body).cast_signed()).div_euclid(1_000_000_000);
                ("date", Time, utc(EPOCH + seconds))
            }
            0x4D80 => ("muxer", Device, text(body)),
            0x5741 => ("writing program", Device, text(body)),
            0x73A4 => {
                let why = "is a number that only this file and its copies have";
                notes.add_why("Matroska segment number", Device, why, Some(number(body)));
                continue;
            }
            0x7384 | 0x3C_83AB | 0x3E_83BB => ("segment file name", FreeText, text(body)),
            0x3C_B923 | 0x3E_B923 | 0x4444 => ("number of a related segment", Device, number(body)),
            0xEC if body.iter().any(|&b| b != 0) => ("void", FreeText, text(body)),
            0x2A_D7B1 | 0x4489 | 0xBF | 0xEC => continue,
            _ => ("description record", FreeText, text(body)),
        };
        if !is_plain(&value) {
            notes.add(format!("Matroska {what}"), class, Some(value));
        }
    }
}

fn number(bytes: &[u8]) -> String {
    hex(&bytes[..bytes.len().min(32)])
}

/// Lists the tracks; returns how the pictures of those that are H.264 or HEVC are cut.
pub(super) fn tracks(body: &[u8], notes: &mut Notes) -> Vec<Coding> {
    let mut codings = Vec::new();
    let mut videos = 0;
    for (_, track) in elements(body).into_iter().filter(|(id, _)| *id == 0xAE).take(200) {
        let fields = elements(track);
        let get = |wanted: u32| fields.iter().find(|(id, _)| *id == wanted).map(|(_, body)| *body);
        let kind = get(0x83).map_or(0, value);
        let codec = get(0x86).unwrap_or(&[]);
        match kind {
            1 => {
                videos += 1;
                if videos > 1 {
                    let why = "is another video, which no redaction of the first one touches";
                    notes.add_why("Matroska second video track", SecondPicture, why, Some(text(codec)));
                }
            }
            2 => {
                let why = "a voice identifies a person, and people say names";
                notes.add_why("Matroska sound track", Person, why, Some(text(codec)));
            }
            0x11 => notes.add_why("Matroska subtitle track", Person, "is what is said, as text", Some(text(codec))),
            _ => {
                let why = "is not needed to show the video, and anything may stand in it";
                notes.add_why("Matroska further track", FreeText, why, Some(text(codec)));
            }
        }
        for (id, what, class) in [
            (0x536E, "track name", FreeText),
            (0x25_8688, "codec name", Device),
            (0x22_B59C, "track language", Person),
            (0x22_B59D, "track language", Person),
        ] {
            let told = get(id).filter(|b| !(b.is_empty() || class == Person && matches!(*b, b"und" | b"eng")));
            if let Some(told) = told {
                notes.add(format!("Matroska {what}"), class, Some(text(told)));
            }
        }
        // Numbers that are drawn at random; small ones are counted.
        if let Some(number) = get(0x73C5).map(value).filter(|&n| n > 0xFFFF) {
            let why = "is a number that only this file and its copies have";
            notes.add_why("Matroska track number", Device, why, Some(number.to_string()));
        }
        let config = get(0x63A2).unwrap_or(&[]);
        let coding = match codec {
            b"V_MPEG4/ISO/AVC" => Some((Units::H264, 4)),
            b"V_MPEGH/ISO/HEVC" => Some((Units::Hevc, 21)),
            _ => None,
        };
        if let Some((kind, at)) = coding {
            let width = config.get(at).map_or(4, |b| usize::from(b & 3) + 1);
            codings.push(Coding { track: get(0xD7).map_or(0, value), kind, width });
        }
    }
    codings
}

/// Tags, and tags in tags.
pub(super) fn tags(body: &[u8], depth: usize, notes: &mut Notes) {
    for (id, body) in elements(body) {
        if notes.full() || depth > MAX_DEPTH {
            return;
        }
        match id {
            0x7373 => tags(body, depth + 1, notes),
            0x67C8 => {
                let fields = elements(body);
                let get = |wanted: u32| fields.iter().find(|(id, _)| *id == wanted).map(|(_, body)| text(body));
                let (name, said) = (get(0x45A3).unwrap_or_default(), get(0x4487).unwrap_or_default());
                tag(&name, said.trim_matches('\0').to_owned(), notes);
                tags(body, depth + 1, notes);
            }
            _ => {}
        }
    }
}

fn tag(name: &str, said: String, notes: &mut Notes) {
    let class = class(name);
    // The length of a track tells nothing that the pictures do not.
    if name == "DURATION" || name.starts_with("NUMBER_OF_") || name == "ENCODER" && is_plain(&said) {
        return;
    }
    let name: String = name.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
    match iso6709(&said).filter(|_| class == Place) {
        Some(words) => notes.add_why(format!("Matroska tag {name}"), Place, SPOT, Some(words)),
        None => notes.add(format!("Matroska tag {name}"), class, Some(said)),
    }
}

fn class(name: &str) -> Reveals {
    let upper = name.to_ascii_uppercase();
    let holds = |words: &[&str]| words.iter().any(|w| upper.contains(w));
    if holds(&["LOCATION", "GPS", "COUNTRY", "CITY"]) {
        Place
    } else if holds(&["DATE", "TIME", "YEAR"]) {
        Time
    } else if holds(&["ARTIST", "AUTHOR", "DIRECTOR", "ACTOR", "CREDIT", "COPYRIGHT", "OWNER", "PERFORMER"]) {
        Person
    } else if holds(&["ENCODER", "MAKE", "MODEL", "SOFTWARE", "SERIAL", "DEVICE", "WRITING_APP", "HANDLER"]) {
        Device
    } else {
        FreeText
    }
}

pub(super) fn attachments(body: &[u8], notes: &mut Notes) {
    let mut found = 0;
    for (_, file) in elements(body).into_iter().filter(|(id, _)| *id == 0x61A7).take(200) {
        found += 1;
        let fields = elements(file);
        let get = |wanted: u32| fields.iter().find(|(id, _)| *id == wanted).map_or(&[][..], |(_, body)| *body);
        let (name, mime, data) = (text(get(0x466E)), text(get(0x4660)), get(0x465C));
        let is_picture =
            mime.starts_with("image/") || data.starts_with(&[0xFF, 0xD8]) || data.starts_with(b"\x89PNG");
        let value = if data.starts_with(&[0xFF, 0xD8]) {
            format!("{name}, {}", jpeg::describe(data))
        } else {
            format!("{name}, {mime}, {} bytes", data.len())
        };
        let why = if is_picture { SecondPicture.why() } else { "is a file with its name, and it can be any file" };
        notes.add_why("Matroska attachment", if is_picture { SecondPicture } else { FreeText }, why, Some(value));
    }
    if found == 0 {
        notes.add_why("Matroska attachment", FreeText, "is a file with its name, and it can be any file", None);
    }
}

/// Chapters: what they are called.
pub(super) fn chapters(body: &[u8], depth: usize, notes: &mut Notes) {
    if depth == 0 {
        notes.add("Matroska chapters", Technical, None);
    }
    for (id, body) in elements(body) {
        if notes.full() || depth > MAX_DEPTH {
            return;
        }
        match id {
            0x45B9 | 0xB6 | 0x80 => chapters(body, depth + 1, notes),
            0x85 => notes.add("Matroska chapter title", FreeText, Some(text(body))),
            _ => {}
        }
    }
}
